package jotgate_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// calls are all that one can ask of a validator, each with the error that it gives.
func calls(t *testing.T, token string, verified *jotgate.Verified) map[string]func(v *jotgate.Validator) error {
	t.Helper()
	asked := requirement(t, jotgate.Asked{Scopes: &jotgate.RouteScopes{All: []string{"a"}}})
	request := func() *http.Request {
		r := httptest.NewRequest(http.MethodGet, "/orders", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		return r
	}
	refusal := &jotgate.RejectedError{Code: jotgate.ErrInsufficientScope, IssuerIndex: -1, RouteIndex: -1}
	document := []byte(`{"version":1,"issuers":[{"issuer":"https://idp.test/","audience":"https://api.test",
		"keys":{"secret":{"text":"` + secretText + `"}}}]}`)
	return map[string]func(v *jotgate.Validator) error{
		"Validate":        func(v *jotgate.Validator) error { _, err := v.Validate(context.Background(), token); return err },
		"ValidateRequest": func(v *jotgate.Validator) error { _, err := v.ValidateRequest(request()); return err },
		"ValidateMany": func(v *jotgate.Validator) error {
			results := v.ValidateMany(context.Background(), []string{token, token})
			if (results[0].Err == nil) != (results[1].Err == nil) {
				t.Error("a batch has two validators")
			}
			return results[0].Err
		},
		"Explain":        func(v *jotgate.Validator) error { _, err := v.Explain(context.Background(), token); return err },
		"ExplainRequest": func(v *jotgate.Validator) error { _, err := v.ExplainRequest(request()); return err },
		"Require":        func(v *jotgate.Validator) error { return v.Require(verified, asked) },
		"Forward":        func(v *jotgate.Validator) error { return v.Forward(request(), verified) },
		"Health":         func(v *jotgate.Validator) error { _, err := v.Health(); return err },
		"ExportKeys":     func(v *jotgate.Validator) error { _, err := v.ExportKeys(); return err },
		"ImportKeys": func(v *jotgate.Validator) error {
			_, err := v.ImportKeys([]byte("{}"))
			return ignored(err, jotgate.ErrSnapshot)
		},
		"RefreshKeys":         func(v *jotgate.Validator) error { return v.RefreshKeys() },
		"Replace":             func(v *jotgate.Validator) error { return v.Replace(hs256Policy()) },
		"ReplaceFromDocument": func(v *jotgate.Validator) error { return v.ReplaceFromDocument(document) },
		"Answer":              func(v *jotgate.Validator) error { return closedBy(v.Answer(refusal)) },
		"AnswerWith":          func(v *jotgate.Validator) error { return closedBy(v.AnswerWith(refusal, asked)) },
		"Middleware": func(v *jotgate.Validator) error {
			w := httptest.NewRecorder()
			v.Middleware(http.NotFoundHandler()).ServeHTTP(w, request())
			return closedBy(jotgate.Answer{Status: w.Code})
		},
	}
}

func ignored(err, target error) error {
	if errors.Is(err, target) {
		return nil
	}
	return err
}

// closedBy reads ErrClosed out of an answer.
func closedBy(answer jotgate.Answer) error {
	if answer.Status == http.StatusInternalServerError {
		return jotgate.ErrClosed
	}
	return nil
}

func TestAClosedValidatorDoesNothing(t *testing.T) {
	token := hs256Token(t, map[string]any{"scope": "a b"})
	v := newValidator(t, hs256Policy(), newClock().option())
	verified, err := v.Validate(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	all := calls(t, token, verified)
	for name, call := range all {
		if err := call(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	v.Close()
	v.Close()
	var never jotgate.Validator
	never.Close()
	for name, call := range all {
		for what, v := range map[string]*jotgate.Validator{"closed": v, "never made": &never} {
			if err := call(v); !errors.Is(err, jotgate.ErrClosed) {
				t.Errorf("%s of one that is %s: %v", name, what, err)
			}
		}
	}
	runtime.GC()
	claims, err := verified.Claims()
	if err != nil || claims["sub"] != "alice" || verified.Subject() != "alice" || !verified.HasScope("b") {
		t.Errorf("what was verified is gone: %v, %v", claims, err)
	}
}

func TestEverythingBesideClose(t *testing.T) {
	const rounds = 20
	token := hs256Token(t, map[string]any{"scope": "a"})
	for range rounds {
		v := newValidator(t, hs256Policy(), newClock().option())
		verified, err := v.Validate(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		var begun, done sync.WaitGroup
		for name, call := range calls(t, token, verified) {
			begun.Add(1)
			done.Add(1)
			go func() {
				defer done.Done()
				err := call(v)
				begun.Done()
				for ; err == nil; err = call(v) {
				}
				if !errors.Is(err, jotgate.ErrClosed) {
					t.Errorf("%s: %v", name, err)
				}
			}()
		}
		begun.Wait()
		for range 4 {
			done.Add(1)
			go func() {
				defer done.Done()
				v.Close()
			}()
		}
		done.Wait()
	}
}

// Whoever is asked about a token, or told of something, may close the validator.
func TestCloseFromWithin(t *testing.T) {
	idp := newIssuer(t)
	token := idp.token(t, nil)
	for name, option := range map[string]func(end func()) jotgate.Option{
		"a revocation check": func(end func()) jotgate.Option {
			return jotgate.WithRevocationCheck(func(context.Context, *jotgate.Undecided) (bool, error) {
				end()
				return false, nil
			})
		},
		"a transformation": func(end func()) jotgate.Option {
			return jotgate.WithTransform(func(_ context.Context, claims map[string]any) (map[string]any, error) {
				end()
				return claims, nil
			})
		},
		"a fetcher": func(end func()) jotgate.Option {
			return jotgate.WithFetcher(jotgate.FetcherFunc(
				func(ctx context.Context, _ jotgate.FetchRequest) (jotgate.FetchResponse, error) {
					end()
					return jotgate.FetchResponse{}, ctx.Err()
				}))
		},
		"an event": func(end func()) jotgate.Option {
			return jotgate.WithOnEvent(func(jotgate.Event) { end() })
		},
	} {
		var made atomic.Pointer[jotgate.Validator]
		v := idp.validator(t, option(func() { made.Load().Close() }))
		made.Store(v)
		_, err := v.Validate(t.Context(), token)
		// What is under way comes to its verdict, unless it has to wait for keys.
		if err != nil && !errors.Is(err, jotgate.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := v.Validate(t.Context(), token); !errors.Is(err, jotgate.ErrClosed) {
			t.Errorf("after %s: %v", name, err)
		}
	}
}

// hostile is an error of the application's that panics wherever it is touched, as the methods of a nil pointer do.
type hostile struct{}

func (hostile) Error() string   { panic("no words") }
func (hostile) Is(error) bool   { panic("is nothing") }
func (hostile) As(any) bool     { panic("as nothing") }
func (hostile) Unwrap() error   { panic("nothing inside") }
func (hostile) Timeout() bool   { panic("no time") }
func (hostile) Temporary() bool { panic("never") }

func TestErrorsThatPanicEndNoProcess(t *testing.T) {
	idp := newIssuer(t)
	for _, failure := range []error{hostile{}, (*url.Error)(nil), fmt.Errorf("outside: %w", hostile{})} {
		fetcher := jotgate.FetcherFunc(func(context.Context, jotgate.FetchRequest) (jotgate.FetchResponse, error) {
			return jotgate.FetchResponse{}, failure
		})
		log := new(logLines)
		v := newValidator(t, idp.policy(), newClock().option(), jotgate.WithFetcher(fetcher), log.option())
		if _, err := v.Validate(t.Context(), idp.token(t, nil)); !errors.Is(err, jotgate.ErrKeysUnavailable) {
			t.Errorf("got %v", err)
		}
		if !log.has("no keys from") {
			t.Error("operators learn nothing")
		}
		v = newValidator(t, hs256Policy(), newClock().option(), jotgate.WithRevocationCheck(
			func(context.Context, *jotgate.Undecided) (bool, error) { return false, failure }))
		if _, err := v.Validate(t.Context(), hs256Token(t, nil)); !errors.Is(err, jotgate.ErrInternal) {
			t.Errorf("got %v", err)
		}
	}
}

func TestOddTokens(t *testing.T) {
	const longest = 1 << 20 // what Limits.TokenBytes may be
	policy := hs256Policy()
	policy.Limits.TokenBytes = longest
	v := newValidator(t, policy, newClock().option())
	good := hs256Token(t, nil)
	padded := func(length int) string {
		padding := length - len(hs256Token(t, map[string]any{"padding": ""}))
		return hs256Token(t, map[string]any{"padding": strings.Repeat("x", padding*3/4)})
	}
	for name, c := range map[string]struct {
		token string
		want  error
	}{
		"a NUL in front":          {"\x00" + good, jotgate.ErrMalformedToken},
		"a NUL behind":            {good + "\x00", jotgate.ErrMalformedToken},
		"a NUL and another token": {good + "\x00." + good, jotgate.ErrMalformedToken},
		"no UTF-8":                {good[:20] + "\xc3\x28" + good[20:], jotgate.ErrMalformedToken},
		"half a character":        {good + "\xe2\x82", jotgate.ErrMalformedToken},
		"a surrogate in UTF-8":    {"\xed\xa0\x80" + good, jotgate.ErrMalformedToken},
		"other letters":           {strings.ReplaceAll(good, "e", "е"), jotgate.ErrMalformedToken},
		"nothing but dots":        {strings.Repeat(".", 100_000), jotgate.ErrMalformedToken},
		"as long as may be":       {padded(longest - 100), nil},
		"a MiB of nothing":        {strings.Repeat("a", longest+1), jotgate.ErrTokenTooLarge},
		"64 MiB of nothing":       {strings.Repeat("\x00", 64<<20), jotgate.ErrTokenTooLarge},
	} {
		_, err := v.Validate(t.Context(), c.token)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		request := httptest.NewRequest(http.MethodGet, "/", nil)
		request.Header["Authorization"] = []string{"Bearer " + c.token}
		if _, err := v.ValidateRequest(request); (err == nil) != (c.want == nil) || errors.Is(err, jotgate.ErrInternal) {
			t.Errorf("%s in a request: %v", name, err)
		}
		if result := v.ValidateMany(t.Context(), []string{good, c.token}); result[0].Err != nil || !errors.Is(result[1].Err, c.want) {
			t.Errorf("%s in a batch: %v", name, result)
		}
	}
}

func TestACallerWhoHasGoneGetsNoVerdictAndEndsNoFetch(t *testing.T) {
	idp := newIssuer(t)
	v := idp.validator(t, newClock().option())
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	release := make(chan struct{})
	idp.serve(func(w http.ResponseWriter, r *http.Request) {
		<-release
		idp.goodKeys(w, r)
	})
	token := idp.token(t, nil)
	for ctx, want := range map[context.Context]error{gone: context.Canceled, late: context.DeadlineExceeded} {
		if _, err := v.Validate(ctx, token); !errors.Is(err, want) {
			t.Errorf("got %v", err)
		}
		if status := v.Answer(ctx.Err()).Status; status != http.StatusServiceUnavailable {
			t.Errorf("answered with %d", status)
		}
	}
	close(release)
	if _, err := v.Validate(t.Context(), token); err != nil || idp.hits.Load() != 1 {
		t.Errorf("%v, %d fetches", err, idp.hits.Load())
	}
}

func TestNobodyButAValidatorVerifies(t *testing.T) {
	v := newValidator(t, hs256Policy(), newClock().option())
	asked := requirement(t, jotgate.Asked{Scopes: &jotgate.RouteScopes{All: []string{"a"}}})
	made := new(jotgate.Verified)
	if err := v.Require(made, asked); !errors.Is(err, jotgate.ErrInternal) {
		t.Errorf("got %v", err)
	}
	if _, err := made.Claims(); !errors.Is(err, jotgate.ErrNoClaims) || made.Subject() != "" || len(made.Scopes()) > 0 {
		t.Errorf("got %v", err)
	}
	if err := v.Require(nil, asked); !errors.Is(err, jotgate.ErrMissingToken) {
		t.Errorf("got %v", err)
	}
}
