package jotgate

import (
	"runtime"
	"testing"
	"time"
)

// TestNativeMemoryIsFreed watches a core become garbage: its cleanup, which frees the native validator, runs then.
func TestNativeMemoryIsFreed(t *testing.T) {
	for _, closes := range []bool{true, false} {
		freed := make(chan struct{})
		v, err := NewFromDocument([]byte(`{"version":1,"issuers":[{"issuer":"https://idp.test/","audience":"any",
			"keys":{"secret":{"text":"a secret of at least 32 bytes, which nobody knows"}}}]}`))
		if err != nil {
			t.Fatal(err)
		}
		runtime.AddCleanup(v.core.Load(), func(freed chan struct{}) { close(freed) }, freed)
		if _, err := v.Validate(t.Context(), "x"); err == nil {
			t.Fatal("nonsense passed")
		}
		if closes {
			v.Close()
		} else {
			v = nil
		}
		awaitGarbage(t, freed)
		runtime.KeepAlive(v)
	}
}

func awaitGarbage(t *testing.T, freed <-chan struct{}) {
	t.Helper()
	for range 1000 {
		runtime.GC()
		select {
		case <-freed:
			return
		case <-time.After(time.Millisecond):
		}
	}
	t.Error("the core is never freed")
}
