package jotgate_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// routedPolicy asks for a token on most paths only.
func routedPolicy() jotgate.Policy {
	policy := hs256Policy()
	policy.Issuers[0].Scopes = &jotgate.Scopes{All: []string{"api"}}
	policy.Routes = []jotgate.Route{
		{Path: "/health", Skip: true},
		{Path: "/catalogue", Optional: true},
		{Methods: []string{"GET"}, Path: "/orders", Scopes: &jotgate.RouteScopes{All: []string{"orders:write"}}},
	}
	policy.Unmatched = "token"
	return policy
}

// serveRoutes says who asks, on a real server.
func serveRoutes(t *testing.T) string {
	t.Helper()
	v := newValidator(t, routedPolicy(), newClock().option())
	server := httptest.NewServer(v.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		verified, ok := jotgate.FromContext(r.Context())
		switch {
		case ok && !verified.Skipped():
			_, _ = io.WriteString(w, "known")
		case verified == nil:
			_, _ = io.WriteString(w, "unknown")
		}
	})))
	t.Cleanup(server.Close)
	return server.URL
}

func TestRoutesOverHTTP(t *testing.T) {
	url := serveRoutes(t)
	good := "Bearer " + hs256Token(t, map[string]any{"scope": "api"})
	writes := "Bearer " + hs256Token(t, map[string]any{"scope": "api orders:write"})
	cases := []struct {
		name, path    string
		authorization []string
		status        int
		body          string
	}{
		{"skipped", "/health", nil, 200, "unknown"},
		{"skipped whatever it carries", "/health", []string{forged(good)}, 200, "unknown"},
		{"optional without", "/catalogue", nil, 200, "unknown"},
		{"optional with", "/catalogue", []string{good}, 200, "known"},
		{"optional with a bad one", "/catalogue", []string{forged(good)}, 401, string(jotgate.ErrInvalidSignature)},
		{"another path", "/healthy", nil, 401, string(jotgate.ErrMissingToken)},
		{"another path in disguise", "/orders/%2e%2e/health", nil, 400, string(jotgate.ErrAmbiguousTarget)},
		{"with the route's scope", "/orders", []string{writes}, 200, "known"},
		{"without", "/orders", []string{good}, 403, string(jotgate.ErrInsufficientScope)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := get(t, url+c.path, c.authorization...)
			if got.status != c.status || !strings.Contains(got.body, c.body) {
				t.Errorf("got %d %s", got.status, got.body)
			}
		})
	}
}

func TestTheChallengeNamesTheScopesOfTheRoute(t *testing.T) {
	got := get(t, serveRoutes(t)+"/orders", "Bearer "+hs256Token(t, map[string]any{"scope": "api"}))
	challenge := got.header.Get("WWW-Authenticate")
	if got.status != http.StatusForbidden || !strings.HasPrefix(challenge, `Bearer error="insufficient_scope", `) {
		t.Errorf("got %d %q", got.status, challenge)
	}
	if !strings.HasSuffix(challenge, `scope="api orders:write"`) {
		t.Errorf("got %q", challenge)
	}
}

func TestARejectionNamesItsRoute(t *testing.T) {
	v := newValidator(t, routedPolicy(), newClock().option())
	for path, route := range map[string]int{"/orders": 2, "/": -1} {
		_, err := v.ValidateRequest(httptest.NewRequest(http.MethodGet, path, nil))
		var rejected *jotgate.RejectedError
		if !errors.As(err, &rejected) || rejected.RouteIndex != route || rejected.Code != jotgate.ErrMissingToken {
			t.Errorf("%s: got %#v", path, err)
		}
	}
	_, err := v.Validate(t.Context(), "x")
	var rejected *jotgate.RejectedError
	if !errors.As(err, &rejected) || rejected.RouteIndex != -1 {
		t.Errorf("without a request: got %#v", err)
	}
}

func TestASkippedRequestHasNoClaims(t *testing.T) {
	v := newValidator(t, routedPolicy(), newClock().option())
	verified, err := v.ValidateRequest(httptest.NewRequest(http.MethodGet, "/health", nil))
	if err != nil || verified == nil || !verified.Skipped() {
		t.Fatalf("got %v, %v", verified, err)
	}
	if claims, err := verified.Claims(); claims != nil || !errors.Is(err, jotgate.ErrNoClaims) {
		t.Errorf("Claims() = %v, %v", claims, err)
	}
	var target struct{ Sub string }
	if err := verified.Decode(&target); !errors.Is(err, jotgate.ErrNoClaims) {
		t.Errorf("Decode: %v", err)
	}
	if err := json.Unmarshal(verified.Payload(), &target); err == nil {
		t.Error("the payload can be read")
	}
	if len(verified.Header()) != 0 || verified.IssuerIndex() != -1 || verified.String() != "no token" {
		t.Errorf("got %v of issuer %d with the header %s", verified, verified.IssuerIndex(), verified.Header())
	}
	if !verified.ExpiresAt().IsZero() || !verified.NotBefore().IsZero() || !verified.IssuedAt().IsZero() {
		t.Error("nothing has a time")
	}
}

// TestASkippedRequestHidesAnOuterToken nests two validators: what the outer one has verified is not the inner one's word.
func TestASkippedRequestHidesAnOuterToken(t *testing.T) {
	inner := newValidator(t, routedPolicy(), newClock().option())
	outer := newValidator(t, hs256Policy(), newClock().option())
	server := httptest.NewServer(outer.Middleware(inner.Middleware(http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			if _, ok := jotgate.FromContext(r.Context()); ok {
				w.WriteHeader(http.StatusTeapot)
			}
		}))))
	t.Cleanup(server.Close)
	if got := get(t, server.URL+"/health", "Bearer "+hs256Token(t, nil)); got.status != http.StatusOK {
		t.Errorf("got %+v", got)
	}
}
