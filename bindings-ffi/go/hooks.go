package jotgate

import (
	"context"
	"encoding/json"
	"fmt"
)

// ClientLookup says whether the application knows the client that a token names, where the policy leaves that to it
// (ClientID.AllowedByHost). It may ask a store of the application's.
type ClientLookup func(ctx context.Context, clientID string, verified *Verified) (known bool, err error)

// RevocationCheck says whether a token that passed everything else was revoked. It may ask a store of the application's.
type RevocationCheck func(ctx context.Context, verified *Verified) (revoked bool, err error)

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

// WithTransform lets the function change what Verified.Payload, Claims and Decode give. It runs last, on tokens that
// pass, and decides nothing. An error or a panic refuses the token with ErrInternal, and the logger learns the error.
func WithTransform(transform Transform) Option {
	return func(o *options) { o.hooks.transform = transform }
}

// admit lets the host's own checks look at a token that the policy lets pass.
func (c *core) admit(ctx context.Context, verified *Verified) (*Verified, error) {
	if verified.clientClaim != "" {
		if err := c.knowsClient(ctx, verified); err != nil {
			return nil, err
		}
	}
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

// knowsClient refuses a client that the host does not say it knows.
func (c *core) knowsClient(ctx context.Context, verified *Verified) error {
	var known bool
	err := guarded(func() (err error) {
		var claims map[string]json.RawMessage
		var client string
		if err := json.Unmarshal(verified.SignedPayload(), &claims); err != nil {
			return err
		}
		if err := json.Unmarshal(claims[verified.clientClaim], &client); err != nil {
			return err
		}
		known, err = c.hooks.lookUp(ctx, client, verified)
		return err
	})
	if known && err == nil {
		return nil
	}
	if err != nil {
		c.logger.Warn("jotgate: the look-up of a client failed", "error", err)
	}
	refusal := c.refusedByHost(verified, ErrClientNotAllowed, "the host does not know the client")
	refusal.Claim = verified.clientClaim
	return refusal
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
func (c *core) refusedByHost(verified *Verified, code Code, detail string) *RejectedError {
	return &RejectedError{Code: code, Detail: detail, IssuerIndex: verified.issuerIndex, RouteIndex: -1}
}

// brokenHook refuses the token. The host's error may name what nobody else shall know, so only its logger learns it.
func (c *core) brokenHook(verified *Verified, detail string, err error) error {
	c.logger.Warn("jotgate: "+detail, "error", err)
	return c.refusedByHost(verified, ErrInternal, detail)
}
