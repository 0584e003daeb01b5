package wycheproof

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"testing"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// claims are the payload of all tokens. Of their length in base64url the last character has bits that mean nothing.
const claims = `{"iss":"wycheproof"}`

// jwk is a key as RFC 7517 writes it.
type jwk map[string]any

// verdict is what became of a token: why it was refused, if it was.
type verdict struct{ code jotgate.Code }

// unusableKey stands for the code where the policy is refused already, because of the key.
const unusableKey jotgate.Code = "unusable_key"

func (v verdict) accepted() bool { return v.code == "" }

// judged has the token judged by a policy with these keys alone.
func judged(t *testing.T, token string, keys ...jwk) verdict {
	t.Helper()
	validator, err := validatorOf(t, keys...)
	if errors.Is(err, jotgate.ErrPolicy) {
		return verdict{unusableKey}
	}
	if err != nil {
		t.Fatal(err)
	}
	defer validator.Close()
	verified, err := validator.Validate(t.Context(), token)
	var rejected *jotgate.RejectedError
	switch {
	case err == nil && verified.Issuer() == "wycheproof":
		return verdict{}
	case errors.As(err, &rejected) && rejected.Code != jotgate.ErrInternal:
		return verdict{rejected.Code}
	}
	t.Fatalf("got %v, %v", verified, err)
	return verdict{}
}

// isUsable tells whether a policy takes the key.
func isUsable(t *testing.T, key jwk) bool {
	t.Helper()
	validator, err := validatorOf(t, key)
	if err == nil {
		validator.Close()
	}
	return err == nil
}

func validatorOf(t *testing.T, keys ...jwk) (*jotgate.Validator, error) {
	t.Helper()
	set, err := json.Marshal(map[string]any{"keys": keys})
	if err != nil {
		t.Fatal(err)
	}
	return jotgate.New(jotgate.SingleIssuer(jotgate.Issuer{
		Issuer:         jotgate.OneOf("wycheproof"),
		Audience:       jotgate.Any(),
		RequiredClaims: []string{},
		Keys:           jotgate.Keys{JWKS: set},
	}))
}

// tokenOf is a token whose signature is made for what it signs.
func tokenOf(alg string, sign func(message []byte) []byte) string {
	message := base64url([]byte(`{"alg":"`+alg+`"}`)) + "." + base64url([]byte(claims))
	return message + "." + base64url(sign([]byte(message)))
}

func base64url(octets []byte) string { return base64.RawURLEncoding.EncodeToString(octets) }
