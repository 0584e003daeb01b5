package jotgate_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// serve puts a handler that shows its caller's name behind the middleware, on a real server.
func serve(t *testing.T, v *jotgate.Validator) string {
	t.Helper()
	server := httptest.NewServer(v.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		verified, ok := jotgate.FromContext(r.Context())
		if !ok {
			t.Error("no token in the context")
			return
		}
		var claims struct {
			Subject string `json:"sub"`
		}
		if err := verified.Decode(&claims); err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, claims.Subject)
	})))
	t.Cleanup(server.Close)
	return server.URL
}

type received struct {
	status int
	header http.Header
	body   string
}

func get(t *testing.T, url string, authorization ...string) received {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header["Authorization"] = authorization
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return received{response.StatusCode, response.Header, string(body)}
}

func TestMiddlewareOverHTTP(t *testing.T) {
	policy := hs256Policy()
	policy.Issuers[0].Scopes = &jotgate.Scopes{All: []string{"orders:read"}}
	url := serve(t, newValidator(t, policy, newClock().option()))
	scope := map[string]any{"scope": "orders:read"}
	good := "Bearer " + hs256Token(t, scope)

	if got := get(t, url, good); got.status != http.StatusOK || got.body != "alice" {
		t.Errorf("good token: %+v", got)
	}
	cases := []struct {
		name          string
		authorization []string
		status        int
		challenge     string
		code          jotgate.Code
	}{
		{"none", nil, 401, "Bearer", jotgate.ErrMissingToken},
		{"two", []string{good, "Bearer x"}, 400, `error="invalid_request"`, jotgate.ErrMultipleTokens},
		{"forged", []string{forged(good)}, 401, `error="invalid_token"`, jotgate.ErrInvalidSignature},
		{
			"expired", []string{"Bearer " + hs256Token(t, map[string]any{"exp": 1})}, 401,
			`error="invalid_token"`, jotgate.ErrExpired,
		},
		{
			"no scope", []string{"Bearer " + hs256Token(t, nil)}, 403,
			`scope="orders:read"`, jotgate.ErrInsufficientScope,
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := get(t, url, c.authorization...)
			var problem struct {
				Status int
				Code   jotgate.Code
			}
			if err := json.Unmarshal([]byte(got.body), &problem); err != nil {
				t.Fatalf("%v in %q", err, got.body)
			}
			if got.status != c.status || problem.Status != c.status || problem.Code != c.code {
				t.Errorf("got %+v", got)
			}
			if challenge := got.header.Get("WWW-Authenticate"); !strings.Contains(challenge, c.challenge) {
				t.Errorf("challenge %q", challenge)
			}
			if kind := got.header.Get("Content-Type"); kind != "application/problem+json" {
				t.Errorf("content type %q", kind)
			}
		})
	}
}

func TestMiddlewareWithoutKeys(t *testing.T) {
	idp := newIssuer(t)
	idp.Close()
	url := serve(t, idp.validator(t, newClock().option()))
	got := get(t, url, "Bearer "+idp.token(t, nil))
	if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" {
		t.Errorf("got %+v", got)
	}
	if got.header.Get("WWW-Authenticate") != "" {
		t.Error("a 503 with a challenge sends clients away to log in again")
	}
}

func TestMiddlewareInTheMannerOfAGateway(t *testing.T) {
	policy := hs256Policy()
	policy.Responses = jotgate.ResponsesWSO2
	got := get(t, serve(t, newValidator(t, policy)))
	if got.status != http.StatusUnauthorized || !strings.Contains(got.body, "900902") {
		t.Errorf("got %+v", got)
	}
}

func TestMiddlewareOfAClosedValidatorLetsNothingPass(t *testing.T) {
	v := newValidator(t, hs256Policy(), newClock().option())
	url := serve(t, v)
	v.Close()
	if got := get(t, url, "Bearer "+hs256Token(t, nil)); got.status != http.StatusInternalServerError {
		t.Errorf("got %+v", got)
	}
}

func TestAnErrorOfNoValidatorIsAnInternalError(t *testing.T) {
	v := newValidator(t, hs256Policy())
	for _, err := range []error{nil, io.EOF, &jotgate.RejectedError{Code: "made_up"}} {
		if status := v.Answer(err).Status; status != http.StatusInternalServerError {
			t.Errorf("%v: status %d", err, status)
		}
	}
}

func TestNothingInAContextThatNobodyFilled(t *testing.T) {
	if verified, ok := jotgate.FromContext(t.Context()); ok || verified != nil {
		t.Errorf("got %v, %t", verified, ok)
	}
}
