package jotgateprometheus_test

import (
	"context"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/jotgate/jotgate/bindings-ffi/go/jotgateprometheus"
)

const url = "https://idp.test/jwks"

// keySet is the public key of RFC 8037 appendix A.
const keySet = `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"one","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`

// watched has fetched its keys and refused two tokens.
func watched(t *testing.T, name string, status int) (*jotgateprometheus.Collector, *jotgate.Validator) {
	t.Helper()
	metrics := jotgateprometheus.NewCollector(name)
	issuer := func(names ...string) jotgate.Issuer {
		return jotgate.Issuer{
			Issuer: jotgate.OneOf(names...), Audience: jotgate.Any(), Keys: jotgate.Keys{JWKSURI: []string{url}},
		}
	}
	fetch := func(context.Context, jotgate.FetchRequest) (jotgate.FetchResponse, error) {
		return jotgate.FetchResponse{Status: status, Body: []byte(keySet)}, nil
	}
	now := time.Unix(1_800_000_000, 0)
	// Two issuers share a URL.
	validator, err := jotgate.New(jotgate.Policy{Issuers: []jotgate.Issuer{issuer("https://a.test/"), issuer("https://b.test/")}},
		metrics.Option(), jotgate.WithFetcher(jotgate.FetcherFunc(fetch)),
		jotgate.WithClock(func() time.Time { return now }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(validator.Close)
	metrics.Watch(validator)
	// {"alg":"EdDSA","kid":"one"} {"iss":"https://a.test/"} and a signature of nobody's.
	forged := "eyJhbGciOiJFZERTQSIsImtpZCI6Im9uZSJ9.eyJpc3MiOiJodHRwczovL2EudGVzdC8ifQ." + strings.Repeat("A", 86)
	for _, token := range []string{forged, "no token"} {
		if _, err := validator.Validate(t.Context(), token); err == nil {
			t.Fatal("accepted")
		}
	}
	return metrics, validator
}

func TestPrometheusSeesRefusalsAndKeySets(t *testing.T) {
	good, _ := watched(t, "good", 200)
	bad, closed := watched(t, "bad", 500)
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(good, bad)
	if problems, err := testutil.GatherAndLint(registry); err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}

	server := httptest.NewServer(promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError}))
	defer server.Close()
	response, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	lines := "\n" + string(text)
	for _, line := range []string{
		`jotgate_rejections_total{code="invalid_signature",validator="good"} 1`,
		`jotgate_rejections_total{code="malformed_token",validator="good"} 1`,
		`jotgate_key_fetches_total{source="https://idp.test/jwks",validator="good"} 1`,
		`jotgate_key_fetch_failures_total{source="https://idp.test/jwks",validator="good"} 0`,
		`jotgate_key_fetch_failures_total{source="https://idp.test/jwks",validator="bad"} 1`,
		`jotgate_flood_rejections_total{source="https://idp.test/jwks",validator="good"} 0`,
		`jotgate_keys{source="https://idp.test/jwks",validator="good"} 1`,
		`jotgate_keys{source="https://idp.test/jwks",validator="bad"} 0`,
		`jotgate_key_set_age_seconds{source="https://idp.test/jwks",validator="good"} 0`,
		`jotgate_key_set_state{source="https://idp.test/jwks",state="fresh",validator="good"} 1`,
		`jotgate_key_set_state{source="https://idp.test/jwks",state="stale",validator="good"} 0`,
	} {
		if !strings.Contains(lines, "\n"+line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
	if strings.Contains(lines, `jotgate_key_set_age_seconds{source="https://idp.test/jwks",validator="bad"}`) {
		t.Error("an age before the first key set")
	}
	if t.Failed() {
		t.Log(lines)
	}
	closed.Close()
	if _, err := registry.Gather(); err != nil {
		t.Errorf("after Close: %v", err)
	}
}
