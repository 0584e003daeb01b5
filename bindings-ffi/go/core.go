//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

// #cgo CFLAGS: -I${SRCDIR}/native/include
// #cgo noescape jotgate_go_validate
// #cgo nocallback jotgate_go_validate
// #cgo noescape jotgate_poll_event
// #cgo nocallback jotgate_poll_event
// #include "bridge.h"
// #include "library.h"
import "C"

import (
	"context"
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
// Validator nor a call nor work uses it any more. So the hot path needs no lock and no reference count, but every
// method that passes the handle to C must keep the core alive until C has returned.
type core struct {
	handle *C.jotgate_validator
	options

	// reads says which parts of requests the policy reads.
	reads requestParts
	// forwards tells whether the policy changes requests that go on.
	forwards bool
	// skipped is the same for every request that needs no token.
	skipped *Verified
	// life ends with Close, and with it all work.
	life context.Context
	end  context.CancelFunc
	// underWay is the work that is out.
	underWay *underWay
	// telling counts those who want events passed on.
	telling *atomic.Int32
}

func newCore(document []byte, seed uint64, settings options, source source) (*core, error) {
	said := C.jotgate_options{
		size:             C.sizeof_jotgate_options,
		client_lookup:    flag(settings.hooks.lookUp != nil),
		revocation_check: flag(settings.hooks.isRevoked != nil),
		store:            flag(settings.store != nil),
		seed:             C.uint64_t(seed),
	}
	var refusal *C.jotgate_error
	handle := C.jotgate_validator_new(
		(*C.uint8_t)(unsafe.SliceData(document)), C.size_t(len(document)), &said, &refusal)
	if handle == nil {
		source.locate(refusal)
		return nil, policyError(refusal)
	}
	c := &core{options: settings, underWay: new(underWay), telling: new(atomic.Int32)}
	c.life, c.end = context.WithCancel(context.Background())
	return c, c.own(handle)
}

// replaced is the core of another policy in the place of this one: what is under way, and all that the application brought
// along, is common to both. This one is freed when its last call has ended.
func (c *core) replaced(document []byte, source source) (*core, error) {
	var refusal *C.jotgate_error
	handle := C.jotgate_validator_replace(c.handle,
		(*C.uint8_t)(unsafe.SliceData(document)), C.size_t(len(document)), c.now(), &refusal)
	runtime.KeepAlive(c)
	if handle == nil {
		source.locate(refusal)
		return nil, policyError(refusal)
	}
	next := &core{options: c.options, underWay: c.underWay, telling: c.telling, life: c.life, end: c.end}
	return next, next.own(handle)
}

// own makes this the core of the native validator, and learns what stays the same for the life of that.
func (c *core) own(handle *C.jotgate_validator) error {
	c.handle, c.forwards = handle, C.jotgate_forwards(handle) != 0
	c.skipped = skippedRequest(c)
	runtime.AddCleanup(c, func(handle *C.jotgate_validator) { C.jotgate_validator_free(handle) }, handle)
	return c.learnReads()
}

// policyError reads an error of the library's and frees it.
func policyError(refusal *C.jotgate_error) *PolicyError {
	defer C.jotgate_error_free(refusal)
	problems := make([]PolicyProblem, C.jotgate_error_problem_count(refusal))
	for index := range problems {
		problem := C.jotgate_error_problem(refusal, C.size_t(index))
		problems[index] = PolicyProblem{
			Path:    text(problem.path),
			Message: text(problem.message),
			Hint:    text(problem.hint),
			Line:    int(problem.line),
			Column:  int(problem.column),
		}
	}
	return &PolicyError{
		Path:     text(C.jotgate_error_path(refusal)),
		Message:  text(C.jotgate_error_message(refusal)),
		Hint:     text(C.jotgate_error_hint(refusal)),
		Problems: problems,
	}
}

// now is the time that the core goes by: milliseconds since the Unix epoch. A clock that gives no time panics as any bug of
// the application's does: in the year 1 no token would have expired.
func (c *core) now() C.int64_t {
	now := c.clock()
	if now.IsZero() {
		panic("jotgate: the clock gives the zero time")
	}
	return C.int64_t(now.UnixMilli())
}

// ask puts the question once. Its text is read where it lies: there is no copy on the way in.
func (c *core) ask(q question, s *scratch, now C.int64_t) C.jotgate_status {
	asked := q.text(s)
	// Nearly always enough: what the table of the claims adds is less than what base64 loses. The core refuses what is much longer.
	s.reserve(min(2*len(asked), mostReserved))
	for {
		status := C.jotgate_go_validate(c.handle,
			(*C.uint8_t)(unsafe.SliceData(asked)), C.size_t(len(asked)), flag(q.isRequest), q.asOf.millis(), now,
			(*C.uint8_t)(unsafe.SliceData(s.buffer)), C.size_t(len(s.buffer)), s.verdict)
		runtime.KeepAlive(c)
		if !s.grow(status) {
			return status
		}
	}
}

// answerQuestion goes on with what the host says to the question of the verdict in s.
func (c *core) answerQuestion(answer uint32, s *scratch) C.jotgate_status {
	for {
		status := C.jotgate_answer_question(&s.verdict.undecided, C.uint32_t(answer),
			(*C.uint8_t)(unsafe.SliceData(s.buffer)), C.size_t(len(s.buffer)), s.verdict)
		runtime.KeepAlive(c)
		if !s.grow(status) {
			return status
		}
	}
}

// outcome turns a verdict and the buffer of its call into what users get. Whatever is not known to be good is a refusal.
func (c *core) outcome(status C.jotgate_status, verdict *C.jotgate_verdict, buffer []byte) (*Verified, error) {
	defer runtime.KeepAlive(c) // claim names lie in the core's memory
	if status != C.JOTGATE_OK {
		return nil, internalError(uint32(status))
	}
	switch verdict.kind {
	case verdictAccepted:
		return newVerified(c, verdict, buffer), nil
	case verdictSkipped:
		return c.skipped, nil
	case verdictUnavailable:
		return nil, &KeysUnavailableError{
			RetryAt:     time.UnixMilli(int64(verdict.retry_at_ms)),
			IssuerIndex: int(verdict.issuer),
			Detail:      detailOf(verdict, buffer),
		}
	case verdictRejected:
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

func newVerified(c *core, verdict *C.jotgate_verdict, buffer []byte) *Verified {
	text := string(buffer[verdict.text_at:][:roomFor(verdict)])
	header, claims := text[:verdict.header_len], text[verdict.header_len:]
	signed := table{payload: claims[:verdict.payload_len], places: claims[verdict.payload_len:]}
	return &Verified{
		core:        c,
		readable:    readable{seen: signed},
		text:        text,
		header:      header,
		signed:      signed,
		issuerIndex: int(verdict.issuer),
		expiresAt:   float64(verdict.expires_at),
		notBefore:   float64(verdict.not_before),
		issuedAt:    float64(verdict.issued_at),
		judgedFor:   int64(verdict.judged_for_ms),
		origin:      uint64(verdict.origin),
		scopeClaim:  scopeClaim(verdict),
	}
}

// scopeClaim is nil for the usual claims.
func scopeClaim(verdict *C.jotgate_verdict) *string {
	if verdict.scope_claim.data == nil {
		return nil
	}
	claim := text(verdict.scope_claim)
	return &claim
}

// roomFor is how much of the buffer an accepted token has, or would need.
func roomFor(verdict *C.jotgate_verdict) int {
	return int(verdict.header_len + verdict.payload_len + verdict.members*memberSize)
}

// detailOf is a detail that lies in the buffer. Without a place it is the beginning: see jotgate_go_validate.
func detailOf(verdict *C.jotgate_verdict, buffer []byte) string {
	if verdict.detail.data == nil {
		return string(buffer[:verdict.detail.len])
	}
	return text(verdict.detail)
}

// Version is the version of the native library, such as 0.1.0.
func Version() string { return text(C.jotgate_version()) }

// text copies what the library lends.
func text(bytes C.jotgate_bytes) string {
	return string(unsafe.Slice((*byte)(bytes.data), int(bytes.len)))
}

func flag(is bool) C.uint32_t {
	if is {
		return 1
	}
	return 0
}

// milliseconds stops at what a time.Duration can hold.
func milliseconds(count C.uint64_t) time.Duration {
	const longest = uint64(1<<63-1) / uint64(time.Millisecond)
	return time.Duration(min(uint64(count), longest)) * time.Millisecond
}
