//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

// #include "jotgate.h"
import "C"

import (
	"encoding/json"
	"strconv"
	"unsafe"
)

// Undecided is a token that passes everything that the policy asks for, while the application is asked about it: by the
// functions of WithClientLookup and WithRevocationCheck. It is no permission, and nothing makes a Verified of it but their
// answers. It never changes, so goroutines may share it.
type Undecided struct {
	readable
	header      string
	issuerIndex int
}

// newUndecided fails rather than make one without places: no claim would be found, and a revocation check would find nothing.
func newUndecided(s *scratch) (*Undecided, C.jotgate_status) {
	var needed C.size_t
	for {
		status := C.jotgate_undecided_members(s.verdict.undecided,
			(*C.uint8_t)(unsafe.SliceData(s.buffer)), C.size_t(len(s.buffer)), &needed)
		switch {
		case status == C.JOTGATE_BUFFER_TOO_SMALL && int(needed) > len(s.buffer):
			s.reserve(int(needed))
		case status != C.JOTGATE_OK:
			return nil, status
		default:
			payload := text(C.jotgate_undecided_payload(s.verdict.undecided))
			return &Undecided{
				readable:    readable{table{payload: payload, places: string(s.buffer[:needed])}},
				header:      text(C.jotgate_undecided_header(s.verdict.undecided)),
				issuerIndex: int(s.verdict.issuer),
			}, status
		}
	}
}

// Payload gives all claims as JSON, as Verified.SignedPayload will. The copy belongs to the caller.
func (u *Undecided) Payload() json.RawMessage { return json.RawMessage(u.seen.payload) }

// Header gives the token's header as the JSON that was signed. The copy belongs to the caller.
func (u *Undecided) Header() json.RawMessage { return json.RawMessage(u.header) }

// IssuerIndex is the entry of the policy's issuers that the token belongs to, counted from 0.
func (u *Undecided) IssuerIndex() int { return u.issuerIndex }

// String shows no claims, so that a token's contents do not end up in logs by accident.
func (u *Undecided) String() string {
	return "undecided token of issuers[" + strconv.Itoa(u.issuerIndex) + "]"
}

// GoString shows no claims either.
func (u *Undecided) GoString() string { return u.String() }
