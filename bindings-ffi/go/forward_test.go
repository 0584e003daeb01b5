package jotgate_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// forwardPolicy hands the subject on, but not the token, which may be in two places.
func forwardPolicy() jotgate.Policy {
	policy := hs256Policy()
	policy.Forward = jotgate.Forward{ClaimsToHeaders: map[string]string{"sub": "X-User"}, StripToken: true}
	policy.Token.Sources = []jotgate.TokenSource{{Header: "Authorization", Scheme: "Bearer"}, {Query: "access_token"}}
	policy.Routes = []jotgate.Route{{Path: "/health", Skip: true}}
	return policy
}

// TestForwardBehindAProxy asks through a real proxy what arrives at an application behind it.
func TestForwardBehindAProxy(t *testing.T) {
	validator, err := jotgate.New(forwardPolicy())
	if err != nil {
		t.Fatal(err)
	}
	defer validator.Close()
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Header.Get("X-User")+"|"+r.Header.Get("X_user")+"|"+r.Header.Get("Authorization")+
			"|"+r.Header.Get("X-Other")+"|"+r.URL.RawQuery)
	}))
	defer behind.Close()
	target, err := url.Parse(behind.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(validator.Middleware(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(target)
		verified, _ := jotgate.FromContext(p.In.Context())
		if err := validator.Forward(p.Out, verified); err != nil {
			t.Error(err)
		}
	}}))
	defer proxy.Close()

	token := hs256Token(t, map[string]any{"sub": "Zoë\n"})
	for _, test := range []struct{ path, authorization, want string }{
		{"/orders?a=1", "Bearer " + token, "Zo%C3%AB%0A|||kept|a=1"},
		{"/orders?a=%20&access_token=" + token, "", "Zo%C3%AB%0A|||kept|a=%20"},
		{"/health?a=1", "", "|||kept|a=1"},
		{"/health", "Bearer " + token, "|||kept|"},
	} {
		request, err := http.NewRequest(http.MethodGet, proxy.URL+test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header = http.Header{"X-User": {"root"}, "x_user": {"root"}, "X-Other": {"kept"}}
		if test.authorization != "" {
			request.Header.Set("Authorization", test.authorization)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil || string(body) != test.want {
			t.Errorf("%s: %q, not %q (%v)", test.path, body, test.want, err)
		}
	}
}

func TestForwardAfterClose(t *testing.T) {
	validator, err := jotgate.New(forwardPolicy())
	if err != nil {
		t.Fatal(err)
	}
	validator.Close()
	if err := validator.Forward(httptest.NewRequest(http.MethodGet, "/", nil), nil); !errors.Is(err, jotgate.ErrClosed) {
		t.Errorf("%v", err)
	}
}
