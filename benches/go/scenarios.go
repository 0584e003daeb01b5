package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

const (
	subject       = "auth0|5f7c8ec7c33c6c004bbafe82"
	jotgateModule = "github.com/jotgate/jotgate/bindings-ffi/go"
)

// claims is what the application reads.
type claims struct {
	Issuer   string `json:"iss"`
	Subject  string `json:"sub"`
	Audience string `json:"aud"`
	Expires  int64  `json:"exp"`
	After    int64  `json:"nbf"`
	Issued   int64  `json:"iat"`
	ID       string `json:"jti"`
	Scope    string `json:"scope"`
}

// contendersOf refuses a kind of scenario that is not known here: it would be missed in silence.
func contendersOf(file tokenFile, row row, quick bool) ([]*contender, error) {
	validator, err := jotgate.NewFromDocument(row.Policy)
	if err != nil {
		return nil, err
	}
	switch row.Does {
	case "validate":
		return validated(file, row, validator)
	case "refuse":
		return refused(file, row, validator)
	case "request":
		return requested(row, validator)
	case "cache":
		return cached(row, validator)
	case "batch":
		return batched(row, validator, quick), nil
	}
	return nil, fmt.Errorf("nobody knows here how to %s", row.Does)
}

// validated reads the claims into a struct, one by one, or none; the peers always decode.
func validated(file tokenFile, row row, validator *jotgate.Validator) ([]*contender, error) {
	ctx := context.Background()
	unread := func() bool {
		_, err := validator.Validate(ctx, row.Token)
		return err == nil
	}
	contenders := []*contender{
		ours("jotgate", row, func() bool { return decodes(validator, row.Token) }),
		ours("jotgate, claims by name", row, func() bool { return readsByName(validator, row.Token) }),
		ours("jotgate, claims unread", row, unread),
	}
	peers, err := peersOf(file, row)
	if err != nil {
		return nil, err
	}
	for _, peer := range peers {
		contenders = append(contenders, peer.contender(func() bool { return peer.read(row.Token) == subject }))
	}
	return contenders, nil
}

// refused compares with a token that passes, too: an attacker must not cost more than a user.
func refused(file tokenFile, row row, validator *jotgate.Validator) ([]*contender, error) {
	ctx := context.Background()
	refuses := func() bool {
		_, err := validator.Validate(ctx, row.Token)
		var refusal *jotgate.RejectedError
		return errors.As(err, &refusal) && string(refusal.Code) == row.Case
	}
	accepts := func() bool {
		_, err := validator.Validate(ctx, row.Good)
		return err == nil
	}
	contenders := []*contender{ours("jotgate", row, refuses), ours("jotgate, accepting", row, accepts)}
	peers, err := peersOf(file, row)
	if err != nil {
		return nil, err
	}
	for _, peer := range peers {
		contenders = append(contenders, peer.contender(func() bool { return peer.read(row.Token) == "" }))
	}
	return contenders, nil
}

// requested compares the token alone with a request that carries it; claims unread.
func requested(row row, validator *jotgate.Validator) ([]*contender, error) {
	ctx := context.Background()
	request, err := http.NewRequest(row.Request.Method, "http://api.example.com"+row.Request.Path+"?"+row.Request.Query, nil)
	if err != nil {
		return nil, err
	}
	for _, field := range row.Request.Headers {
		// As net/http's server does with it.
		if field[0] != "host" {
			request.Header.Add(field[0], field[1])
		}
	}
	alone := func() bool {
		_, err := validator.Validate(ctx, row.Token)
		return err == nil
	}
	asked := func() bool {
		_, err := validator.ValidateRequest(request)
		return err == nil
	}
	return []*contender{ours("jotgate, token alone", row, alone), ours("jotgate, request", row, asked)}, nil
}

// cached validates with a cache of verified tokens that holds the token, and without.
func cached(row row, validator *jotgate.Validator) ([]*contender, error) {
	caching, err := jotgate.NewFromDocument(row.CachedPolicy)
	if err != nil {
		return nil, err
	}
	unread := func() bool {
		_, err := caching.Validate(context.Background(), row.Token)
		return err == nil
	}
	return []*contender{
		ours("jotgate, cached", row, func() bool { return decodes(caching, row.Token) }),
		ours("jotgate, cached, claims unread", row, unread),
		ours("jotgate", row, func() bool { return decodes(validator, row.Token) }),
	}, nil
}

func batched(row row, validator *jotgate.Validator, quick bool) []*contender {
	ctx, count := context.Background(), row.Tokens
	if quick {
		count = row.QuickTokens
	}
	tokens := make([]string, count)
	for place := range tokens {
		tokens[place] = row.Distinct[place%len(row.Distinct)]
	}
	together := func(threads int) func() bool {
		return func() bool {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
			for _, result := range validator.ValidateMany(ctx, tokens) {
				if result.Err != nil {
					return false
				}
			}
			return true
		}
	}
	oneByOne := func() bool {
		for _, token := range tokens {
			if _, err := validator.Validate(ctx, token); err != nil {
				return false
			}
		}
		return true
	}
	contenders := []*contender{
		ours("jotgate, one thread", row, together(1)),
		ours("jotgate, two threads", row, together(2)),
		ours("jotgate, one by one", row, oneByOne),
	}
	for _, contender := range contenders {
		contender.tokens = count
	}
	return contenders
}

func decodes(validator *jotgate.Validator, token string) bool {
	verified, err := validator.Validate(context.Background(), token)
	if err != nil {
		return false
	}
	var claims claims
	return verified.Decode(&claims) == nil && claims.Subject == subject
}

// readsByName reads the claims of the struct without it.
func readsByName(validator *jotgate.Validator, token string) bool {
	verified, err := validator.Validate(context.Background(), token)
	if err != nil {
		return false
	}
	for _, name := range []string{"iss", "aud", "jti", "scope"} {
		if text, ok := verified.Text(name); !ok || text == "" {
			return false
		}
	}
	expires, _ := verified.Int("exp")
	after, _ := verified.Int("nbf")
	issued, ok := verified.Int("iat")
	return ok && after < expires && after <= issued && verified.Subject() == subject
}

func ours(name string, row row, operation func() bool) *contender {
	// The library verifies with aws-lc, and hashes with ring: core/docs/adr/0005-two-providers.md.
	provider := "aws-lc"
	if strings.HasPrefix(row.Algorithm, "HS") {
		provider = "ring"
	}
	return &contender{
		name: name, version: moduleVersion(jotgateModule), provider: provider, operation: operation, tokens: 1,
	}
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
