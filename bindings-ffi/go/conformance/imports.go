package main

import (
	"errors"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// importCase is another gateway's policy.
type importCase struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// imported is its line: what became of it, or where its text is wrong.
type imported struct {
	ID     string          `json:"id"`
	Import *jotgate.Import `json:"import,omitempty"`
	Error  *place          `json:"error,omitempty"`
}

type place struct {
	Path string `json:"path"`
}

func (c importCase) run() (imported, error) {
	result, err := jotgate.ImportPolicy(c.Kind, []byte(c.Text))
	var refusal *jotgate.PolicyError
	if errors.As(err, &refusal) {
		return imported{ID: c.ID, Error: &place{refusal.Path}}, nil
	}
	return imported{ID: c.ID, Import: result}, err
}
