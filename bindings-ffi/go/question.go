//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

// #include "jotgate.h"
import "C"

import (
	"time"
	"unsafe"
)

// QuestionOption says more about what is asked than the token or the request does.
type QuestionOption struct{ asOf asOf }

// AsOf asks about another time, with the keys of now: for audits and for replays of old tokens. The key sets go by the
// validator's clock, as ever. The default is the time that it is.
func AsOf(t time.Time) QuestionOption {
	return QuestionOption{asOf{isSet: true, at: C.int64_t(t.UnixMilli())}}
}

// question is what may be asked: about a token, or about a request that was packed into the scratch.
type question struct {
	token     string
	isRequest bool
	asOf      asOf
}

func (q question) with(options []QuestionOption) question {
	for _, option := range options {
		if option.asOf.isSet {
			q.asOf = option.asOf
		}
	}
	return q
}

// text is the token or the packed request. Nobody writes to it.
func (q question) text(s *scratch) []byte {
	if q.isRequest {
		return s.request
	}
	return unsafe.Slice(unsafe.StringData(q.token), len(q.token))
}

// asOf is the time to judge a token for, in milliseconds since the Unix epoch, where it is not the clock's.
type asOf struct {
	at    C.int64_t
	isSet bool
}

// millis is what the library reads: NULL when the clock's time counts.
func (a *asOf) millis() *C.int64_t {
	if a.isSet {
		return &a.at
	}
	return nil
}
