package jotgate_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

func TestEveryPartOfADocumentHasAGoType(t *testing.T) {
	policy := jotgate.SingleIssuer(jotgate.Issuer{
		Issuer:   jotgate.OneOf("https://login.test/{tid}/v2.0"),
		Tenants:  jotgate.OneOf("one"),
		Audience: jotgate.OneOf("https://api.test"),
		Keys: jotgate.Keys{
			JWKSURI:                  []string{"https://login.test/jwks"},
			AllowExpiredCertificates: true,
		},
		Claims: []jotgate.ClaimRule{
			{Claim: []string{"realm", "roles"}, AnyOf: []any{"admin", 1, false}, Separator: ","},
			{Claim: []string{"level"}, Min: "3", Optional: true},
			{Claim: []string{"beta"}, Equals: false},
			{Expression: "claims.level > 1"},
		},
		JWKS: jotgate.KeySets{
			IgnoreCacheControl: true,
			MinTTL:             jotgate.Duration(time.Minute),
			RefreshAhead:       0.5,
			Backoff:            jotgate.Backoff{First: jotgate.Duration(2 * time.Second)},
		},
	})
	policy.Token = jotgate.Token{Sources: []jotgate.TokenSource{
		{Header: "Authorization", Scheme: "Bearer"}, {Cookie: "session"}, {Query: "access_token"},
	}}
	assertDocument(t, policy, `{"version":1,"issuers":[{
		"issuer":["https://login.test/{tid}/v2.0"],"tenants":["one"],"audience":["https://api.test"],
		"keys":{"jwks_uri":["https://login.test/jwks"],"allow_expired_certificates":true},
		"claims":[
			{"claim":["realm","roles"],"any_of":["admin",1,false],"separator":","},
			{"claim":["level"],"min":3,"mandatory":false},
			{"claim":["beta"],"equals":false},
			{"expression":"claims.level > 1"}],
		"jwks":{"respect_cache_control":false,"min_ttl":60,"refresh_ahead":0.5,"backoff":{"first":2}}}],
		"token":{"sources":[{"header":"Authorization","scheme":"Bearer"},{"cookie":"session"},{"query":"access_token"}]}}`)
	validator, err := jotgate.New(policy)
	if err != nil {
		t.Fatal(err)
	}
	defer validator.Close()
	if _, err := validator.Validate(context.Background(), "x"); !errors.Is(err, jotgate.ErrMalformedToken) {
		t.Errorf("got %v", err)
	}
}

func TestDiscoveryIsTrueOrAURL(t *testing.T) {
	for want, discovery := range map[string]jotgate.Discovery{
		`true`: jotgate.Discover(), `"https://idp.test/metadata"`: jotgate.DiscoverAt("https://idp.test/metadata"), `""`: jotgate.DiscoverAt(""),
	} {
		if got, err := json.Marshal(discovery); err != nil || string(got) != want {
			t.Errorf("got %s, %v", got, err)
		}
	}
}

func assertDocument(t *testing.T, policy jotgate.Policy, want string) {
	t.Helper()
	text, err := json.Marshal(policy)
	if err != nil {
		t.Fatal(err)
	}
	var got, wanted any
	if err := errors.Join(json.Unmarshal(text, &got), json.Unmarshal([]byte(want), &wanted)); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, wanted) {
		t.Errorf("got %s", text)
	}
}
