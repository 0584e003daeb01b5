// Measures jotgate against golang-jwt: `jotgate-bench TOKENS [--quick]`. benches/run.py calls it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"

	"github.com/golang-jwt/jwt/v5"
	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

const (
	subject         = "auth0|5f7c8ec7c33c6c004bbafe82"
	jotgateModule   = "github.com/jotgate/jotgate/bindings-ffi/go"
	golangJWTModule = "github.com/golang-jwt/jwt/v5"
)

func main() {
	if err := run(os.Args[1], slices.Contains(os.Args[2:], "--quick")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(path string, quick bool) error {
	file, err := readTokens(path)
	if err != nil {
		return err
	}
	var comparisons []*comparison
	for _, row := range file.Rows {
		ofRow, err := accepted(file, row)
		if err != nil {
			return err
		}
		comparisons = append(comparisons, ofRow)
	}
	for _, rejection := range file.Rejections {
		ofCase, err := rejected(file, rejection)
		if err != nil {
			return err
		}
		comparisons = append(comparisons, ofCase)
	}
	count := rounds
	if quick {
		count = quickRounds
	}
	for range passes {
		for _, comparison := range comparisons {
			if err := comparison.measure(count); err != nil {
				return err
			}
		}
	}
	for _, comparison := range comparisons {
		if err := comparison.print(); err != nil {
			return err
		}
	}
	return nil
}

// claims is what the application reads; golang-jwt needs the registered ones to check them.
type claims struct {
	jwt.RegisteredClaims
	Scope string `json:"scope"`
}

// accepted compares with the claims decoded into a struct, and with claims that nobody reads; golang-jwt always decodes.
func accepted(file tokenFile, row tokenCase) (*comparison, error) {
	validator, err := jotgate.NewFromDocument(row.Policy)
	if err != nil {
		return nil, err
	}
	parse, err := golangJWT(file, row)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	read := func() bool {
		verified, err := validator.Validate(ctx, row.Token)
		if err != nil {
			return false
		}
		var claims claims
		return verified.Decode(&claims) == nil && claims.Subject == subject
	}
	judge := func() bool {
		_, err := validator.Validate(ctx, row.Token)
		return err == nil
	}
	peer := func() bool {
		var claims claims
		return parse(row.Token, &claims) == nil && claims.Subject == subject
	}
	contenders := []*contender{
		ours("jotgate", read), ours("jotgate, claims unread", judge), golangJWTContender(peer),
	}
	return &comparison{row.Algorithm, row.Size, "accepted", contenders}, nil
}

func rejected(file tokenFile, rejection tokenCase) (*comparison, error) {
	row := file.Rows[slices.IndexFunc(file.Rows, func(row tokenCase) bool {
		return row.Algorithm == rejection.Algorithm && row.Size == rejection.Size
	})]
	validator, err := jotgate.NewFromDocument(rejection.Policy)
	if err != nil {
		return nil, err
	}
	parse, err := golangJWT(file, row)
	if err != nil {
		return nil, err
	}
	refuses := func() bool {
		_, err := validator.Validate(context.Background(), rejection.Token)
		var refusal *jotgate.RejectedError
		return errors.As(err, &refusal) && string(refusal.Code) == rejection.Case
	}
	peer := func() bool { return parse(rejection.Token, &claims{}) != nil }
	contenders := []*contender{ours("jotgate", refuses), golangJWTContender(peer)}
	return &comparison{rejection.Algorithm, rejection.Size, rejection.Case, contenders}, nil
}

func golangJWT(file tokenFile, row tokenCase) (func(token string, into *claims) error, error) {
	key, err := row.JWK.key()
	if err != nil {
		return nil, err
	}
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{row.Algorithm}),
		jwt.WithIssuer(file.Issuer),
		jwt.WithAudience(file.Audience),
		jwt.WithExpirationRequired(),
	)
	find := func(*jwt.Token) (any, error) { return key, nil }
	return func(token string, into *claims) error {
		_, err := parser.ParseWithClaims(token, into, find)
		return err
	}, nil
}

func ours(name string, operation func() bool) *contender {
	return &contender{library: name, version: moduleVersion(jotgateModule), operation: operation}
}

func golangJWTContender(operation func() bool) *contender {
	return &contender{library: "golang-jwt", version: moduleVersion(golangJWTModule), operation: operation}
}

func moduleVersion(path string) string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == path {
			return module.Version[1:]
		}
	}
	return "unknown"
}
