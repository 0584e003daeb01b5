package jotgate_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// replaceable is a policy of an HMAC secret, for this audience.
func replaceable(audience string) []byte {
	return fmt.Appendf(nil, `{"version":1,"issuers":[{"issuer":"https://idp.test/","audience":%q,
		"keys":{"secret":{"text":"a secret of at least 32 bytes, which nobody knows"}}}]}`, audience)
}

func TestReplaceChecksThePolicyBeforeItChangesAnything(t *testing.T) {
	var mutex sync.Mutex
	var told []jotgate.Event
	v, err := jotgate.NewFromDocument(replaceable("https://api.test"), jotgate.WithOnEvent(func(event jotgate.Event) {
		mutex.Lock()
		defer mutex.Unlock()
		told = append(told, event)
	}), jotgate.WithClock(func() time.Time { return time.Unix(1_800_000_000, 0) }))
	if err != nil {
		t.Fatal(err)
	}
	var wrong *jotgate.PolicyError
	for document, path := range map[string]string{
		`{"version":1}`: "issuers",
		`{"version":1,"issuers":[{"issuer":"https://idp.test/","audience":"any","client_id":{"allowed":"host"},
			"keys":{"secret":{"text":"a secret of at least 32 bytes, which nobody knows"}}}]}`: "issuers[0].client_id.allowed",
	} {
		if err := v.ReplaceFromDocument([]byte(document)); !errors.As(err, &wrong) || wrong.Path != path {
			t.Errorf("%s: %v", document, err)
		}
	}
	if err := v.Replace(jotgate.Policy{}); !errors.As(err, &wrong) {
		t.Errorf("an empty policy: %v", err)
	}
	if len(told) != 0 {
		t.Errorf("told %v of what did not happen", told)
	}
	if err := v.ReplaceFromDocument(replaceable("https://other.test")); err != nil {
		t.Fatal(err)
	}
	if len(told) != 1 || told[0].Kind != jotgate.EventPolicyReplaced || told[0].Source != -1 {
		t.Errorf("told %v", told)
	}
	v.Close()
	if err := v.ReplaceFromDocument(replaceable("any")); !errors.Is(err, jotgate.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestReplaceBesideValidations(t *testing.T) {
	v, err := jotgate.NewFromDocument(replaceable("any"))
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	done := make(chan struct{})
	var running sync.WaitGroup
	for range 4 {
		running.Add(1)
		go func() {
			defer running.Done()
			for {
				select {
				case <-done:
					return
				default:
				}
				if _, err := v.Validate(context.Background(), "x.y.z"); !errors.Is(err, jotgate.ErrMalformedToken) {
					t.Error(err)
					return
				}
			}
		}()
	}
	for number := range 200 {
		if err := v.ReplaceFromDocument(replaceable(fmt.Sprintf("https://api-%d.test", number))); err != nil {
			t.Error(err)
		}
	}
	close(done)
	running.Wait()
}
