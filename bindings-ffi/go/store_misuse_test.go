package jotgate_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// functions is a store of two functions; what is missing does nothing.
type functions struct {
	load func(ctx context.Context) (string, error)
	save func(ctx context.Context, text string) error
}

func (f functions) Load(ctx context.Context) (string, error) {
	if f.load == nil {
		return "", nil
	}
	return f.load(ctx)
}

func (f functions) Save(ctx context.Context, text string) error {
	if f.save == nil {
		return nil
	}
	return f.save(ctx, text)
}

// logLines collects what operators are told.
type logLines struct {
	mutex sync.Mutex
	text  strings.Builder
}

func (l *logLines) Write(line []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(line)
}

func (l *logLines) has(text string) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return strings.Contains(l.text.String(), text)
}

func (l *logLines) option() jotgate.Option {
	return jotgate.WithLogger(slog.New(slog.NewTextHandler(l, nil)))
}

func TestStoresThatAreOfNoUse(t *testing.T) {
	saved := errors.New("the disk is full")
	cases := map[string]struct {
		store   functions
		message string
	}{
		"load panics":       {functions{load: func(context.Context) (string, error) { panic("a bug") }}, "a bug"},
		"load fails":        {functions{load: func(context.Context) (string, error) { return "", saved }}, "disk is full"},
		"load gives both":   {functions{load: func(context.Context) (string, error) { return "{}", saved }}, "disk is full"},
		"load gives prose":  {functions{load: func(context.Context) (string, error) { return "no keys", nil }}, "refused"},
		"load gives a list": {functions{load: func(context.Context) (string, error) { return "[]", nil }}, "refused"},
		"load gives bytes":  {functions{load: func(context.Context) (string, error) { return "\xff\x00", nil }}, "refused"},
		"load gives a mountain": {functions{load: func(context.Context) (string, error) {
			return strings.Repeat("[", 8<<20), nil
		}}, "refused"},
		"save panics": {functions{save: func(context.Context, string) error { panic("a bug") }}, "a bug"},
		"save fails":  {functions{save: func(context.Context, string) error { return saved }}, "disk is full"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			idp, log := newIssuer(t), new(logLines)
			v := idp.validator(t, newClock().option(), jotgate.WithStore(test.store), log.option())
			for range 2 {
				if _, err := v.Validate(t.Context(), idp.token(t, nil)); err != nil {
					t.Error(err)
				}
			}
			until(t, "operators are told", func() bool { return log.has(test.message) })
			if got := sourceOf(t, v); idp.hits.Load() != 1 || got.Shared != 0 || got.Failures != 0 {
				t.Errorf("%d fetches, %+v", idp.hits.Load(), got)
			}
		})
	}
}

func TestALoadThatHangsCostsHalfTheTimeOfAFetch(t *testing.T) {
	t.Parallel()
	idp, log, never := newIssuer(t), new(logLines), make(chan struct{})
	t.Cleanup(func() { close(never) })
	store := functions{load: func(context.Context) (string, error) {
		<-never // whatever becomes of its context
		return "", nil
	}}
	policy := idp.policy()
	policy.Issuers[0].JWKS.Timeout = jotgate.Duration(longEnough)
	v := newValidator(t, policy, newClock().option(), jotgate.WithStore(store), log.option())
	if _, err := v.Validate(t.Context(), idp.token(t, nil)); err != nil {
		t.Error(err)
	}
	if got := sourceOf(t, v); got.Failures != 0 || idp.hits.Load() != 1 {
		t.Errorf("%d fetches, %+v", idp.hits.Load(), got)
	}
	if !log.has("the store of key sets was of no use") {
		t.Error("operators learn nothing")
	}
}

func TestASaveThatHangsBlocksNobody(t *testing.T) {
	t.Parallel()
	idp, clock, never := newIssuer(t), newClock(), make(chan struct{})
	t.Cleanup(func() { close(never) })
	var saves atomic.Int32
	store := functions{save: func(context.Context, string) error {
		saves.Add(1)
		<-never // whatever becomes of its context
		return nil
	}}
	log := new(logLines)
	policy := idp.policy()
	policy.Issuers[0].JWKS.Timeout = jotgate.Duration(longEnough)
	v := newValidator(t, policy, clock.option(), jotgate.WithStore(store), log.option())
	token := idp.token(t, map[string]any{"exp": start.Add(72 * time.Hour).Unix()})
	if _, err := v.Validate(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	until(t, "the first save hangs", func() bool { return saves.Load() == 1 })
	if err := v.RefreshKeys(); err != nil {
		t.Fatal(err)
	}
	until(t, "a fetch ends beside it", func() bool { return idp.hits.Load() == 2 && !sourceOf(t, v).InFlight })
	if _, err := v.Validate(t.Context(), token); err != nil {
		t.Error(err)
	}
	until(t, "it is given up, and the next one is tried", func() bool { return saves.Load() == 2 })
	if !log.has("the key sets could not be saved") {
		t.Error("operators learn nothing")
	}
}

func TestWaitersAreServedBeforeTheSetIsSaved(t *testing.T) {
	const callers = 16
	idp, release := newIssuer(t), make(chan struct{})
	t.Cleanup(func() { close(release) })
	saving := make(chan context.Context, 1)
	store := functions{save: func(ctx context.Context, _ string) error {
		saving <- ctx
		<-release
		return nil
	}}
	policy := idp.policy()
	policy.Issuers[0].JWKS.Timeout = jotgate.Duration(5 * time.Minute) // nor does a save end before
	v := newValidator(t, policy, newClock().option(), jotgate.WithStore(store))
	token, failures := idp.token(t, nil), make(chan error, callers)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for range callers {
		go func() {
			_, err := v.Validate(ctx, token)
			failures <- err
		}()
	}
	for range callers {
		if err := <-failures; err != nil {
			t.Error(err)
		}
	}
	if err := (<-saving).Err(); err != nil {
		t.Errorf("the save has ended before: %v", err)
	}
}

func TestCloseEndsALoad(t *testing.T) {
	idp, log := newIssuer(t), new(logLines)
	called, ended := make(chan struct{}), make(chan error, 1)
	store := functions{load: func(ctx context.Context) (string, error) {
		close(called)
		<-ctx.Done()
		ended <- ctx.Err()
		return "", ctx.Err()
	}}
	v := idp.validator(t, newClock().option(), jotgate.WithStore(store), log.option())
	token, result := idp.token(t, nil), make(chan error, 1)
	go func() {
		_, err := v.Validate(t.Context(), token)
		result <- err
	}()
	<-called
	v.Close()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the call ended with %v", err)
	}
	if err := <-result; !errors.Is(err, jotgate.ErrClosed) {
		t.Errorf("who waited got %v", err)
	}
	if idp.hits.Load() != 0 || log.has("jotgate") {
		t.Errorf("%d fetches, %s", idp.hits.Load(), log.text.String())
	}
}

func TestCloseEndsASave(t *testing.T) {
	idp, log := newIssuer(t), new(logLines)
	called, ended := make(chan struct{}), make(chan error, 1)
	store := functions{save: func(ctx context.Context, _ string) error {
		close(called)
		<-ctx.Done()
		ended <- ctx.Err()
		return ctx.Err()
	}}
	v := idp.validator(t, newClock().option(), jotgate.WithStore(store), log.option())
	if _, err := v.Validate(t.Context(), idp.token(t, nil)); err != nil {
		t.Error(err)
	}
	<-called
	v.Close()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the call ended with %v", err)
	}
	if log.has("jotgate") {
		t.Errorf("Close is news: %s", log.text.String())
	}
}

func TestAStoreMayUseTheValidator(t *testing.T) {
	idp, clock, memory := newIssuer(t), newClock(), new(memoryStore)
	token := idp.token(t, nil)
	var v *jotgate.Validator
	var called []string
	use := func(what string) {
		called = append(called, what)
		_, health := v.Health()
		_, exported := v.ExportKeys()
		_, imported := v.ImportKeys([]byte("nonsense"))
		if health != nil || exported != nil || !errors.Is(imported, jotgate.ErrSnapshot) {
			t.Errorf("in %s: %v, %v, %v", what, health, exported, imported)
		}
	}
	made := make(chan struct{})
	saved := make(chan error, 1)
	store := functions{
		load: func(ctx context.Context) (string, error) {
			<-made
			use("load")
			return memory.Load(ctx)
		},
		save: func(ctx context.Context, text string) error {
			use("save")
			_, err := v.Validate(ctx, token) // the keys are there
			saved <- err
			return memory.Save(ctx, text)
		},
	}
	v = idp.validator(t, clock.option(), jotgate.WithStore(store))
	close(made)
	if _, err := v.Validate(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if err := <-saved; err != nil {
		t.Errorf("a validation in save: %v", err)
	}
	until(t, "the set is saved", func() bool { return memory.has() != "" })
	if !slices.Equal(called, []string{"load", "save"}) {
		t.Errorf("called: %v", called)
	}
}

func TestALoadThatWaitsForItselfIsGivenUp(t *testing.T) {
	t.Parallel()
	idp := newIssuer(t)
	token := idp.token(t, nil)
	var v *jotgate.Validator
	made, inside := make(chan struct{}), make(chan error, 1)
	store := functions{load: func(ctx context.Context) (string, error) {
		<-made
		_, err := v.Validate(context.Background(), token) // needs the work that this call is
		inside <- err
		return "", err
	}}
	policy := idp.policy()
	policy.Issuers[0].JWKS.Timeout = jotgate.Duration(longEnough)
	v = newValidator(t, policy, newClock().option(), jotgate.WithStore(store))
	close(made)
	if _, err := v.Validate(t.Context(), token); err != nil {
		t.Errorf("got %v", err)
	}
	if err := <-inside; err != nil {
		t.Errorf("inside: %v", err)
	}
	if hits := idp.hits.Load(); hits != 1 {
		t.Errorf("%d fetches", hits)
	}
}
