//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

// #include "jotgate.h"
import "C"

import (
	"encoding/json"
	"errors"
	"runtime"
	"unsafe"
)

// ErrSnapshot is returned by ImportKeys for what ExportKeys did not write, for a document that is no key set, and for
// a snapshot that was written later than now: the clock was set back since, and nobody can say how old the sets are.
var ErrSnapshot = errors.New("jotgate: the snapshot of key sets is refused")

// Health says how the key sets of a validator are, for health checks and metrics.
type Health struct {
	// Sources holds one entry for each URL of the policy, in the policy's order.
	Sources []SourceHealth `json:"sources"`
	// Ready tells whether keys are at hand for the tokens of every issuer: what a readiness probe asks. Key sets are fetched when a
	// token needs them, or after RefreshKeys.
	Ready bool `json:"ready"`
	// Issuers holds one entry for each of the policy's issuers.
	Issuers []IssuerHealth `json:"issuers"`
	// Cache says how the cache of verified tokens is; nil where the policy has none.
	Cache *CacheHealth `json:"cache,omitempty"`
}

// IssuerHealth says how one issuer entry is.
type IssuerHealth struct {
	// Issuer is the entry of the policy's issuers, counted from 0.
	Issuer int `json:"issuer"`
	// Ready tells whether keys are at hand: they stand in the policy, or a key set serves.
	Ready bool `json:"ready"`
	// Accepted counts the tokens that have passed the policy, those included that a hook has then refused.
	Accepted uint64 `json:"accepted"`
}

// CacheHealth says how the cache of verified tokens is.
type CacheHealth struct {
	// Entries counts the tokens that are kept, and Bytes what they take.
	Entries uint64 `json:"entries"`
	Bytes   uint64 `json:"bytes"`
	// Hits counts the tokens that were found, Misses those that were looked for and not found.
	Hits   uint64 `json:"hits"`
	Misses uint64 `json:"misses"`
	// Evictions counts the entries that made room for others.
	Evictions uint64 `json:"evictions"`
}

// SourceHealth says how one source of keys is.
type SourceHealth struct {
	// Issuer is the entry of the policy's issuers, counted from 0.
	Issuer int `json:"issuer"`
	// URL is the one that the policy names, and JWKSURI where the metadata behind it says that the key set lies; empty
	// where there is no metadata, or none yet.
	URL     string `json:"url"`
	JWKSURI string `json:"jwks_uri,omitempty"`
	// State is empty, fresh, due, stale or expired: a set that is stale still serves, an expired one does not.
	State string `json:"state"`
	// InFlight tells whether a fetch is out.
	InFlight bool `json:"in_flight"`
	// AgeSeconds counts from the start of the last successful fetch; nil before the first.
	AgeSeconds *float64 `json:"age"`
	// Keys counts the keys that can be used, SkippedCount those that cannot, and Skipped has the first of these.
	Keys         int       `json:"keys"`
	SkippedCount int       `json:"skipped_count"`
	Skipped      []KeyNote `json:"skipped"`
	// LenientCount counts the keys that count although RFC 7518 spells their numbers otherwise, and Lenient has the first.
	LenientCount int       `json:"lenient_count"`
	Lenient      []KeyNote `json:"lenient"`
	// NextRefreshUnix is when the next refresh may start, in Unix seconds; nil while nothing but a token would start one.
	NextRefreshUnix *float64 `json:"next_refresh"`
	// Fetches and Failures count the fetches that were started and those that failed, and FailuresInARow those that
	// failed since the last success.
	Fetches        uint64 `json:"fetches"`
	Failures       uint64 `json:"failures"`
	FailuresInARow uint32 `json:"failures_in_a_row"`
	// FetchSeconds is how long all fetches took that were answered or failed, of metadata and looks into a store, too; over
	// Fetches it is how long one takes. Those that were cancelled or lost do not count.
	FetchSeconds float64 `json:"fetch_time"`
	// Shared counts the fetches that ended without a request, because the store had a set that another process fetched.
	Shared uint64 `json:"shared"`
	// NotModified counts the answers that the set at hand still holds, and Bytes those of all bodies.
	NotModified uint64 `json:"not_modified"`
	Bytes       uint64 `json:"bytes"`
	// FloodRejections counts tokens that were refused at once because too many had named unknown keys.
	FloodRejections uint64 `json:"flood_rejections"`
	// LastError is why the last fetch failed, such as timeout or status_500; empty after a success.
	LastError string `json:"last_error"`
	// LastErrorCause is what the HTTP client or the Fetcher said of it, or where a redirect leads: one line of at most 300
	// characters; may be empty.
	LastErrorCause string `json:"last_error_cause"`
	// LastErrorHint says what that means and what to do. Where metadata is about another issuer it has both names: escape
	// it before it ends in a log.
	LastErrorHint string `json:"last_error_hint"`
}

// KeyNote is about a key that cannot be used, or that counts in a spelling of its own.
type KeyNote struct {
	// Index is its place in the set's list, counted from 0.
	Index int `json:"index"`
	// KID is its id as the issuer wrote it, cut after 64 characters: escape it before it ends in a log. Empty when it has
	// none.
	KID string `json:"kid"`
	// Reason is a stable name, such as rsa_length, the same in every language.
	Reason string `json:"reason"`
	// Detail is the reason in words.
	Detail string `json:"detail"`
}

// Health says how the key sets are now. The error is ErrClosed, or ErrInternal for a bug in jotgate.
func (v *Validator) Health() (Health, error) {
	core := v.core.Load()
	if core == nil {
		return Health{}, ErrClosed
	}
	now := core.now()
	document, err := core.longText(func(buffer *C.uint8_t, length C.size_t, needed *C.size_t) C.jotgate_status {
		return C.jotgate_health(core.handle, now, buffer, length, needed)
	})
	if err != nil {
		return Health{}, err
	}
	var health Health
	if err := json.Unmarshal(document, &health); err != nil {
		return Health{}, err
	}
	return health, nil
}

// RefreshKeys starts a fetch for every key set, past all caches, except for those that wait after a failure: for an
// operator who knows that keys were revoked, and for warming up before the first token. It does not wait for the
// answers. The error is ErrClosed, or ErrInternal for a bug in jotgate.
func (v *Validator) RefreshKeys() error {
	core := v.core.Load()
	if core == nil {
		return ErrClosed
	}
	status := C.jotgate_refresh_keys(core.handle)
	runtime.KeepAlive(core)
	if status != C.JOTGATE_OK {
		return internalError(uint32(status))
	}
	core.startWork(core.now())
	core.tellEvents()
	return nil
}

// ExportKeys gives the fetched key sets as text, for ImportKeys in a later process or on another host. It holds public
// keys and URLs, and whoever can change it can make tokens pass: store it like the policy.
func (v *Validator) ExportKeys() ([]byte, error) {
	core := v.core.Load()
	if core == nil {
		return nil, ErrClosed
	}
	return core.longText(func(buffer *C.uint8_t, length C.size_t, needed *C.size_t) C.jotgate_status {
		return C.jotgate_export_keys(core.handle, buffer, length, needed)
	})
}

// ImportKeys begins with the key sets that ExportKeys wrote, as if they had been fetched when they were, and says for
// how many sources that was of use. A set counts only for the URL that it came from, only as long as it is not past the
// policy's MaxStale, and only if it is newer than the set at hand. After an error nothing has changed.
func (v *Validator) ImportKeys(snapshot []byte) (int, error) {
	core := v.core.Load()
	if core == nil {
		return 0, ErrClosed
	}
	defer runtime.KeepAlive(core)
	var imported C.size_t
	status := C.jotgate_import_keys(core.handle, (*C.uint8_t)(unsafe.SliceData(snapshot)), C.size_t(len(snapshot)),
		core.now(), &imported)
	return int(imported), snapshotError(status)
}

// snapshotError is what the library says of a snapshot.
func snapshotError(status C.jotgate_status) error {
	switch status {
	case C.JOTGATE_OK:
		return nil
	case C.JOTGATE_SNAPSHOT_REFUSED, C.JOTGATE_INVALID_UTF8:
		return ErrSnapshot
	default:
		return internalError(uint32(status))
	}
}

// longText asks for a text until the buffer is large enough: the text may grow in between.
func (c *core) longText(ask func(*C.uint8_t, C.size_t, *C.size_t) C.jotgate_status) ([]byte, error) {
	defer runtime.KeepAlive(c)
	text, status := longText(ask)
	if status != C.JOTGATE_OK {
		return nil, internalError(uint32(status))
	}
	return text, nil
}

func longText(ask func(*C.uint8_t, C.size_t, *C.size_t) C.jotgate_status) ([]byte, C.jotgate_status) {
	buffer := make([]byte, usualAnswer)
	for {
		var needed C.size_t
		status := ask((*C.uint8_t)(unsafe.SliceData(buffer)), C.size_t(len(buffer)), &needed)
		switch {
		case status == C.JOTGATE_OK:
			return buffer[:needed], status
		case status == C.JOTGATE_BUFFER_TOO_SMALL && int(needed) > len(buffer):
			buffer = make([]byte, needed)
		default:
			return nil, status
		}
	}
}
