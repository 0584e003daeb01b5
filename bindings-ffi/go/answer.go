//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

// #include "bridge.h"
import "C"

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"runtime"
)

// Answer is a complete HTTP answer. It is an http.Handler that sends itself.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// ServeHTTP sends the answer.
func (a Answer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	for name, values := range a.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.Status)
	// A client that has gone away is no error of this server.
	_, _ = w.Write(a.Body)
}

// Answer gives the HTTP answer to a request that may not pass, in the manner of the policy's Responses. The error is
// what Validate or ValidateRequest returned: a rejection is mostly a 401, missing keys are a 503, and an error that no
// validator made is a 500. Nothing of the error but its code reaches the client.
func (v *Validator) Answer(err error) Answer {
	core := v.core.Load()
	if core == nil {
		return internalAnswer()
	}
	return core.answerTo(err, nil)
}

// answerTo gives the answer of an endpoint that asks for something itself, unless the requirement is nil.
func (c *core) answerTo(err error, requirement *Requirement) Answer {
	document, ok := c.answer(verdictOf(err), requirement)
	var fields struct {
		Status  int
		Headers [][2]string
		Body    string
	}
	if !ok || json.Unmarshal(document, &fields) != nil {
		return internalAnswer()
	}
	answer := Answer{Status: fields.Status, Header: make(http.Header), Body: []byte(fields.Body)}
	for _, field := range fields.Headers {
		answer.Header.Add(field[0], field[1])
	}
	return answer
}

// verdictOf leads back from an error to the verdict that it came from.
func verdictOf(err error) (verdict C.jotgate_verdict) {
	var rejected *RejectedError
	var unavailable *KeysUnavailableError
	verdict.size, verdict.issuer, verdict.route = C.sizeof_jotgate_verdict, -1, -1
	switch {
	case errors.As(err, &rejected):
		verdict.kind = verdictRejected
		verdict.code = C.uint32_t(numberOf(rejected.Code))
		verdict.issuer = C.int32_t(rejected.IssuerIndex)
		verdict.route = C.int32_t(rejected.RouteIndex)
	case errors.As(err, &unavailable):
		verdict.kind = verdictUnavailable
		verdict.code = C.JOTGATE_CODE_KEYS_UNAVAILABLE
		verdict.issuer = C.int32_t(unavailable.IssuerIndex)
		verdict.retry_at_ms = C.int64_t(unavailable.RetryAt.UnixMilli())
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		verdict.kind = verdictKeysNeeded
	}
	return verdict
}

func (c *core) answer(verdict C.jotgate_verdict, requirement *Requirement) ([]byte, bool) {
	now := c.now()
	document, err := c.longText(func(buffer *C.uint8_t, length C.size_t, needed *C.size_t) C.jotgate_status {
		if requirement != nil {
			defer runtime.KeepAlive(requirement)
			return C.jotgate_answer_with(c.handle, requirement.handle, &verdict, now, buffer, length, needed)
		}
		return C.jotgate_answer(c.handle, &verdict, now, buffer, length, needed)
	})
	return document, err == nil
}

// internalAnswer is for when the library itself cannot answer: nothing passes, and nothing is said.
func internalAnswer() Answer {
	return Answer{Status: http.StatusInternalServerError, Header: make(http.Header)}
}

// usualAnswer is the length of a buffer that most answers fit into.
const usualAnswer = 1024
