//go:build soak && linux

package jotgate_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// TestSoak validates some million tokens, good ones and bad ones in turn, in every way that there is, while policies come and go.
// In the end the process holds no more memory than it did after a tenth of it.
func TestSoak(t *testing.T) {
	const (
		parts    = 10
		rounds   = 10_000 // of each worker, in each part
		workers  = 4
		most     = 16 << 20
		measured = 2 // parts after which all that is kept for good is there
	)
	soaked := newSoaked(t)
	var before int
	for part := range parts {
		var done sync.WaitGroup
		for range workers {
			done.Add(1)
			go func() {
				defer done.Done()
				for round := range rounds {
					soaked.round(t, round)
				}
			}()
		}
		done.Wait()
		soaked.rest(t)
		now := resident(t)
		t.Logf("%d rounds: %d KiB", (part+1)*rounds*workers, now>>10)
		if part+1 == measured {
			before = now
		}
	}
	if now := resident(t); now > before+most {
		t.Errorf("%d KiB have become %d KiB", before>>10, now>>10)
	}
}

// soaked is what every round uses.
type soaked struct {
	keys, secret *jotgate.Validator
	idp          *issuer
	request      *http.Request
	requirement  *jotgate.Requirement
	good, bad    []string
}

func newSoaked(t *testing.T) *soaked {
	idp := newIssuer(t)
	s := &soaked{
		idp: idp, keys: idp.validator(t, newClock().option()),
		requirement: requirement(t, jotgate.Asked{Scopes: &jotgate.RouteScopes{All: []string{"b"}}}),
	}
	s.secret = newValidator(t, hs256Policy(), newClock().option(), revoking("mallory"), jotgate.WithOnEvent(func(jotgate.Event) {}))
	long := map[string]any{"scope": "a", "list": make([]int, 2000)}
	s.good = []string{hs256Token(t, map[string]any{"scope": "a b"}), hs256Token(t, long)}
	s.bad = []string{
		forged(s.good[0]), "", "\x00.\xff.", hs256Token(t, map[string]any{"exp": 1}), hs256Token(t, map[string]any{"sub": "mallory"}),
		hs256Token(t, map[string]any{"aud": "x"}), s.good[0] + s.good[1] + s.good[0],
	}
	s.request = httptest.NewRequest(http.MethodGet, "/orders", nil)
	s.request.Header.Set("Authorization", "Bearer "+s.good[0])
	return s
}

// round is a dozen validations.
func (s *soaked) round(t *testing.T, round int) {
	ctx := context.Background()
	verified, err := s.secret.Validate(ctx, s.good[round%len(s.good)])
	if err != nil || verified.Subject() != "alice" {
		t.Error(err)
		return
	}
	if err := s.secret.Require(verified, s.requirement); (err == nil) != verified.HasScope("b") {
		t.Error(err)
	}
	var rejected *jotgate.RejectedError
	for _, token := range s.bad {
		if _, err := s.secret.Validate(ctx, token); !errors.As(err, &rejected) {
			t.Error(err)
		}
	}
	if _, err := s.secret.ValidateRequest(s.request); err != nil {
		t.Error(err)
	}
	for index, result := range s.secret.ValidateMany(ctx, []string{s.good[0], s.bad[0], s.good[1], s.bad[4]}) {
		if (result.Err == nil) != (index%2 == 0) {
			t.Error(result.Err)
		}
	}
}

// rest is what costs more than a validation, and happens less often.
func (s *soaked) rest(t *testing.T) {
	token := s.idp.token(t, nil)
	for number := range 100 {
		if _, err := s.keys.Validate(t.Context(), token); err != nil {
			t.Error(err)
		}
		if err := s.keys.RefreshKeys(); err != nil {
			t.Error(err)
		}
		if _, err := s.keys.Explain(t.Context(), token); err != nil {
			t.Error(err)
		}
		if err := s.secret.Replace(hs256Policy()); err != nil {
			t.Error(err)
		}
		if _, err := s.keys.ExportKeys(); err != nil {
			t.Error(err)
		}
		if _, err := jotgate.NewFromDocument(fmt.Appendf(nil, `{"version":%d}`, number)); err == nil {
			t.Error("a policy without issuers")
		}
		made, err := jotgate.New(hs256Policy())
		if err != nil {
			t.Fatal(err)
		}
		if number%2 == 0 {
			made.Close()
		}
	}
}

// resident is the memory that the process has, once everything is given back that nobody uses.
func resident(t *testing.T) int {
	t.Helper()
	for range 3 { // cleanups run after the collection that finds what they are for
		runtime.GC()
		debug.FreeOSMemory()
	}
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	var all, pages int
	if _, err := fmt.Sscan(string(text), &all, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
