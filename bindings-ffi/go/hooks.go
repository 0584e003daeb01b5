package jotgate

import (
	"context"
	"encoding/json"
	"fmt"
)

// RevocationCheck says whether a token that passed everything else was revoked. It may ask a store of the application's.
type RevocationCheck func(ctx context.Context, verified *Verified) (revoked bool, err error)

// Transform gives the claims that the application sees. It owns the map that it gets, in which numbers are json.Number,
// and may return it.
type Transform func(ctx context.Context, claims map[string]any) (map[string]any, error)

// hooks are the host's own parts of a decision.
type hooks struct {
	isRevoked RevocationCheck
	transform Transform
}

// WithRevocationCheck asks the function about every token that the policy lets pass: true refuses it with ErrRevoked. An
// error or a panic refuses it with ErrInternal, and the logger learns the error.
func WithRevocationCheck(isRevoked RevocationCheck) Option {
	return func(o *options) { o.hooks.isRevoked = isRevoked }
}

// WithTransform lets the function change what Verified.Payload, Claims and Decode give. It runs last, on tokens that
// pass, and decides nothing. An error or a panic refuses the token with ErrInternal, and the logger learns the error.
func WithTransform(transform Transform) Option {
	return func(o *options) { o.hooks.transform = transform }
}

// admit lets the host's own checks look at a token that the policy lets pass.
func (c *core) admit(ctx context.Context, verified *Verified) (*Verified, error) {
	if check := c.hooks.isRevoked; check != nil {
		var revoked bool
		err := guarded(func() (err error) {
			revoked, err = check(ctx, verified)
			return err
		})
		if err != nil {
			return nil, c.brokenHook(verified, "the revocation check failed", err)
		}
		if revoked {
			return nil, c.refusedByHost(verified, ErrRevoked, "the host says that the token was revoked")
		}
	}
	if transform := c.hooks.transform; transform != nil {
		seen, err := transformed(ctx, transform, verified)
		if err != nil {
			return nil, c.brokenHook(verified, "the transformation of the claims failed", err)
		}
		verified.seen = seen
	}
	return verified, nil
}

// transformed writes what the function returns as JSON.
func transformed(ctx context.Context, transform Transform, verified *Verified) (seen json.RawMessage, err error) {
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
		seen, err = json.Marshal(changed)
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

// refusedByHost is a refusal that the core knows nothing of.
func (c *core) refusedByHost(verified *Verified, code Code, detail string) error {
	return &RejectedError{Code: code, Detail: detail, IssuerIndex: verified.issuerIndex, RouteIndex: -1}
}

// brokenHook refuses the token. The host's error may name what nobody else shall know, so only its logger learns it.
func (c *core) brokenHook(verified *Verified, detail string, err error) error {
	c.logger.Warn("jotgate: "+detail, "error", err)
	return c.refusedByHost(verified, ErrInternal, detail)
}
