package jotgatetest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/jotgate/jotgate/bindings-ffi/go/jotgatetest"
)

// NewHandler is the application's own.
func NewHandler(validator *jotgate.Validator) http.Handler {
	return validator.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		verified, _ := jotgate.FromContext(r.Context())
		fmt.Fprintf(w, "orders of %s", verified.Subject())
	}))
}

func TestOrdersAreShownToTheirOwner(t *testing.T) {
	issuer := jotgatetest.New(t, jotgate.SingleIssuer(jotgate.Issuer{ // or jotgatetest.NewFromFile(t, "policy.yaml")
		Issuer:   jotgate.OneOf("https://idp.example.com/"),
		Audience: jotgate.OneOf("https://api.example.com"),
	}))
	handler := NewHandler(issuer.Validator())

	w := httptest.NewRecorder()
	handler.ServeHTTP(w, issuer.Request("GET", "/orders", jotgatetest.Subject("alice"), jotgatetest.Claim("tenant", "blue")))
	if w.Body.String() != "orders of alice" {
		t.Error(w.Code, w.Body)
	}
	for _, code := range []jotgate.Code{jotgate.ErrExpired, jotgate.ErrAudienceMismatch, jotgate.ErrUnknownKey, jotgate.ErrMissingToken} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, issuer.Bad(code).Request())
		if w.Code != http.StatusUnauthorized {
			t.Error(code, w.Code, w.Body)
		}
	}
}
