package main

import (
	"context"
	"encoding/json"
	"time"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/lestrrat-go/httprc/v3"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
	jwxt "github.com/lestrrat-go/jwx/v3/jwt"
)

// validate is nil when the token is good.
type validate func(token string) error

// maker makes one that takes keys from the URL, which count as fresh for that long; 0 is the library's default. What it
// starts ends with the context.
type maker func(ctx context.Context, given material, url string, freshness time.Duration) (validate, error)

var libraries = []struct {
	name, module string
	version      string
	make         maker
}{
	{name: "jotgate", version: jotgate.Version(), make: withJotgate},
	{name: "keyfunc", module: "github.com/MicahParks/keyfunc/v3", make: withKeyfunc},
	{name: "jwx", module: "github.com/lestrrat-go/jwx/v3", make: withJWX},
}

func withJotgate(ctx context.Context, given material, url string, freshness time.Duration) (validate, error) {
	issuer := map[string]any{
		"issuer": given.Issuer, "audience": given.Audience, "algorithms": []string{"RS256"},
		"keys": map[string]any{"jwks_uri": url},
	}
	if freshness != 0 {
		issuer["jwks"] = map[string]any{"ttl": freshness.Seconds(), "min_ttl": freshness.Seconds()}
	}
	document, err := json.Marshal(map[string]any{"version": 1, "issuers": []any{issuer}})
	if err != nil {
		return nil, err
	}
	validator, err := jotgate.NewFromDocument(document)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, validator.Close)
	return func(token string) error {
		_, err := validator.Validate(ctx, token)
		return err
	}, nil
}

// keyfunc fetches when it is made, and then by a timer.
func withKeyfunc(ctx context.Context, given material, url string, freshness time.Duration) (validate, error) {
	quiet := func(string) func(context.Context, error) { return func(context.Context, error) {} }
	keys, err := keyfunc.NewDefaultOverrideCtx(ctx, []string{url}, keyfunc.Override{
		RefreshInterval: freshness, RefreshErrorHandlerFunc: quiet,
	})
	if err != nil {
		return nil, err
	}
	parser := jwt.NewParser(
		jwt.WithIssuer(given.Issuer), jwt.WithAudience(given.Audience), jwt.WithValidMethods([]string{"RS256"}))
	return func(token string) error {
		_, err := parser.Parse(token, keys.KeyfuncCtx(ctx))
		return err
	}, nil
}

// jwx fetches when a URL is registered, and then by a timer. While it has no set, its documented way of waiting for one
// has no end, so the registration is given a time, and a token is refused when there is none by then.
func withJWX(ctx context.Context, given material, url string, freshness time.Duration) (validate, error) {
	cache, err := jwk.NewCache(ctx, httprc.NewClient())
	if err != nil {
		return nil, err
	}
	var options []jwk.RegisterOption
	if freshness != 0 {
		options = append(options, jwk.WithConstantInterval(freshness))
	}
	registration, cancel := context.WithTimeout(ctx, registrationTime)
	defer cancel()
	_ = cache.Register(registration, url, options...)
	return func(token string) error {
		keys, err := cache.Lookup(ctx, url)
		if err != nil {
			return err
		}
		_, err = jwxt.Parse([]byte(token), jwxt.WithKeySet(keys, jws.WithRequireKid(true)),
			jwxt.WithIssuer(given.Issuer), jwxt.WithAudience(given.Audience))
		return err
	}, nil
}

const registrationTime = 2 * time.Second
