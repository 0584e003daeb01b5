package jotgate_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

func TestAClockMayUseTheValidator(t *testing.T) {
	const looks = 4 // each starts a fetch, whose end looks again
	idp, clock := newIssuer(t), newClock()
	var inside atomic.Bool
	var looked atomic.Int32
	var validator atomic.Pointer[jotgate.Validator]
	v := idp.validator(t, jotgate.WithClock(func() time.Time {
		if v := validator.Load(); v != nil && inside.CompareAndSwap(false, true) {
			defer inside.Store(false)
			if looked.Add(1) <= looks {
				_ = v.RefreshKeys()
			}
		}
		return clock.now()
	}))
	token := idp.token(t, nil)
	validator.Store(v)
	result := make(chan error, 1)
	go func() {
		_, err := v.Validate(t.Context(), token)
		result <- err
	}()
	select {
	case err := <-result:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the clock waits for the driver, and the driver for the clock")
	}
}

func TestAClockThatPanicsKeepsNoWorkFromEnding(t *testing.T) {
	idp, clock := newIssuer(t), newClock()
	var panics, panicked atomic.Bool
	idp.serve(func(w http.ResponseWriter, r *http.Request) {
		panics.Store(true) // the caller waits: only the end of the fetch asks for the time now
		idp.goodKeys(w, r)
	})
	v := idp.validator(t, jotgate.WithClock(func() time.Time {
		if panics.CompareAndSwap(true, false) {
			panicked.Store(true)
			panic("a bug of the application")
		}
		return clock.now()
	}))
	if _, err := v.Validate(t.Context(), idp.token(t, nil)); err != nil {
		t.Error(err)
	}
	if !panicked.Load() {
		t.Error("the clock did not panic")
	}
}

func TestAClockThatGivesNoTimeLetsNoTokenPass(t *testing.T) {
	idp := newIssuer(t)
	v := idp.validator(t, jotgate.WithClock(func() time.Time { return time.Time{} }))
	defer func() {
		if recover() == nil {
			t.Error("a token was judged for the year 1")
		}
	}()
	_, _ = v.Validate(t.Context(), idp.token(t, nil))
}
