package jotgate_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// exampleToken ends an hour after the time of the examples.
const exampleToken = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkcC50ZXN0LyIsImF1ZCI6Imh0dHBzOi8vYXBpLnRlc3QiLCJzdWIiOiJ" +
	"hbGljZSIsImV4cCI6MTgwMDAwMzYwMH0.zRHZymY_dqLffFxLI623YolhRSjXwldUmcrMue3nrWA"

// storeToken is signed with the key of RFC 8037, whose private half is published there.
const storeToken = "eyJhbGciOiJFZERTQSIsImtpZCI6Im9uZSJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci50ZXN0LyIsImF1ZCI6Imh0dHBzOi8vYXB" +
	"pLnRlc3QvIiwic3ViIjoiYWxpY2UiLCJleHAiOjQxMDI0NDQ4MDAuNSwiaWF0IjoxNzAwMDAwMDAwfQ.e8uIMGhK9Vo4rNBSOq_M" +
	"r4sIu9vqG5TVKl_HKZcMcPioFCpRNyh9uRCPYqB511vrG8XZUGYC2r_V-gLNgx_uAw"

var exampleClock = jotgate.WithClock(func() time.Time { return start })

func exampleValidator(options ...jotgate.Option) *jotgate.Validator {
	validator, err := jotgate.New(hs256Policy(), append(options, exampleClock)...)
	if err != nil {
		log.Fatal(err)
	}
	return validator
}

func ExampleNew() {
	validator, err := jotgate.New(jotgate.SingleIssuer(jotgate.Issuer{
		Issuer:   jotgate.OneOf("https://idp.example.com/"),
		Audience: jotgate.OneOf("https://api.example.com"),
		Leeway:   jotgate.Duration(30 * time.Second),
	}))
	if err != nil {
		log.Fatal(err)
	}
	defer validator.Close()

	_, err = validator.Validate(context.Background(), "not a token")
	fmt.Println(errors.Is(err, jotgate.ErrMalformedToken))
	// Output: true
}

func ExampleNewFromDocument() {
	validator, err := jotgate.NewFromDocument([]byte(`{
		"version": 1,
		"issuers": [{
			"issuer": "https://idp.example.com/",
			"audiance": "https://api.example.com",
			"keys": { "jwks_uri": "https://idp.example.com/jwks" }
		}]
	}`))
	var wrong *jotgate.PolicyError
	if errors.As(err, &wrong) {
		fmt.Println(validator, wrong.Path, "-", wrong.Hint)
	}
	// Output: <nil> issuers[0].audiance - did you mean audience?
}

func ExampleRequireScopes() {
	validator := exampleValidator()
	defer validator.Close()
	orders := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "orders") })
	stock := orders

	routes := http.NewServeMux()
	routes.Handle("GET /orders", orders)
	routes.Handle("POST /orders", jotgate.RequireScopes("orders:write")(orders))
	routes.Handle("DELETE /orders", jotgate.RequireAnyScope("admin", "orders:delete")(orders))
	server := validator.Middleware(routes)

	keeper, err := jotgate.NewRequirement(jotgate.Asked{
		Scopes: &jotgate.RouteScopes{All: []string{"orders:write"}},
		Claims: []jotgate.ClaimRule{{Claim: []string{"realm_access", "roles"}, Contains: "keeper"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	routes.Handle("PUT /stock", keeper.Middleware(stock))

	for _, asked := range []string{"GET /orders", "POST /orders", "DELETE /orders", "PUT /stock"} {
		method, path, _ := strings.Cut(asked, " ")
		request := httptest.NewRequest(method, path, nil)
		request.Header.Set("Authorization", "Bearer "+exampleToken)
		answer := httptest.NewRecorder()
		server.ServeHTTP(answer, request)
		_, scopes, _ := strings.Cut(answer.Header().Get("WWW-Authenticate"), ", scope=")
		fmt.Printf("%s: %d %s\n", asked, answer.Code, cmp.Or(scopes, "passes"))
	}
	// Output:
	// GET /orders: 200 passes
	// POST /orders: 403 "orders:write"
	// DELETE /orders: 403 "admin orders:delete"
	// PUT /stock: 403 "orders:write"
}

func ExampleValidator_Validate() {
	validator := exampleValidator()
	defer validator.Close()

	verified, err := validator.Validate(context.Background(), exampleToken)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(verified.Subject(), verified.ExpiresAt().UTC().Format(time.DateTime))
	// Output: alice 2027-01-15 09:00:00
}

func ExampleClaimsAs() {
	validator := exampleValidator()
	defer validator.Close()
	verified, err := validator.Validate(context.Background(), exampleToken)
	if err != nil {
		log.Fatal(err)
	}
	type Claims struct {
		Name   string   `json:"name"`
		Groups []string `json:"groups"`
	}
	claims, err := jotgate.ClaimsAs[Claims](verified)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(verified.Subject(), verified.Audience(), claims.Groups)
	if scopes, ok := verified.Texts("scopes"); ok {
		fmt.Println(scopes)
	}
	if level, ok := verified.Int("level"); !ok || level < 3 {
		fmt.Println("not on this floor")
	}
	// Output:
	// alice [https://api.test] []
	// not on this floor
}

func ExampleValidator_ValidateMany() {
	validator := exampleValidator()
	defer validator.Close()

	for _, result := range validator.ValidateMany(context.Background(), []string{exampleToken, "not a token"}) {
		if result.Err != nil {
			fmt.Println("refused:", errors.Is(result.Err, jotgate.ErrMalformedToken))
			continue
		}
		fmt.Println("passed until", result.Verified.ExpiresAt().UTC().Format(time.DateTime))
	}
	// Output:
	// passed until 2027-01-15 09:00:00
	// refused: true
}

func ExampleRejectedError() {
	validator := exampleValidator()
	defer validator.Close()

	_, err := validator.Validate(context.Background(), exampleToken+"x")
	var rejected *jotgate.RejectedError
	switch {
	case err == nil:
		fmt.Println("welcome")
	case errors.Is(err, jotgate.ErrExpired):
		fmt.Println("log in again")
	case errors.Is(err, jotgate.ErrKeysUnavailable):
		fmt.Println("try again later: 503, not 401")
	case errors.As(err, &rejected):
		fmt.Println("refused:", rejected.Code)
	}
	// Output: refused: invalid_signature
}

func ExampleValidator_Middleware() {
	validator := exampleValidator()
	defer validator.Close()

	orders := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		verified, _ := jotgate.FromContext(r.Context())
		fmt.Fprintf(w, "orders of %s", verified.Subject())
	})
	routes := http.NewServeMux()
	routes.Handle("GET /orders", validator.Middleware(orders))

	for _, authorization := range []string{"Bearer " + exampleToken, "Bearer forged", ""} {
		r := httptest.NewRequest(http.MethodGet, "/orders", nil)
		r.Header.Set("Authorization", authorization)
		w := httptest.NewRecorder()
		routes.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 200 orders of alice
	// 401 {"type":"about:blank","title":"Unauthorized","status":401,"code":"malformed_token"}
	// 401 {"type":"about:blank","title":"Unauthorized","status":401,"code":"missing_token"}
}

func ExampleRoute() {
	policy := hs256Policy()
	policy.Routes = []jotgate.Route{
		{Methods: []string{"GET"}, Path: "/health", Skip: true},
		{Methods: []string{"GET"}, Path: "/catalogue", Optional: true},
		{Methods: []string{"POST"}, Path: "/orders", Scopes: &jotgate.RouteScopes{All: []string{"orders:write"}}},
	}
	policy.Unmatched = "token"
	validator, err := jotgate.New(policy, exampleClock)
	if err != nil {
		log.Fatal(err)
	}
	defer validator.Close()

	catalogue := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if verified, ok := jotgate.FromContext(r.Context()); ok {
			fmt.Fprintf(w, "prices of issuer %d", verified.IssuerIndex())
		} else {
			fmt.Fprint(w, "prices of everybody")
		}
	})

	for _, authorization := range []string{"Bearer " + exampleToken, "Bearer forged", ""} {
		r := httptest.NewRequest(http.MethodGet, "/catalogue", nil)
		r.Header.Set("Authorization", authorization)
		w := httptest.NewRecorder()
		validator.Middleware(catalogue).ServeHTTP(w, r)
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 200 prices of issuer 0
	// 401 {"type":"about:blank","title":"Unauthorized","status":401,"code":"malformed_token"}
	// 200 prices of everybody
}

func ExampleValidator_Answer() {
	validator := exampleValidator()
	defer validator.Close()

	// In a framework that is not net/http: ask, and send the answer as it is.
	_, err := validator.Validate(context.Background(), exampleToken+"x")
	answer := validator.Answer(err)
	fmt.Println(answer.Status, answer.Header.Get("WWW-Authenticate")[:28])
	// Output: 401 Bearer error="invalid_token"
}

func ExampleWithFetcher() {
	fetcher := func(ctx context.Context, request jotgate.FetchRequest) (jotgate.FetchResponse, error) {
		return jotgate.FetchResponse{Status: http.StatusOK, Body: []byte(`{"keys":[]}`)}, nil
	}
	validator, err := jotgate.New(jotgate.SingleIssuer(jotgate.Issuer{
		Issuer:   jotgate.OneOf("https://idp.test/"),
		Audience: jotgate.OneOf("https://api.test"),
		Keys:     jotgate.Keys{JWKSURI: []string{"https://idp.test/jwks"}},
	}), jotgate.WithFetcher(jotgate.FetcherFunc(fetcher)))
	if err != nil {
		log.Fatal(err)
	}
	defer validator.Close()
	// Output:
}

func ExamplePolicy() {
	policy := jotgate.Policy{
		Issuers: []jotgate.Issuer{
			{
				Issuer:   jotgate.OneOf("https://customers.example.com/"),
				Audience: jotgate.OneOf("https://api.example.com"),
				Keys:     jotgate.Keys{JWKSURI: []string{"https://customers.example.com/jwks"}},
				Scopes:   &jotgate.Scopes{All: []string{"orders:read"}},
			},
			{
				Issuer:   jotgate.OneOf("https://staff.example.com/"),
				Audience: jotgate.OneOf("https://api.example.com"),
				Keys:     jotgate.Keys{JWKSURI: []string{"https://staff.example.com/jwks"}},
				MaxAge:   jotgate.Duration(time.Hour),
			},
		},
		Responses: jotgate.ResponsesWSO2,
	}
	validator, err := jotgate.New(policy)
	if err != nil {
		log.Fatal(err)
	}
	defer validator.Close()
	// Output:
}

func ExampleWithRevocationCheck() {
	revoked := map[string]bool{"stolen": true}
	refused := make(map[jotgate.Code]int)

	options := []jotgate.Option{
		jotgate.WithRevocationCheck(func(ctx context.Context, token *jotgate.Undecided) (bool, error) {
			return revoked[token.ID()], nil
		}),
		jotgate.WithTransform(func(ctx context.Context, claims map[string]any) (map[string]any, error) {
			claims["user"] = claims["sub"]
			return claims, nil
		}),
		jotgate.WithOnEvent(func(event jotgate.Event) {
			if event.Kind == jotgate.EventRejected {
				refused[event.Code]++
			}
		}),
	}

	validator := exampleValidator(options...)
	defer validator.Close()
	verified, err := validator.Validate(context.Background(), exampleToken)
	if err != nil {
		log.Fatal(err)
	}
	claims, err := verified.Claims()
	if err != nil {
		log.Fatal(err)
	}
	_, err = validator.Validate(context.Background(), exampleToken+"x")
	fmt.Println(claims["user"], err != nil, refused)
	// Output: alice true map[invalid_signature:1]
}

// fileStore keeps the key sets of several processes in one file.
type fileStore struct{ path string }

func (s fileStore) Load(ctx context.Context) (string, error) {
	text, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return string(text), err
}

func (s fileStore) Save(ctx context.Context, text string) error {
	// Renamed when it is complete: nobody reads half a file.
	file, err := os.CreateTemp(filepath.Dir(s.path), "keys-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.WriteString(text)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), s.path)
}

func ExampleWithStore() {
	var requests atomic.Int32
	idp := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		fmt.Fprint(w, `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"one","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`)
	}))
	defer idp.Close()
	policy := jotgate.SingleIssuer(jotgate.Issuer{
		Issuer:   jotgate.OneOf("https://issuer.test/"),
		Audience: jotgate.OneOf("https://api.test/"),
		Keys:     jotgate.Keys{JWKSURI: []string{idp.URL}},
	})
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)

	store := fileStore{path: filepath.Join(folder, "keys.json")}
	for range 2 { // as two processes would
		validator, err := jotgate.New(policy, jotgate.WithStore(store), exampleClock)
		if err != nil {
			log.Fatal(err)
		}
		_, err = validator.Validate(context.Background(), storeToken)
		fmt.Println("accepted:", err == nil)
		// Whoever waits for keys does not wait for the store; this example does, to show it.
		for text := ""; text == ""; text, _ = store.Load(context.Background()) {
			time.Sleep(time.Millisecond)
		}
		validator.Close()
	}
	fmt.Println("requests:", requests.Load())
	// Output:
	// accepted: true
	// accepted: true
	// requests: 1
}

func ExampleValidator_Explain() {
	validator := exampleValidator()
	defer validator.Close()

	explanation, err := validator.Explain(context.Background(), exampleToken)
	if err != nil {
		log.Fatal(err)
	}
	for _, check := range explanation.Checks {
		if check.Outcome == "failed" {
			fmt.Println(check.Name, check.Expected, check.Found, check.Note)
		}
	}
	fmt.Println(explanation.Verdict, explanation.Verified)
	// Output: accepted true
}
