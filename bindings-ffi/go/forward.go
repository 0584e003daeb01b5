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
// sets header fields from claims, takes such fields out that the client has sent, and takes out the token.
//
// Call it for every request that goes on, also for one that was let through without a token (verified is nil, or its
// Skipped is true), as in the Rewrite function of an httputil.ReverseProxy:
//
//	verified, _ := jotgate.FromContext(p.In.Context())
//	if err := validator.Forward(p.Out, verified); err != nil { … }
//
// The request's Header and URL.RawQuery are changed in place. With an error the request must not go on.
func (v *Validator) Forward(r *http.Request, verified *Verified) error {
	core := v.core.Load()
	if core == nil {
		return ErrClosed
	}
	s := scratches.Get().(*scratch)
	defer s.release()
	s.texts.appendRequest(r)
	var payload []byte
	if verified != nil && !verified.Skipped() {
		payload = verified.Payload()
	}
	document, err := core.forward(payload, s)
	if err != nil {
		return err
	}
	var plan struct {
		Remove []string
		Set    [][2]string
		Query  *string
	}
	if err := json.Unmarshal(document, &plan); err != nil {
		return err
	}
	for _, removed := range plan.Remove {
		for name := range r.Header { // a handler may have put a name there in any case
			if strings.EqualFold(name, removed) {
				delete(r.Header, name)
			}
		}
	}
	for _, field := range plan.Set {
		r.Header.Set(field[0], field[1])
	}
	if plan.Query != nil {
		r.URL.RawQuery = *plan.Query
	}
	return nil
}

// forward writes the plan for the request that was packed into s.
func (c *core) forward(payload []byte, s *scratch) ([]byte, error) {
	return c.longText(func(buffer *C.uint8_t, length C.size_t, needed *C.size_t) C.jotgate_status {
		return C.jotgate_go_forward(c.handle,
			(*C.uint8_t)(unsafe.SliceData(s.texts.text)), unsafe.SliceData(s.texts.lengths),
			s.texts.fields(requestTexts), (*C.uint8_t)(unsafe.SliceData(payload)), C.size_t(len(payload)),
			buffer, length, needed)
	})
}
