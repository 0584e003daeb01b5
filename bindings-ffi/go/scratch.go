package jotgate

// #include "jotgate.h"
import "C"

import (
	"net/http"
	"strings"
	"sync"
)

// scratch is the memory of one validation. It lives in a pool, so that a refused token costs no garbage.
type scratch struct {
	verdict C.jotgate_verdict
	// buffer takes the header and the payload of an accepted token.
	buffer []byte
	// texts holds a packed request.
	texts texts
}

// texts packs many texts for bridge.h: one block, and the length of each text.
type texts struct {
	text    []byte
	lengths []C.size_t
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// reserve makes the buffer at least this long.
func (s *scratch) reserve(length int) {
	if len(s.buffer) < length {
		s.buffer = make([]byte, max(length, smallestBuffer))
	}
}

// grow says that the buffer was too small and now is not: claims under longer names than the token has need more room.
func (s *scratch) grow(status C.jotgate_status) bool {
	needed := int(s.verdict.header_len + s.verdict.payload_len)
	if status != C.JOTGATE_BUFFER_TOO_SMALL || needed <= len(s.buffer) {
		return false
	}
	s.reserve(needed)
	return true
}

// release puts the memory back. What a giant request left behind is not kept.
func (s *scratch) release() {
	if cap(s.buffer)+cap(s.texts.text) > largestKept {
		return
	}
	s.texts.text, s.texts.lengths = s.texts.text[:0], s.texts.lengths[:0]
	scratches.Put(s)
}

// appendRequest packs method, path and query as they came over the wire, and all header fields.
func (t *texts) appendRequest(r *http.Request) {
	t.append(r.Method)
	t.append(r.URL.EscapedPath())
	t.append(r.URL.RawQuery)
	if r.Host != "" { // net/http moves this field out of the header
		t.append("Host")
		t.append(r.Host)
	}
	t.appendHeader(r.Header)
}

func (t *texts) appendHeader(header http.Header) {
	for name, values := range header {
		for _, value := range values {
			t.append(name)
			t.append(value)
		}
	}
}

// append packs one text. What is not UTF-8 becomes U+FFFD, which no token may hold: clients may send such bytes in
// places that have nothing to do with tokens, and that is no reason to fail.
func (t *texts) append(text string) {
	text = strings.ToValidUTF8(text, "\uFFFD")
	t.text = append(t.text, text...)
	t.lengths = append(t.lengths, C.size_t(len(text)))
}

// fields counts names and values that follow the first texts.
func (t *texts) fields(first int) C.size_t { return C.size_t((len(t.lengths) - first) / 2) }

const (
	// requestTexts is how many texts stand before the header fields of a packed request.
	requestTexts = 3
	// smallestBuffer fits most tokens, so that a pooled buffer seldom has to grow.
	smallestBuffer = 2 << 10
	largestKept    = 64 << 10
)
