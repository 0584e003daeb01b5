//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

import (
	"encoding/json"
	"math"
	"strconv"
	"time"

	"github.com/jotgate/jotgate/bindings-ffi/go/internal/testkit"
)

// Verified is what a good token says. Only a validator makes one. It never changes, so goroutines may share it.
//
// Single claims are the cheapest to read: Subject, Text and their neighbours find one where the validation has found it.
//
// One whose Skipped is true comes from ValidateRequest alone, where the policy asks for no token. It says nothing: all
// texts are empty, all times zero, no claim is found, and Claims and Decode fail with ErrNoClaims.
type Verified struct {
	// What the host's transformer made of the payload; the same as signed without one.
	readable
	skipped bool
	// core has made it, and reads its scopes.
	core *core
	// text has header and payload, one behind the other.
	text string
	// header and signed are what the native core has read: strict JSON objects without duplicate members. Mapped claims have
	// their mapped names.
	header      string
	signed      table
	issuerIndex int
	// Seconds since the Unix epoch, NaN when the claim is absent.
	expiresAt, notBefore, issuedAt float64
	// judgedFor is a time in milliseconds since the Unix epoch.
	judgedFor int64
	// origin is which validator has accepted the token, and under which of its policies.
	origin uint64
	// scopeClaim is where the scopes are: nil for the usual claims, empty for none.
	scopeClaim *string
}

// skippedRequest is all that there is to say of a request without a token, and of its validator.
func skippedRequest(c *core) *Verified {
	absent := math.NaN()
	return &Verified{skipped: true, core: c, issuerIndex: -1, expiresAt: absent, notBefore: absent, issuedAt: absent}
}

func init() {
	testkit.OfAnyValidator = func(verified any) any {
		ours := *verified.(*Verified)
		ours.origin = originAnyValidator
		return &ours
	}
}

// Skipped reports whether the policy's routes let the request pass without a token, so that there are no claims.
func (v *Verified) Skipped() bool { return v.skipped }

// Payload gives all claims as JSON: those of SignedPayload, or what the function of WithTransform has made of them. The
// copy belongs to the caller.
func (v *Verified) Payload() json.RawMessage { return json.RawMessage(v.seen.payload) }

// SignedPayload gives all claims as JSON, whatever WithTransform has made of them: the payload byte for byte as it was
// signed, unless the issuer's ClaimMapping or DefaultClaimMapping gives one of its claims another name. Then it holds the
// same values, as they were written, under the mapped names. The copy belongs to the caller.
func (v *Verified) SignedPayload() json.RawMessage { return json.RawMessage(v.signed.payload) }

// Header gives the token's header as the JSON that was signed. The copy belongs to the caller.
func (v *Verified) Header() json.RawMessage { return json.RawMessage(v.header) }

// IssuerIndex is the entry of the policy's issuers that the token belongs to, counted from 0; -1 without a token.
func (v *Verified) IssuerIndex() int { return v.issuerIndex }

// ExpiresAt is the claim exp; the zero time when there is none.
func (v *Verified) ExpiresAt() time.Time { return numericDate(v.expiresAt) }

// NotBefore is the claim nbf; the zero time when there is none.
func (v *Verified) NotBefore() time.Time { return numericDate(v.notBefore) }

// IssuedAt is the claim iat; the zero time when there is none.
func (v *Verified) IssuedAt() time.Time { return numericDate(v.issuedAt) }

// String shows no claims, so that a token's contents do not end up in logs by accident.
func (v *Verified) String() string {
	if v.skipped {
		return "no token"
	}
	return "verified token of issuers[" + strconv.Itoa(v.issuerIndex) + "]"
}

// GoString shows no claims either.
func (v *Verified) GoString() string { return v.String() }

// numericDate reads a NumericDate (RFC 7519 section 2). The core has bounded it to ±2^53 seconds.
func numericDate(seconds float64) time.Time {
	if math.IsNaN(seconds) {
		return time.Time{}
	}
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(fraction*float64(time.Second)))
}
