package main

import (
	"crypto"
	"errors"

	golangjwt "github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwt"
)

// peer is a library that jotgate is compared with, as its documentation has it, with its key parsed beforehand.
type peer struct {
	name, module string
	// read gives the subject of a token, and nothing for one that the library refuses.
	read func(token string) string
}

func (p peer) contender(operation func() bool) *contender {
	return &contender{
		name: p.name, version: moduleVersion(p.module), provider: "Go crypto", operation: operation, tokens: 1,
	}
}

func peersOf(file tokenFile, row row) ([]peer, error) {
	key, err := row.JWK.key()
	if err != nil {
		return nil, err
	}
	algorithm, err := signatureAlgorithm(row.Algorithm)
	if err != nil {
		return nil, err
	}
	return []peer{golangJWT(file, row, key), jwx(file, algorithm, key)}, nil
}

// golangClaims has the registered claims because golang-jwt needs them to check them.
type golangClaims struct {
	golangjwt.RegisteredClaims
	Scope string `json:"scope"`
}

func golangJWT(file tokenFile, row row, key crypto.PublicKey) peer {
	parser := golangjwt.NewParser(
		golangjwt.WithValidMethods([]string{row.Algorithm}),
		golangjwt.WithIssuer(file.Issuer),
		golangjwt.WithAudience(file.Audience),
		golangjwt.WithExpirationRequired(),
	)
	find := func(*golangjwt.Token) (any, error) { return key, nil }
	read := func(token string) string {
		var claims golangClaims
		if _, err := parser.ParseWithClaims(token, &claims, find); err != nil {
			return ""
		}
		return claims.Subject
	}
	return peer{"golang-jwt", "github.com/golang-jwt/jwt/v5", read}
}

// jwx is built with the JSON library that its documentation recommends for speed: see run.py.
func jwx(file tokenFile, algorithm jwa.SignatureAlgorithm, key crypto.PublicKey) peer {
	options := []jwt.ParseOption{
		jwt.WithKey(algorithm, key),
		jwt.WithIssuer(file.Issuer),
		jwt.WithAudience(file.Audience),
		jwt.WithRequiredClaim(jwt.ExpirationKey),
	}
	read := func(token string) string {
		parsed, err := jwt.ParseString(token, options...)
		if err != nil {
			return ""
		}
		subject, _ := parsed.Subject()
		return subject
	}
	return peer{"jwx", "github.com/lestrrat-go/jwx/v3", read}
}

func signatureAlgorithm(name string) (jwa.SignatureAlgorithm, error) {
	if algorithm, ok := jwa.LookupSignatureAlgorithm(name); ok {
		return algorithm, nil
	}
	return jwa.EmptySignatureAlgorithm(), errors.New("jwx has no algorithm " + name)
}
