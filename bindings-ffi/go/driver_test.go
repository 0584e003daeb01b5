package jotgate_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// until waits for a condition that must come true; the deadline only ends a test that has failed already.
func until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

func TestManyCallersShareOneFetch(t *testing.T) {
	const callers = 64
	idp, clock, release := newIssuer(t), newClock(), make(chan struct{})
	idp.serve(func(w http.ResponseWriter, r *http.Request) {
		<-release
		idp.goodKeys(w, r)
	})
	v := idp.validator(t, clock.option())
	token := idp.token(t, nil)
	failures := make(chan error, callers)
	for range callers {
		go func() {
			_, err := v.Validate(t.Context(), token)
			failures <- err
		}()
	}
	until(t, "all callers have asked", func() bool { return clock.asked.Load() >= callers })
	close(release)
	for range callers {
		if err := <-failures; err != nil {
			t.Error(err)
		}
	}
	if hits := idp.hits.Load(); hits != 1 {
		t.Errorf("%d fetches for %d callers", hits, callers)
	}
}

// countedWaits counts how often a validation begins to wait: once after each question to the core that was not answered.
type countedWaits struct {
	context.Context
	waits atomic.Int32
}

func (c *countedWaits) Done() <-chan struct{} {
	c.waits.Add(1)
	return c.Context.Done()
}

func TestAFetchWakesThoseWhoWaitForItAndNobodyElse(t *testing.T) {
	const callers = 8
	slow, quick, release := newIssuer(t), newIssuer(t), make(chan struct{})
	slow.serve(func(w http.ResponseWriter, r *http.Request) {
		<-release
		slow.goodKeys(w, r)
	})
	policy := slow.policy()
	other := quick.policy().Issuers[0]
	other.Issuer = jotgate.OneOf("https://other.test/")
	policy.Issuers = append(policy.Issuers, other)
	v := newValidator(t, policy, newClock().option())
	token, failures := slow.token(t, nil), make(chan error, callers)
	var waiting [callers]countedWaits
	for caller := range waiting {
		waiting[caller].Context = t.Context()
		go func() {
			_, err := v.Validate(&waiting[caller], token)
			failures <- err
		}()
	}
	for caller := range waiting {
		until(t, "all wait", func() bool { return waiting[caller].waits.Load() == 1 })
	}
	for range 3 {
		if _, err := v.Validate(t.Context(), quick.token(t, map[string]any{"iss": "https://other.test/"})); err != nil {
			t.Error(err)
		}
		if err := v.RefreshKeys(); err != nil {
			t.Error(err)
		}
		until(t, "the other issuer's fetch has ended", func() bool {
			health, err := v.Health()
			return err == nil && !health.Sources[1].InFlight
		})
	}
	close(release)
	for range callers {
		if err := <-failures; err != nil {
			t.Error(err)
		}
	}
	for caller := range waiting {
		if waits := waiting[caller].waits.Load(); waits != 1 {
			t.Errorf("the core was asked %d times", waits+1)
		}
	}
	if quick.hits.Load() < 2 {
		t.Errorf("%d fetches of the other issuer", quick.hits.Load())
	}
}

func TestAnOutageIsOneFetchUntilRetryAtAndThenRecovers(t *testing.T) {
	idp, clock := newIssuer(t), newClock()
	idp.serve(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	v := idp.validator(t, clock.option())
	token := idp.token(t, nil)

	var unavailable *jotgate.KeysUnavailableError
	for range 5 {
		verified, err := v.Validate(t.Context(), token)
		if verified != nil || !errors.As(err, &unavailable) || !errors.Is(err, jotgate.ErrKeysUnavailable) {
			t.Fatalf("got %v, %v", verified, err)
		}
	}
	if hits := idp.hits.Load(); hits != 1 {
		t.Errorf("%d fetches before RetryAt", hits)
	}
	if !unavailable.RetryAt.After(clock.now()) {
		t.Errorf("RetryAt %v is not ahead", unavailable.RetryAt)
	}

	idp.serve(idp.goodKeys)
	clock.advance(unavailable.RetryAt.Sub(clock.now()))
	if _, err := v.Validate(t.Context(), token); err != nil {
		t.Error(err)
	}
}

func TestAnOldSetServesWhileTheIssuerIsDown(t *testing.T) {
	idp, clock := newIssuer(t), newClock()
	v := idp.validator(t, clock.option())
	token := idp.token(t, map[string]any{"exp": start.Add(72 * time.Hour).Unix()})
	if _, err := v.Validate(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	idp.serve(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	clock.advance(2 * time.Hour)
	if _, err := v.Validate(t.Context(), token); err != nil {
		t.Fatalf("while the refresh fails: %v", err)
	}
	until(t, "the refresh in the background", func() bool { return idp.hits.Load() >= 2 })
	clock.advance(24 * time.Hour)
	if _, err := v.Validate(t.Context(), token); !errors.Is(err, jotgate.ErrKeysUnavailable) {
		t.Errorf("a set that is too old still serves: %v", err)
	}
}

func TestARefreshInTheBackgroundBringsNewKeys(t *testing.T) {
	idp, clock := newIssuer(t), newClock()
	v := idp.validator(t, clock.option())
	token := idp.token(t, map[string]any{"exp": start.Add(72 * time.Hour).Unix()})
	if _, err := v.Validate(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	idp.serve(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"keys":[{"kty":"oct","kid":"other","k":"AAAA"}]}`)
	})
	clock.advance(2 * time.Hour)
	until(t, "the key that was withdrawn stops working", func() bool {
		_, err := v.Validate(t.Context(), token)
		return errors.Is(err, jotgate.ErrUnknownKey) || errors.Is(err, jotgate.ErrKeysUnavailable)
	})
}

func TestARotatedKeyIsFetchedOnce(t *testing.T) {
	idp, next := newIssuer(t), newES256(t)
	v := idp.validator(t, newClock().option())
	if _, err := v.Validate(t.Context(), idp.token(t, nil)); err != nil {
		t.Fatal(err)
	}
	idp.serve(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(marshalled(t, map[string]any{"keys": []any{ecJWK(t, "ec-2", &next.PublicKey)}}))
	})
	for range 3 {
		if _, err := v.Validate(t.Context(), es256Token(t, "ec-2", next)); err != nil {
			t.Fatal(err)
		}
	}
	if hits := idp.hits.Load(); hits != 2 {
		t.Errorf("%d fetches", hits)
	}
}

func TestACallerWhoGivesUpLeavesTheFetchToOthers(t *testing.T) {
	idp, clock, release := newIssuer(t), newClock(), make(chan struct{})
	idp.serve(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
			idp.goodKeys(w, r)
		case <-r.Context().Done():
		}
	})
	v := idp.validator(t, clock.option())
	token := idp.token(t, nil)
	impatient, giveUp := context.WithCancel(t.Context())
	first, second := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := v.Validate(impatient, token)
		first <- err
	}()
	until(t, "the fetch is under way", func() bool { return idp.hits.Load() == 1 })
	go func() {
		_, err := v.Validate(t.Context(), token)
		second <- err
	}()
	until(t, "the second caller has asked", func() bool { return clock.asked.Load() >= 2 })
	giveUp()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the first caller: %v", err)
	}
	close(release)
	if err := <-second; err != nil {
		t.Errorf("the second caller: %v", err)
	}
	if hits := idp.hits.Load(); hits != 1 {
		t.Errorf("%d fetches", hits)
	}
}

func TestCloseEndsWaitsAndFetches(t *testing.T) {
	idp := newIssuer(t)
	cancelled := make(chan struct{})
	idp.serve(func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		close(cancelled)
	})
	v := idp.validator(t, newClock().option())
	token, result := idp.token(t, nil), make(chan error, 1)
	go func() {
		_, err := v.Validate(t.Context(), token)
		result <- err
	}()
	until(t, "the fetch is under way", func() bool { return idp.hits.Load() == 1 })
	v.Close()
	v.Close()
	if err := <-result; !errors.Is(err, jotgate.ErrClosed) {
		t.Errorf("who waited got %v", err)
	}
	<-cancelled
	if _, err := v.Validate(t.Context(), token); !errors.Is(err, jotgate.ErrClosed) {
		t.Errorf("who came late got %v", err)
	}
	if status := v.Answer(jotgate.ErrClosed).Status; status != http.StatusInternalServerError {
		t.Errorf("answer %d", status)
	}
}

func TestCloseWhileValidating(t *testing.T) {
	v := newValidator(t, hs256Policy(), newClock().option())
	token := hs256Token(t, nil)
	var running, done sync.WaitGroup
	for range 8 {
		running.Add(1)
		done.Add(1)
		go func() {
			defer done.Done()
			for round := 0; ; round++ {
				_, err := v.Validate(t.Context(), token)
				if round == 0 {
					running.Done()
				}
				if errors.Is(err, jotgate.ErrClosed) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		}()
	}
	running.Wait()
	v.Close()
	done.Wait()
}
