// Package jwtafter reads the same claims with jotgate.
package jwtafter

import (
	"context"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

type Claims struct {
	Subject string `json:"sub"`
	Tenant  string `json:"tenant"`
}

type Orders struct{ validator *jotgate.Validator }

func New() (*Orders, error) {
	validator, err := jotgate.New(jotgate.SingleIssuer(jotgate.Issuer{
		Issuer:     jotgate.OneOf("https://idp.example.com/"),
		Audience:   jotgate.OneOf("orders"),
		Keys:       jotgate.Keys{JWKSURI: []string{"https://idp.example.com/jwks"}},
		Algorithms: []string{"RS256"},
	}))
	return &Orders{validator}, err
}

func (o *Orders) ClaimsOf(ctx context.Context, token string) (Claims, error) {
	verified, err := o.validator.Validate(ctx, token)
	if err != nil {
		return Claims{}, err
	}
	return jotgate.ClaimsAs[Claims](verified)
}
