package jotgate_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

func check(t *testing.T, e *jotgate.Explanation, name string) jotgate.Check {
	t.Helper()
	for _, check := range e.Checks {
		if check.Name == name {
			return check
		}
	}
	t.Fatalf("no check %s in %s", name, e.JSON())
	return jotgate.Check{}
}

func TestAnExplanationSaysWhatAValidationSays(t *testing.T) {
	idp, clock := newIssuer(t), newClock()
	v := idp.validator(t, clock.option())
	good, err := v.Explain(t.Context(), idp.token(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	if good.Verdict != "accepted" || good.Code != "" || !good.Verified || *good.IssuerIndex != 0 || good.RouteIndex != nil {
		t.Errorf("%s", good.JSON())
	}
	if set := good.KeySets[0]; set.State != "fresh" || set.Keys != 1 || set.KeyIDs[0] != "rsa-1" || set.URL != idp.jwksURL() {
		t.Errorf("%+v", set)
	}
	if idp.hits.Load() != 1 {
		t.Errorf("%d fetches", idp.hits.Load())
	}

	expired := idp.token(t, map[string]any{"exp": start.Add(-time.Hour).Unix()})
	late, err := v.Explain(t.Context(), expired)
	if err != nil {
		t.Fatal(err)
	}
	if exp := check(t, late, "exp"); late.Code != jotgate.ErrExpired || late.Claim != "exp" || exp.Outcome != "failed" ||
		exp.Found == "" || exp.Code != jotgate.ErrExpired || !exp.Verified {
		t.Errorf("%s", late.JSON())
	}
	if !strings.HasPrefix(late.Text(false), "rejected: expired") || strings.Contains(late.Text(false), "\x1b") ||
		!strings.Contains(late.Text(true), "\x1b") || !json.Valid(late.JSON()) {
		t.Errorf("%s\n%s", late.Text(false), late.Text(true))
	}
	before, err := v.Explain(t.Context(), expired, jotgate.AsOf(start.Add(-2*time.Hour)))
	if err != nil || before.Verdict != "accepted" {
		t.Errorf("%+v, %v", before, err)
	}
	bad, err := v.Explain(t.Context(), forged(idp.token(t, nil)))
	if err != nil || bad.Verified || bad.Code != jotgate.ErrInvalidSignature || check(t, bad, "exp").Verified {
		t.Errorf("%+v, %v", bad, err)
	}
}

func TestARequestIsExplainedFromItsRouteOn(t *testing.T) {
	idp := newIssuer(t)
	policy := idp.policy()
	policy.Routes = []jotgate.Route{{Path: "/health", Skip: true}}
	v := newValidator(t, policy)
	for path, verdict := range map[string]string{"/health": "skipped", "/orders": "rejected"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://api.test"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, explain := range []func() (*jotgate.Explanation, error){
			func() (*jotgate.Explanation, error) { return v.ExplainRequest(request) },
			func() (*jotgate.Explanation, error) { return v.ExplainRequest(request, jotgate.AsOf(start)) },
		} {
			e, err := explain()
			if err != nil || e.Verdict != verdict || e.Checks[0].Name != "route" {
				t.Errorf("%s: %+v, %v", path, e, err)
			}
		}
	}
}

func TestAnExplanationWithoutKeysSaysSo(t *testing.T) {
	idp := newIssuer(t)
	idp.serve(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	v := idp.validator(t)
	e, err := v.Explain(t.Context(), idp.token(t, nil))
	if err != nil || e.Verdict != "unavailable" || e.KeySets[0].LastError != "status_502" {
		t.Errorf("%+v, %v", e, err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	slow := newIssuer(t)
	release := make(chan struct{})
	defer close(release)
	slow.serve(func(http.ResponseWriter, *http.Request) { <-release })
	if _, err := slow.validator(t).Explain(ctx, slow.token(t, nil)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	v.Close()
	if _, err := v.Explain(t.Context(), "x"); !errors.Is(err, jotgate.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

const yamlPolicy = `
version: 1
issuers:
  - issuer: https://idp.test/
    audience: any
    keys:
      jwks_uri: https://idp.test/jwks
`

func TestPoliciesAreReadInAllFormats(t *testing.T) {
	texts := map[string]string{
		"policy.yaml": yamlPolicy,
		"policy.YML":  yamlPolicy,
		"policy.toml": "version = 1\n[[issuers]]\nissuer = 'https://idp.test/'\naudience = 'any'\n" +
			"keys = { jwks_uri = 'https://idp.test/jwks' }\n",
		"policy.json": `{"version":1,"issuers":[{"issuer":"https://idp.test/","audience":"any",` +
			`"keys":{"jwks_uri":"https://idp.test/jwks"}}]}`,
	}
	for name, text := range texts {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		v, err := jotgate.NewFromFile(path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		v.Close()
	}
	var problem *jotgate.PolicyError
	if _, err := jotgate.NewFromFile("policy.ini"); !errors.As(err, &problem) {
		t.Errorf("got %v", err)
	}
	if _, err := jotgate.NewFromFile(filepath.Join(t.TempDir(), "none.json")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := jotgate.PolicyJSON([]byte("a: 1\na: 2\n"), jotgate.FormatYAML); !errors.As(err, &problem) || problem.Path == "" {
		t.Errorf("got %v", err)
	}
	for _, wrong := range []func() (json.RawMessage, error){
		func() (json.RawMessage, error) { return jotgate.PolicyJSON([]byte("a: 1"), 9) },
		func() (json.RawMessage, error) { return jotgate.PolicyJSON([]byte("\xff"), jotgate.FormatYAML) },
	} {
		if _, err := wrong(); !errors.Is(err, jotgate.ErrPolicy) {
			t.Errorf("got %v", err)
		}
	}
}

func TestLintWarnsOfWaivers(t *testing.T) {
	document, err := jotgate.PolicyJSON([]byte(yamlPolicy), jotgate.FormatYAML)
	if err != nil {
		t.Fatal(err)
	}
	warnings, err := jotgate.Lint(document)
	if err != nil || len(warnings) == 0 {
		t.Fatalf("%v, %v", warnings, err)
	}
	found := false
	for _, warning := range warnings {
		found = found || warning.Path == "issuers[0].audience"
		if warning.Code == "" || warning.Severity == "" || warning.Message == "" {
			t.Errorf("%+v", warning)
		}
	}
	if !found {
		t.Errorf("nothing about the audience: %+v", warnings)
	}
	var problem *jotgate.PolicyError
	if _, err := jotgate.Lint([]byte(`{"version":1}`)); !errors.As(err, &problem) || problem.Path != "issuers" {
		t.Errorf("got %v", err)
	}
}

func TestTheSchemaKnowsThePolicy(t *testing.T) {
	var schema struct {
		Schema     string                     `json:"$schema"`
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(jotgate.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(schema.Schema, "2020-12") || schema.Properties["issuers"] == nil {
		t.Errorf("%s", jotgate.Schema())
	}
}

func TestPoliciesOfGatewaysAreImported(t *testing.T) {
	const wso2 = "[[apim.jwt.issuer]]\nname = 'https://idp.test/'\njwks.url = 'https://idp.test/jwks'\n"
	imported, err := jotgate.ImportPolicy("wso2", []byte(wso2))
	if err != nil || !imported.Complete || len(imported.Notes) == 0 || imported.Notes[0].Kind == "" {
		t.Fatalf("%+v, %v", imported, err)
	}
	v, err := jotgate.NewFromDocument(imported.Policy, knowing())
	if err != nil {
		t.Fatal(err)
	}
	v.Close()
	var problem *jotgate.PolicyError
	if _, err := jotgate.ImportPolicy("mulesoft", []byte("a: 1")); !errors.As(err, &problem) || problem.Message == "" {
		t.Errorf("got %v", err)
	}
	if _, err := jotgate.ImportPolicy("kong", nil); err == nil || !strings.Contains(err.Error(), "mulesoft, wso2") {
		t.Errorf("got %v", err)
	}
}

func TestAnImportTakesTheFilesThatItNames(t *testing.T) {
	const wso2 = "[truststore]\nfile_name = 'a.jks'\n[[apim.jwt.issuer]]\nname = 'https://idp.test/'\n"
	imported, err := jotgate.ImportPolicy("wso2", []byte(wso2), jotgate.ImportFile{Name: "b/a.jks", Content: []byte("store")})
	if err != nil || !strings.Contains(string(imported.Policy), "c3RvcmU=") {
		t.Errorf("%+v, %v", imported, err)
	}
}
