package jotgate_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

func BenchmarkValidateHS256(b *testing.B) {
	run(b, newValidator(b, hs256Policy(), newClock().option()), hs256Token(b, nil))
}

func BenchmarkValidateRS256(b *testing.B) {
	idp := newIssuer(b)
	run(b, idp.validator(b, newClock().option()), idp.token(b, nil))
}

func BenchmarkValidateES256(b *testing.B) {
	key := newES256(b)
	policy := hs256Policy()
	policy.Issuers[0].Keys = jotgate.Keys{
		JWKS: marshalled(b, map[string]any{"keys": []any{ecJWK(b, "ec-1", &key.PublicKey)}}),
	}
	run(b, newValidator(b, policy, newClock().option()), es256Token(b, "ec-1", key))
}

func BenchmarkValidateHS256Parallel(b *testing.B) {
	v, token := newValidator(b, hs256Policy(), newClock().option()), hs256Token(b, nil)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := v.Validate(b.Context(), token); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkValidateRequestHS256(b *testing.B) {
	v := newValidator(b, hs256Policy(), newClock().option())
	request := httptest.NewRequest(http.MethodGet, "/orders?page=7", nil)
	request.Header.Set("Authorization", "Bearer "+hs256Token(b, nil))
	// Twelve fields, as a browser behind a proxy sends them.
	for _, field := range [][2]string{
		{"User-Agent", "a client of usual length/1.0 (and its platform)"},
		{"Accept", "application/json"},
		{"Accept-Encoding", "gzip, deflate, br"},
		{"Accept-Language", "en-US,en;q=0.9"},
		{"Content-Type", "application/json"},
		{"Content-Length", "17"},
		{"Cookie", "theme=dark; language=en"},
		{"Connection", "keep-alive"},
		{"X-Forwarded-For", "10.0.0.1"},
		{"X-Request-Id", "0b7f1c3e-1111-2222-3333-444455556666"},
	} {
		request.Header.Set(field[0], field[1])
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.ValidateRequest(request); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRejectForged(b *testing.B) {
	v, token := newValidator(b, hs256Policy(), newClock().option()), forged(hs256Token(b, nil))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Validate(b.Context(), token); err == nil {
			b.Fatal("a forged token passed")
		}
	}
}

// run validates once to have the keys, and then measures.
func run(b *testing.B, v *jotgate.Validator, token string) {
	if _, err := v.Validate(b.Context(), token); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Validate(b.Context(), token); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecode reads the claims of a small token, without the validation.
func BenchmarkDecode(b *testing.B) { runDecode(b, nil) }

// BenchmarkText reads one of them.
func BenchmarkText(b *testing.B) {
	v := newValidator(b, hs256Policy(), newClock().option())
	verified, err := v.Validate(b.Context(), hs256Token(b, nil))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if verified.Subject() != "alice" {
			b.Fatal(verified)
		}
	}
}

// BenchmarkDecodeOtherSpelling is for tokens with a claim that json.Unmarshal would take for another one.
func BenchmarkDecodeOtherSpelling(b *testing.B) { runDecode(b, map[string]any{"SUB": "mallory"}) }

func runDecode(b *testing.B, changes map[string]any) {
	v := newValidator(b, hs256Policy(), newClock().option())
	verified, err := v.Validate(b.Context(), hs256Token(b, changes))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		var claims struct {
			Subject  string `json:"sub"`
			Audience string `json:"aud"`
			Issued   int64  `json:"iat"`
		}
		if err := verified.Decode(&claims); err != nil || claims.Subject != "alice" {
			b.Fatal(claims, err)
		}
	}
}
