// Package shadow lets jotgate decide beside go-oidc, which has the last word.
package shadow

import (
	"context"
	"errors"
	"log/slog"

	"github.com/coreos/go-oidc/v3/oidc"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// Orders has both.
type Orders struct {
	Verifier  *oidc.IDTokenVerifier
	Validator *jotgate.Validator
}

func (o *Orders) Verify(ctx context.Context, token string) (*oidc.IDToken, error) {
	atOnce, cancel := context.WithCancel(ctx)
	cancel() // nobody waits for keys here
	_, shadow := o.Validator.Validate(atOnce, token)
	verified, err := o.Verifier.Verify(ctx, token)
	var rejected *jotgate.RejectedError
	switch {
	case err != nil && shadow == nil:
		slog.Warn("jotgate accepts what is refused today")
	case err == nil && errors.As(shadow, &rejected):
		slog.Warn("jotgate refuses what is accepted today", "code", rejected.Code)
	}
	return verified, err
}
