package jotgateprometheus_test

import (
	"context"
	"io"
	"net/http/httptest"
	"strings"
	"sync/atomic"
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
	// Each fetch takes a second and a half.
	var fetches atomic.Int64
	now := func() time.Time {
		return time.Unix(1_800_000_000, 0).Add(time.Duration(fetches.Load()) * 1500 * time.Millisecond)
	}
	fetch := func(context.Context, jotgate.FetchRequest) (jotgate.FetchResponse, error) {
		fetches.Add(1)
		return jotgate.FetchResponse{Status: status, Body: []byte(keySet)}, nil
	}
	// Two issuers share a URL.
	validator, err := jotgate.New(jotgate.Policy{Issuers: []jotgate.Issuer{issuer("https://a.test/"), issuer("https://b.test/")}},
		metrics.Option(), jotgate.WithFetcher(jotgate.FetcherFunc(fetch)),
		jotgate.WithClock(now))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(validator.Close)
	if err := metrics.Watch(validator); err != nil {
		t.Fatal(err)
	}
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
	const source = `issuer="0",url="https://idp.test/jwks",validator=`
	for _, line := range []string{
		`jotgate_rejections_total{code="invalid_signature",validator="good"} 1`,
		`jotgate_rejections_total{code="malformed_token",validator="good"} 1`,
		`jotgate_rejections_total{code="keys_unavailable",validator="bad"} 1`,
		`jotgate_key_set_events_total{event="fetch_ok",` + source + `"good"} 1`,
		`jotgate_key_set_events_total{event="fetch_failed",` + source + `"bad"} 1`,
		`jotgate_key_set_fetches_total{` + source + `"good"} 1`,
		`jotgate_key_set_fetch_failures_total{` + source + `"good"} 0`,
		`jotgate_key_set_fetch_failures_total{` + source + `"bad"} 1`,
		`jotgate_key_set_fetch_seconds_total{` + source + `"good"} 1.5`,
		`jotgate_key_set_fetch_seconds_total{` + source + `"bad"} 1.5`,
		`jotgate_key_set_flood_rejections_total{` + source + `"good"} 0`,
		`jotgate_key_set_keys{` + source + `"good"} 1`,
		`jotgate_key_set_keys{` + source + `"bad"} 0`,
		`jotgate_key_set_skipped_keys{` + source + `"good"} 0`,
		`jotgate_key_set_age_seconds{` + source + `"good"} 1.5`,
		`jotgate_key_set_state{issuer="0",state="fresh",url="https://idp.test/jwks",validator="good"} 1`,
		`jotgate_key_set_state{issuer="0",state="stale",url="https://idp.test/jwks",validator="good"} 0`,
	} {
		if !strings.Contains(lines, "\n"+line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
	if strings.Contains(lines, `jotgate_key_set_age_seconds{`+source+`"bad"}`) {
		t.Error("an age before the first key set")
	}
	if t.Failed() {
		t.Log(lines)
	}
	closed.Close()
	if _, err := registry.Gather(); err != nil {
		t.Errorf("after Close: %v", err)
	}
	if err := bad.Watch(closed); err != jotgate.ErrClosed {
		t.Errorf("a closed validator: %v", err)
	}
}
