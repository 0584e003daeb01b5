//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

// #include "jotgate.h"
import "C"

import (
	"encoding/json"
	"errors"
	"math"
	"runtime"
	"time"
	"unsafe"
)

// EventKind names what happened. The texts are the same in every language; new kinds may be added.
type EventKind string

// The kinds of events. All but EventRejected and EventPolicyReplaced are about a key set.
const (
	// EventFetchStarted: a fetch was asked for; see Forced and Metadata.
	EventFetchStarted EventKind = "fetch_started"
	// EventFetchOK: a fetch brought a key set, metadata, or the word that nothing changed; see Status and Bytes.
	EventFetchOK EventKind = "fetch_ok"
	// EventFetchShared: a fetch ended without a request, because the store had a set that another process fetched; see Age.
	EventFetchShared EventKind = "fetch_shared"
	// EventFetchFailed: a fetch brought neither; see Problem, Cause, Hint and RetryAt.
	EventFetchFailed EventKind = "fetch_failed"
	// EventKeysChanged: the keys are others than before; see Added, Removed and Keys.
	EventKeysChanged EventKind = "keys_changed"
	// EventKeySkipped: the new set holds keys that cannot be used; see Skipped and Reason.
	EventKeySkipped EventKind = "key_skipped"
	// EventKeyLenient: the new set holds keys that count although RFC 7518 spells them otherwise; see Lenient and Reason.
	EventKeyLenient EventKind = "key_lenient"
	// EventStaleServed: a token was checked with a set that is past its freshness; told once for each set. See Age.
	EventStaleServed EventKind = "stale_served"
	// EventUnknownKID: a token named a key that no set at hand has, and a fetch was started for it.
	EventUnknownKID EventKind = "unknown_kid"
	// EventFloodLimited: such fetches have used up their budget, so tokens with unknown keys are refused at once; told
	// once in a cooldown.
	EventFloodLimited EventKind = "flood_limited"
	// EventPolicyReplaced: Replace has brought another policy. See Kept, Added and Removed, which count sources of keys. From here
	// on Source is a place among those of the new policy.
	EventPolicyReplaced EventKind = "policy_replaced"
	// EventRejected: a token or a request did not pass; see Code, Claim, IssuerIndex and RouteIndex.
	EventRejected EventKind = "rejected"
)

// Event is something that happened, for logs and metrics. Nothing in it comes from a token. Fields that the kind does not
// name are zero.
type Event struct {
	// At is when, on the validator's clock.
	At time.Time
	// Kind says what happened.
	Kind EventKind
	// Source is the place of the key set in Health.Sources; -1 for EventRejected and EventPolicyReplaced.
	Source int
	// Forced tells whether a token with an unknown key, or RefreshKeys, wants to know right now.
	Forced bool
	// Metadata tells whether the fetch is for the metadata that says where the key set lies.
	Metadata bool
	// Status is the HTTP status, 200 or 304, and Bytes the length of the body.
	Status, Bytes int
	// Problem is why a fetch failed, such as timeout or status_500.
	Problem string
	// Cause is what the HTTP client or the Fetcher said of it, or where a redirect leads; may be empty.
	Cause string
	// Hint says what that means and what to do.
	Hint string
	// RetryAt is when there will be another attempt.
	RetryAt time.Time
	// Added, Removed and Keys count the keys that are new, those that are gone, and those that can be used now.
	Added, Removed, Keys int
	// Kept counts the sources that go on as they are when the policy was replaced.
	Kept int
	// Skipped counts the keys that cannot be used, and Reason says why the first of them cannot.
	Skipped int
	Reason  string
	// Lenient counts the keys that count in a spelling of their own, and Reason says which the first of them has.
	Lenient int
	// Age is the age of the set.
	Age time.Duration
	// Code is why a token did not pass; ErrKeysUnavailable when nobody could say.
	Code Code
	// Claim is the claim that the code is about: a registered name or the policy's, empty for none.
	Claim string
	// IssuerIndex and RouteIndex are entries of the policy's issuers and routes, -1 when there is none.
	IssuerIndex, RouteIndex int
}

// WithOnEvent calls the function for every event, and all of the functions when it is given several times. They run on the
// goroutines that validate and fetch, so they must return soon; several goroutines may call them at once, but events of key
// sets come one after the other, in their order. They may use the validator. A panic in one is caught and logged.
func WithOnEvent(onEvent func(Event)) Option {
	return func(o *options) {
		if onEvent != nil {
			o.onEvent = append(o.onEvent, onEvent)
		}
	}
}

// tell reports what a validation did: to key sets, and to the token.
func (c *core) tell(err error) {
	if len(c.onEvent) == 0 {
		return
	}
	c.tellEvents()
	var rejected *RejectedError
	var unavailable *KeysUnavailableError
	event := Event{Kind: EventRejected, Source: -1, IssuerIndex: -1, RouteIndex: -1}
	switch {
	case errors.As(err, &rejected):
		event.Code, event.Claim = rejected.Code, rejected.Claim
		event.IssuerIndex, event.RouteIndex = rejected.IssuerIndex, rejected.RouteIndex
	case errors.As(err, &unavailable):
		event.Code, event.IssuerIndex = ErrKeysUnavailable, unavailable.IssuerIndex
	default:
		return
	}
	event.At = c.clock()
	c.callOnEvent(event)
}

// tellEvents passes on what happened to the key sets. One goroutine at a time does: whoever comes meanwhile makes it look
// once more, so that nothing stays behind.
func (c *core) tellEvents() {
	if len(c.onEvent) == 0 || c.telling.Add(1) != 1 {
		return
	}
	isDone := false
	defer func() {
		if !isDone { // a function has ended its goroutine: the next who comes tells again
			c.telling.Store(0)
		}
	}()
	s := scratches.Get().(*scratch)
	defer s.release()
	for pending := int32(1); !isDone; pending = c.telling.Load() {
		for event, ok := c.pollEvent(s); ok; event, ok = c.pollEvent(s) {
			c.callOnEvent(event)
		}
		isDone = c.telling.CompareAndSwap(pending, 0)
	}
}

func (c *core) callOnEvent(event Event) {
	for _, onEvent := range c.onEvent {
		err := guarded(func() error {
			onEvent(event)
			return nil
		})
		if err != nil {
			c.warn("a function for events failed", "error", err)
		}
	}
}

// pollEvent takes the oldest event. One that does not fit the buffer stays with the core, for a larger buffer.
func (c *core) pollEvent(s *scratch) (Event, bool) {
	s.reserve(smallestBuffer)
	for {
		var needed C.size_t
		status := C.jotgate_poll_event(
			c.handle, (*C.uint8_t)(unsafe.SliceData(s.buffer)), C.size_t(len(s.buffer)), &needed)
		runtime.KeepAlive(c)
		switch {
		case status == C.JOTGATE_BUFFER_TOO_SMALL && int(needed) > len(s.buffer):
			s.reserve(int(needed))
		case status != C.JOTGATE_OK || needed == 0:
			return Event{}, false
		default:
			return readEvent(s.buffer[:needed])
		}
	}
}

func readEvent(document []byte) (Event, bool) {
	var told struct {
		At       float64   `json:"at"`
		Source   int       `json:"source"`
		Kind     EventKind `json:"event"`
		Forced   bool      `json:"forced"`
		Metadata bool      `json:"metadata"`
		Status   int       `json:"status"`
		Bytes    int       `json:"bytes"`
		Problem  string    `json:"problem"`
		Cause    string    `json:"cause"`
		Hint     string    `json:"hint"`
		Lenient  int       `json:"lenient"`
		RetryAt  float64   `json:"retry_at"`
		Added    int       `json:"added"`
		Removed  int       `json:"removed"`
		Kept     int       `json:"kept"`
		Keys     int       `json:"keys"`
		Skipped  int       `json:"skipped"`
		Reason   string    `json:"reason"`
		Age      int64     `json:"age"`
	}
	told.RetryAt, told.Source = math.NaN(), -1
	if json.Unmarshal(document, &told) != nil {
		return Event{}, false
	}
	return Event{
		At: numericDate(told.At), Kind: told.Kind, Source: told.Source,
		Forced: told.Forced, Metadata: told.Metadata, Status: told.Status, Bytes: told.Bytes,
		Problem: told.Problem, Cause: told.Cause, Hint: told.Hint, Lenient: told.Lenient, RetryAt: numericDate(told.RetryAt),
		Added: told.Added, Removed: told.Removed, Kept: told.Kept, Keys: told.Keys,
		Skipped: told.Skipped, Reason: told.Reason, Age: time.Duration(told.Age) * time.Second,
		IssuerIndex: -1, RouteIndex: -1,
	}, true
}
