//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

// #include "bridge.h"
import "C"

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"unsafe"
)

// Explanation says what a validation would answer, check by check, and how the key sets of the token's issuer are.
//
// It is for operators, not for whoever sent the token: it shows the values of claims that a check looked at. It never
// shows the token, its signature, keys or secrets.
type Explanation struct {
	// Verdict is accepted, rejected, unavailable or skipped.
	Verdict string `json:"verdict"`
	// Code is the refusal that a validation gives; empty for none.
	Code Code `json:"code"`
	// Claim is the claim that the code is about; empty for none.
	Claim string `json:"claim"`
	// Detail is the code in words.
	Detail string `json:"detail"`
	// IssuerIndex and RouteIndex are entries of the policy's issuers and routes; nil for none.
	IssuerIndex *int `json:"issuer"`
	RouteIndex  *int `json:"route"`
	// Verified tells whether the token's signature was verified: when it was not, its contents are anybody's words.
	Verified bool `json:"verified"`
	// Checks are the checks in the order in which a validation runs them.
	Checks []Check `json:"checks"`
	// KeySets are those that the issuer's keys are fetched from.
	KeySets []ExplainedKeySet `json:"key_sets"`

	document, text, coloured []byte
}

// Check is one check of a token. Expected, Found and Note are for people, and their wording may change.
type Check struct {
	// Name is stable, such as signature, exp, or claims[0] for a rule of the policy.
	Name string `json:"check"`
	// Outcome is passed, failed or skipped.
	Outcome string `json:"outcome"`
	// Code is what the check gives when it is the first to fail; empty for none.
	Code Code `json:"code"`
	// Verified tells whether what was found stands in a token whose signature was verified.
	Verified bool `json:"verified"`
	// Expected is what the policy asks for.
	Expected string `json:"expected"`
	// Found is what the token or the request has.
	Found string `json:"found"`
	// Note says what it means, and what to do.
	Note string `json:"note"`
}

// ExplainedKeySet is a key set that an issuer's keys are fetched from.
type ExplainedKeySet struct {
	// URL is the one that the policy names, and JWKSURI where metadata says that the key set lies.
	URL     string `json:"url"`
	JWKSURI string `json:"jwks_uri"`
	// State is empty, fresh, due, stale or expired.
	State string `json:"state"`
	// AgeSeconds counts from the start of the last successful fetch; nil before the first.
	AgeSeconds *float64 `json:"age"`
	// Keys counts the keys that can be used, KeyIDs are the ids of the first 20, and Skipped counts those that cannot.
	Keys    int      `json:"keys"`
	KeyIDs  []string `json:"kids"`
	Skipped int      `json:"skipped"`
	// SkippedKeys are the first 20 of these, and LenientKeys of those that count although RFC 7518 spells them otherwise.
	SkippedKeys []KeyNote `json:"skipped_keys"`
	LenientKeys []KeyNote `json:"lenient_keys"`
	// LastError is why the last fetch failed, such as status_500, LastErrorCause what the HTTP client said of it, and
	// LastErrorHint what that means and what to do; all are empty after a success.
	LastError      string `json:"last_error"`
	LastErrorCause string `json:"last_error_cause"`
	LastErrorHint  string `json:"last_error_hint"`
}

// JSON is the explanation as JSON, the same in every language, with members that have no field here. Characters that
// would steer a terminal are escaped. The copy belongs to the caller.
func (e *Explanation) JSON() json.RawMessage { return bytes.Clone(e.document) }

// Text is the explanation in lines for people, with ANSI escape sequences when it is to be coloured. Whatever the token
// brings is escaped.
func (e *Explanation) Text(coloured bool) string {
	if coloured {
		return string(e.coloured)
	}
	return string(e.text)
}

// Explain says why the token may pass, or why not. Keys that are missing are fetched first, as Validate does, and the
// context bounds the wait for them. The application's own checks are not asked.
//
// The error is ErrClosed, one that wraps the context's error, or ErrInternal for a bug in jotgate.
func (v *Validator) Explain(ctx context.Context, token string, more ...QuestionOption) (*Explanation, error) {
	return v.explain(ctx, question{token: token}.with(more), nil)
}

// ExplainRequest says why the request may pass, or why not: its route and the place of its token come first.
func (v *Validator) ExplainRequest(r *http.Request, more ...QuestionOption) (*Explanation, error) {
	return v.explain(r.Context(), question{isRequest: true}.with(more), r)
}

func (v *Validator) explain(ctx context.Context, q question, r *http.Request) (*Explanation, error) {
	core := v.core.Load()
	if core == nil {
		return nil, ErrClosed
	}
	s := scratches.Get().(*scratch)
	defer s.release()
	if r != nil {
		s.request.appendRequest(r, &core.reads)
	}
	// An explanation never fetches, so a validation does it first. What it answers comes again from the explanation.
	if _, err := core.insist(ctx, q, s); err != nil {
		return nil, err
	}
	s.giveUp()
	core.tellEvents()
	now := core.now()
	var e Explanation
	for form, text := range map[C.jotgate_form]*[]byte{
		C.JOTGATE_FORM_JSON: &e.document, C.JOTGATE_FORM_TEXT: &e.text, C.JOTGATE_FORM_COLOURED: &e.coloured,
	} {
		written, err := core.explanation(q, now, form, s)
		if err != nil {
			return nil, err
		}
		*text = written
	}
	if err := json.Unmarshal(e.document, &e); err != nil {
		return nil, err
	}
	return &e, nil
}

// explanation writes about the token, or about the request that was packed into s.
func (c *core) explanation(q question, now C.int64_t, form C.jotgate_form, s *scratch) ([]byte, error) {
	asked := q.text(s)
	return c.longText(func(buffer *C.uint8_t, length C.size_t, needed *C.size_t) C.jotgate_status {
		return C.jotgate_go_explain(c.handle,
			(*C.uint8_t)(unsafe.SliceData(asked)), C.size_t(len(asked)), flag(q.isRequest), q.asOf.millis(), now,
			form, buffer, length, needed)
	})
}
