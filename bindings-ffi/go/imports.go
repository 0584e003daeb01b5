package jotgate

// #include "jotgate.h"
import "C"

import (
	"encoding/json"
	"unsafe"
)

// Import is a policy document made from another product's policy, and what became of each of its parameters.
type Import struct {
	// Complete tells whether all that bears on verdicts came over. What is not complete is for an operator to finish: do
	// not use its policy as it is.
	Complete bool `json:"complete"`
	// Policy is the document, for NewFromDocument.
	Policy json.RawMessage `json:"policy"`
	// Notes say what became of each parameter.
	Notes []ImportNote `json:"notes"`
}

// ImportNote says what became of one parameter.
type ImportNote struct {
	// Kind is carried, changed or cannot.
	Kind string `json:"kind"`
	// Source is the parameter's path in the source, and Target where it stands in the document; both may be empty.
	Source string `json:"source"`
	Target string `json:"target"`
	// Message says what was done, or what to do.
	Message string `json:"message"`
}

// ImportMulesoft reads a JWT policy of MuleSoft: YAML or JSON, at most 1 MiB. The error is a *PolicyError when no policy
// can be read from the text.
func ImportMulesoft(text []byte) (*Import, error) {
	return imported(func(buffer *C.uint8_t, length C.size_t, needed *C.size_t, refusal **C.jotgate_error) C.jotgate_status {
		return C.jotgate_import_mulesoft(
			(*C.uint8_t)(unsafe.SliceData(text)), C.size_t(len(text)), buffer, length, needed, refusal)
	})
}

// ImportWSO2 reads the issuers of a deployment.toml of WSO2 API Manager, at most 1 MiB. The error is a *PolicyError when
// no policy can be read from the text.
func ImportWSO2(text []byte) (*Import, error) {
	return imported(func(buffer *C.uint8_t, length C.size_t, needed *C.size_t, refusal **C.jotgate_error) C.jotgate_status {
		return C.jotgate_import_wso2(
			(*C.uint8_t)(unsafe.SliceData(text)), C.size_t(len(text)), buffer, length, needed, refusal)
	})
}

func imported(
	read func(*C.uint8_t, C.size_t, *C.size_t, **C.jotgate_error) C.jotgate_status,
) (*Import, error) {
	var refusal *C.jotgate_error
	document, status := longText(func(buffer *C.uint8_t, length C.size_t, needed *C.size_t) C.jotgate_status {
		return read(buffer, length, needed, &refusal)
	})
	if err := documentError(status, refusal); err != nil {
		return nil, err
	}
	result := new(Import)
	if err := json.Unmarshal(document, result); err != nil {
		return nil, err
	}
	return result, nil
}
