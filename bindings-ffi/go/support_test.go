package jotgate_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// countingTransport is the default transport with a counter.
type countingTransport struct{ requests atomic.Int32 }

func (c *countingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	c.requests.Add(1)
	return http.DefaultTransport.RoundTrip(r)
}

func marshalled(t testing.TB, value any) []byte {
	t.Helper()
	document, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// forged keeps the token's claims and the form of its signature, and nothing of the signature's value.
func forged(token string) string {
	at := strings.LastIndexByte(token, '.') + 1
	return token[:at] + strings.Repeat("A", len(token)-at)
}

// longEnough is the timeout of policies whose work is given up in a test, by Go's own timers. Whatever else is fetched has to be there
// before, however busy the machine is; so tests that wait for its end run side by side.
const longEnough = 10 * time.Second
