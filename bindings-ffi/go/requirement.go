//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

// #cgo noescape jotgate_go_require
// #cgo nocallback jotgate_go_require
// #cgo noescape jotgate_go_scopes
// #cgo nocallback jotgate_go_scopes
// #include "bridge.h"
import "C"

import (
	"encoding/json"
	"net/http"
	"runtime"
	"slices"
	"unsafe"
)

// Asked is what an endpoint asks of a token in code, beside what the policy asks: in the words that a Route has for it.
type Asked struct {
	// Scopes are needed, in the claims that Scopes.Claims of the token's issuer names.
	Scopes *RouteScopes `json:"scopes,omitzero"`
	// Claims are rules about claims; all must hold. An expression knows no request, and its now is the time that the token was
	// judged for.
	Claims []ClaimRule `json:"claims,omitzero"`
}

// Requirement is what an endpoint asks for, ready to be asked. Make one when the program starts, and share it.
type Requirement struct{ handle *C.jotgate_requirement }

// NewRequirement makes a requirement. The error is a *PolicyError, whose Path begins at Asked, such as Scopes.All[0].
func NewRequirement(asked Asked) (*Requirement, error) {
	document, err := writtenJSON(asked)
	if err != nil {
		return nil, err
	}
	return newRequirement(document, namesOfPolicy)
}

// NewRequirementFromDocument makes a requirement from its document: JSON, as every language of jotgate reads it. The error is a
// *PolicyError.
func NewRequirementFromDocument(document []byte) (*Requirement, error) {
	return newRequirement(document, namesOfDocument)
}

// newRequirement tells what is wrong in the core's names of this number.
func newRequirement(document []byte, names C.uint32_t) (*Requirement, error) {
	var refusal *C.jotgate_error
	handle := C.jotgate_requirement_new((*C.uint8_t)(unsafe.SliceData(document)), C.size_t(len(document)), &refusal)
	if handle == nil {
		C.jotgate_error_in_names(refusal, names)
		return nil, policyError(refusal)
	}
	r := &Requirement{handle}
	runtime.AddCleanup(r, func(handle *C.jotgate_requirement) { C.jotgate_requirement_free(handle) }, handle)
	return r, nil
}

// RequireScopes is middleware for single routes, behind that of a Validator: it lets requests pass to next whose token has each of
// these scopes, and answers all others as the policy's Responses says: 403 with a challenge that names the scopes, and 401 to a
// request without a token. It panics where there is no scope, or what cannot be one.
func RequireScopes(all ...string) func(http.Handler) http.Handler {
	return mustRequire(RouteScopes{All: all})
}

// RequireAnyScope is as RequireScopes, for tokens that have one of these scopes.
func RequireAnyScope(any ...string) func(http.Handler) http.Handler {
	return mustRequire(RouteScopes{Any: any})
}

func mustRequire(scopes RouteScopes) func(http.Handler) http.Handler {
	requirement, err := NewRequirement(Asked{Scopes: &scopes})
	if err != nil {
		panic(err)
	}
	return requirement.Middleware
}

// Middleware is as RequireScopes, for whatever the requirement asks for. A request that came through no middleware of a Validator
// is answered with 500, and the default logger says so: nobody has looked at its token.
func (r *Requirement) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		verified, _ := request.Context().Value(contextKey{}).(*Verified)
		if verified == nil {
			unguarded().ServeHTTP(w, request)
			return
		}
		if err := verified.core.require(verified, r); err != nil {
			verified.core.answerTo(err, r).ServeHTTP(w, request)
			return
		}
		next.ServeHTTP(w, request)
	})
}

// Require reports whether a token that was accepted is what an endpoint asks for; nil when it is. The error is a *RejectedError with
// the codes that a route would give: ErrInsufficientScope, ErrInvalidClaim, ErrMissingClaim, ErrClaimRejected; and ErrMissingToken
// where the policy let the request pass without one, also when it is nil, as FromContext gives it then; ErrInternal for the token of
// another Validator. Answer it with AnswerWith.
func (v *Validator) Require(verified *Verified, requirement *Requirement) error {
	core := v.core.Load()
	if core == nil {
		return ErrClosed
	}
	return core.require(verified, requirement)
}

// AnswerWith is as Answer, for an endpoint that asks for something itself: where a scope lacks, the challenge names those of the
// requirement too.
func (v *Validator) AnswerWith(err error, requirement *Requirement) Answer {
	core := v.core.Load()
	if core == nil {
		return internalAnswer()
	}
	return core.answerTo(err, requirement)
}

// Scopes are those of the token (RFC 6749 section 3.3): of the first claim that is there of those in which the policy looks for
// scopes, scope and scp by default, whatever WithTransform has made of the claims. None without a token.
func (v *Verified) Scopes() []string {
	if v.skipped {
		return nil
	}
	s := scratches.Get().(*scratch)
	defer s.release()
	v.put(s.verdict)
	claim, length := v.scopesIn()
	document, err := v.core.longText(func(buffer *C.uint8_t, size C.size_t, needed *C.size_t) C.jotgate_status {
		return C.jotgate_go_scopes(v.bytes(), claim, length, s.verdict, buffer, size, needed)
	})
	var scopes []string
	if err != nil || json.Unmarshal(document, &scopes) != nil {
		return nil
	}
	return scopes
}

// HasScope reports whether the token has this scope. To refuse a request that lacks it, use RequireScopes.
func (v *Verified) HasScope(scope string) bool { return slices.Contains(v.Scopes(), scope) }

// require asks the core, and tells of refusals.
func (c *core) require(verified *Verified, requirement *Requirement) error {
	if c.life.Err() != nil {
		return ErrClosed
	}
	if verified == nil {
		verified = c.skipped
	}
	s := scratches.Get().(*scratch)
	defer s.release()
	verified.put(s.verdict)
	claim, length := verified.scopesIn()
	status := C.jotgate_go_require(c.handle, requirement.handle, verified.bytes(), claim, length, s.verdict)
	err := c.required(status, s.verdict)
	runtime.KeepAlive(requirement) // claim names may lie in its memory
	c.tell(err)
	return err
}

func (c *core) required(status C.jotgate_status, verdict *C.jotgate_verdict) error {
	if status == C.JOTGATE_OK && verdict.kind == verdictAccepted {
		return nil
	}
	if _, err := c.outcome(status, verdict, nil); err != nil {
		return err
	}
	return internalError(uint32(status)) // nothing else is a permission
}

// put writes the verdict that the token had. Go's memory, to which it pointed, is handed over beside it.
func (v *Verified) put(verdict *C.jotgate_verdict) {
	*verdict = C.jotgate_verdict{
		size:          C.sizeof_jotgate_verdict,
		kind:          verdictAccepted,
		issuer:        C.int32_t(v.issuerIndex),
		route:         -1,
		header_len:    C.size_t(len(v.header)),
		payload_len:   C.size_t(len(v.signed.payload)),
		judged_for_ms: C.int64_t(v.judgedFor),
		origin:        C.uint64_t(v.origin),
	}
	if v.skipped {
		verdict.kind = verdictSkipped
	}
}

// bytes is header and payload, one behind the other.
func (v *Verified) bytes() *C.uint8_t { return (*C.uint8_t)(unsafe.StringData(v.text)) }

// scopesIn is the claim of the scopes: NULL for the usual ones, and of no length for none.
func (v *Verified) scopesIn() (*C.uint8_t, C.size_t) {
	switch {
	case v.scopeClaim == nil:
		return nil, 0
	case *v.scopeClaim == "":
		return v.bytes(), 0 // any place will do
	default:
		return (*C.uint8_t)(unsafe.StringData(*v.scopeClaim)), C.size_t(len(*v.scopeClaim))
	}
}

func unguarded() Answer {
	var nobody options
	nobody.warn("a request came to a Requirement through no middleware of a Validator")
	return internalAnswer()
}
