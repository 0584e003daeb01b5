package jotgate_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

func TestATypedPolicyIsThePolicyDocument(t *testing.T) {
	policy := jotgate.Policy{
		Issuers: []jotgate.Issuer{{
			Issuer:          jotgate.OneOf("https://a.test/", "https://b.test/"),
			Audience:        jotgate.Any(),
			Keys:            jotgate.Keys{JWKSURI: []string{"https://a.test/jwks"}},
			Algorithms:      []string{"RS256", "ES256"},
			Typ:             []string{"at+jwt"},
			RequiredClaims:  []string{},
			Leeway:          jotgate.Duration(1500 * time.Millisecond),
			MaxAge:          jotgate.Duration(time.Hour),
			MaxLifetime:     jotgate.Duration(24 * time.Hour),
			RejectFutureIAT: true,
			ClientID:        &jotgate.ClientID{Claims: []string{"azp"}, Allowed: []string{"app"}},
			Scopes:          &jotgate.Scopes{Claims: []string{"scp"}, All: []string{"read"}, Any: []string{"x", "y"}},
			TryAllKeys:      true,
			JWKS: jotgate.KeySets{
				TTL: jotgate.Duration(time.Minute), MaxStale: jotgate.Duration(0), Timeout: jotgate.Duration(time.Second),
				Cooldown: jotgate.Duration(time.Second), MaxBody: 1000, MaxKeys: 5, AllowHTTP: true,
			},
		}},
		Routes: []jotgate.Route{
			{Methods: []string{"GET"}, Path: "/health", Skip: true},
			{PathRegex: "/public/.*", Optional: true, Scopes: &jotgate.RouteScopes{All: []string{"a"}, Any: []string{"b"}}},
			{Path: "/admin", Issuers: []string{"https://a.test/"}, Audience: []string{"admin"},
				ClientID: &jotgate.RouteClientID{Allowed: []string{"console"}}, Claims: []jotgate.ClaimRule{{Claim: []string{"level"}, Min: "3"}}},
		},
		Unmatched: "deny",
		Targets:   jotgate.Targets{Allow: []string{"encoded_slash"}},
		Limits:    jotgate.Limits{TokenBytes: 8192, JSONDepth: 16},
		Responses: jotgate.ResponsesWSO2,
	}
	const want = `{"version":1,"issuers":[{
		"issuer":["https://a.test/","https://b.test/"],"audience":"any","keys":{"jwks_uri":["https://a.test/jwks"]},
		"algorithms":["RS256","ES256"],"typ":["at+jwt"],"required_claims":[],
		"leeway":1.5,"max_age":3600,"max_lifetime":86400,"reject_future_iat":true,
		"client_id":{"claims":["azp"],"allowed":["app"]},"scopes":{"claims":["scp"],"all":["read"],"any":["x","y"]},
		"try_all_keys":true,"jwks":{"ttl":60,"max_stale":0,"timeout":1,"cooldown":1,"max_body":1000,"max_keys":5,
		"allow_http":true}}],"routes":[{"methods":["GET"],"path":"/health","skip":true},
		{"path_regex":"/public/.*","optional":true,"scopes":{"all":["a"],"any":["b"]}},
		{"path":"/admin","issuers":["https://a.test/"],"audience":["admin"],"client_id":{"allowed":["console"]},
		"claims":[{"claim":["level"],"min":3}]}],"unmatched":"deny","targets":{"allow":["encoded_slash"]},"limits":{"token_bytes":8192,"json_depth":16},"responses":"wso2"}`
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(want)); err != nil {
		t.Fatal(err)
	}
	if got := marshalled(t, policy); string(got) != compact.String() {
		t.Errorf("got  %s\nwant %s", got, compact.String())
	}
	if v, err := jotgate.New(policy); err != nil {
		t.Errorf("the core refuses it: %v", err)
	} else {
		v.Close()
	}
}

func TestWhatIsNotSetIsLeftToTheCore(t *testing.T) {
	got := string(marshalled(t, jotgate.SingleIssuer(jotgate.Issuer{})))
	if want := `{"version":1,"issuers":[{}]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTheWordAnyInAListIsNoWaiver(t *testing.T) {
	policy := hs256Policy()
	policy.Issuers[0].Audience = jotgate.OneOf("any")
	v := newValidator(t, policy, newClock().option())
	if _, err := v.Validate(t.Context(), hs256Token(t, nil)); !errors.Is(err, jotgate.ErrAudienceMismatch) {
		t.Errorf("got %v", err)
	}
}

func TestPolicyErrorsLeadToTheField(t *testing.T) {
	change := func(edit func(*jotgate.Issuer)) jotgate.Policy {
		policy := hs256Policy()
		edit(&policy.Issuers[0])
		return policy
	}
	cases := map[string]struct {
		policy jotgate.Policy
		path   string
	}{
		"empty":       {jotgate.Policy{}, "Issuers"},
		"no audience": {change(func(i *jotgate.Issuer) { i.Audience = jotgate.Strings{} }), "Issuers[0].Audience"},
		"long leeway": {change(func(i *jotgate.Issuer) { i.Leeway = jotgate.Duration(time.Hour) }), "Issuers[0].Leeway"},
		"short secret": {
			change(func(i *jotgate.Issuer) { i.Keys.Secret.Text = "too short" }), "Issuers[0].Keys.Secret",
		},
		"two spellings": {
			change(func(i *jotgate.Issuer) { i.Keys.Secret.Hex = strings.Repeat("ab", 32) }), "Issuers[0].Keys.Secret",
		},
		"not UTF-8": {
			change(func(i *jotgate.Issuer) { i.Keys.Secret.Text = strings.Repeat("\xff", 32) }), "Issuers[0].Keys.Secret.Text",
		},
		"audience that is not UTF-8": {
			change(func(i *jotgate.Issuer) { i.Audience = jotgate.OneOf(`\ufffd`, "\ufffd", "\xe9") }), "Issuers[0].Audience[2]",
		},
		"key set that is no JSON": {
			change(func(i *jotgate.Issuer) { i.Keys = jotgate.Keys{JWKS: []byte("{keys}")} }), "Issuers[0].Keys.JWKS",
		},
		"unknown algorithm": {
			change(func(i *jotgate.Issuer) { i.Algorithms = []string{"HS256", "XX"} }), "Issuers[0].Algorithms[1]",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			v, err := jotgate.New(c.policy)
			var policyError *jotgate.PolicyError
			if v != nil || !errors.As(err, &policyError) || !errors.Is(err, jotgate.ErrPolicy) {
				t.Fatalf("got %v, %v", v, err)
			}
			if policyError.Path != c.path || policyError.Message == "" {
				t.Errorf("got %v, want the path %s", err, c.path)
			}
		})
	}
}

func TestDocumentErrors(t *testing.T) {
	for _, document := range []string{"", "[]", "{", `{"version":1,"version":1}`, "\xff"} {
		if v, err := jotgate.NewFromDocument([]byte(document)); v != nil || !errors.Is(err, jotgate.ErrPolicy) {
			t.Errorf("%q: got %v, %v", document, v, err)
		}
	}
	for _, document := range []string{`{"version":1,"issuers":[{"issuer":"\ud800"}]}`, "{\"version\":1,\"issuers\":[{\"issuer\":\"\xff\"}]}"} {
		_, err := jotgate.NewFromDocument([]byte(document))
		var policyError *jotgate.PolicyError
		if !errors.As(err, &policyError) || policyError.Path != "issuers[0].issuer" || policyError.Hint == "" {
			t.Errorf("%q: got %#v", document, err)
		}
	}
	_, err := jotgate.NewFromDocument([]byte(`{"version":1,"issuers":[{"issuer":"x","audiance":"y","keys":{}}]}`))
	var policyError *jotgate.PolicyError
	if !errors.As(err, &policyError) || policyError.Path != "issuers[0].audiance" || policyError.Hint == "" {
		t.Errorf("got %#v", err)
	}
}
