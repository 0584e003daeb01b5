package jotgate_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

type contextName struct{}

func revoking(subject string) jotgate.Option {
	return jotgate.WithRevocationCheck(func(_ context.Context, token *jotgate.Undecided) (bool, error) {
		claims, err := token.Claims()
		if read, ok := token.Text("sub"); !ok || read != claims["sub"] || read != token.Subject() {
			return true, errors.New("a claim is another one when it is read alone")
		}
		return claims["sub"] == subject, err
	})
}

// codeOf gives the code of a refusal, and fails the test when there is none.
func codeOf(t *testing.T, err error) jotgate.Code {
	t.Helper()
	var rejected *jotgate.RejectedError
	if !errors.As(err, &rejected) {
		t.Fatalf("no refusal: %v", err)
	}
	return rejected.Code
}

func TestARevokedTokenIsRefused(t *testing.T) {
	idp := newIssuer(t)
	v := idp.validator(t, revoking("mallory"))
	if _, err := v.Validate(t.Context(), idp.token(t, nil)); err != nil {
		t.Error(err)
	}
	verified, err := v.Validate(t.Context(), idp.token(t, map[string]any{"sub": "mallory"}))
	if verified != nil || !errors.Is(err, jotgate.ErrRevoked) {
		t.Errorf("got %v, %v", verified, err)
	}
}

func TestTheMiddlewareRefusesARevokedToken(t *testing.T) {
	idp := newIssuer(t)
	url := serve(t, idp.validator(t, revoking("mallory")))
	good := get(t, url, "Bearer "+idp.token(t, nil))
	if good.status != http.StatusOK || good.body != "alice" {
		t.Errorf("good: %+v", good)
	}
	revoked := get(t, url, "Bearer "+idp.token(t, map[string]any{"sub": "mallory"}))
	challenge := revoked.header.Get("WWW-Authenticate")
	if revoked.status != http.StatusUnauthorized || !strings.Contains(challenge, "invalid_token") {
		t.Errorf("revoked: %+v", revoked)
	}
}

func TestTheRevocationCheckComesLastAndGetsTheCallersContext(t *testing.T) {
	idp, asked := newIssuer(t), 0
	v := idp.validator(t, jotgate.WithRevocationCheck(func(ctx context.Context, _ *jotgate.Undecided) (bool, error) {
		asked++
		if ctx.Value(contextName{}) != "mine" {
			t.Error("another context")
		}
		return false, nil
	}))
	ctx := context.WithValue(t.Context(), contextName{}, "mine")
	if _, err := v.Validate(ctx, idp.token(t, map[string]any{"exp": 1})); codeOf(t, err) != jotgate.ErrExpired {
		t.Error(err)
	}
	if _, err := v.Validate(ctx, forged(idp.token(t, nil))); codeOf(t, err) != jotgate.ErrInvalidSignature {
		t.Error(err)
	}
	if asked != 0 {
		t.Errorf("asked %d times about tokens that are refused anyway", asked)
	}
	if _, err := v.Validate(ctx, idp.token(t, nil)); err != nil || asked != 1 {
		t.Errorf("asked %d times: %v", asked, err)
	}
}

func TestAHookThatFailsRefuses(t *testing.T) {
	secret := errors.New("the store said: alice")
	hooks := map[string]jotgate.Option{
		"revocation error": jotgate.WithRevocationCheck(
			func(context.Context, *jotgate.Undecided) (bool, error) { return false, secret }),
		"revocation panic": jotgate.WithRevocationCheck(
			func(context.Context, *jotgate.Undecided) (bool, error) { panic(secret) }),
		"transform error": jotgate.WithTransform(
			func(context.Context, map[string]any) (map[string]any, error) { return map[string]any{}, secret }),
		"transform panic": jotgate.WithTransform(
			func(context.Context, map[string]any) (map[string]any, error) { panic(secret) }),
		"transform to nothing": jotgate.WithTransform(
			func(context.Context, map[string]any) (map[string]any, error) { return nil, nil }),
		"transform to no JSON": jotgate.WithTransform(
			func(_ context.Context, claims map[string]any) (map[string]any, error) {
				claims["f"] = func() {}
				return claims, nil
			}),
	}
	idp := newIssuer(t)
	for name, hook := range hooks {
		t.Run(name, func(t *testing.T) {
			verified, err := idp.validator(t, hook).Validate(t.Context(), idp.token(t, nil))
			if verified != nil || codeOf(t, err) != jotgate.ErrInternal || strings.Contains(err.Error(), "alice") {
				t.Errorf("got %v, %v", verified, err)
			}
		})
	}
}

func TestTheApplicationSeesTransformedClaims(t *testing.T) {
	idp := newIssuer(t)
	v := idp.validator(t, jotgate.WithTransform(
		func(_ context.Context, claims map[string]any) (map[string]any, error) {
			claims["user"] = claims["sub"]
			delete(claims, "sub")
			return claims, nil
		}))
	verified, err := v.Validate(t.Context(), idp.token(t, map[string]any{"big": json.Number("12345678901234567890123")}))
	if err != nil {
		t.Fatal(err)
	}
	claims, err := verified.Claims()
	if err != nil || claims["user"] != "alice" || claims["sub"] != nil {
		t.Errorf("claims %v, %v", claims, err)
	}
	if claims["big"] != json.Number("12345678901234567890123") {
		t.Errorf("a number changed: %v", claims["big"])
	}
	var decoded struct{ User, Sub string }
	if err := verified.Decode(&decoded); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(verified.Payload()), `"user":"alice"`) {
		t.Errorf("payload %s", verified.Payload())
	}
	if !strings.Contains(string(verified.SignedPayload()), `"sub":"alice"`) {
		t.Errorf("signed payload %s", verified.SignedPayload())
	}
	copied := verified.Payload()
	copied[0] = 'x'
	if verified.Payload()[0] != '{' {
		t.Error("the payload is shared with the caller")
	}
}

func TestATokenIsJudgedForAnotherTimeWithTheKeysOfNow(t *testing.T) {
	idp, clock := newIssuer(t), newClock()
	v := idp.validator(t, clock.option())
	token := idp.token(t, nil)
	past := clock.now().Add(-10 * 365 * 24 * time.Hour)
	future := clock.now().Add(10 * 365 * 24 * time.Hour)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://api.test/", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	for range 2 {
		if _, err := v.Validate(t.Context(), token, jotgate.AsOf(past)); err != nil {
			t.Error(err)
		}
		if _, err := v.Validate(t.Context(), token, jotgate.AsOf(future)); codeOf(t, err) != jotgate.ErrExpired {
			t.Error(err)
		}
		if _, err := v.ValidateRequest(request, jotgate.AsOf(past)); err != nil {
			t.Error(err)
		}
		if _, err := v.ValidateRequest(request, jotgate.AsOf(future)); codeOf(t, err) != jotgate.ErrExpired {
			t.Error(err)
		}
	}
	health, err := v.Health()
	if err != nil || idp.hits.Load() != 1 || health.Sources[0].State != "fresh" || *health.Sources[0].AgeSeconds != 0 {
		t.Errorf("%d fetches, %+v, %v", idp.hits.Load(), health, err)
	}
}
