package jotgatetest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/jotgate/jotgate/bindings-ffi/go/jotgatetest"
)

const shipped = `{
	"version": 1,
	"issuers": [{
		"issuer": "https://idp.example.com/",
		"audience": "orders",
		"algorithms": ["ES256"],
		"max_age": "1h",
		"max_lifetime": "2h",
		"client_id": {"allowed": ["storefront"]},
		"scopes": {"all": ["orders:read"]},
		"claims": [{"claim": ["realm_access", "roles"], "any_of": ["clerk", "admin"]}]
	}],
	"routes": [
		{"methods": "GET", "path": "/health", "skip": true},
		{"methods": "PUT", "path": "/orders/{id}", "scopes": {"all": ["orders:write"]}},
		{"methods": "GET", "path": "/orders"}
	],
	"unmatched": "deny"
}`

func codeOf(err error) jotgate.Code {
	var code jotgate.Code
	errors.As(err, &code)
	return code
}

func TestATokenIsGoodAndSaysWhatTheTestSays(t *testing.T) {
	issuer := jotgatetest.NewFromDocument(t, []byte(shipped))
	validator := issuer.Validator()
	token := issuer.Token(jotgatetest.Subject("alice"), jotgatetest.Scopes("orders:read", "more"),
		jotgatetest.Lifetime(time.Minute), jotgatetest.Claim("tenant", "blue"))
	verified, err := validator.Validate(context.Background(), token)
	if err != nil {
		t.Fatal(err)
	}
	scope, _ := verified.Text("scope")
	tenant, _ := verified.Text("tenant")
	if verified.Subject() != "alice" || scope != "orders:read more" || tenant != "blue" {
		t.Error(string(verified.Payload()))
	}
	if lifetime := verified.ExpiresAt().Sub(verified.IssuedAt()); lifetime != time.Minute {
		t.Error(lifetime)
	}
	if verified, err = validator.ValidateRequest(issuer.Request(http.MethodGet, "/orders")); err != nil {
		t.Fatal(err)
	}
	if client, _ := verified.Text("client_id"); client != "storefront" || issuer.Name() != "https://idp.example.com/" {
		t.Error(client, issuer.Name())
	}
	other := jotgatetest.New(t, jotgate.Policy{}, jotgatetest.WithAlgorithm("ES256"), jotgatetest.WithKID("one"),
		jotgatetest.WithIssuer("https://a.test/"), jotgatetest.WithAudience("a", "b"), jotgatetest.WithClaim("colour", "green"))
	verified = other.Verified(jotgatetest.Audience("b"), jotgatetest.Client("shop"), jotgatetest.HeaderParameter("typ", nil),
		jotgatetest.Without("sub"), jotgatetest.KID("one"), jotgatetest.Algorithm("ES256"))
	colour, _ := verified.Text("colour")
	if verified.Issuer() != "https://a.test/" || verified.Subject() != "" || colour != "green" ||
		!reflect.DeepEqual(verified.Audience(), []string{"b"}) || string(verified.Header()) != `{"alg":"ES256","kid":"one"}` {
		t.Error(string(verified.Header()), string(verified.Payload()))
	}
}

func TestEveryBadRequestGetsItsCode(t *testing.T) {
	issuer := jotgatetest.NewFromDocument(t, []byte(shipped))
	issuer.Rotate(true)
	validator := issuer.Validator()
	made := 0
	for _, recipe := range jotgatetest.Recipes() {
		code := jotgate.Code(recipe.Code)
		if !recipe.Makeable {
			if said := fatal(t, func(t testing.TB) { issuer.In(t).Bad(code) }); !strings.Contains(said, "no token is refused with") {
				t.Error(said)
			}
			continue
		}
		made++
		bad := issuer.Bad(code)
		if _, err := validator.ValidateRequest(bad.Request()); codeOf(err) != code || bad.Code != code {
			t.Errorf("%s: %v", code, err)
		}
		if bad.Token != "" {
			if _, err := validator.Validate(context.Background(), bad.Token); codeOf(err) != code {
				t.Errorf("%s: the token alone: %v", code, err)
			}
		}
	}
	if all := issuer.AllBad(); len(all) != made {
		t.Errorf("%d of %d", len(all), made)
	}
}

func TestBadRequestsOverHTTP(t *testing.T) {
	issuer := jotgatetest.NewFromDocument(t, []byte(shipped))
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "orders") })
	service := httptest.NewServer(issuer.Validator().Middleware(handler))
	defer service.Close()
	answer := func(method, target string, header http.Header) (int, string) {
		r, err := http.NewRequest(method, service.URL+target, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header = header
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(body)
	}
	if status, body := answer(http.MethodGet, "/orders", issuer.Header()); status != 200 || body != "orders" {
		t.Error(status, body)
	}
	for code, expected := range map[jotgate.Code]int{
		jotgate.ErrExpired: 401, jotgate.ErrMultipleTokens: 400, jotgate.ErrClientNotAllowed: 403, jotgate.ErrInsufficientScope: 403,
	} {
		bad := issuer.Bad(code, jotgatetest.For(http.MethodGet, "/orders"))
		status, body := answer(bad.Method, bad.Target, bad.Header)
		if status != expected || !strings.Contains(body, string(code)) {
			t.Error(code, status, body)
		}
	}
}

func TestThePolicyHasOtherKeysAndNothingElse(t *testing.T) {
	issuer := jotgatetest.NewFromDocument(t, []byte(shipped))
	var changed, before, keys map[string]any
	for _, read := range []struct {
		document []byte
		into     *map[string]any
	}{{issuer.Policy(), &changed}, {[]byte(shipped), &before}, {issuer.JWKS(), &keys}} {
		if err := json.Unmarshal(read.document, read.into); err != nil {
			t.Fatal(err)
		}
	}
	entry := changed["issuers"].([]any)[0].(map[string]any)
	if !reflect.DeepEqual(entry["keys"], map[string]any{"jwks": keys}) {
		t.Error(entry["keys"])
	}
	delete(entry, "keys")
	if !reflect.DeepEqual(changed, before) {
		t.Error(changed)
	}
	for name, text := range map[string]string{
		"policy.yaml": "version: 1\nissuers: [{issuer: 'https://a.test/', audience: a, algorithms: [ES256]}]\n",
		"policy.json": `{"version": 1, "issuers": [{"issuer": "https://a.test/", "audience": "a", "algorithms": ["ES256"]}]}`,
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if name := jotgatetest.NewFromFile(t, path).Verified().Issuer(); name != "https://a.test/" {
			t.Error(name)
		}
	}
}

func TestSeveralIssuersHaveTheirOwnKeys(t *testing.T) {
	policy := jotgate.Policy{}
	for _, name := range []string{"https://a.test/", "https://b.test/"} {
		policy.Issuers = append(policy.Issuers, jotgate.Issuer{
			Issuer: jotgate.OneOf(name), Audience: jotgate.OneOf("a"), Algorithms: []string{"ES256"},
		})
	}
	first := jotgatetest.New(t, policy)
	second := jotgatetest.New(t, policy, jotgatetest.WithIssuer("https://b.test/"), jotgatetest.WithKID("b-1"))
	validator, err := jotgate.NewFromDocument(second.PolicyFor(first.Policy()))
	if err != nil {
		t.Fatal(err)
	}
	defer validator.Close()
	for _, issuer := range []*jotgatetest.Issuer{first, second} {
		if verified, err := validator.Validate(context.Background(), issuer.Token()); err != nil || verified.Issuer() != issuer.Name() {
			t.Error(err)
		}
	}
	_, err = validator.Validate(context.Background(), first.Token(jotgatetest.Claim("iss", second.Name())))
	if !errors.Is(err, jotgate.ErrUnknownKey) {
		t.Error(err)
	}
}

func TestTimeStandsWhereTheTestSays(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	issuer := jotgatetest.NewFromDocument(t, []byte(shipped), jotgatetest.WithClock(func() time.Time { return now }))
	validator, token := issuer.Validator(), issuer.Token(jotgatetest.Lifetime(time.Minute))
	if _, err := validator.Validate(context.Background(), token); err != nil {
		t.Error(err)
	}
	if at := issuer.Verified(jotgatetest.At(now.Add(-time.Hour))).IssuedAt(); !at.Equal(now.Add(-time.Hour)) {
		t.Error(at)
	}
	now = now.Add(66 * time.Second)
	if _, err := validator.Validate(context.Background(), token); !errors.Is(err, jotgate.ErrExpired) {
		t.Error(err)
	}
}

func TestAVerifiedForUnitTestsIsValidated(t *testing.T) {
	issuer := jotgatetest.NewFromDocument(t, []byte(shipped))
	if subject := issuer.Verified(jotgatetest.Subject("alice")).Subject(); subject != "alice" {
		t.Error(subject)
	}
	said := fatal(t, func(t testing.TB) { issuer.In(t).Verified(jotgatetest.Claim("exp", 7)) })
	if !strings.Contains(said, "the policy refuses this token") || !strings.Contains(said, "expired") {
		t.Error(said)
	}
	hosted := jotgatetest.New(t, jotgate.SingleIssuer(jotgate.Issuer{
		Issuer: jotgate.OneOf("https://a.test/"), Audience: jotgate.OneOf("a"), Algorithms: []string{"ES256"},
		ClientID: &jotgate.ClientID{AllowedByHost: true},
	}))
	if client, _ := hosted.Verified(jotgatetest.Client("anyone")).Text("client_id"); client != "anyone" {
		t.Error(client)
	}
}

func TestEveryValidatorTakesAVerifiedOfTheKitForOneOfItsOwn(t *testing.T) {
	issuer := jotgatetest.NewFromDocument(t, []byte(shipped))
	reader := issuer.Verified()
	stranger := jotgatetest.New(t, jotgate.ForIssuer("https://b.test/", "b")).Validator()
	read, write := scopes(t, "orders:read"), scopes(t, "orders:write")
	for _, validator := range []*jotgate.Validator{issuer.Validator(), stranger} {
		if err := validator.Require(reader, read); err != nil {
			t.Error(err)
		}
		if err := validator.Require(reader, write); !errors.Is(err, jotgate.ErrInsufficientScope) {
			t.Error(err)
		}
	}
	// One that a Validator has made is its own alone.
	own, err := issuer.Validator().Validate(context.Background(), issuer.Token())
	if err != nil {
		t.Fatal(err)
	}
	if err := stranger.Require(own, read); !errors.Is(err, jotgate.ErrInternal) {
		t.Error(err)
	}
}

func TestAHandlerBehindRequireScopesTakesAVerifiedOfTheKit(t *testing.T) {
	issuer := jotgatetest.NewFromDocument(t, []byte(shipped))
	handler := jotgate.RequireScopes("orders:write")(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	}))
	for scopes, status := range map[string]int{"orders:read orders:write": http.StatusNoContent, "orders:read": http.StatusForbidden} {
		recorder, request := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/orders/7", nil)
		verified := issuer.Verified(jotgatetest.Claim("scope", scopes))
		handler.ServeHTTP(recorder, request.WithContext(jotgate.NewContext(request.Context(), verified)))
		if recorder.Code != status {
			t.Errorf("%s: %d", scopes, recorder.Code)
		}
	}
}

func scopes(t *testing.T, all ...string) *jotgate.Requirement {
	t.Helper()
	requirement, err := jotgate.NewRequirement(jotgate.Asked{Scopes: &jotgate.RouteScopes{All: all}})
	if err != nil {
		t.Fatal(err)
	}
	return requirement
}

// The examples of the guide to the policy: a good token passes, or the kit says what only the author knows.
func TestAGoodTokenPassesUnderThePoliciesOfTheGuide(t *testing.T) {
	content, err := os.ReadFile("../../../tests/vectors/tokens/guide.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			ID     string
			Policy json.RawMessage
			Expect struct{ Verdict string }
		}
	}
	if err := json.Unmarshal(content, &file); err != nil {
		t.Fatal(err)
	}
	seen, passed := map[string]bool{}, 0
	for _, of := range file.Cases {
		if of.Expect.Verdict == "policy_error" || seen[string(of.Policy)] {
			continue
		}
		seen[string(of.Policy)] = true
		said := fatalOrNone(func(t testing.TB) {
			opts := []jotgatetest.Option{}
			if !regexp.MustCompile(`"(algorithms|secret|accept_unsigned)"`).Match(of.Policy) {
				opts = append(opts, jotgatetest.WithAlgorithm("ES256")) // a key of RSA takes long to make
			}
			jotgatetest.NewFromDocument(t, of.Policy, opts...).Verified()
		})
		switch {
		case said == "":
			passed++
		case !strings.Contains(said, "the policy refuses this token: say what it asks for"):
			t.Errorf("%s: %s", of.ID, said)
		default:
			t.Logf("%s: %s", of.ID, said)
		}
	}
	if passed*10 < len(seen)*8 {
		t.Errorf("%d of %d", passed, len(seen))
	}
}

func TestMistakesEndTheTestAndSayWhatToDo(t *testing.T) {
	issuer := jotgatetest.NewFromDocument(t, []byte(shipped))
	for expected, mistake := range map[string]func(t testing.TB){
		"rotate with an overlap first": func(t testing.TB) { issuer.In(t).Bad(jotgate.ErrAmbiguousKey) },
		"expected the name of a code":  func(t testing.TB) { issuer.In(t).Bad("nonsense") },
		"no such key":                  func(t testing.TB) { issuer.In(t).Token(jotgatetest.KID("unknown")) },
		"one of html":                  func(t testing.TB) { issuer.In(t).Break("fire") },
		"https://idp.example.com/": func(t testing.TB) {
			jotgatetest.NewFromDocument(t, []byte(shipped), jotgatetest.WithIssuer("https://evil.test/"))
		},
		"the policy does not load":          func(t testing.TB) { jotgatetest.NewFromDocument(t, []byte("{")) },
		"no such file":                      func(t testing.TB) { jotgatetest.NewFromFile(t, "missing.yaml") },
		"cannot be written as JSON":         func(t testing.TB) { issuer.In(t).Token(jotgatetest.Claim("f", func() {})) },
		"options cannot be written as JSON": func(t testing.TB) { jotgatetest.New(t, jotgate.Policy{}, jotgatetest.WithClaim("f", func() {})) },
		"say what the policy asks for":      func(t testing.TB) { issuer.In(t).AllBad(jotgatetest.Claim("exp", 7)) },
	} {
		if said := fatal(t, mistake); !strings.HasPrefix(said, "jotgatetest: ") || !strings.Contains(said, expected) {
			t.Errorf("%s: %s", expected, said)
		}
	}
}

// ended is a test of which only its end is of interest.
type ended struct {
	testing.TB
	said     string
	cleanups []func()
}

func (e *ended) Helper() {}

func (e *ended) Cleanup(f func()) { e.cleanups = append(e.cleanups, f) }

func (e *ended) Fatalf(format string, arguments ...any) {
	e.said = fmt.Sprintf(format, arguments...)
	panic(e)
}

// fatal gives the text with which the kit ends a test.
func fatal(t *testing.T, mistake func(testing.TB)) string {
	t.Helper()
	said := fatalOrNone(mistake)
	if said == "" {
		t.Error("the test was not ended")
	}
	return said
}

func fatalOrNone(run func(testing.TB)) (said string) {
	e := new(ended)
	defer func() {
		for _, cleanup := range e.cleanups {
			cleanup()
		}
		if problem := recover(); problem != nil && problem != any(e) {
			panic(problem)
		}
		said = e.said
	}()
	run(e)
	return ""
}
