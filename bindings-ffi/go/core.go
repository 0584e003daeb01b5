package jotgate

// #cgo CFLAGS: -I${SRCDIR}/native/include
// #cgo noescape jotgate_validate_as_of
// #cgo nocallback jotgate_validate_as_of
// #cgo noescape jotgate_go_validate_request
// #cgo nocallback jotgate_go_validate_request
// #cgo noescape jotgate_poll_event
// #cgo nocallback jotgate_poll_event
// #include "bridge.h"
// #include "library.h"
import "C"

import (
	"context"
	"net/http"
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"

	_ "github.com/jotgate/jotgate/bindings-ffi/go/native/include" // the header, for go mod vendor
)

// library tells the checksums of what is linked in. Nobody reads it: it makes this package another one when the library is,
// which the go command would not notice, so that it would take old programs and test results for up to date.
var library = C.JOTGATE_GO_LIBRARY

// core owns the native validator. Nothing frees it by hand: it is freed when the garbage collector finds that neither a
// Validator nor a call nor a fetch uses it any more. So the hot path needs no lock and no reference count, but every
// method that passes the handle to C must keep the core alive until C has returned.
type core struct {
	handle *C.jotgate_validator
	options

	// forwards tells whether the policy changes requests that go on.
	forwards bool
	// life ends with Close, and with it all fetches.
	life context.Context
	end  context.CancelFunc
	// landed is closed and replaced whenever a fetch has ended.
	landed atomic.Pointer[chan struct{}]
	// longestFetch is the longest timeout that a fetch ever had, in nanoseconds.
	longestFetch atomic.Int64
	// telling counts those who want events passed on, saving those who want key sets saved.
	telling, saving atomic.Int32
}

func newCore(document []byte, seed uint64, settings options) (*core, error) {
	var refusal *C.jotgate_error
	var handle *C.jotgate_validator
	data, length := (*C.uint8_t)(unsafe.SliceData(document)), C.size_t(len(document))
	if settings.hooks.lookUp != nil {
		handle = C.jotgate_validator_new_with_client_lookup(data, length, C.uint64_t(seed), &refusal)
	} else {
		handle = C.jotgate_validator_new(data, length, C.uint64_t(seed), &refusal)
	}
	if handle == nil {
		return nil, policyError(refusal)
	}
	c := &core{handle: handle, options: settings, forwards: C.jotgate_forwards(handle) != 0}
	c.life, c.end = context.WithCancel(context.Background())
	landed := make(chan struct{})
	c.landed.Store(&landed)
	runtime.AddCleanup(c, func(handle *C.jotgate_validator) { C.jotgate_validator_free(handle) }, handle)
	return c, nil
}

// policyError reads an error of the library's and frees it.
func policyError(refusal *C.jotgate_error) *PolicyError {
	defer C.jotgate_error_free(refusal)
	return &PolicyError{
		Path:    text(C.jotgate_error_path(refusal)),
		Message: text(C.jotgate_error_message(refusal)),
		Hint:    text(C.jotgate_error_hint(refusal)),
	}
}

// now is the time that the core goes by: milliseconds since the Unix epoch.
func (c *core) now() int64 { return c.clock().UnixMilli() }

// validateToken reads the token where it lies: there is no copy on the way in.
func (c *core) validateToken(token string, asOf, now int64, s *scratch) C.jotgate_status {
	s.reserve(len(token))
	for {
		status := C.jotgate_validate_as_of(c.handle,
			(*C.uint8_t)(unsafe.StringData(token)), C.size_t(len(token)), C.int64_t(asOf), C.int64_t(now),
			(*C.uint8_t)(unsafe.SliceData(s.buffer)), C.size_t(len(s.buffer)), &s.verdict)
		runtime.KeepAlive(c)
		if !s.grow(status) {
			return status
		}
	}
}

// validateRequest judges the request that was packed into s.
func (c *core) validateRequest(asOf, now int64, s *scratch) C.jotgate_status {
	s.reserve(len(s.texts.text))
	for {
		status := C.jotgate_go_validate_request(c.handle,
			(*C.uint8_t)(unsafe.SliceData(s.texts.text)), unsafe.SliceData(s.texts.lengths), s.texts.fields(requestTexts),
			C.int64_t(asOf), C.int64_t(now), (*C.uint8_t)(unsafe.SliceData(s.buffer)), C.size_t(len(s.buffer)), &s.verdict)
		runtime.KeepAlive(c)
		if !s.grow(status) {
			return status
		}
	}
}

// outcome turns the verdict in s into what users get. Whatever is not known to be good is a refusal.
func (c *core) outcome(status C.jotgate_status, s *scratch) (*Verified, error) {
	defer runtime.KeepAlive(c) // claim names lie in the core's memory
	if status != C.JOTGATE_OK {
		return nil, internalError(uint32(status))
	}
	verdict := &s.verdict
	switch verdict.kind {
	case C.JOTGATE_VERDICT_ACCEPTED:
		return &Verified{
			text:        string(s.buffer[:verdict.header_len+verdict.payload_len]),
			headerLen:   int(verdict.header_len),
			issuerIndex: int(verdict.issuer),
			clientClaim: text(verdict.client_claim),
			expiresAt:   float64(verdict.expires_at),
			notBefore:   float64(verdict.not_before),
			issuedAt:    float64(verdict.issued_at),
		}, nil
	case C.JOTGATE_VERDICT_SKIPPED:
		return skippedRequest, nil
	case C.JOTGATE_VERDICT_UNAVAILABLE:
		return nil, &KeysUnavailableError{
			RetryAt:     time.UnixMilli(int64(verdict.retry_at_ms)),
			IssuerIndex: int(verdict.issuer),
		}
	case C.JOTGATE_VERDICT_REJECTED:
		return nil, &RejectedError{
			Code:        codeOf(uint32(verdict.code)),
			Claim:       text(verdict.claim),
			Detail:      text(verdict.detail),
			IssuerIndex: int(verdict.issuer),
			RouteIndex:  int(verdict.route),
		}
	default:
		return nil, internalError(uint32(status))
	}
}

// takeFetch gives a fetch that is to be done, once, to one caller.
func (c *core) takeFetch(now int64) (id uint64, request FetchRequest, due bool) {
	fetch := C.jotgate_take_fetch(c.handle, C.int64_t(now))
	runtime.KeepAlive(c)
	if fetch == nil {
		return 0, FetchRequest{}, false
	}
	defer C.jotgate_fetch_free(fetch)
	request = FetchRequest{
		URL:     text(fetch.url),
		Header:  make(http.Header, fetch.headers_len),
		Timeout: milliseconds(uint64(fetch.timeout_ms)),
		MaxBody: int(fetch.max_body),
	}
	for _, field := range unsafe.Slice(fetch.headers, fetch.headers_len) {
		request.Header.Add(text(field.name), text(field.value))
	}
	return uint64(fetch.id), request, true
}

// completeFetch hands in an answer; false when the library did not take it.
func (c *core) completeFetch(id uint64, response FetchResponse, now int64) bool {
	var texts texts
	texts.appendHeader(response.Header)
	status := C.jotgate_go_complete_fetch(c.handle, C.uint64_t(id), C.uint16_t(response.Status),
		(*C.uint8_t)(unsafe.SliceData(texts.text)), unsafe.SliceData(texts.lengths), texts.fields(0),
		(*C.uint8_t)(unsafe.SliceData(response.Body)), C.size_t(len(response.Body)), C.int64_t(now))
	runtime.KeepAlive(c)
	return status == C.JOTGATE_OK
}

func (c *core) failFetch(id uint64, failure fetchFailure, now int64) {
	// The status says nothing new: a fetch that could not be failed is given up by the core.
	C.jotgate_fail_fetch(c.handle, C.uint64_t(id), C.uint32_t(failure), C.int64_t(now))
	runtime.KeepAlive(c)
}

// Version is the version of the native library, such as 0.1.0.
func Version() string { return text(C.jotgate_version()) }

// text copies what the library lends.
func text(bytes C.jotgate_bytes) string {
	return string(unsafe.Slice((*byte)(bytes.data), int(bytes.len)))
}

// milliseconds stops at what a time.Duration can hold.
func milliseconds(count uint64) time.Duration {
	const longest = uint64(1<<63-1) / uint64(time.Millisecond)
	return time.Duration(min(count, longest)) * time.Millisecond
}
