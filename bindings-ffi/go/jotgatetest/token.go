package jotgatetest

import "time"

// TokenOption says what a token is to be. What is not said is as the policy asks: its issuer, an audience, the scopes and the
// client that it wants, ten minutes to live.
type TokenOption func(*token)

// token has the names that the native kit knows.
type token struct {
	Subject   *string        `json:"subject,omitzero"`
	Audience  []string       `json:"audience,omitzero"`
	Scopes    []string       `json:"scopes,omitzero"`
	Client    *string        `json:"client,omitzero"`
	Lifetime  *float64       `json:"lifetime,omitzero"`
	Claims    map[string]any `json:"claims,omitzero"`
	Without   []string       `json:"without,omitzero"`
	Header    map[string]any `json:"header,omitzero"`
	Algorithm *string        `json:"algorithm,omitzero"`
	KID       *string        `json:"kid,omitzero"`
	Now       *float64       `json:"now,omitzero"`

	// Those of the request, which are no members of the token.
	method, path *string
}

// Subject is the claim sub. Default test-user.
func Subject(subject string) TokenOption { return func(t *token) { t.Subject = &subject } }

// Audience is the claim aud. Default: the first audience of the policy.
func Audience(audience ...string) TokenOption {
	return func(t *token) { t.Audience = append([]string{}, audience...) }
}

// Scopes stand in the claim where the policy looks for them. Default: what the issuer's entry asks for; Scopes() is none.
func Scopes(scopes ...string) TokenOption {
	return func(t *token) { t.Scopes = append([]string{}, scopes...) }
}

// Client stands in the claim where the policy looks for it. Default: the first that is allowed.
func Client(client string) TokenOption { return func(t *token) { t.Client = &client } }

// Lifetime is how long the token lives. Default ten minutes, or the policy's max_lifetime where that is less.
func Lifetime(lifetime time.Duration) TokenOption {
	seconds := lifetime.Seconds()
	return func(t *token) { t.Lifetime = &seconds }
}

// Claim is a claim in place of what it would be. The value is written by encoding/json.
func Claim(name string, value any) TokenOption {
	return func(t *token) { t.Claims = with(t.Claims, name, value) }
}

// Without takes claims out.
func Without(names ...string) TokenOption {
	return func(t *token) { t.Without = append(t.Without, names...) }
}

// HeaderParameter is a parameter of the token's header in place of what it would be; nil takes it out.
func HeaderParameter(name string, value any) TokenOption {
	return func(t *token) { t.Header = with(t.Header, name, value) }
}

// Algorithm is what signs the token. Default: the issuer's first algorithm.
func Algorithm(algorithm string) TokenOption { return func(t *token) { t.Algorithm = &algorithm } }

// KID says which of the issuer's keys signs the token, one before a rotation included. Default: the newest.
func KID(kid string) TokenOption { return func(t *token) { t.KID = &kid } }

// At is when the token is made. Default: now, by the issuer's clock.
func At(now time.Time) TokenOption {
	seconds := secondsOf(now)
	return func(t *token) { t.Now = &seconds }
}

// For names the request that Bad is to make bad, where the policy has routes; it says nothing of a token.
func For(method, path string) TokenOption {
	return func(t *token) { t.method, t.path = &method, &path }
}

func with(values map[string]any, name string, value any) map[string]any {
	if values == nil {
		values = make(map[string]any)
	}
	values[name] = value
	return values
}

func secondsOf(now time.Time) float64 { return float64(now.UnixMilli()) / 1000 }
