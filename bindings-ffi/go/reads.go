//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

// #include "bridge.h"
import "C"

import (
	"encoding/json"
	"strings"
)

// requestParts are the parts of requests that a policy reads, beside method and path. No others cross over to the library.
type requestParts struct {
	// Headers are names in lower case; nil when all fields are read.
	Headers []string
	// Query tells whether the query is read.
	Query bool
}

// hasHeader reports whether a header field of this name is read; names have no case.
func (p *requestParts) hasHeader(name string) bool {
	if p.Headers == nil {
		return true
	}
	for _, read := range p.Headers { // one or two, and hardly any field has a name as long
		if len(read) == len(name) && strings.EqualFold(read, name) {
			return true
		}
	}
	return false
}

// learnReads asks once, since the answer stays the same as long as the validator lives.
func (c *core) learnReads() error {
	document, err := c.longText(func(buffer *C.uint8_t, length C.size_t, needed *C.size_t) C.jotgate_status {
		return C.jotgate_reads(c.handle, buffer, length, needed)
	})
	if err != nil {
		return err
	}
	return json.Unmarshal(document, &c.reads)
}
