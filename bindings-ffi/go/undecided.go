package jotgate

// #include "jotgate.h"
import "C"

import (
	"encoding/json"
	"strconv"
)

// Undecided is a token that passes everything that the policy asks for, while the application is asked about it: by the
// functions of WithClientLookup and WithRevocationCheck. It is no permission, and nothing makes a Verified of it but their
// answers. It never changes, so goroutines may share it.
type Undecided struct {
	header, payload string
	issuerIndex     int
}

func newUndecided(verdict *C.jotgate_verdict) *Undecided {
	return &Undecided{
		header:      text(C.jotgate_undecided_header(verdict.undecided)),
		payload:     text(C.jotgate_undecided_payload(verdict.undecided)),
		issuerIndex: int(verdict.issuer),
	}
}

// Payload gives all claims as JSON, as Verified.SignedPayload will. The copy belongs to the caller.
func (u *Undecided) Payload() json.RawMessage { return json.RawMessage(u.payload) }

// Header gives the token's header as the JSON that was signed. The copy belongs to the caller.
func (u *Undecided) Header() json.RawMessage { return json.RawMessage(u.header) }

// IssuerIndex is the entry of the policy's issuers that the token belongs to, counted from 0.
func (u *Undecided) IssuerIndex() int { return u.issuerIndex }

// Claims reads all claims, as Verified.Claims does.
func (u *Undecided) Claims() (map[string]any, error) { return readClaims(u.Payload()) }

// Decode reads the claims into a struct or a map, as Verified.Decode does.
func (u *Undecided) Decode(target any) error { return decodeExactly(u.Payload(), target) }

// String shows no claims, so that a token's contents do not end up in logs by accident.
func (u *Undecided) String() string {
	return "undecided token of issuers[" + strconv.Itoa(u.issuerIndex) + "]"
}

// GoString shows no claims either.
func (u *Undecided) GoString() string { return u.String() }
