//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

// #include "jotgate.h"
import "C"

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// ClientLookup says whether the application knows the client that a token names, where the policy leaves that to it
// (ClientID.AllowedByHost). It may ask a store of the application's.
type ClientLookup func(ctx context.Context, clientID string, token *Undecided) (known bool, err error)

// RevocationCheck says whether a token that passed everything else was revoked. It may ask a store of the application's.
type RevocationCheck func(ctx context.Context, token *Undecided) (revoked bool, err error)

// Transform gives the claims that the application sees. It owns the map that it gets, in which numbers are json.Number,
// and may return it.
type Transform func(ctx context.Context, claims map[string]any) (map[string]any, error)

// hooks are the host's own parts of a decision.
type hooks struct {
	lookUp    ClientLookup
	isRevoked RevocationCheck
	transform Transform
}

// WithClientLookup asks the function about the client of every token that passes everything else, where the policy says
// client_id.allowed: host. Without the option such a policy is a *PolicyError. False, an error and a panic refuse the
// token with ErrClientNotAllowed, and the logger learns the error.
func WithClientLookup(lookUp ClientLookup) Option {
	return func(o *options) { o.hooks.lookUp = lookUp }
}

// WithRevocationCheck asks the function about every token that the policy lets pass: true refuses it with ErrRevoked. An
// error or a panic refuses it with ErrInternal, and the logger learns the error.
func WithRevocationCheck(isRevoked RevocationCheck) Option {
	return func(o *options) { o.hooks.isRevoked = isRevoked }
}

// WithTransform lets the function change what a Verified gives as Payload, Claims, Decode and single claims. It runs last, on tokens that
// pass, and decides nothing. An error or a panic refuses the token with ErrInternal, and the logger learns the error.
func WithTransform(transform Transform) Option {
	return func(o *options) { o.hooks.transform = transform }
}

// consult asks the host what the core wants to know about a token, until that has decided. The codes, claims and words of a
// refusal are the core's.
func (c *core) consult(ctx context.Context, s *scratch) C.jotgate_status {
	// For a host's function that ends its goroutine: nothing is left to be given up otherwise.
	defer s.giveUp()
	token, status := newUndecided(s)
	if status != C.JOTGATE_OK {
		return status
	}
	for {
		status := c.answerQuestion(c.hostAnswer(ctx, s.verdict, token), s)
		if status != C.JOTGATE_OK || s.verdict.kind != verdictUndecided {
			return status
		}
	}
}

// hostAnswer is one of answerYes and its neighbours. Only the logger learns why there is none.
func (c *core) hostAnswer(ctx context.Context, verdict *C.jotgate_verdict, token *Undecided) uint32 {
	question, clientID := verdict.question, text(verdict.client_id)
	var isSo bool
	err := guarded(func() (err error) {
		switch question {
		case questionClient:
			isSo, err = c.hooks.lookUp(ctx, clientID, token)
		case questionRevoked:
			isSo, err = c.hooks.isRevoked(ctx, token)
		default:
			err = errors.New("this package does not know such a question")
		}
		return err
	})
	switch {
	case err != nil && question == questionClient:
		c.warn("the look-up of a client failed", "error", err)
		return answerFailed
	case err != nil:
		c.warn("the revocation check failed", "error", err)
		return answerFailed
	case isSo:
		return answerYes
	default:
		return answerNo
	}
}

// shown gives what came of a token as the host wants to see it.
func (c *core) shown(ctx context.Context, verified *Verified, err error) (*Verified, error) {
	if err != nil || verified.skipped || c.hooks.transform == nil {
		return verified, err
	}
	return c.transformed(ctx, verified)
}

// transformed gives the token as the host's transformation shows it, or refuses it. The host's error may name what nobody else
// shall know, so only its logger learns it.
func (c *core) transformed(ctx context.Context, verified *Verified) (*Verified, error) {
	seen, err := transformedClaims(ctx, c.hooks.transform, verified)
	if err != nil {
		const detail = "the transformation of the claims failed"
		c.warn(detail, "error", err)
		return nil, &RejectedError{Code: ErrInternal, Detail: detail, IssuerIndex: verified.issuerIndex, RouteIndex: -1}
	}
	verified.seen = seen
	return verified, nil
}

// transformedClaims writes what the function returns as JSON.
func transformedClaims(ctx context.Context, transform Transform, verified *Verified) (seen table, err error) {
	err = guarded(func() error {
		claims, err := verified.Claims()
		if err != nil {
			return err
		}
		changed, err := transform(ctx, claims)
		switch {
		case err != nil:
			return err
		case changed == nil:
			return fmt.Errorf("there are no claims")
		}
		document, err := json.Marshal(changed)
		if err != nil {
			return err
		}
		seen, err = tableOf(string(document))
		return err
	})
	return seen, err
}

// guarded turns a panic of the host's code into an error.
func guarded(call func() error) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("a panic: %v", reason)
		}
	}()
	return call()
}
