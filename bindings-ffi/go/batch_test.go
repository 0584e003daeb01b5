package jotgate_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// told is all that can be seen of a verdict.
func told(t *testing.T, verified *jotgate.Verified, err error) string {
	t.Helper()
	if (verified == nil) == (err == nil) {
		t.Fatalf("got %v and %v", verified, err)
	}
	if err != nil {
		return fmt.Sprintf("%T %#v %v", err, err, errors.Unwrap(err))
	}
	return fmt.Sprintf("%s%s%s %q %q %d %v %v %v", verified.Header(), verified.SignedPayload(), verified.Payload(),
		verified.Subject(), verified.Audience(),
		verified.IssuerIndex(), verified.ExpiresAt(), verified.NotBefore(), verified.IssuedAt())
}

// assertAlike asks about the batch, and then about each token alone.
func assertAlike(t *testing.T, v *jotgate.Validator, tokens []string, more ...jotgate.QuestionOption) []jotgate.Result {
	t.Helper()
	results := v.ValidateMany(t.Context(), tokens, more...)
	if len(results) != len(tokens) {
		t.Fatalf("%d results for %d tokens", len(results), len(tokens))
	}
	for place, result := range results {
		verified, err := v.Validate(t.Context(), tokens[place], more...)
		if got, want := told(t, result.Verified, result.Err), told(t, verified, err); got != want {
			t.Errorf("token %d: got %s, want %s", place, got, want)
		}
	}
	return results
}

func mixed(t *testing.T) []string {
	good := hs256Token(t, map[string]any{"name": "Zoë", "nbf": start.Unix()})
	return []string{
		good, forged(good), "", "no token", hs256Token(t, map[string]any{"exp": start.Unix() - 60}), good + "\xff",
		hs256Token(t, map[string]any{"iss": "https://other.test/"}), strings.Repeat("x", 100_000), hs256Token(t, nil),
	}
}

func TestABatchGivesWhatEachTokenGetsAlone(t *testing.T) {
	clock := newClock()
	v := newValidator(t, hs256Policy(), clock.option())
	tokens := mixed(t)
	results := assertAlike(t, v, tokens)
	if results[0].Err != nil || !errors.Is(results[4].Err, jotgate.ErrExpired) {
		t.Errorf("got %v", results)
	}
	earlier := assertAlike(t, v, tokens, jotgate.AsOf(start.Add(-30*time.Minute)))
	if earlier[4].Err != nil {
		t.Errorf("as of earlier: %v", earlier[4].Err)
	}
	var many []string
	for place := range 10_000 { // more than one crossing
		many = append(many, tokens[place%7])
	}
	for place, result := range v.ValidateMany(t.Context(), many) {
		if alone := results[place%7]; told(t, result.Verified, result.Err) != told(t, alone.Verified, alone.Err) {
			t.Fatalf("token %d: %v", place, result)
		}
	}
}

func TestABatchOfNothing(t *testing.T) {
	v := newValidator(t, hs256Policy())
	for _, tokens := range [][]string{nil, {}} {
		if results := v.ValidateMany(t.Context(), tokens); len(results) != 0 {
			t.Errorf("got %v", results)
		}
	}
}

func TestMappedClaimsOfABatchNeedMoreRoom(t *testing.T) {
	policy := hs256Policy()
	policy.Issuers[0].ClaimMapping = map[string]string{"a": strings.Repeat("long", 1000)}
	v := newValidator(t, policy, newClock().option())
	tokens := mixed(t)
	for range 50 {
		tokens = append(tokens, hs256Token(t, map[string]any{"a": "b"}))
	}
	if results := assertAlike(t, v, tokens); results[30].Err != nil {
		t.Error(results[30].Err)
	}
}

func TestABatchFetchesEachKeySetOnce(t *testing.T) {
	one, other := newIssuer(t), newIssuer(t)
	policy := one.policy()
	second := other.policy().Issuers[0]
	second.Issuer = jotgate.OneOf("https://other.test/")
	policy.Issuers = append(policy.Issuers, second)
	v := newValidator(t, policy, newClock().option())
	good, foreign := one.token(t, nil), other.token(t, map[string]any{"iss": "https://other.test/"})
	var tokens []string
	for range 3000 {
		tokens = append(tokens, good, "no token", foreign)
	}
	results := v.ValidateMany(t.Context(), tokens)
	for place, result := range results {
		if (result.Err == nil) != (place%3 != 1) {
			t.Fatalf("token %d: %v", place, result.Err)
		}
	}
	if one.hits.Load() != 1 || other.hits.Load() != 1 {
		t.Errorf("%d and %d fetches", one.hits.Load(), other.hits.Load())
	}
	assertAlike(t, v, tokens[:6])
}

func TestAnOutageIsThatOfItsIssuerAlone(t *testing.T) {
	idp := newIssuer(t)
	idp.serve(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	policy := idp.policy()
	local := hs256Policy().Issuers[0]
	local.Issuer = jotgate.OneOf("https://local.test/")
	policy.Issuers = append(policy.Issuers, local)
	v := newValidator(t, policy, newClock().option())
	good := hs256Token(t, map[string]any{"iss": "https://local.test/"})
	results := assertAlike(t, v, []string{idp.token(t, nil), good, idp.token(t, nil)})
	var unavailable *jotgate.KeysUnavailableError
	if !errors.As(results[2].Err, &unavailable) || unavailable.Detail == "" || results[1].Err != nil {
		t.Errorf("got %v", results)
	}
	if idp.hits.Load() != 1 {
		t.Errorf("%d fetches", idp.hits.Load())
	}
}

func TestWhoGivesUpKeepsTheVerdictsThatThereAre(t *testing.T) {
	idp, asked, release := newIssuer(t), make(chan struct{}), make(chan struct{})
	idp.serve(func(w http.ResponseWriter, r *http.Request) {
		close(asked)
		<-release
		idp.goodKeys(w, r)
	})
	v := idp.validator(t, newClock().option())
	good := idp.token(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	results := v.ValidateMany(ctx, []string{good, "no token", good})
	for _, place := range []int{0, 2} {
		if results[place].Verified != nil || !errors.Is(results[place].Err, context.Canceled) {
			t.Errorf("token %d: %v", place, results[place])
		}
	}
	if codeOf(t, results[1].Err) != jotgate.ErrMalformedToken {
		t.Error(results[1].Err)
	}
	close(release)
	if results := assertAlike(t, v, []string{good}); results[0].Err != nil || idp.hits.Load() != 1 {
		t.Errorf("afterwards: %v, %d fetches", results[0].Err, idp.hits.Load())
	}
	// What needs no fetch is decided whatever the context says.
	if results := v.ValidateMany(ctx, []string{good}); results[0].Err != nil {
		t.Error(results[0].Err)
	}
}

func TestCloseEndsTheWaitOfABatch(t *testing.T) {
	idp, asked := newIssuer(t), make(chan struct{})
	idp.serve(func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	})
	v := idp.validator(t)
	go func() {
		<-asked
		v.Close()
	}()
	tokens := []string{idp.token(t, nil), "no token"}
	if results := v.ValidateMany(t.Context(), tokens); results[0].Err != jotgate.ErrClosed || codeOf(t, results[1].Err) == "" {
		t.Errorf("got %v", results)
	}
	for _, result := range v.ValidateMany(t.Context(), tokens) {
		if result.Verified != nil || result.Err != jotgate.ErrClosed {
			t.Errorf("got %v", result)
		}
	}
}

func TestHooksAndEventsOfABatchComeTokenByToken(t *testing.T) {
	var heard []string
	idp := newIssuer(t)
	v := newValidator(t, idp.lookingUp(), newClock().option(),
		jotgate.WithClientLookup(func(_ context.Context, id string, _ *jotgate.Undecided) (bool, error) {
			heard = append(heard, "client "+id)
			return id != "bad", nil
		}),
		jotgate.WithTransform(func(_ context.Context, claims map[string]any) (map[string]any, error) {
			heard = append(heard, fmt.Sprint("seen ", claims["azp"]))
			return map[string]any{"only": claims["azp"]}, nil
		}),
		jotgate.WithOnEvent(func(event jotgate.Event) {
			if event.Kind == jotgate.EventRejected {
				heard = append(heard, string(event.Code))
			}
		}))
	client := func(name string) string { return idp.token(t, map[string]any{"azp": name}) }
	tokens := []string{client("one"), "no token", client("bad"), client("two")}
	results := v.ValidateMany(t.Context(), tokens)
	want := []string{"client one", "seen one", "malformed_token", "client bad", "client_not_allowed", "client two", "seen two"}
	if !reflect.DeepEqual(heard, want) {
		t.Errorf("heard %q", heard)
	}
	if results[3].Err != nil || string(results[3].Verified.Payload()) != `{"only":"two"}` {
		t.Errorf("got %v", results[3])
	}
	assertAlike(t, v, tokens)
}

// The tokens that nobody has decided on are the native library's memory.
func TestAHookThatEndsItsGoroutineLeavesNothingBehind(t *testing.T) {
	idp := newIssuer(t)
	v := newValidator(t, idp.lookingUp(), newClock().option(),
		jotgate.WithClientLookup(func(context.Context, string, *jotgate.Undecided) (bool, error) {
			runtime.Goexit()
			return true, nil
		}))
	token := idp.token(t, map[string]any{"azp": "one"})
	var done sync.WaitGroup
	done.Add(1)
	go func() {
		defer done.Done()
		v.ValidateMany(t.Context(), []string{token, token, token})
		t.Error("it returned")
	}()
	done.Wait()
}
