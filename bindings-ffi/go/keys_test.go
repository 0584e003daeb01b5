package jotgate_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

func TestImportedKeysNeedNoFetch(t *testing.T) {
	idp, clock := newIssuer(t), newClock()
	first, second := idp.validator(t, clock.option()), idp.validator(t, clock.option())
	if _, err := first.Validate(t.Context(), idp.token(t, nil)); err != nil {
		t.Fatal(err)
	}
	snapshot, err := first.ExportKeys()
	if err != nil {
		t.Fatal(err)
	}
	if imported, err := second.ImportKeys(snapshot); imported != 1 || err != nil {
		t.Fatalf("ImportKeys() = %d, %v", imported, err)
	}
	idp.Close()
	if _, err := second.Validate(t.Context(), idp.token(t, nil)); err != nil {
		t.Error(err)
	}
	if hits := idp.hits.Load(); hits != 1 {
		t.Errorf("%d fetches", hits)
	}
	for _, nonsense := range []string{"", "{}", "\xff", string(snapshot) + "x"} {
		if imported, err := second.ImportKeys([]byte(nonsense)); imported != 0 || !errors.Is(err, jotgate.ErrSnapshot) {
			t.Errorf("%q: %d, %v", nonsense, imported, err)
		}
	}
}

func TestHealthTellsOfTheKeySet(t *testing.T) {
	idp := newIssuer(t)
	v := idp.validator(t, newClock().option())
	before, err := v.Health()
	if err != nil || len(before.Sources) != 1 || before.Sources[0].State != "empty" || before.Sources[0].AgeSeconds != nil {
		t.Fatalf("Health() = %+v, %v", before, err)
	}
	if _, err := v.Validate(t.Context(), idp.token(t, nil)); err != nil {
		t.Fatal(err)
	}
	after, err := v.Health()
	if err != nil || len(after.Sources) != 1 {
		t.Fatalf("Health() = %+v, %v", after, err)
	}
	source := after.Sources[0]
	if source.URL != idp.jwksURL() || source.State != "fresh" || source.Keys != 1 || source.Fetches != 1 {
		t.Errorf("got %+v", source)
	}
	if source.AgeSeconds == nil || *source.AgeSeconds != 0 || source.LastError != "" || source.InFlight {
		t.Errorf("got %+v", source)
	}
	if source.NextRefreshUnix == nil || *source.NextRefreshUnix <= float64(start.Unix()) || source.Bytes == 0 {
		t.Errorf("got %+v", source)
	}
}

func TestHealthTellsOfTheCache(t *testing.T) {
	policy := hs256Policy()
	without := newValidator(t, policy, newClock().option())
	if health, err := without.Health(); err != nil || health.Cache != nil {
		t.Errorf("Health() = %+v, %v", health, err)
	}
	policy.Cache = &jotgate.Cache{Entries: 8}
	with := newValidator(t, policy, newClock().option())
	token := hs256Token(t, nil)
	for range 3 {
		if _, err := with.Validate(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	health, err := with.Health()
	if err != nil || health.Cache == nil {
		t.Fatalf("Health() = %+v, %v", health, err)
	}
	cache := *health.Cache
	if cache.Entries != 1 || cache.Hits != 2 || cache.Misses != 1 || cache.Evictions != 0 || cache.Bytes < uint64(len(token)) {
		t.Errorf("got %+v", cache)
	}
}

func TestHealthTellsOfFailuresAndOfKeysThatCannotBeUsed(t *testing.T) {
	idp, clock := newIssuer(t), newClock()
	idp.serve(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	v := idp.validator(t, clock.option())
	token := idp.token(t, nil)
	source := func() jotgate.SourceHealth {
		health, err := v.Health()
		if err != nil || len(health.Sources) != 1 {
			t.Fatalf("Health() = %+v, %v", health, err)
		}
		return health.Sources[0]
	}
	if _, err := v.Validate(t.Context(), token); !errors.Is(err, jotgate.ErrKeysUnavailable) {
		t.Fatal(err)
	}
	if got := source(); got.Failures != 1 || got.FailuresInARow != 1 || got.LastError != "status_503" {
		t.Errorf("got %+v", got)
	}
	idp.serve(func(w http.ResponseWriter, _ *http.Request) {
		secret := map[string]any{"kty": "oct", "kid": "secret", "k": "AAAA"}
		_, _ = w.Write(marshalled(t, map[string]any{"keys": []any{rsaJWK("rsa-1", &idp.key.PublicKey), secret}}))
	})
	clock.advance(time.Minute)
	if _, err := v.Validate(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	got := source()
	if got.Failures != 1 || got.FailuresInARow != 0 || got.LastError != "" || got.Keys != 1 || got.SkippedCount != 1 {
		t.Errorf("got %+v", got)
	}
	if len(got.Skipped) != 1 || got.Skipped[0].KID != "secret" || got.Skipped[0].Reason == "" {
		t.Errorf("got %+v", got.Skipped)
	}
}

func TestNoKeysOfAClosedValidator(t *testing.T) {
	v := newValidator(t, hs256Policy())
	v.Close()
	_, health := v.Health()
	_, exported := v.ExportKeys()
	_, imported := v.ImportKeys(nil)
	for _, err := range []error{health, exported, imported} {
		if !errors.Is(err, jotgate.ErrClosed) {
			t.Errorf("got %v", err)
		}
	}
}
