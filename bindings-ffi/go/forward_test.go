package jotgate_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"reflect"
	"strings"
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

// seen is what a handler finds of its request, in all forms in which it can be read.
type seen struct {
	User, Spelled, Authorization, Other []string
	Cookies, Query, Target              string
	Form                                url.Values
}

// serveSeen puts a handler that tells what it sees behind the middleware, on a real server. Something in front of the
// middleware has read the form already.
func serveSeen(t *testing.T, policy jotgate.Policy, options ...jotgate.Option) string {
	t.Helper()
	v := newValidator(t, policy, append(options, newClock().option())...)
	application := v.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode(seen{
			User: r.Header["X-User"], Spelled: r.Header["X_user"], Authorization: r.Header["Authorization"],
			Other: r.Header["X-Other"], Cookies: strings.Join(r.Header["Cookie"], "|"), Query: r.URL.RawQuery,
			Target: r.RequestURI, Form: r.Form,
		})
	}))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		before := r.Clone(r.Context())
		application.ServeHTTP(w, r)
		if !reflect.DeepEqual(before.Header, r.Header) || *before.URL != *r.URL || before.RequestURI != r.RequestURI ||
			!reflect.DeepEqual(before.Form, r.Form) {
			t.Error("the request of those in front of the middleware has changed")
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func (s seen) String() string {
	text, err := json.Marshal(s)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// ask sends the fields beside those that a client has made up.
func ask(t *testing.T, method, target, body string, fields ...string) seen {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{"X-User": {"root", "root"}, "x_user": {"root"}, "X-Other": {"kept"}}
	if body != "" {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for index := 0; index < len(fields); index += 2 {
		request.Header.Set(fields[index], fields[index+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var got seen
	if err := json.NewDecoder(response.Body).Decode(&got); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v", target, response.StatusCode, err)
	}
	return got
}

func TestMiddlewareForwards(t *testing.T) {
	policy := forwardPolicy()
	policy.Token.Sources = append(policy.Token.Sources, jotgate.TokenSource{Cookie: "session"})
	policy.Routes = append(policy.Routes, jotgate.Route{Path: "/catalogue", Optional: true})
	address := serveSeen(t, policy, jotgate.WithTransform(
		func(context.Context, map[string]any) (map[string]any, error) {
			return map[string]any{"sub": "mallory"}, nil
		}))
	token := hs256Token(t, nil)
	nameless := hs256Token(t, map[string]any{"sub": nil})

	plain := seen{Other: []string{"kept"}, Query: "a=1", Form: url.Values{"a": {"1"}}}
	alice := plain
	alice.User = []string{"alice"}
	at := func(s seen, target string) seen {
		s.Target = target
		return s
	}
	withCookie := at(alice, "/orders?a=1")
	withCookie.Cookies = "theme=dark"
	posted := at(alice, "/orders?a=1")
	posted.Form = url.Values{"a": {"2", "1"}, "access_token": {"of the form"}}
	for _, test := range []struct {
		name, method, target, body string
		fields                     []string
		want                       seen
	}{
		{"header", "GET", "/orders?a=1", "", []string{"Authorization", "Bearer " + token}, at(alice, "/orders?a=1")},
		{"query", "GET", "/orders?a=1&access_token=" + token, "", nil, at(alice, "/orders?a=1")},
		{"query in disguise", "GET", "/orders?access%5Ftoken=" + token + "&a=1", "", nil, at(alice, "/orders?a=1")},
		{"cookie", "GET", "/orders?a=1", "", []string{"Cookie", "theme=dark; session=" + token}, withCookie},
		{"form", "POST", "/orders?a=1&access_token=" + token, "a=2&access_token=of+the+form", nil, posted},
		{"no such claim", "GET", "/orders?a=1", "", []string{"Authorization", "Bearer " + nameless}, at(plain, "/orders?a=1")},
		{"skipped", "GET", "/health?a=1", "", nil, at(plain, "/health?a=1")},
		{"skipped with a token", "GET", "/health?a=1&access_token=x", "", nil, at(plain, "/health?a=1")},
		{"optional", "GET", "/catalogue?a=1", "", nil, at(plain, "/catalogue?a=1")},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := ask(t, test.method, address+test.target, test.body, test.fields...)
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %s\nnot %s", got, test.want)
			}
		})
	}
	if got := ask(t, "GET", address+"/orders?access_token="+token, ""); got.Target != "/orders" || got.Query != "" {
		t.Errorf("got %s", got)
	}
}

func TestMiddlewareWithoutForwardChangesNothing(t *testing.T) {
	authorization := "Bearer " + hs256Token(t, nil)
	got := ask(t, "GET", serveSeen(t, hs256Policy())+"/?a=1", "", "Authorization", authorization)
	want := seen{
		User: []string{"root", "root"}, Spelled: []string{"root"}, Authorization: []string{authorization},
		Other: []string{"kept"}, Query: "a=1", Target: "/?a=1", Form: url.Values{"a": {"1"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %s\nnot %s", got, want)
	}
}

func TestForwardOfADocumentWithAnEscapedName(t *testing.T) {
	document := strings.Replace(string(marshalled(t, forwardPolicy())), `"forward"`, `"\u0066orward"`, 1)
	validator, err := jotgate.NewFromDocument([]byte(document), newClock().option())
	if err != nil {
		t.Fatal(err)
	}
	defer validator.Close()
	request := httptest.NewRequest(http.MethodGet, "/health", nil)
	request.Header.Set("X-User", "root")
	if err := validator.Forward(request, nil); err != nil || len(request.Header) != 0 {
		t.Errorf("%v, %v", request.Header, err)
	}
}

func TestTheSignedPayloadHasMappedNames(t *testing.T) {
	policy := hs256Policy()
	policy.Issuers[0].ClaimMapping = map[string]string{"mail": "email"}
	validator := newValidator(t, policy, newClock().option())
	verified, err := validator.Validate(t.Context(), hs256Token(t, map[string]any{"mail": "a@example.com"}))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(verified.SignedPayload()); !strings.Contains(text, `"email":"a@example.com"`) ||
		strings.Contains(text, `"mail"`) {
		t.Errorf("got %s", text)
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
