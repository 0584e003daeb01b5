//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

// #include "bridge.h"
import "C"

import (
	"encoding/json"
	"net/http"
	"strings"
	"unsafe"
)

// Forward changes a request that passed, so that it can go on to an application behind, as the policy's Forward says: it
// sets header fields from claims, takes such fields out that the client has sent, and takes out the token. The claims are
// those of SignedPayload, whatever WithTransform has made of them.
//
// Middleware does it for the handler behind it. Elsewhere call it for every request that goes on, also for one that was
// let through without a token (verified is nil, or its Skipped is true), with the request as it came: a header field that
// claims could set must not come from the client.
//
// The request is changed in place: its Header, its query in URL and RequestURI, and its Form when that was read. With an
// error the request must not go on.
func (v *Validator) Forward(r *http.Request, verified *Verified) error {
	plan, err := v.plan(r, verified)
	if err == nil {
		plan.apply(r)
	}
	return err
}

// forwarded gives the request that goes on: r itself when it stays as it is, else a copy, because a handler must not
// change its request.
func (v *Validator) forwarded(r *http.Request, verified *Verified) (*http.Request, error) {
	plan, err := v.plan(r, verified)
	if err != nil || plan.isEmpty() {
		return r, err
	}
	copied := new(http.Request)
	*copied = *r
	copied.Header = r.Header.Clone()
	target := *r.URL
	copied.URL = &target
	plan.apply(copied)
	return copied, nil
}

// plan says how a request changes before it goes on.
type plan struct {
	Remove []string
	Set    [][2]string
	Query  *string
}

// plan asks the core, unless the policy has nothing to say about it.
func (v *Validator) plan(r *http.Request, verified *Verified) (plan, error) {
	var changes plan
	core := v.core.Load()
	if core == nil {
		return changes, ErrClosed
	}
	if !core.forwards {
		return changes, nil
	}
	s := scratches.Get().(*scratch)
	defer s.release()
	s.request.appendRequest(r, &core.reads)
	var payload []byte
	if verified != nil && !verified.Skipped() {
		payload = verified.SignedPayload()
	}
	document, err := core.forward(payload, s)
	if err != nil {
		return changes, err
	}
	err = json.Unmarshal(document, &changes)
	return changes, err
}

func (p plan) isEmpty() bool { return len(p.Remove) == 0 && len(p.Set) == 0 && p.Query == nil }

func (p plan) apply(r *http.Request) {
	for _, removed := range p.Remove {
		for name := range r.Header { // a handler may have put a name there in any case
			if strings.EqualFold(name, removed) {
				delete(r.Header, name)
			}
		}
	}
	if r.Header == nil {
		r.Header = make(http.Header, len(p.Set))
	}
	for _, field := range p.Set {
		r.Header.Set(field[0], field[1])
	}
	if p.Query == nil {
		return
	}
	r.URL.RawQuery = *p.Query
	r.URL.ForceQuery = false
	if path, _, found := strings.Cut(r.RequestURI, "?"); found {
		r.RequestURI = path
		if *p.Query != "" {
			r.RequestURI += "?" + *p.Query
		}
	}
	if r.Form != nil {
		// What was read of a body stays in PostForm and is not read again. Parameters that net/http cannot read are left
		// out, as they were before.
		r.Form = nil
		_ = r.ParseForm()
	}
}

// forward writes the plan for the request that was packed into s.
func (c *core) forward(payload []byte, s *scratch) ([]byte, error) {
	return c.longText(func(buffer *C.uint8_t, length C.size_t, needed *C.size_t) C.jotgate_status {
		return C.jotgate_go_forward(c.handle,
			(*C.uint8_t)(unsafe.SliceData(s.request)), C.size_t(len(s.request)),
			(*C.uint8_t)(unsafe.SliceData(payload)), C.size_t(len(payload)), buffer, length, needed)
	})
}
