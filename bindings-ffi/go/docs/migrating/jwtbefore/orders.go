// Package jwtbefore reads claims with golang-jwt and keyfunc.
package jwtbefore

import (
	"context"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

type Claims struct {
	jwt.RegisteredClaims
	Tenant string `json:"tenant"`
}

type Orders struct{ keys keyfunc.Keyfunc }

func New(ctx context.Context) (*Orders, error) {
	keys, err := keyfunc.NewDefaultCtx(ctx, []string{"https://idp.example.com/jwks"})
	return &Orders{keys}, err
}

func (o *Orders) ClaimsOf(token string) (Claims, error) {
	var claims Claims
	_, err := jwt.ParseWithClaims(token, &claims, o.keys.Keyfunc, jwt.WithValidMethods([]string{"RS256"}),
		jwt.WithIssuer("https://idp.example.com/"), jwt.WithAudience("orders"))
	return claims, err
}
