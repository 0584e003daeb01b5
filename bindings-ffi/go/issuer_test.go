package jotgate_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

const (
	issuerName = "https://idp.test/"
	audience   = "https://api.test"
	secretText = "a secret of at least 32 bytes, which nobody knows"
)

// issuer is a real key-set server on loopback. Its answers can be changed at any time.
type issuer struct {
	*httptest.Server
	key    *rsa.PrivateKey
	hits   atomic.Int32
	answer atomic.Pointer[http.HandlerFunc]
}

func newIssuer(t testing.TB) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{key: key}
	i.serve(i.goodKeys)
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/jwks" {
			i.hits.Add(1)
		}
		(*i.answer.Load())(w, r)
	}))
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) serve(answer http.HandlerFunc) { i.answer.Store(&answer) }

func (i *issuer) jwksURL() string { return i.URL + "/jwks" }

func (i *issuer) goodKeys(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{rsaJWK("rsa-1", &i.key.PublicKey)}})
}

func (i *issuer) policy() jotgate.Policy {
	return jotgate.SingleIssuer(jotgate.Issuer{
		Issuer:   jotgate.OneOf(issuerName),
		Audience: jotgate.OneOf(audience),
		Keys:     jotgate.Keys{JWKSURI: []string{i.jwksURL()}},
	})
}

// validator is closed with the test, and silent unless an option says otherwise.
func (i *issuer) validator(t testing.TB, opts ...jotgate.Option) *jotgate.Validator {
	t.Helper()
	return newValidator(t, i.policy(), opts...)
}

func newValidator(t testing.TB, policy jotgate.Policy, opts ...jotgate.Option) *jotgate.Validator {
	t.Helper()
	silence := jotgate.WithLogger(slog.New(slog.DiscardHandler))
	v, err := jotgate.New(policy, append([]jotgate.Option{silence}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	return v
}

// token is good for an hour; changes replace its claims, and a nil removes one.
func (i *issuer) token(t testing.TB, changes map[string]any) string {
	t.Helper()
	return signed(t, map[string]any{"alg": "RS256", "kid": "rsa-1"}, claims(changes), func(input []byte) []byte {
		digest := sha256.Sum256(input)
		signature, err := rsa.SignPKCS1v15(rand.Reader, i.key, crypto.SHA256, digest[:])
		if err != nil {
			t.Fatal(err)
		}
		return signature
	})
}

func claims(changes map[string]any) map[string]any {
	all := map[string]any{
		"iss": issuerName, "aud": audience, "sub": "alice",
		"exp": start.Add(time.Hour).Unix(), "iat": start.Unix(),
	}
	for name, value := range changes {
		if value == nil {
			delete(all, name)
		} else {
			all[name] = value
		}
	}
	return all
}

func hs256Token(t testing.TB, changes map[string]any) string {
	t.Helper()
	return signed(t, map[string]any{"alg": "HS256"}, claims(changes), func(input []byte) []byte {
		mac := hmac.New(sha256.New, []byte(secretText))
		mac.Write(input)
		return mac.Sum(nil)
	})
}

func hs256Policy() jotgate.Policy {
	return jotgate.SingleIssuer(jotgate.Issuer{
		Issuer:   jotgate.OneOf(issuerName),
		Audience: jotgate.OneOf(audience),
		Keys:     jotgate.Keys{Secret: jotgate.Secret{Text: secretText}},
	})
}

func es256Token(t testing.TB, kid string, key *ecdsa.PrivateKey) string {
	t.Helper()
	return signed(t, map[string]any{"alg": "ES256", "kid": kid}, claims(nil), func(input []byte) []byte {
		digest := sha256.Sum256(input)
		r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
		if err != nil {
			t.Fatal(err)
		}
		return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	})
}

func newES256(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func signed(t testing.TB, header, claims map[string]any, sign func([]byte) []byte) string {
	t.Helper()
	input := segment(t, header) + "." + segment(t, claims)
	return input + "." + base64.RawURLEncoding.EncodeToString(sign([]byte(input)))
}

func segment(t testing.TB, value map[string]any) string {
	t.Helper()
	document, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(document)
}

func rsaJWK(kid string, key *rsa.PublicKey) map[string]any {
	return map[string]any{
		"kty": "RSA", "kid": kid,
		"n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()),
	}
}

func ecJWK(t testing.TB, kid string, key *ecdsa.PublicKey) map[string]any {
	t.Helper()
	public, err := key.ECDH()
	if err != nil {
		t.Fatal(err)
	}
	point := public.Bytes() // 4, x, y
	return map[string]any{
		"kty": "EC", "crv": "P-256", "kid": kid,
		"x": base64.RawURLEncoding.EncodeToString(point[1:33]),
		"y": base64.RawURLEncoding.EncodeToString(point[33:]),
	}
}

// start is when all tests happen.
var start = time.Unix(1_800_000_000, 0)

// clock stands still until it is moved.
type clock struct{ millis, asked atomic.Int64 }

func newClock() *clock {
	c := new(clock)
	c.millis.Store(start.UnixMilli())
	return c
}

func (c *clock) now() time.Time {
	c.asked.Add(1)
	return time.UnixMilli(c.millis.Load())
}

func (c *clock) advance(by time.Duration) { c.millis.Add(by.Milliseconds()) }

func (c *clock) option() jotgate.Option { return jotgate.WithClock(c.now) }
