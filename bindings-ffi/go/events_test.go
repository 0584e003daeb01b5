package jotgate_test

import (
	"context"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// eventLog collects events.
type eventLog struct {
	mutex  sync.Mutex
	events []jotgate.Event
}

func (l *eventLog) option() jotgate.Option {
	return jotgate.WithOnEvent(func(event jotgate.Event) {
		l.mutex.Lock()
		defer l.mutex.Unlock()
		l.events = append(l.events, event)
	})
}

// take gives the events since the last time.
func (l *eventLog) take() []jotgate.Event {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	taken := l.events
	l.events = nil
	return taken
}

func kinds(events []jotgate.Event) (kinds []jotgate.EventKind) {
	for _, event := range events {
		kinds = append(kinds, event.Kind)
	}
	return kinds
}

// untilKinds collects events until there are as many as expected, and compares.
func untilKinds(t *testing.T, log *eventLog, expected ...jotgate.EventKind) []jotgate.Event {
	t.Helper()
	var got []jotgate.Event
	until(t, "all events are told", func() bool {
		got = append(got, log.take()...)
		return len(got) >= len(expected)
	})
	if !slices.Equal(kinds(got), expected) {
		t.Fatalf("events %v, expected %v", kinds(got), expected)
	}
	return got
}

func TestEventsTellOfFetchesAndRefusals(t *testing.T) {
	idp, clock, log := newIssuer(t), newClock(), new(eventLog)
	other := new(eventLog)
	v := idp.validator(t, clock.option(), other.option(), log.option(), jotgate.WithOnEvent(nil))
	if _, err := v.Validate(t.Context(), idp.token(t, nil)); err != nil {
		t.Fatal(err)
	}
	events := untilKinds(t, log, jotgate.EventFetchStarted, jotgate.EventFetchOK, jotgate.EventKeysChanged)
	if events[1].Status != http.StatusOK || events[1].Bytes == 0 || events[2].Added != 1 || events[2].Keys != 1 {
		t.Errorf("events %+v", events)
	}
	for _, event := range events {
		if !event.At.Equal(clock.now()) || event.Source != 0 || event.IssuerIndex != -1 || event.Code != "" {
			t.Errorf("event %+v", event)
		}
	}

	_, err := v.Validate(t.Context(), forged(idp.token(t, nil)))
	refused := untilKinds(t, log, jotgate.EventRejected)[0]
	if refused.Code != codeOf(t, err) || refused.Code != jotgate.ErrInvalidSignature || refused.IssuerIndex != 0 ||
		refused.RouteIndex != -1 || refused.Source != -1 || !refused.At.Equal(clock.now()) {
		t.Errorf("event %+v", refused)
	}
	_, _ = v.Validate(t.Context(), idp.token(t, map[string]any{"exp": 1}))
	if late := untilKinds(t, log, jotgate.EventRejected)[0]; late.Code != jotgate.ErrExpired || late.Claim != "exp" {
		t.Errorf("event %+v", late)
	}
	if all := kinds(other.take()); len(all) != 5 {
		t.Errorf("the other function was told of %v", all)
	}
}

func TestAFailedFetchIsToldWithItsReason(t *testing.T) {
	idp, clock, log := newIssuer(t), newClock(), new(eventLog)
	idp.serve(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	v := idp.validator(t, clock.option(), log.option())
	if _, err := v.Validate(t.Context(), idp.token(t, nil)); err == nil {
		t.Fatal("accepted without keys")
	}
	// The refusal is told by another goroutine than the failure.
	told := make(map[jotgate.EventKind]jotgate.Event)
	until(t, "all events are told", func() bool {
		for _, event := range log.take() {
			told[event.Kind] = event
		}
		return len(told) == 3
	})
	refused, failed := told[jotgate.EventRejected], told[jotgate.EventFetchFailed]
	if refused.Code != jotgate.ErrKeysUnavailable || refused.IssuerIndex != 0 {
		t.Errorf("event %+v", refused)
	}
	if failed.Problem != "status_502" || !failed.RetryAt.After(clock.now()) {
		t.Errorf("event %+v", failed)
	}
}

func TestAHostsRefusalsAreToldToo(t *testing.T) {
	idp, log := newIssuer(t), new(eventLog)
	v := idp.validator(t, revoking("alice"), log.option())
	_, _ = v.Validate(t.Context(), idp.token(t, nil))
	until(t, "the refusal is told", func() bool {
		events := log.take()
		return len(events) > 0 && events[len(events)-1].Code == jotgate.ErrRevoked
	})
}

func TestAFunctionForEventsMayPanicAndValidate(t *testing.T) {
	idp, inside := newIssuer(t), make(chan error, 1)
	var v *jotgate.Validator
	token := idp.token(t, nil)
	v = idp.validator(t, jotgate.WithOnEvent(func(event jotgate.Event) {
		if event.Kind == jotgate.EventKeysChanged {
			_, err := v.Validate(context.Background(), token)
			inside <- err
		}
		panic("a bug of the application")
	}))
	if _, err := v.Validate(t.Context(), token); err != nil {
		t.Error(err)
	}
	if err := <-inside; err != nil {
		t.Error(err)
	}
}

func TestAFunctionForEventsMayEndItsGoroutine(t *testing.T) {
	idp, log := newIssuer(t), new(eventLog)
	var ended atomic.Bool
	v := idp.validator(t, jotgate.WithOnEvent(func(jotgate.Event) {
		if ended.CompareAndSwap(false, true) {
			runtime.Goexit()
		}
	}), log.option())
	token := idp.token(t, nil)
	go func() { _, _ = v.Validate(context.Background(), token) }()
	until(t, "a goroutine has ended", ended.Load)
	until(t, "events are told again", func() bool {
		if err := v.RefreshKeys(); err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(log.take(), func(event jotgate.Event) bool { return event.Forced })
	})
}

func TestARefreshOnDemandFetchesEverySet(t *testing.T) {
	idp, clock, log := newIssuer(t), newClock(), new(eventLog)
	v := idp.validator(t, clock.option(), log.option())
	if err := v.RefreshKeys(); err != nil {
		t.Fatal(err)
	}
	started := untilKinds(t, log, jotgate.EventFetchStarted, jotgate.EventFetchOK, jotgate.EventKeysChanged)[0]
	if !started.Forced || idp.hits.Load() != 1 {
		t.Errorf("event %+v, %d fetches", started, idp.hits.Load())
	}
	if _, err := v.Validate(t.Context(), idp.token(t, nil)); err != nil || idp.hits.Load() != 1 {
		t.Errorf("%v, %d fetches", err, idp.hits.Load())
	}
	v.Close()
	if err := v.RefreshKeys(); err != jotgate.ErrClosed {
		t.Errorf("after Close: %v", err)
	}
}

// Those who find another goroutine telling must not leave events behind.
func TestNoEventStaysBehind(t *testing.T) {
	const callers = 16
	idp, log := newIssuer(t), new(eventLog)
	v := idp.validator(t, log.option())
	token := idp.token(t, nil)
	bad := forged(token)
	var group sync.WaitGroup
	for range callers {
		group.Add(1)
		go func() {
			defer group.Done()
			_, _ = v.Validate(t.Context(), token)
			_, _ = v.Validate(t.Context(), bad)
		}()
	}
	group.Wait()
	counts := make(map[jotgate.EventKind]int)
	until(t, "all events are told", func() bool {
		for _, event := range log.take() {
			counts[event.Kind]++
		}
		return counts[jotgate.EventRejected] == callers && counts[jotgate.EventKeysChanged] == 1
	})
	if health, err := v.Health(); err != nil || counts[jotgate.EventFetchOK] != 1 || len(health.Sources) != 1 {
		t.Errorf("events %v, %v", counts, err)
	}
}
