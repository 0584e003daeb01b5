// Package jotgatetest is for tests of what validates tokens with jotgate: an issuer without sockets.
//
//	issuer := jotgatetest.NewFromFile(t, "policy.yaml") // the policy that the application ships
//	validator := issuer.Validator()                     // the same policy, with this issuer's keys in place of its own
//	token := issuer.Token(jotgatetest.Subject("alice")) // good under it
//	bad := issuer.Bad(jotgate.ErrExpired)               // refused with this code and no other
//
// What cannot be done ends the test with a text that says why. Keys are made with an issuer, and gone with it.
package jotgatetest

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/jotgate/jotgate/bindings-ffi/go/internal/testkit"
)

// Issuer mints tokens, publishes keys, changes them, and breaks. Any number of goroutines may use it, but what cannot be done
// ends the test, which only the goroutine of the test may do.
//
// A key is made with it: RSA takes a tenth of a second, so make one issuer for many tests, or let it sign with ES256.
type Issuer struct {
	t      testing.TB
	native *handle
	clock  func() time.Time
}

// Option says what an issuer is to be.
type Option func(*options)

type options struct {
	Policy    *string        `json:"policy,omitzero"`
	Issuer    *string        `json:"issuer,omitzero"`
	Audience  []string       `json:"audience,omitzero"`
	Algorithm *string        `json:"algorithm,omitzero"`
	KID       *string        `json:"kid,omitzero"`
	Claims    map[string]any `json:"claims,omitzero"`

	clock func() time.Time
}

// WithIssuer says which of the policy's issuers it is. Default: the first; without a policy https://issuer.test/.
func WithIssuer(name string) Option { return func(o *options) { o.Issuer = &name } }

// WithAudience is the audience of the kit's own policy, where there is no other. Default test-api.
func WithAudience(audience ...string) Option {
	return func(o *options) { o.Audience = append([]string{}, audience...) }
}

// WithAlgorithm is what its tokens are signed with. Default: the first that the policy lists, or else RS256.
func WithAlgorithm(algorithm string) Option { return func(o *options) { o.Algorithm = &algorithm } }

// WithKID is the id of its first key. Default test-1.
func WithKID(kid string) Option { return func(o *options) { o.KID = &kid } }

// WithClaim is a claim that all its tokens have: what a regular expression or a condition of the policy asks for.
func WithClaim(name string, value any) Option {
	return func(o *options) { o.Claims = with(o.Claims, name, value) }
}

// WithClock is its clock, and that of its Validator. Default: time.Now.
func WithClock(clock func() time.Time) Option { return func(o *options) { o.clock = clock } }

// New is the issuer of the policy that the application ships. A policy without issuers stands for one of the kit's own, which
// has the name and the audience of the options.
func New(t testing.TB, policy jotgate.Policy, opts ...Option) *Issuer {
	t.Helper()
	if len(policy.Issuers) == 0 {
		return newIssuer(t, nil, opts)
	}
	document, err := json.Marshal(policy)
	if err != nil {
		t.Fatalf("jotgatetest: the policy cannot be written as JSON: %v", err)
	}
	return newIssuer(t, document, opts)
}

// NewFromDocument is the same of a policy document in JSON.
func NewFromDocument(t testing.TB, document []byte, opts ...Option) *Issuer {
	t.Helper()
	return newIssuer(t, filled(t, document, ""), opts)
}

// NewFromFile is the same of a file: .json, .yaml, .yml or .toml.
func NewFromFile(t testing.TB, path string, opts ...Option) *Issuer {
	t.Helper()
	format := map[string]jotgate.Format{".yaml": jotgate.FormatYAML, ".yml": jotgate.FormatYAML, ".toml": jotgate.FormatTOML}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("jotgatetest: %v", err)
	}
	kind, known := format[strings.ToLower(filepath.Ext(path))]
	if !known {
		kind = jotgate.FormatJSON
	}
	document, err := jotgate.PolicyJSON(text, kind)
	if err != nil {
		t.Fatalf("jotgatetest: %v", err)
	}
	return newIssuer(t, filled(t, document, filepath.Dir(path)), opts)
}

func filled(t testing.TB, document []byte, folder string) []byte {
	t.Helper()
	filled, err := jotgate.FillReferences(document, folder)
	if err != nil {
		t.Fatalf("jotgatetest: %v", err)
	}
	return filled
}

func newIssuer(t testing.TB, document []byte, opts []Option) *Issuer {
	t.Helper()
	settings := options{clock: time.Now}
	for _, apply := range opts {
		apply(&settings)
	}
	if document != nil {
		text := string(document)
		settings.Policy = &text
	}
	native, err := newHandle(settings)
	if err != nil {
		t.Fatalf("jotgatetest: %v", err)
	}
	return &Issuer{t: t, native: native, clock: settings.clock}
}

// In is the same issuer for another test: one that is made in a test with subtests ends them, and not the outer one.
func (i *Issuer) In(t testing.TB) *Issuer { return &Issuer{t: t, native: i.native, clock: i.clock} }

// Name is the iss of its tokens.
func (i *Issuer) Name() string {
	i.t.Helper()
	return i.text("name", nothing{})
}

// Policy is the document of the application's policy with the keys of now in place of its own, and everything else as it
// stands there.
func (i *Issuer) Policy() []byte {
	i.t.Helper()
	return []byte(i.text("policy", nothing{}))
}

// PolicyFor is the same for another document: one that has another issuer's keys already, where a test has several.
func (i *Issuer) PolicyFor(document []byte) []byte {
	i.t.Helper()
	return []byte(i.text("policy_for", map[string]any{"policy": string(document)}))
}

// PolicyFetching is the application's policy with base/jwks in place of its keys.
func (i *Issuer) PolicyFetching(base string) []byte {
	i.t.Helper()
	return []byte(i.text("policy_fetching", map[string]any{"base": base}))
}

// JWKS is the key set, as it should be.
func (i *Issuer) JWKS() []byte {
	i.t.Helper()
	return []byte(i.text("jwks", nothing{}))
}

// Validator is a validator of Policy, by the issuer's clock. It is closed when the test ends.
func (i *Issuer) Validator(opts ...jotgate.Option) *jotgate.Validator {
	i.t.Helper()
	validator, err := jotgate.NewFromDocument(i.Policy(), append([]jotgate.Option{jotgate.WithClock(i.clock)}, opts...)...)
	if err != nil {
		i.t.Fatalf("jotgatetest: %v", err)
	}
	i.t.Cleanup(validator.Close)
	return validator
}

// Token is a token that is good under the policy, but for what is said.
func (i *Issuer) Token(opts ...TokenOption) string {
	i.t.Helper()
	return i.text("token", i.said(opts))
}

// Header is that of a request with such a token: Authorization.
func (i *Issuer) Header(opts ...TokenOption) http.Header {
	i.t.Helper()
	return http.Header{"Authorization": {"Bearer " + i.Token(opts...)}}
}

// Request is what a handler gets, as from httptest.NewRequest, with such a token.
func (i *Issuer) Request(method, target string, opts ...TokenOption) *http.Request {
	i.t.Helper()
	r := httptest.NewRequest(method, target, nil)
	r.Header = i.Header(opts...)
	return r
}

// Verified is what a unit test of what is behind the validation wants: minted here, and validated by the core. There is no other
// way to one. Require of every Validator takes it. A token that is not good ends the test.
func (i *Issuer) Verified(opts ...TokenOption) *jotgate.Verified {
	i.t.Helper()
	said := i.said(opts)
	everybody := func(context.Context, string, *jotgate.Undecided) (bool, error) { return true, nil }
	validator := i.Validator(jotgate.WithClientLookup(everybody))
	verified, err := validator.Validate(context.Background(), i.text("token", said), jotgate.AsOf(time.UnixMilli(int64(*said.Now*1000))))
	if err != nil {
		i.t.Fatalf("jotgatetest: the policy refuses this token: say what it asks for: %v", err)
	}
	ours, _ := testkit.OfAnyValidator(verified).(*jotgate.Verified)
	return ours
}

// said is all that the options say, at the time of the issuer's clock.
func (i *Issuer) said(opts []TokenOption) *token {
	said := new(token)
	for _, apply := range opts {
		apply(said)
	}
	if said.Now == nil {
		At(i.clock())(said)
	}
	return said
}

func (i *Issuer) text(word string, arguments any) string {
	i.t.Helper()
	var text string
	i.do(word, arguments, &text)
	return text
}

// do ends the test where the kit cannot do it.
func (i *Issuer) do(word string, arguments, answer any) {
	i.t.Helper()
	if err := i.native.call(word, arguments, answer); err != nil {
		i.t.Fatalf("jotgatetest: %v", err)
	}
}

type nothing struct{}
