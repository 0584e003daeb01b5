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

// PolicyError says what is wrong with a policy. Only New and NewFromDocument return it. It unwraps to ErrPolicy.
type PolicyError struct {
	// Path leads to the mistake, such as issuers[0].audience; empty when it is about the whole document.
	Path string
	// Message says what was expected. Its wording may change.
	Message string
	// Hint says what to do about it; may be empty.
	Hint string
}

// Error is path, message and hint in one line.
func (e *PolicyError) Error() string {
	var message strings.Builder
	message.WriteString("jotgate: policy: ")
	if e.Path != "" {
		message.WriteString(e.Path + ": ")
	}
	message.WriteString(e.Message)
	if e.Hint != "" {
		message.WriteString(" (" + e.Hint + ")")
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
