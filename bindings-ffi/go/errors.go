//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrClosed is returned by every call on a validator after its Close.
var ErrClosed = errors.New("jotgate: the validator is closed")

// ErrNoClaims is returned by Verified.Claims and Verified.Decode for a request that the policy asked for no token.
var ErrNoClaims = errors.New("jotgate: the request was asked for no token, so there are no claims")

// RejectedError says that a token must not pass, and why. It unwraps to its Code, so errors.Is(err, ErrExpired) works.
type RejectedError struct {
	// Code is the stable reason.
	Code Code
	// Claim is the name of the claim that the code is about; empty when it is about none.
	Claim string
	// Detail says what was expected. It is for operators: do not send it to clients. It never holds values of the token.
	Detail string
	// IssuerIndex is the entry of the policy's issuers, counted from 0; -1 when the validation got not that far.
	IssuerIndex int
	// RouteIndex is the entry of the policy's routes that the request took, counted from 0; -1 when it took none.
	RouteIndex int
}

// Error never holds any part of the token.
func (e *RejectedError) Error() string {
	message := "jotgate: token rejected: " + string(e.Code)
	if e.Claim != "" {
		message += " (claim " + e.Claim + ")"
	}
	if e.Detail != "" {
		message += ": " + e.Detail
	}
	return message
}

// Unwrap gives the code.
func (e *RejectedError) Unwrap() error { return e.Code }

// KeysUnavailableError says that the token can be neither accepted nor refused, because the issuer's keys cannot be
// had. Answer 503, not 401: the token may well be good. It unwraps to ErrKeysUnavailable.
type KeysUnavailableError struct {
	// RetryAt is when the keys are asked for again; until then every token of the issuer gets this error at once.
	RetryAt time.Time
	// IssuerIndex is the entry of the policy's issuers, counted from 0.
	IssuerIndex int
	// Detail says what is the matter: the URL, why the fetch failed, what the HTTP client said, and what to do. It is for
	// operators: do not send it to clients. Its wording may change, and it may be empty.
	Detail string
}

// Error says that, for operators.
func (e *KeysUnavailableError) Error() string {
	message := "jotgate: keys unavailable until " + e.RetryAt.UTC().Format(time.RFC3339)
	if e.Detail != "" {
		message += ": " + e.Detail
	}
	return message
}

// Unwrap gives ErrKeysUnavailable.
func (e *KeysUnavailableError) Unwrap() error { return ErrKeysUnavailable }

// PolicyError says what is wrong with a policy, or with what an endpoint asks. It unwraps to ErrPolicy.
type PolicyError struct {
	// Path leads to the mistake: in a Policy by its fields, such as Issuers[0].Audience, and in a document by the names there, such as
	// issuers[0].audience. Empty when it is about the whole of it.
	Path string
	// Message says what was expected. Its wording may change.
	Message string
	// Hint says what to do about it; may be empty.
	Hint string
	// Problems is everything that is wrong, at most 20 things, this one first. Empty where this is all.
	Problems []PolicyProblem
}

// PolicyProblem is one thing that is wrong with a policy.
type PolicyProblem struct {
	// Path, Message and Hint are as in PolicyError.
	Path, Message, Hint string
	// Line and Column lie in the text of the document and count from 1; 0 where there is no text.
	Line, Column int
}

// Error is path, message and hint in one line, and below it, each in its line, what else is wrong.
func (e *PolicyError) Error() string {
	problems := e.Problems
	if len(problems) == 0 {
		problems = []PolicyProblem{{Path: e.Path, Message: e.Message, Hint: e.Hint}}
	}
	message := "jotgate: policy: " + problems[0].String()
	if more := problems[1:]; len(more) > 0 {
		message += fmt.Sprintf("\nand %d more:", len(more))
		for _, problem := range more {
			message += "\n  " + problem.String()
		}
	}
	return message
}

// String is path, place, message and hint in one line.
func (p PolicyProblem) String() string {
	var message strings.Builder
	message.WriteString(p.Path)
	if place := fmt.Sprintf("line %d, column %d", p.Line, p.Column); p.Line > 0 && place != p.Path {
		if p.Path != "" {
			message.WriteString(", ")
		}
		message.WriteString(place)
	}
	if message.Len() > 0 {
		message.WriteString(": ")
	}
	message.WriteString(p.Message)
	if p.Hint != "" {
		message.WriteString(" (" + p.Hint + ")")
	}
	return message.String()
}

// Unwrap gives ErrPolicy.
func (e *PolicyError) Unwrap() error { return ErrPolicy }

// internalError is what a call that brought no verdict becomes: a refusal.
func internalError(status uint32) error {
	return &RejectedError{
		Code:        ErrInternal,
		Detail:      fmt.Sprintf("the native library answered with status %d", status),
		IssuerIndex: -1,
		RouteIndex:  -1,
	}
}
