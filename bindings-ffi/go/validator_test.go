package jotgate_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

func TestGoodTokenOfAFetchedKeySet(t *testing.T) {
	idp := newIssuer(t)
	v := idp.validator(t, newClock().option())
	verified, err := v.Validate(t.Context(), idp.token(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	if got := verified.ExpiresAt(); !got.Equal(start.Add(time.Hour)) {
		t.Errorf("ExpiresAt() = %v", got)
	}
	if got := verified.IssuedAt(); !got.Equal(start) {
		t.Errorf("IssuedAt() = %v", got)
	}
	if got := verified.NotBefore(); !got.IsZero() {
		t.Errorf("NotBefore() = %v, the token has none", got)
	}
	if got := verified.IssuerIndex(); got != 0 {
		t.Errorf("IssuerIndex() = %d", got)
	}
	var header struct{ Alg, Kid string }
	if err := json.Unmarshal(verified.Header(), &header); err != nil || header.Alg != "RS256" || header.Kid != "rsa-1" {
		t.Errorf("Header() = %s, %v", verified.Header(), err)
	}
}

func TestGoodTokenOfAnInlineKey(t *testing.T) {
	key := newES256(t)
	set, err := json.Marshal(map[string]any{"keys": []any{ecJWK(t, "ec-1", &key.PublicKey)}})
	if err != nil {
		t.Fatal(err)
	}
	policy := hs256Policy()
	policy.Issuers[0].Keys = jotgate.Keys{JWKS: set}
	v := newValidator(t, policy, newClock().option())
	if _, err := v.Validate(t.Context(), es256Token(t, "ec-1", key)); err != nil {
		t.Error(err)
	}
	if _, err := v.Validate(t.Context(), es256Token(t, "ec-2", key)); !errors.Is(err, jotgate.ErrUnknownKey) {
		t.Errorf("a token of another key id: %v", err)
	}
}

func TestEachRejectionHasItsCodeAndClaim(t *testing.T) {
	v := newValidator(t, hs256Policy(), newClock().option())
	good := hs256Token(t, nil)
	cases := []struct {
		name, token string
		code        jotgate.Code
		claim       string
	}{
		{"expired", hs256Token(t, map[string]any{"exp": start.Unix() - 5}), jotgate.ErrExpired, "exp"},
		{"not yet valid", hs256Token(t, map[string]any{"nbf": start.Unix() + 6}), jotgate.ErrNotYetValid, "nbf"},
		{"other audience", hs256Token(t, map[string]any{"aud": "x"}), jotgate.ErrAudienceMismatch, "aud"},
		{"other issuer", hs256Token(t, map[string]any{"iss": "x"}), jotgate.ErrUnknownIssuer, "iss"},
		{"bound", hs256Token(t, map[string]any{"cnf": map[string]any{"jkt": "x"}}), jotgate.ErrConfirmationFailed, "cnf"},
		{"no exp", hs256Token(t, map[string]any{"exp": nil}), jotgate.ErrMissingClaim, "exp"},
		{"empty", "", jotgate.ErrMalformedToken, ""},
		{"not UTF-8", "\xff\xfe.\x00.", jotgate.ErrMalformedToken, ""},
		{"forged", forged(good), jotgate.ErrInvalidSignature, ""},
		{"too large", strings.Repeat("a", 20_000), jotgate.ErrTokenTooLarge, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			verified, err := v.Validate(t.Context(), c.token)
			var rejected *jotgate.RejectedError
			if verified != nil || !errors.As(err, &rejected) {
				t.Fatalf("got %v, %v", verified, err)
			}
			if rejected.Code != c.code || rejected.Claim != c.claim || !errors.Is(err, c.code) {
				t.Errorf("got %v, want %s %s", err, c.code, c.claim)
			}
			if errors.Is(err, jotgate.ErrInternal) || errors.Is(err, jotgate.ErrKeysUnavailable) {
				t.Error("one error is several codes")
			}
		})
	}
}

func TestValidateRequestReadsTheRealRequest(t *testing.T) {
	v := newValidator(t, hs256Policy(), newClock().option())
	good := hs256Token(t, nil)
	request := func(authorization ...string) *http.Request {
		r := httptest.NewRequest(http.MethodGet, "/orders/7?q=%C3%BC&raw=\xff", nil)
		r.Header["Authorization"] = authorization
		r.Header.Set("X-Latin", "caf\xe9")
		return r
	}
	cases := []struct {
		name    string
		request *http.Request
		want    error
	}{
		{"bearer", request("Bearer " + good), nil},
		{"the same twice", request("bearer "+good, "Bearer "+good), nil},
		{"beside basic", request("Basic eDp5", "Bearer "+good), nil},
		{"none", request(), jotgate.ErrMissingToken},
		{"two", request("Bearer "+good, "Bearer x"), jotgate.ErrMultipleTokens},
		{"not UTF-8", request("Bearer \xff"), jotgate.ErrMalformedToken},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			verified, err := v.ValidateRequest(c.request)
			if !errors.Is(err, c.want) || (verified == nil) != (c.want != nil) {
				t.Errorf("got %v, %v; want %v", verified, err, c.want)
			}
		})
	}
}

func TestClaimsKeepLargeNumbers(t *testing.T) {
	v := newValidator(t, hs256Policy(), newClock().option())
	verified, err := v.Validate(t.Context(), hs256Token(t, map[string]any{"id": json.Number("9007199254740993")}))
	if err != nil {
		t.Fatal(err)
	}
	all, err := verified.Claims()
	if err != nil {
		t.Fatal(err)
	}
	if all["id"] != json.Number("9007199254740993") || all["sub"] != "alice" {
		t.Errorf("Claims() = %v", all)
	}
}

func TestDecodeMatchesNamesExactly(t *testing.T) {
	v := newValidator(t, hs256Policy(), newClock().option())
	verified, err := v.Validate(t.Context(), hs256Token(t, map[string]any{
		"SUB":    "mallory",
		"ROLE":   "admin",
		"nested": map[string]any{"Name": "wrong", "name": "right", "list": []any{map[string]any{"ID": 1, "id": 2}}},
		"map":    map[string]any{"k": map[string]any{"ID": 3}},
		"raw":    map[string]any{"A": 1, "a": 2},
	}))
	if err != nil {
		t.Fatal(err)
	}
	type id struct {
		ID int `json:"id"`
	}
	type common struct {
		Subject string `json:"sub"`
	}
	var got struct {
		common
		Role   string `json:"role"`
		Aud    string `json:"aud"`
		Nested *struct {
			Name string `json:"name"`
			List []id   `json:"list"`
		} `json:"nested"`
		Map    map[string]id   `json:"map"`
		Raw    json.RawMessage `json:"raw"`
		Hidden string          `json:"-"`
	}
	if err := verified.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Subject != "alice" || got.Role != "" || got.Aud != audience {
		t.Errorf("got %+v", got)
	}
	if got.Nested.Name != "right" || !reflect.DeepEqual(got.Nested.List, []id{{2}}) || got.Map["k"].ID != 0 {
		t.Errorf("nested: %+v %+v", got.Nested, got.Map)
	}
	if string(got.Raw) != `{"A":1,"a":2}` {
		t.Errorf("raw: %s", got.Raw)
	}
	var wrong struct {
		Sub int `json:"sub"`
	}
	if err := verified.Decode(&wrong); err == nil {
		t.Error("text went into a number")
	}
	if err := verified.Decode(nil); err == nil {
		t.Error("claims went into nothing")
	}
}

func TestVerifiedCannotBeChanged(t *testing.T) {
	v := newValidator(t, hs256Policy(), newClock().option())
	verified, err := v.Validate(t.Context(), hs256Token(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	clear(verified.Payload())
	clear(verified.Header())
	if !json.Valid(verified.Payload()) || !json.Valid(verified.Header()) {
		t.Error("a caller has changed what others see")
	}
}

func TestNothingThatIsPrintedHoldsTheToken(t *testing.T) {
	v := newValidator(t, hs256Policy(), newClock().option())
	const private = "private-value-of-a-claim"
	good := hs256Token(t, map[string]any{"sub": private, "jti": private})
	tokens := []string{
		hs256Token(t, map[string]any{"sub": private, "exp": 1}),
		hs256Token(t, map[string]any{"iss": private}),
		hs256Token(t, map[string]any{"aud": private}),
		hs256Token(t, map[string]any{"sub": []any{private}}),
		forged(good),
		good + "." + good,
		strings.ReplaceAll(good, ".", "!"),
	}
	for index, token := range tokens {
		_, err := v.Validate(t.Context(), token)
		if err == nil {
			t.Fatalf("token %d passed", index)
		}
		assertSilent(t, err, token, private)
		answer := v.Answer(err)
		assertSilent(t, fmt.Sprint(answer.Header, string(answer.Body)), token, private)
	}
	verified, err := v.Validate(t.Context(), good)
	if err != nil {
		t.Fatal(err)
	}
	assertSilent(t, verified, good, private)
	assertSilent(t, hs256Policy(), secretText, secretText)
}

// assertSilent fails when a print of value holds eight characters of the token in a row, or the private text.
func assertSilent(t *testing.T, value any, token, private string) {
	t.Helper()
	printed := fmt.Sprintf("%v %+v %#v %s", value, value, value, value)
	if strings.Contains(printed, private) {
		t.Errorf("%T shows a private value: %s", value, printed)
	}
	for at := 0; at+8 <= len(token); at++ {
		if strings.Contains(printed, token[at:at+8]) {
			t.Fatalf("%T shows a part of the token: %s", value, printed)
		}
	}
}

func TestValidateNeedsNoContextWhenKeysAreAtHand(t *testing.T) {
	v := newValidator(t, hs256Policy(), newClock().option())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Validate(ctx, hs256Token(t, nil)); err != nil {
		t.Error(err)
	}
}

func TestVersion(t *testing.T) {
	if got := jotgate.Version(); got != "0.1.0" {
		t.Errorf("Version() = %q", got)
	}
}

// FuzzValidate looks for a token that brings both results or none, or that passes without being the good one.
func FuzzValidate(f *testing.F) {
	v := newValidator(f, hs256Policy(), newClock().option())
	good := hs256Token(f, nil)
	for _, seed := range []string{good, forged(good), good + " ", good[1:], "", "..", "\x00.\xff.", strings.ToUpper(good)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		verified, err := v.Validate(t.Context(), token)
		if (verified == nil) == (err == nil) {
			t.Errorf("got %v, %v", verified, err)
		}
		if err == nil && token != good {
			t.Error("another token than the good one passed")
		}
		if errors.Is(err, jotgate.ErrInternal) {
			t.Error(err)
		}
	})
}
