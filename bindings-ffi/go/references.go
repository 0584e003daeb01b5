//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

// #include "jotgate.h"
import "C"

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"unsafe"
)

// source is the text that a policy document was read from.
type source struct {
	text   []byte
	format Format
	// folder is where paths in the document start; empty for the working directory.
	folder string
}

// locate looks up the lines of an error; without a text it changes nothing.
func (s source) locate(refusal *C.jotgate_error) {
	if s.text != nil {
		C.jotgate_error_locate(refusal, (*C.uint8_t)(unsafe.SliceData(s.text)), C.size_t(len(s.text)),
			C.jotgate_policy_format(s.format))
		return
	}
	// There is no document but the one that was made of a Policy: it is told by the fields of that.
	C.jotgate_error_in_names(refusal, namesOfPolicy)
}

const (
	// namesOfDocument are the document's own.
	namesOfDocument = 0
	// namesOfPolicy are the fields of Policy.
	namesOfPolicy = 5
)

// fill puts what stands in environment variables and files into the document. The error is a *PolicyError when something is
// not there.
func (s source) fill(document []byte) ([]byte, error) {
	var refusal *C.jotgate_error
	list, status := longText(func(buffer *C.uint8_t, length C.size_t, needed *C.size_t) C.jotgate_status {
		return C.jotgate_policy_references((*C.uint8_t)(unsafe.SliceData(document)), C.size_t(len(document)),
			buffer, length, needed, &refusal)
	})
	s.locate(refusal)
	if err := documentError(status, refusal); err != nil {
		return nil, err
	}
	var wanted []reference
	if err := json.Unmarshal(list, &wanted); err != nil {
		return nil, err
	}
	if len(wanted) == 0 {
		return document, nil
	}
	var pinner runtime.Pinner
	defer pinner.Unpin()
	readings := make([]C.jotgate_reading, len(wanted))
	for index, reference := range wanted {
		bytes, err := reference.read(s.folder)
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				readings[index].exists = 1
			}
			continue
		}
		// What is empty is there all the same.
		bytes = append(bytes, 0)
		pinner.Pin(unsafe.SliceData(bytes))
		readings[index].bytes = C.jotgate_bytes{
			data: (*C.uint8_t)(unsafe.SliceData(bytes)), len: C.size_t(len(bytes) - 1),
		}
	}
	filled, status := longText(func(buffer *C.uint8_t, length C.size_t, needed *C.size_t) C.jotgate_status {
		return C.jotgate_policy_fill((*C.uint8_t)(unsafe.SliceData(document)), C.size_t(len(document)),
			unsafe.SliceData(readings), C.size_t(len(readings)), buffer, length, needed, &refusal)
	})
	s.locate(refusal)
	return filled, documentError(status, refusal)
}

// reference is a text that a document leaves to the host.
type reference struct {
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	ReadBytes int64  `json:"read_bytes"`
}

// read gives the bytes, or an error that is fs.ErrNotExist when there are none.
func (r reference) read(folder string) ([]byte, error) {
	if r.Kind == "env" {
		value, found := os.LookupEnv(r.Name)
		if !found {
			return nil, fs.ErrNotExist
		}
		return []byte(value), nil
	}
	path := r.Name
	if !filepath.IsAbs(path) {
		path = filepath.Join(folder, path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, r.ReadBytes))
}
