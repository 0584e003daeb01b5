package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// token ends an hour after start.
const token = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkcC50ZXN0LyIsImF1ZCI6Imh0dHBzOi8vYXBpLnRlc3QiLCJzdWIiOiJ" +
	"hbGljZSIsImV4cCI6MTgwMDAwMzYwMH0.zRHZymY_dqLffFxLI623YolhRSjXwldUmcrMue3nrWA"

var start = time.Unix(1_800_000_000, 0)

func TestOrders(t *testing.T) {
	validator, err := jotgate.New(jotgate.SingleIssuer(jotgate.Issuer{
		Issuer:   jotgate.OneOf("https://idp.test/"),
		Audience: jotgate.OneOf("https://api.test"),
		Keys:     jotgate.Keys{Secret: jotgate.Secret{Text: "a secret of at least 32 bytes, which nobody knows"}},
	}), jotgate.WithClock(func() time.Time { return start }))
	if err != nil {
		t.Fatal(err)
	}
	defer validator.Close()
	server := httptest.NewServer(routes(validator))
	defer server.Close()

	for authorization, want := range map[string]string{
		"Bearer " + token: `{"language":"go","sub":"alice"}` + "\n",
		"":                `{"type":"about:blank","title":"Unauthorized","status":401,"code":"missing_token"}`,
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/orders", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", authorization)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || string(body) != want {
			t.Errorf("got %d %q, %v", response.StatusCode, body, err)
		}
		_ = response.Body.Close()
	}
}
