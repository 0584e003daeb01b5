package jotgate_test

import (
	"errors"
	"testing"

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
