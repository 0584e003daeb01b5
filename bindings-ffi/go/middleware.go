//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

import (
	"context"
	"net/http"
)

// Middleware lets requests with a good token pass to next, with what was verified in their context (FromContext), and
// answers all others itself, exactly as the policy's Responses says: 401, 403, or 503 when the keys cannot be had.
// Requests that the policy's routes ask for no token pass too, with nothing in their context.
//
// Where the policy has a Forward, next sees a copy of the request, changed as Forward does it, skipped requests included:
// with header fields from claims instead of those that the client has sent, and without the token.
//
// It fits every router that takes func(http.Handler) http.Handler.
func (v *Validator) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		verified, err := v.ValidateRequest(r)
		if err == nil {
			r, err = v.forwarded(r, verified)
		}
		if err != nil {
			v.Answer(err).ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r.WithContext(NewContext(r.Context(), verified)))
	})
}

// FromContext gives what Middleware has verified; false for a request that was asked for no token, and for one that did
// not go through it.
func FromContext(ctx context.Context) (*Verified, bool) {
	verified, ok := ctx.Value(contextKey{}).(*Verified)
	if !ok || verified.Skipped() {
		return nil, false
	}
	return verified, true
}

// NewContext carries what ValidateRequest gave, for middleware of other frameworks. FromContext finds it, and finds
// nothing when the request was skipped.
func NewContext(ctx context.Context, verified *Verified) context.Context {
	return context.WithValue(ctx, contextKey{}, verified)
}

type contextKey struct{}
