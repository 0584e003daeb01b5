//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

// #include "jotgate.h"
import "C"

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unsafe"
)

// Format says how a policy document is written.
type Format uint32

const (
	// FormatJSON is JSON without duplicate members.
	FormatJSON Format = formatJson
	// FormatYAML is YAML 1.2 without anchors, tags, and words that other versions of YAML read differently.
	FormatYAML Format = formatYaml
	// FormatTOML is TOML 1.1 without dates and infinities.
	FormatTOML Format = formatToml
)

// PolicyJSON gives a policy document as the JSON text that NewFromDocument reads. What its fields mean is not looked at.
// The error is a *PolicyError, whose Path is a line and a column.
func PolicyJSON(document []byte, format Format) (json.RawMessage, error) {
	var refusal *C.jotgate_error
	text, status := longText(func(buffer *C.uint8_t, length C.size_t, needed *C.size_t) C.jotgate_status {
		return C.jotgate_policy_to_json((*C.uint8_t)(unsafe.SliceData(document)), C.size_t(len(document)),
			C.jotgate_policy_format(format), buffer, length, needed, &refusal)
	})
	return text, documentError(status, refusal)
}

// FillReferences gives a policy document (JSON) with what it names by {"env": …} and {"file": …}, whose paths start at the folder;
// empty is the working directory. What makes validators does this by itself. The error is a *PolicyError.
func FillReferences(document []byte, folder string) (json.RawMessage, error) {
	return source{folder: folder}.fill(document)
}

// Schema is the JSON Schema (2020-12) of the policy document, for editors and for checks before a deployment. What it takes
// may still be refused: a validator alone knows all rules.
func Schema() json.RawMessage { return json.RawMessage(text(C.jotgate_policy_schema())) }

// NewFromFile makes a validator from a policy document whose format the name of the file tells: .json, .yaml, .yml or
// .toml. A path of {"file": …} in it starts at its folder. The error is a *PolicyError, or what the operating system says.
func NewFromFile(path string, opts ...Option) (*Validator, error) {
	document, source, err := documentOfFile(path)
	if err != nil {
		return nil, err
	}
	return newFromSource(document, source, opts)
}

// ReplaceFromFile is Replace with a policy document in a file, as NewFromFile takes it. A file that is half written is an error, and
// changes nothing.
func (v *Validator) ReplaceFromFile(path string) error {
	document, source, err := documentOfFile(path)
	if err != nil {
		return err
	}
	return v.replaceFromSource(document, source)
}

func documentOfFile(path string) ([]byte, source, error) {
	formats := map[string]Format{".json": FormatJSON, ".yaml": FormatYAML, ".yml": FormatYAML, ".toml": FormatTOML}
	format, known := formats[strings.ToLower(filepath.Ext(path))]
	if !known {
		return nil, source{}, &PolicyError{
			Message: "the name of the file does not tell its format", Hint: "name it .json, .yaml, .yml or .toml",
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, source{}, fmt.Errorf("jotgate: %w", err)
	}
	document, err := PolicyJSON(text, format)
	return document, source{text: text, format: format, folder: filepath.Dir(path)}, err
}

// Warning is about something that a policy allows and that its author may not have meant.
type Warning struct {
	// Code is stable.
	Code string `json:"code"`
	// Severity is high, medium or low.
	Severity string `json:"severity"`
	// Path leads to it, such as issuers[0].audience.
	Path string `json:"path"`
	// Message and Hint say what it is and what to do. Their wording may change.
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

// Lint looks for what a policy document (JSON) allows and its author may not have meant, the worst first. The error is a
// *PolicyError when the document is no policy.
func Lint(document []byte) ([]Warning, error) {
	document, err := source{}.fill(document)
	if err != nil {
		return nil, err
	}
	var refusal *C.jotgate_error
	text, status := longText(func(buffer *C.uint8_t, length C.size_t, needed *C.size_t) C.jotgate_status {
		return C.jotgate_lint((*C.uint8_t)(unsafe.SliceData(document)), C.size_t(len(document)),
			C.JOTGATE_FORM_JSON, buffer, length, needed, &refusal)
	})
	if err := documentError(status, refusal); err != nil {
		return nil, err
	}
	var warnings []Warning
	if err := json.Unmarshal(text, &warnings); err != nil {
		return nil, err
	}
	return warnings, nil
}

// documentError is what a function about a document ended in; nil after a success.
func documentError(status C.jotgate_status, refusal *C.jotgate_error) error {
	switch {
	case refusal != nil:
		return policyError(refusal)
	case status == C.JOTGATE_INVALID_UTF8:
		return &PolicyError{Message: "the text is not UTF-8"}
	case status == C.JOTGATE_INVALID_ARGUMENT:
		return &PolicyError{Message: "there is no such format of policy documents"}
	case status != C.JOTGATE_OK:
		return internalError(uint32(status))
	default:
		return nil
	}
}
