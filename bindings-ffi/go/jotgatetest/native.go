//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgatetest

// Which archive is linked, the package above says: with a second one here a program could have that of another C library as well.

// #cgo CFLAGS: -I${SRCDIR}/../native/include -I${SRCDIR}/..
// #include "jotgate.h"
// #include "library.h"
import "C"

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"unsafe"
)

// library makes this package another one when the library is, as in the package above.
var library = C.JOTGATE_GO_LIBRARY

// handle is the native issuer. The garbage collector frees it.
type handle struct{ issuer *C.jotgate_testing_issuer }

func newHandle(options any) (*handle, error) {
	text, err := json.Marshal(options)
	if err != nil {
		return nil, fmt.Errorf("the options cannot be written as JSON: %w", err)
	}
	var refusal *C.jotgate_error
	issuer := C.jotgate_testing_issuer_new((*C.uint8_t)(unsafe.SliceData(text)), C.size_t(len(text)), &refusal)
	if issuer == nil {
		return nil, mistake(refusal)
	}
	h := &handle{issuer: issuer}
	runtime.AddCleanup(h, func(issuer *C.jotgate_testing_issuer) { C.jotgate_testing_issuer_free(issuer) }, issuer)
	return h, nil
}

// call does what the word names and decodes what comes of it into answer, which may be nil.
func (h *handle) call(word string, arguments, answer any) error {
	text, err := json.Marshal(arguments)
	if err != nil {
		return fmt.Errorf("what is said of the token cannot be written as JSON: %w", err)
	}
	var refusal *C.jotgate_error
	came := C.jotgate_testing_issuer_call(h.issuer, (*C.uint8_t)(unsafe.StringData(word)), C.size_t(len(word)),
		(*C.uint8_t)(unsafe.SliceData(text)), C.size_t(len(text)), &refusal)
	runtime.KeepAlive(h)
	if came == nil {
		return mistake(refusal)
	}
	return decode(came, answer)
}

// decode reads an answer and frees it.
func decode(came *C.jotgate_testing_answer, answer any) error {
	defer C.jotgate_testing_answer_free(came)
	if answer == nil {
		return nil
	}
	return json.Unmarshal([]byte(textOf(C.jotgate_testing_answer_text(came))), answer)
}

// mistake reads an error of the library's and frees it.
func mistake(refusal *C.jotgate_error) error {
	defer C.jotgate_error_free(refusal)
	message, hint := textOf(C.jotgate_error_message(refusal)), textOf(C.jotgate_error_hint(refusal))
	if hint == "" {
		return errors.New(message)
	}
	return fmt.Errorf("%s (%s)", message, hint)
}

func textOf(bytes C.jotgate_bytes) string {
	return C.GoStringN((*C.char)(unsafe.Pointer(bytes.data)), C.int(bytes.len))
}

// Recipe is what the kit makes of a code.
type Recipe struct {
	// Code is the text of the code, such as expired.
	Code string `json:"code"`
	// Makeable tells whether a token or a request can give it.
	Makeable bool `json:"makeable"`
	// What is bad about that, or why there is none.
	What string `json:"what"`
	// Needs says why there may be none under some policy, or what to do instead.
	Needs string `json:"needs"`
}

// Recipes is the table of codes, in its order.
func Recipes() []Recipe {
	var recipes []Recipe
	if err := decode(C.jotgate_testing_recipes(), &recipes); err != nil {
		panic("jotgatetest: " + err.Error()) // a bug: the table is a constant
	}
	return recipes
}
