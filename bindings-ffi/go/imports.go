//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

// #include "jotgate.h"
import "C"

import (
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"
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

// ImportFile is a file that a policy names, such as a trust store.
type ImportFile struct {
	// Name is the file's name; folders in front of it do not count.
	Name string
	// Content is what is in it.
	Content []byte
}

// Products are the names of the gateways whose policies ImportPolicy reads, such as mulesoft and wso2.
func Products() []string {
	var names []string
	for number := C.jotgate_product(1); ; number++ {
		name := text(C.jotgate_product_name(number))
		if name == "" {
			return names
		}
		names = append(names, name)
	}
}

// ImportPolicy reads a gateway's policy, at most 1 MiB, into ours: of mulesoft the YAML of Flex Gateway or the JSON of API
// Manager, of wso2 the deployment.toml. Files that the policy names come behind it; a note says which are missing. The
// error is a *PolicyError when no policy can be read from the text.
func ImportPolicy(product string, policy []byte, files ...ImportFile) (*Import, error) {
	number := C.jotgate_product(slices.Index(Products(), product) + 1)
	if number == 0 {
		return nil, fmt.Errorf("jotgate: there is no such product: expected one of %s", strings.Join(Products(), ", "))
	}
	var pinner runtime.Pinner
	defer pinner.Unpin()
	lent := make([]C.jotgate_file, len(files))
	for i, file := range files {
		lent[i] = C.jotgate_file{name: lend(&pinner, []byte(file.Name)), content: lend(&pinner, file.Content)}
	}
	var refusal *C.jotgate_error
	document, status := longText(func(buffer *C.uint8_t, length C.size_t, needed *C.size_t) C.jotgate_status {
		return C.jotgate_import(number, (*C.uint8_t)(unsafe.SliceData(policy)), C.size_t(len(policy)),
			unsafe.SliceData(lent), C.size_t(len(lent)), buffer, length, needed, &refusal)
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

// lend gives C the bytes until the pinner lets go of them.
func lend(pinner *runtime.Pinner, bytes []byte) C.jotgate_bytes {
	if len(bytes) == 0 {
		return C.jotgate_bytes{}
	}
	pinner.Pin(unsafe.SliceData(bytes))
	return C.jotgate_bytes{data: (*C.uint8_t)(unsafe.SliceData(bytes)), len: C.size_t(len(bytes))}
}
