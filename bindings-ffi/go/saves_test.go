package jotgate_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// heldStore has each save wait until it is told to go on, whatever becomes of its context.
type heldStore struct {
	mutex  sync.Mutex
	begun  []string
	text   string
	inside int
	most   int
	goOn   []chan struct{}
}

func (s *heldStore) Load(context.Context) (string, error) { return "", nil }

func (s *heldStore) Save(_ context.Context, text string) error {
	goOn := make(chan struct{})
	s.mutex.Lock()
	s.begun = append(s.begun, text)
	s.goOn = append(s.goOn, goOn)
	s.inside++
	s.most = max(s.most, s.inside)
	s.mutex.Unlock()
	<-goOn
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.inside--
	s.text = text
	return nil
}

// saves counts those that have begun.
func (s *heldStore) saves() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return len(s.begun)
}

// release lets a save go on, and waits until it has.
func (s *heldStore) release(t *testing.T, number int) {
	t.Helper()
	s.mutex.Lock()
	text := s.begun[number]
	close(s.goOn[number])
	s.mutex.Unlock()
	until(t, "the text lies there", func() bool { return s.has(text) })
}

func (s *heldStore) has(text string) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return strings.Contains(s.text, text)
}

// refreshed has a set of one key of this id fetched.
func (i *issuer) refreshed(t *testing.T, v *jotgate.Validator, kid string) {
	t.Helper()
	i.serve(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(marshalled(t, map[string]any{"keys": []any{rsaJWK(kid, &i.key.PublicKey)}}))
	})
	before := i.hits.Load()
	if err := v.RefreshKeys(); err != nil {
		t.Fatal(err)
	}
	until(t, "the set is fetched", func() bool { return i.hits.Load() == before+1 && !sourceOf(t, v).InFlight })
}

func TestSavesNeverOverlapAndTheNewestIsTheLast(t *testing.T) {
	idp, clock, store := newIssuer(t), newClock(), new(heldStore)
	policy := idp.policy()
	policy.Issuers[0].JWKS.Timeout = jotgate.Duration(5 * time.Minute) // nor is a save given up before
	v := newValidator(t, policy, clock.option(), jotgate.WithStore(store))
	for round := range 5 {
		idp.refreshed(t, v, fmt.Sprintf("key-%d", round))
		until(t, "the first save has begun", func() bool { return store.saves() >= 1 })
		clock.advance(time.Minute)
	}
	if saves := store.saves(); saves != 1 {
		t.Errorf("%d saves at once", saves)
	}
	store.release(t, 0)
	until(t, "the next save has begun", func() bool { return store.saves() == 2 })
	store.release(t, 1)
	if !store.has("key-4") || store.has("key-3") {
		t.Errorf("the store has %s", store.text)
	}
	idp.refreshed(t, v, "key-5")
	until(t, "what comes later is saved, and nothing between", func() bool { return store.saves() == 3 })
	store.release(t, 2)
	if !store.has("key-5") || store.most != 1 {
		t.Errorf("%d saves at once, the store has %s", store.most, store.text)
	}
}

func TestANewerSetIsSavedAgainWhenALateSaveHasCoveredIt(t *testing.T) {
	t.Parallel()
	idp, clock, store := newIssuer(t), newClock(), new(heldStore)
	policy := idp.policy()
	policy.Issuers[0].JWKS.Timeout = jotgate.Duration(longEnough)
	v := newValidator(t, policy, clock.option(), jotgate.WithStore(store))
	idp.refreshed(t, v, "old")
	until(t, "the first save hangs", func() bool { return store.saves() == 1 })
	clock.advance(time.Minute)
	idp.refreshed(t, v, "new")
	until(t, "it is given up, and the next one begins", func() bool { return store.saves() == 2 })
	store.release(t, 1)
	if !store.has("new") {
		t.Errorf("the store has %s", store.text)
	}
	store.release(t, 0)
	if !store.has("old") {
		t.Errorf("the late save has brought %s", store.text)
	}
	until(t, "the newer set is saved again", func() bool { return store.saves() == 3 })
	store.release(t, 2)
	if !store.has("new") {
		t.Errorf("the store has %s", store.text)
	}
}
