//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

import "encoding/json"

// Token says where requests carry their token.
type Token struct {
	// Sources are the places to look in, all of them; two different tokens are refused.
	Sources []TokenSource `json:"sources,omitzero"`
}

// TokenSource is one place to look for the token in: a header field, a cookie, a parameter of the query,
// or what an expression finds.
type TokenSource struct {
	// Header is the name of a header field. Without Scheme its whole value is the token.
	Header string `json:"header,omitzero"`
	// Scheme stands in front of the token in that header field, such as Bearer.
	Scheme string `json:"scheme,omitzero"`
	// Cookie is the name of a cookie.
	Cookie string `json:"cookie,omitzero"`
	// Query is the name of a parameter of the query.
	Query string `json:"query,omitzero"`
	// Expression is CEL over request, and its value is the token.
	Expression string `json:"expression,omitzero"`
}

// Forward says what of an accepted token goes on to the application behind.
type Forward struct {
	// ClaimsToHeaders has claims and the header fields that they go to. Fields of these names that a client has sent are
	// removed.
	ClaimsToHeaders map[string]string `json:"claims_to_headers,omitzero"`
	// StripToken takes the token out of the request. Default false.
	StripToken bool `json:"strip_token,omitzero"`
}

// ClaimRule is what is asked of a claim: at most one of the operators from Equals to Max, and an expression.
type ClaimRule struct {
	// Claim is the name of a claim, or the path to one inside of others. A rule without it is an expression alone.
	Claim []string `json:"claim,omitzero"`
	// Optional lets tokens without the claim pass.
	Optional Optional `json:"mandatory,omitzero"`
	// Equals is the value of the claim.
	Equals any `json:"equals,omitempty"`
	// AnyOf are values of which the claim is one, or holds one: texts, numbers, booleans.
	AnyOf []any `json:"any_of,omitzero"`
	// AllOf are values that the claim holds, all of them.
	AllOf []any `json:"all_of,omitzero"`
	// NoneOf are values that the claim neither is nor holds.
	NoneOf []any `json:"none_of,omitzero"`
	// Prefix is how the claim, a text, begins.
	Prefix string `json:"prefix,omitzero"`
	// Suffix is how the claim, a text, ends.
	Suffix string `json:"suffix,omitzero"`
	// Contains is a value in the list, or a text in the text, that the claim is.
	Contains any `json:"contains,omitempty"`
	// Matches is a regular expression for the whole text that the claim is.
	Matches string `json:"matches,omitzero"`
	// Min is the least number that the claim may be.
	Min json.Number `json:"min,omitzero"`
	// Max is the largest number that the claim may be.
	Max json.Number `json:"max,omitzero"`
	// Separator splits a text into a list first.
	Separator string `json:"separator,omitzero"`
	// Expression is a condition in CEL over claims, value (this claim), header, request and now.
	Expression string `json:"expression,omitzero"`
}

// Optional turns off what the document demands by default.
type Optional bool

// MarshalJSON writes what the document asks: whether it is mandatory.
func (o Optional) MarshalJSON() ([]byte, error) { return json.Marshal(!bool(o)) }

// IgnoreCacheControl turns off what the document respects by default.
type IgnoreCacheControl bool

// MarshalJSON writes what the document asks: whether header fields are respected.
func (i IgnoreCacheControl) MarshalJSON() ([]byte, error) { return json.Marshal(!bool(i)) }

// Discovery says that the issuer's metadata names the key set. Make one with Discover or DiscoverAt.
type Discovery struct {
	// True, or a URL.
	value any
}

// Discover takes the metadata from the place that follows from the issuer's name.
func Discover() Discovery { return Discovery{true} }

// DiscoverAt takes the metadata from this URL.
func DiscoverAt(url string) Discovery { return Discovery{url} }

// MarshalJSON writes true, or the URL.
func (d Discovery) MarshalJSON() ([]byte, error) { return json.Marshal(d.value) }

// TrustStore is a store of certificates, in one of Base64 and Text.
type TrustStore struct {
	// Type is the format: jks, pkcs12 or pem. Required.
	Type string `json:"type"`
	// Base64 is the store in base64.
	Base64 string `json:"base64,omitzero"`
	// Text is a bundle of PEM certificates.
	Text string `json:"text,omitzero"`
	// Password is the store's.
	Password string `json:"password,omitzero"`
	// DefaultAlias is for tokens that name no key. Default gateway_certificate_alias.
	DefaultAlias string `json:"default_alias,omitzero"`
}

// String hides the password.
func (TrustStore) String() string { return "TrustStore" }

// GoString hides the password.
func (TrustStore) GoString() string { return "jotgate.TrustStore{}" }
