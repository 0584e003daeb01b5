package jotgate_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// warned counts the warnings that an issuer has ceased to give keys.
func (l *logLines) warned() int {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return strings.Count(l.text.String(), "no keys from ")
}

// nowhere is a URL on a port where nobody listens.
func nowhere(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return "http://" + listener.Addr().String() + "/jwks"
}

// withoutNames is a client for which no name of a host means anything.
func withoutNames() jotgate.Option {
	resolver := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("there is no name server")
	}}
	transport := &http.Transport{DialContext: (&net.Dialer{Resolver: resolver}).DialContext}
	return jotgate.WithHTTPClient(&http.Client{Transport: transport})
}

func failing(err error) jotgate.Option {
	return jotgate.WithFetcher(jotgate.FetcherFunc(
		func(context.Context, jotgate.FetchRequest) (jotgate.FetchResponse, error) {
			return jotgate.FetchResponse{}, err
		}))
}

// spiteful is an error that does not even say what it is.
type spiteful struct{}

func (spiteful) Error() string { panic("no words") }

func TestOperatorsLearnWhyAFetchFailed(t *testing.T) {
	idp := newIssuer(t)
	answering := func(answer http.HandlerFunc) string {
		server := httptest.NewServer(answer)
		t.Cleanup(server.Close)
		return server.URL + "/jwks"
	}
	untrusted := httptest.NewUnstartedServer(http.HandlerFunc(idp.goodKeys))
	untrusted.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	untrusted.StartTLS()
	t.Cleanup(untrusted.Close)
	cases := map[string]struct {
		url     string
		option  jotgate.Option
		problem string
		// cause is a part of it; empty stands for none at all.
		cause string
	}{
		"refused":     {nowhere(t), nil, "connection", "connection refused"},
		"no host":     {"https://name.invalid/jwks", withoutNames(), "connection", "lookup name.invalid"},
		"certificate": {untrusted.URL + "/jwks", nil, "certificate", "certificate signed by unknown authority"},
		"redirect": {answering(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://login.test/", http.StatusFound)
		}), nil, "status_302", "to https://login.test/"},
		"broken off": {answering(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`{"keys":`))
		}), nil, "connection", "unexpected EOF"},
		"status":    {answering(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }), nil, "status_500", ""},
		"own error": {idp.jwksURL(), failing(errors.New("no luck\nat all")), "callback", "no luck at all"},
		"own host check": {idp.jwksURL(), failing(fmt.Errorf("pinned: %w", x509.UnknownAuthorityError{})),
			"certificate", "pinned: x509"},
		"deadline":   {idp.jwksURL(), failing(&url.Error{Op: "Get", Err: context.DeadlineExceeded}), "timeout", ""},
		"no words":   {idp.jwksURL(), failing(spiteful{}), "callback", ""},
		"a password": {idp.jwksURL(), failing(errors.New("proxy http://me:pass@proxy:1 failed")), "callback", "http://…@proxy:1"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			policy := idp.policy()
			policy.Issuers[0].Keys.JWKSURI = []string{c.url}
			clock, events, log := newClock(), new(eventLog), new(logLines)
			options := []jotgate.Option{clock.option(), events.option(), log.option()}
			if c.option != nil {
				options = append(options, c.option)
			}
			v := newValidator(t, policy, options...)
			token := idp.token(t, nil)
			_, err := v.Validate(t.Context(), token)
			var unavailable *jotgate.KeysUnavailableError
			if !errors.As(err, &unavailable) {
				t.Fatalf("got %v", err)
			}
			for _, part := range []string{c.url, c.problem, c.cause} {
				if !strings.Contains(unavailable.Detail, part) || !strings.Contains(err.Error(), part) {
					t.Errorf("no %q in %v", part, err)
				}
			}
			answer := v.Answer(err)
			if said := fmt.Sprint(answer.Header, string(answer.Body)); answer.Status != 503 ||
				strings.Contains(said, c.url) || strings.Contains(said, c.problem) {
				t.Errorf("clients learn %s", said)
			}

			is := func(what, problem, cause string) {
				if problem != c.problem || !strings.Contains(cause, c.cause) || (cause == "") != (c.cause == "") {
					t.Errorf("%s: %q, %q", what, problem, cause)
				}
			}
			source := sourceOf(t, v)
			is("health", source.LastError, source.LastErrorCause)
			explanation, err := v.Explain(t.Context(), token)
			if err != nil || len(explanation.KeySets) != 1 {
				t.Fatalf("%+v, %v", explanation, err)
			}
			is("explanation", explanation.KeySets[0].LastError, explanation.KeySets[0].LastErrorCause)
			until(t, "the failure is told", func() bool {
				for _, event := range events.take() {
					if event.Kind == jotgate.EventFetchFailed {
						is("event", event.Problem, event.Cause)
						return true
					}
				}
				return false
			})
			if log.warned() != 1 || !log.has(c.url+": "+c.problem) || !log.has(c.cause) || log.has("pass@") {
				t.Errorf("operators are told %s", log.text.String())
			}
		})
	}
}

func TestThereIsOneWarningForEachOutage(t *testing.T) {
	idp, clock, log := newIssuer(t), newClock(), new(logLines)
	v := idp.validator(t, clock.option(), log.option())
	token := idp.token(t, map[string]any{"exp": start.Add(72 * 3600e9).Unix()})
	fail := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }
	idp.serve(fail)
	for round := range 3 {
		_, err := v.Validate(t.Context(), token)
		var unavailable *jotgate.KeysUnavailableError
		if !errors.As(err, &unavailable) || log.warned() != 1 {
			t.Fatalf("round %d: %v, %d warnings", round, err, log.warned())
		}
		clock.advance(unavailable.RetryAt.Sub(clock.now()))
	}
	idp.serve(idp.goodKeys)
	if _, err := v.Validate(t.Context(), token); err != nil || log.warned() != 1 {
		t.Fatalf("%v, %d warnings", err, log.warned())
	}
	idp.serve(fail)
	if err := v.RefreshKeys(); err != nil {
		t.Fatal(err)
	}
	until(t, "the second outage is told", func() bool { return log.warned() == 2 })
	if _, err := v.Validate(t.Context(), token); err != nil || !log.has("serve on") {
		t.Errorf("%v, operators are told %s", err, log.text.String())
	}
	v.Close()
	if log.warned() != 2 {
		t.Errorf("%d warnings", log.warned())
	}
}

func TestWarningsGoToTheDefaultLogger(t *testing.T) {
	log, before := new(logLines), slog.Default()
	t.Cleanup(func() { slog.SetDefault(before) })
	idp := newIssuer(t)
	idp.serve(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	v, err := jotgate.New(idp.policy(), newClock().option())
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	slog.SetDefault(slog.New(slog.NewTextHandler(log, nil))) // after New: the application may begin in any order
	if _, err := v.Validate(t.Context(), idp.token(t, nil)); !errors.Is(err, jotgate.ErrKeysUnavailable) {
		t.Errorf("got %v", err)
	}
	if log.warned() != 1 || !log.has("level=WARN") || !log.has(idp.jwksURL()+": status_502") {
		t.Errorf("operators are told %s", log.text.String())
	}
}

// panicking is a handler of a logger with a bug.
type panicking struct{ slog.Handler }

func (panicking) Enabled(context.Context, slog.Level) bool { panic("a bug of the application") }

func TestALoggerMayPanic(t *testing.T) {
	idp, clock := newIssuer(t), newClock()
	idp.serve(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	v := idp.validator(t, clock.option(), jotgate.WithLogger(slog.New(panicking{slog.DiscardHandler})))
	_, err := v.Validate(t.Context(), idp.token(t, nil))
	var unavailable *jotgate.KeysUnavailableError
	if !errors.As(err, &unavailable) {
		t.Fatalf("got %v", err)
	}
	idp.serve(idp.goodKeys)
	clock.advance(unavailable.RetryAt.Sub(clock.now()))
	if _, err := v.Validate(t.Context(), idp.token(t, nil)); err != nil {
		t.Error(err)
	}
}

func TestIssuerAndAudienceAreEnough(t *testing.T) {
	idp := newIssuer(t)
	idp.serve(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/.well-known/openid-configuration", "/metadata":
			_ = json.NewEncoder(w).Encode(map[string]any{"issuer": idp.URL, "jwks_uri": idp.jwksURL()})
		case "/jwks":
			idp.goodKeys(w, r)
		default:
			http.NotFound(w, r)
		}
	})
	for name, keys := range map[string]jotgate.Keys{
		"nothing": {},
		"true":    {Discovery: jotgate.Discover()},
		"a URL":   {Discovery: jotgate.DiscoverAt(idp.URL + "/metadata")},
	} {
		v, err := jotgate.New(jotgate.SingleIssuer(jotgate.Issuer{
			Issuer: jotgate.OneOf(idp.URL), Audience: jotgate.OneOf(audience), Keys: keys,
		}), newClock().option())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := v.Validate(t.Context(), idp.token(t, map[string]any{"iss": idp.URL})); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if source := sourceOf(t, v); source.JWKSURI != idp.jwksURL() {
			t.Errorf("%s: %+v", name, source)
		}
		v.Close()
	}
}

func TestWithoutKeysTheIssuerMustBeAURL(t *testing.T) {
	for _, issuer := range []jotgate.Strings{
		jotgate.OneOf("accounts.example"), jotgate.OneOf("http://idp.test/"),
		jotgate.OneOf("https://idp.test/", "https://other.test/"), jotgate.Any(),
	} {
		_, err := jotgate.New(jotgate.SingleIssuer(jotgate.Issuer{Issuer: issuer, Audience: jotgate.OneOf(audience)}))
		var wrong *jotgate.PolicyError
		if !errors.As(err, &wrong) || wrong.Path != "Issuers[0].Keys" || !strings.Contains(wrong.Error(), "discovery") {
			t.Errorf("%v: %v", issuer, err)
		}
	}
}
