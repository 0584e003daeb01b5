// Command conformance runs a file of jotgate's test vectors through the public API of the Go package.
//
//	conformance VECTORS REPORT START
//
// VECTORS is {"cases": […]}, {"scenarios": […]}, {"explanations": […]}, {"imports": […]} or {"documents": […]}. From number START on, one JSON
// line for each is appended to REPORT, and written before the next one begins, so that a crash shows where it happened.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: conformance VECTORS REPORT START")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(1)
	}
}

func run(vectors, report, start string) error {
	document, err := os.ReadFile(vectors)
	if err != nil {
		return err
	}
	var file struct {
		Cases        []testCase     `json:"cases"`
		Scenarios    []scenario     `json:"scenarios"`
		Explanations []testCase     `json:"explanations"`
		Imports      []importCase   `json:"imports"`
		Documents    []documentCase `json:"documents"`
	}
	if err := json.Unmarshal(document, &file); err != nil {
		return err
	}
	var lines []func() (any, error)
	for _, c := range file.Cases {
		lines = append(lines, func() (any, error) { return c.run(), nil })
	}
	if len(file.Scenarios) > 0 {
		timers := install()
		for _, s := range file.Scenarios {
			lines = append(lines, func() (any, error) { return s.play(timers) })
		}
	}
	for _, c := range file.Explanations {
		lines = append(lines, func() (any, error) { return c.explain() })
	}
	for _, c := range file.Imports {
		lines = append(lines, func() (any, error) { return c.run() })
	}
	for _, c := range file.Documents {
		lines = append(lines, func() (any, error) { return c.run() })
	}
	first, err := strconv.Atoi(start)
	if err != nil || first < 0 || first > len(lines) {
		return fmt.Errorf("no case has the number %s", start)
	}
	return write(report, lines[first:])
}

// write appends what each function gives, as soon as it gives it.
func write(report string, lines []func() (any, error)) error {
	file, err := os.OpenFile(report, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	encoder := json.NewEncoder(file)
	for _, line := range lines {
		told, err := line()
		if err != nil {
			return err
		}
		if err := encoder.Encode(told); err != nil {
			return err
		}
	}
	return file.Close()
}

// result is one line of the report. Null stands for what does not apply.
type result struct {
	ID      string          `json:"id"`
	Verdict string          `json:"verdict"`
	Code    *jotgate.Code   `json:"code"`
	Claim   *string         `json:"claim"`
	Path    *string         `json:"path"`
	Paths   []string        `json:"paths,omitempty"`
	Claims  json.RawMessage `json:"claims,omitempty"`
	// Scopes and Challenge are there in a case that asks for more than its policy.
	Scopes    []string `json:"scopes,omitzero"`
	Challenge *string  `json:"challenge,omitempty"`
}

func resultOf(id string, verified *jotgate.Verified, err error) result {
	var rejected *jotgate.RejectedError
	var policy *jotgate.PolicyError
	r := result{ID: id}
	if code := jotgate.Code(""); errors.As(err, &code) {
		r.Code = &code
	}
	switch {
	case err == nil && verified.Skipped():
		r.Verdict = "skipped"
	case err == nil:
		r.Verdict = "accepted"
		r.Claims = verified.Payload()
		if !readsAlike(verified) {
			r.Verdict = "accepted with other claims"
		}
	case errors.As(err, &rejected):
		r.Verdict = "rejected"
		if rejected.Claim != "" {
			r.Claim = &rejected.Claim
		}
	case errors.Is(err, jotgate.ErrKeysUnavailable):
		r.Verdict = "unavailable"
	case errors.As(err, &policy):
		r.Verdict = "policy_error"
		r.Path = &policy.Path
		for _, problem := range policy.Problems {
			r.Paths = append(r.Paths, problem.Path)
		}
	default:
		r.Verdict = "error: " + err.Error()
	}
	return r
}

// readsAlike reports whether claims that are read one by one are those of the payload.
func readsAlike(verified *jotgate.Verified) bool {
	var members map[string]json.RawMessage
	if json.Unmarshal(verified.Payload(), &members) != nil {
		return false
	}
	for name, value := range members {
		if !bytes.Equal(verified.Raw(name), value) {
			return false
		}
		var want string
		isText := json.Unmarshal(value, &want) == nil && value[0] == '"'
		if text, ok := verified.Text(name); ok != isText || text != want {
			return false
		}
	}
	return verified.Raw("no claim has this name") == nil
}
