//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

// #include <stdlib.h>
// #include "jotgate.h"
import "C"

import (
	"encoding/binary"
	"math"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"unsafe"
)

// scratch is the memory of one validation. It lives in a pool, so that a refused token costs no garbage.
type scratch struct {
	// verdict is C's memory: a verdict may point into the buffer during a call, which in Go's memory it must not even do then.
	verdict *C.jotgate_verdict
	// buffer takes the header, the payload and the table of claims of an accepted token.
	buffer []byte
	// request holds a packed request.
	request packed
}

// packed holds many texts in one piece of memory: the length of each, in four bytes, and then its bytes.
type packed []byte

var scratches = sync.Pool{New: func() any {
	s := &scratch{verdict: (*C.jotgate_verdict)(C.malloc(C.sizeof_jotgate_verdict))}
	*s.verdict = C.jotgate_verdict{size: C.sizeof_jotgate_verdict}
	runtime.AddCleanup(s, func(verdict *C.jotgate_verdict) { C.free(unsafe.Pointer(verdict)) }, s.verdict)
	return s
}}

// reserve makes the buffer at least this long. What is asked before the core has looked at a token may be too little: see grow.
func (s *scratch) reserve(length int) {
	if len(s.buffer) < length {
		s.buffer = make([]byte, max(length, smallestBuffer))
	}
}

// grow says that the buffer was too small and now is not: many claims, and those under longer names than the token has, need
// more room.
func (s *scratch) grow(status C.jotgate_status) bool {
	needed := roomFor(s.verdict)
	if status != C.JOTGATE_BUFFER_TOO_SMALL || needed <= len(s.buffer) {
		return false
	}
	s.reserve(needed)
	return true
}

// giveUp frees a token that nobody has decided on.
func (s *scratch) giveUp() {
	C.jotgate_undecided_free(s.verdict.undecided)
	s.verdict.undecided = nil
}

// release puts the memory back. What a giant request left behind is not kept.
func (s *scratch) release() {
	if cap(s.buffer)+cap(s.request) > largestKept {
		return
	}
	s.request = s.request[:0]
	scratches.Put(s)
}

// appendRequest packs method, path and query as they came over the wire, and the header fields that are read. What is not UTF-8
// in the first three becomes U+FFFD, which no token may hold: clients may send such bytes in places that have nothing to do with
// tokens, and that is no reason to fail. In header fields the library does so.
func (p *packed) appendRequest(r *http.Request, reads *requestParts) {
	query := ""
	if reads.Query {
		query = r.URL.RawQuery
	}
	for _, part := range [...]string{r.Method, r.URL.EscapedPath(), query} {
		p.append(strings.ToValidUTF8(part, "\uFFFD"))
	}
	if r.Host != "" && reads.hasHeader("Host") { // net/http moves this field out of the header
		p.append("Host")
		p.append(r.Host)
	}
	for name, values := range r.Header {
		if reads.hasHeader(name) {
			p.appendField(name, values)
		}
	}
}

func (p *packed) appendHeader(header http.Header) {
	for name, values := range header {
		p.appendField(name, values)
	}
}

func (p *packed) appendField(name string, values []string) {
	for _, value := range values {
		p.append(name)
		p.append(value)
	}
}

// append cuts what is longer than four bytes can say: no policy takes a text as long as that, or what is left of it.
func (p *packed) append(text string) {
	text = text[:min(len(text), math.MaxUint32)]
	*p = append(binary.BigEndian.AppendUint32(*p, uint32(len(text))), text...)
}

const (
	// smallestBuffer fits most tokens, so that a pooled buffer seldom has to grow.
	smallestBuffer = 2 << 10
	largestKept    = 64 << 10
	// mostReserved is all that a token gets before anybody has looked at it.
	mostReserved = 2 << 20
)
