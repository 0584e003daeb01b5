package jotgatetest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"testing"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/jotgate/jotgate/bindings-ffi/go/jotgatetest"
)

func small(t testing.TB) *jotgatetest.Issuer {
	return jotgatetest.New(t, jotgate.Policy{}, jotgatetest.WithAlgorithm("ES256"), jotgatetest.WithKID("one"))
}

// fetching is a validator as an application makes it, whose fetches the issuer answers.
func fetching(t testing.TB, issuer *jotgatetest.Issuer) *jotgate.Validator {
	validator, err := jotgate.New(jotgate.SingleIssuer(jotgate.Issuer{
		Issuer: jotgate.OneOf(issuer.Name()), Audience: jotgate.OneOf("test-api"), Algorithms: []string{"ES256"},
	}), jotgate.WithFetcher(issuer), jotgate.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(validator.Close)
	return validator
}

func TestKeysChange(t *testing.T) {
	issuer := small(t)
	validator, old := fetching(t, issuer), issuer.Token()
	validate := func(validator *jotgate.Validator, token string) error {
		_, err := validator.Validate(context.Background(), token)
		return err
	}
	if err := validate(validator, old); err != nil {
		t.Error(err)
	}
	if kid := issuer.RotateTo("two", true); kid != "two" {
		t.Error(kid)
	}
	if err := errors.Join(validate(validator, issuer.Token()), validate(validator, issuer.Token(jotgatetest.KID("one")))); err != nil {
		t.Error(err)
	}
	issuer.RetireKeys()
	if err := validate(issuer.Validator(), old); !errors.Is(err, jotgate.ErrUnknownKey) {
		t.Error(err)
	}
	second := issuer.Token()
	issuer.Rotate(false)
	after := issuer.Validator()
	if err := validate(after, issuer.Token()); err != nil {
		t.Error(err)
	}
	if err := validate(after, second); !errors.Is(err, jotgate.ErrUnknownKey) {
		t.Error(err)
	}
}

func TestAnIssuerThatIsBrokenIsNoVerdict(t *testing.T) {
	issuer := small(t)
	for fault, reason := range map[jotgatetest.Fault]string{
		jotgatetest.FaultHTML: "html_page", jotgatetest.FaultEmpty: "", jotgatetest.FaultError: "status_500", jotgatetest.FaultGone: "status_404",
		jotgatetest.FaultSlow: "timeout", jotgatetest.FaultUnreachable: "connection",
	} {
		t.Run(string(fault), func(t *testing.T) {
			issuer := issuer.In(t)
			issuer.Break(fault)
			validator := fetching(t, issuer)
			if _, err := validator.Validate(context.Background(), issuer.Token()); !errors.Is(err, jotgate.ErrKeysUnavailable) {
				t.Error(err)
			}
			health, err := validator.Health()
			if err != nil || reason != "" && health.Sources[0].LastError != reason {
				t.Error(err, health.Sources[0].LastError)
			}
			issuer.Mend()
			if _, err := fetching(t, issuer).Validate(context.Background(), issuer.Token()); err != nil {
				t.Error(err)
			}
		})
	}
	issuer.Break(jotgatetest.FaultWrongKey)
	if _, err := fetching(t, issuer).Validate(context.Background(), issuer.Token()); !errors.Is(err, jotgate.ErrInvalidSignature) {
		t.Error(err)
	}
}

func TestAServerPublishesTheKeysAndEnds(t *testing.T) {
	issuer := small(t)
	server := issuer.Serve()
	validator, err := jotgate.NewFromDocument(server.Policy())
	if err != nil {
		t.Fatal(err)
	}
	defer validator.Close()
	if _, err := validator.Validate(context.Background(), issuer.Token()); err != nil {
		t.Error(err)
	}
	get := func(path string) (int, []byte, error) {
		response, err := http.Get(server.URL + path)
		if err != nil {
			return 0, nil, err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		return response.StatusCode, body, err
	}
	var metadata struct {
		Issuer  string
		JWKSURI string `json:"jwks_uri"`
	}
	if _, body, err := get("/.well-known/openid-configuration"); err != nil || json.Unmarshal(body, &metadata) != nil ||
		metadata.Issuer != issuer.Name() || metadata.JWKSURI != server.URL+"/jwks" {
		t.Error(err, metadata)
	}
	issuer.Break(jotgatetest.FaultGone)
	if status, body, err := get("/jwks"); err != nil || status != 404 || string(body) != "not found" {
		t.Error(err, status, string(body))
	}
	issuer.Break(jotgatetest.FaultUnreachable)
	if _, _, err := get("/jwks"); err == nil {
		t.Error("there was an answer")
	}
	// Nothing waits for a slow answer longer than the server lives, nor the server for whoever waits.
	issuer.Break(jotgatetest.FaultSlow)
	waiting := make(chan error)
	go func() {
		_, _, err := get("/jwks")
		waiting <- err
	}()
	server.Close()
	if err := <-waiting; err == nil {
		t.Error("there was an answer")
	}
}
