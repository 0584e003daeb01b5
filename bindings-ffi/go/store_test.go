package jotgate_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// memoryStore is a store as applications write them, with counters.
type memoryStore struct {
	mutex        sync.Mutex
	text         string
	loads, saves atomic.Int32
}

func (s *memoryStore) Load(context.Context) (string, error) {
	s.loads.Add(1)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.text, nil
}

func (s *memoryStore) Save(_ context.Context, text string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.text = text
	s.saves.Add(1) // last: tests wait for it, and then the text is there
	return nil
}

func (s *memoryStore) has() string {
	text, _ := s.Load(context.Background())
	return text
}

func sourceOf(t *testing.T, v *jotgate.Validator) jotgate.SourceHealth {
	t.Helper()
	health, err := v.Health()
	if err != nil || len(health.Sources) != 1 {
		t.Fatalf("Health() = %+v, %v", health, err)
	}
	return health.Sources[0]
}

func TestOneFetchServesAllValidatorsOfAStore(t *testing.T) {
	idp, clock, store := newIssuer(t), newClock(), new(memoryStore)
	first := idp.validator(t, clock.option(), jotgate.WithStore(store))
	if _, err := first.Validate(t.Context(), idp.token(t, nil)); err != nil {
		t.Fatal(err)
	}
	until(t, "the key set is saved", func() bool { return store.saves.Load() == 1 })
	log := new(eventLog)
	second := idp.validator(t, clock.option(), log.option(), jotgate.WithStore(store))
	if _, err := second.Validate(t.Context(), idp.token(t, nil)); err != nil {
		t.Fatal(err)
	}
	clock.advance(time.Minute)
	third := idp.validator(t, clock.option(), jotgate.WithStore(store))
	if _, err := third.Validate(t.Context(), idp.token(t, nil)); err != nil {
		t.Fatal(err)
	}
	if hits, saves := idp.hits.Load(), store.saves.Load(); hits != 1 || saves != 1 {
		t.Errorf("%d fetches, %d saves", hits, saves)
	}
	events := untilKinds(t, log, jotgate.EventFetchStarted, jotgate.EventFetchShared, jotgate.EventKeysChanged)
	if events[1].Age != 0 || events[2].Keys != 1 {
		t.Errorf("events %+v", events)
	}
	if got := sourceOf(t, third); got.Shared != 1 || *got.AgeSeconds != 60 {
		t.Errorf("got %+v", got)
	}
	if got := sourceOf(t, first); got.Shared != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestManyGoroutinesAndValidatorsWithOneStore(t *testing.T) {
	const validators, callers, rounds = 8, 8, 5
	idp, clock, store := newIssuer(t), newClock(), new(memoryStore)
	token := idp.token(t, map[string]any{"exp": start.Add(72 * time.Hour).Unix()})
	var all []*jotgate.Validator
	for range validators {
		all = append(all, idp.validator(t, clock.option(), jotgate.WithStore(store)))
	}
	warm := idp.validator(t, clock.option(), jotgate.WithStore(store))
	for round := range rounds {
		// One validator fetches and saves; all others find it there.
		if _, err := warm.Validate(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		until(t, "the key set is saved", func() bool { return store.saves.Load() == int32(round+1) })
		var done sync.WaitGroup
		for _, v := range all {
			for range callers {
				done.Add(1)
				go func() {
					defer done.Done()
					if _, err := v.Validate(t.Context(), token); err != nil {
						t.Error(err)
					}
				}()
			}
		}
		done.Wait()
		for _, v := range all {
			until(t, "each has taken the set", func() bool {
				source := sourceOf(t, v)
				return source.Shared == uint64(round+1) && !source.InFlight
			})
		}
		clock.advance(59 * time.Minute) // the sets are due, and serve on
	}
	if hits, saves := idp.hits.Load(), store.saves.Load(); hits != rounds || saves != rounds {
		t.Errorf("%d fetches and %d saves in %d rounds", hits, saves, rounds)
	}
}

func TestANewKeyIsFetchedByOneOfTheValidators(t *testing.T) {
	idp, next, clock, store := newIssuer(t), newES256(t), newClock(), new(memoryStore)
	first := idp.validator(t, clock.option(), jotgate.WithStore(store))
	second := idp.validator(t, clock.option(), jotgate.WithStore(store))
	for _, v := range []*jotgate.Validator{first, second} {
		if _, err := v.Validate(t.Context(), idp.token(t, nil)); err != nil {
			t.Fatal(err)
		}
		until(t, "the key set is saved", func() bool { return store.saves.Load() == 1 })
	}
	idp.serve(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(marshalled(t, map[string]any{"keys": []any{ecJWK(t, "ec-2", &next.PublicKey)}}))
	})
	clock.advance(time.Minute)
	if _, err := first.Validate(t.Context(), es256Token(t, "ec-2", next)); err != nil {
		t.Fatal(err)
	}
	until(t, "the new key is saved", func() bool { return store.saves.Load() == 2 })
	if _, err := second.Validate(t.Context(), es256Token(t, "ec-2", next)); err != nil {
		t.Fatal(err)
	}
	if hits := idp.hits.Load(); hits != 2 {
		t.Errorf("%d fetches", hits)
	}
}

func TestRefreshKeysAsksTheIssuerAndNotTheStore(t *testing.T) {
	idp, clock, store := newIssuer(t), newClock(), new(memoryStore)
	v := idp.validator(t, clock.option(), jotgate.WithStore(store))
	if _, err := v.Validate(t.Context(), idp.token(t, nil)); err != nil {
		t.Fatal(err)
	}
	until(t, "the first set is saved", func() bool { return store.saves.Load() == 1 })
	if err := v.RefreshKeys(); err != nil {
		t.Fatal(err)
	}
	until(t, "the second set is saved", func() bool { return store.saves.Load() == 2 })
	if hits := idp.hits.Load(); hits != 2 {
		t.Errorf("%d fetches", hits)
	}
}

// TestProcessesShareAFile starts processes of its own, which are this test in its other role.
func TestProcessesShareAFile(t *testing.T) {
	if address := os.Getenv("JOTGATE_TEST_ISSUER"); address != "" {
		validateElsewhere(t, address)
		return
	}
	idp := newIssuer(t)
	store := fileStore{path: filepath.Join(t.TempDir(), "keys.json")}
	token := idp.token(t, map[string]any{"exp": time.Now().Add(time.Hour).Unix()})
	v := idp.validator(t, jotgate.WithStore(store))
	if _, err := v.Validate(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	until(t, "the key set is in the file", func() bool {
		text, err := store.Load(t.Context())
		return text != "" && err == nil
	})
	var done sync.WaitGroup
	for range 4 {
		done.Add(1)
		go func() {
			defer done.Done()
			process := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProcessesShareAFile$", "-test.count=1")
			process.Env = append(os.Environ(), "JOTGATE_TEST_ISSUER="+idp.URL, "JOTGATE_TEST_STORE="+store.path,
				"JOTGATE_TEST_TOKEN="+token)
			if output, err := process.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, output)
			}
		}()
	}
	done.Wait()
	if hits := idp.hits.Load(); hits != 1 {
		t.Errorf("%d fetches", hits)
	}
}

func validateElsewhere(t *testing.T, address string) {
	idp := issuer{Server: &httptest.Server{URL: address}}
	v := idp.validator(t, jotgate.WithStore(fileStore{path: os.Getenv("JOTGATE_TEST_STORE")}))
	if _, err := v.Validate(t.Context(), os.Getenv("JOTGATE_TEST_TOKEN")); err != nil {
		t.Error(err)
	}
	if got := sourceOf(t, v); got.Shared != 1 {
		t.Errorf("got %+v", got)
	}
}
