//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

import (
	"encoding/json"
	"fmt"
)

// Policy says whose tokens may pass. It is the policy document with Go types: the native core checks it when a validator
// is made, and owns every default. Fields that are not set are left out of the document.
type Policy struct {
	// Issuers are the issuers whose tokens may pass, each with its own keys and rules; at least one.
	Issuers []Issuer `json:"issuers"`
	// Routes say what is asked of some requests; the first that fits a request counts. Default: every request needs a
	// token. Validate, which sees no request, takes none of them.
	Routes []Route `json:"routes,omitzero"`
	// Unmatched says what becomes of requests that no route names: they need a token and no more ("token"), or they are
	// refused ("deny"). It must be set where a route asks for more than a token. Default "token".
	Unmatched string `json:"unmatched,omitzero"`
	// Targets says which request targets are taken although servers read them in more than one way. Default: none, where a
	// request could pass somewhere because of that.
	Targets Targets `json:"targets,omitzero"`
	// Cache keeps verified tokens, so that the same token costs no second signature check while its key is there. Everything
	// else is checked each time. nil is none, and &Cache{} one of the default size.
	Cache *Cache `json:"cache,omitzero"`
	// Token says where requests carry their token. Default: the bearer header alone.
	Token Token `json:"token,omitzero"`
	// Limits bounds what is read of a token.
	Limits Limits `json:"limits,omitzero"`
	// Responses says in whose manner HTTP requests are answered. Default ResponsesRFC6750.
	Responses Responses `json:"responses,omitzero"`
	// Forward says what goes on to the application behind. Default: the request as it came.
	Forward Forward `json:"forward,omitzero"`
}

// ForIssuer is a policy for the tokens that one issuer makes out for an audience, or for one of several: enough for
//
//	validator, err := jotgate.New(jotgate.ForIssuer("https://idp.example.com/", "orders"))
//
// The issuer's metadata says where its keys are. What else there is to say stands in the fields of the policy, and of its only entry,
// Issuers[0].
func ForIssuer(issuer string, audience ...string) Policy {
	return SingleIssuer(Issuer{Issuer: OneOf(issuer), Audience: OneOf(audience...)})
}

// SingleIssuer is a policy for the tokens of one issuer.
func SingleIssuer(issuer Issuer) Policy { return Policy{Issuers: []Issuer{issuer}} }

// MarshalJSON writes the policy document.
func (p Policy) MarshalJSON() ([]byte, error) {
	type fields Policy
	return json.Marshal(struct {
		Version int `json:"version"`
		fields
	}{documentVersion, fields(p)})
}

// Issuer is an issuer with its own keys and rules: nothing of it ever counts for the tokens of another.
type Issuer struct {
	// Issuer holds the iss values of this entry, byte for byte. The waiver is Any(). Required.
	Issuer Strings `json:"issuer,omitzero"`
	// Audience holds the aud values of which a token must carry one. The waiver is Any(). Required.
	Audience Strings `json:"audience,omitzero"`
	// Keys says where the keys come from. Default: the issuer's metadata says it, as with Discover, which takes one issuer
	// that is an https URL.
	Keys Keys `json:"keys,omitzero"`
	// Algorithms may sign, such as "RS256". Default: every asymmetric algorithm that fits a key; for a secret, the HS
	// algorithms of its length.
	Algorithms []string `json:"algorithms,omitzero"`
	// Typ holds the accepted header types, such as "at+jwt". Default: any but those of other things than access tokens.
	Typ []string `json:"typ,omitzero"`
	// Profile is the standard that the issuer's access tokens follow. Default: none.
	Profile Profile `json:"profile,omitzero"`
	// RequiredClaims must be there. Default: exp. The waiver is a list without exp, which may be empty.
	RequiredClaims []string `json:"required_claims,omitzero"`
	// Leeway is the tolerance for exp, nbf and iat, at most 300 s. Default 5 s; the waiver is Duration(0).
	Leeway OptionalDuration `json:"leeway,omitzero"`
	// MaxAge is the longest time since iat.
	MaxAge OptionalDuration `json:"max_age,omitzero"`
	// MaxLifetime is the longest time from iat to exp.
	MaxLifetime OptionalDuration `json:"max_lifetime,omitzero"`
	// RejectFutureIAT refuses an iat that lies ahead. Default false.
	RejectFutureIAT bool `json:"reject_future_iat,omitzero"`
	// Confirmation says what becomes of tokens that are bound to a key (cnf). Default: they are refused.
	Confirmation Confirmation `json:"confirmation,omitzero"`
	// ClientID bounds which clients may pass. Default: not checked.
	ClientID *ClientID `json:"client_id,omitzero"`
	// Scopes are needed. Default: none.
	Scopes *Scopes `json:"scopes,omitzero"`
	// Tenants are the values that may stand in the open segment of a template in Issuer. The waiver is Any().
	Tenants Strings `json:"tenants,omitzero"`
	// ClaimMapping gives claims other names: from the name in the token to the one that rules and Verified know.
	// A registered claim gets the other name beside its own. Default: none.
	ClaimMapping map[string]string `json:"claim_mapping,omitzero"`
	// DefaultClaimMapping puts the names of WSO2's dialect behind ClaimMapping. Default false.
	DefaultClaimMapping bool `json:"default_claim_mapping,omitzero"`
	// Claims are further rules about claims; all must hold.
	Claims []ClaimRule `json:"claims,omitzero"`
	// NumericIDs takes whole numbers in sub and jti, and shows them as texts. Default false.
	NumericIDs bool `json:"numeric_ids,omitzero"`
	// TryAllKeys tries up to four fitting keys for a token without kid. Default false.
	TryAllKeys bool `json:"try_all_keys,omitzero"`
	// JWKS says how fetched key sets are kept fresh.
	JWKS KeySets `json:"jwks,omitzero"`
}

// Keys says where the keys of an issuer come from. Without a source it is the issuer's metadata.
type Keys struct {
	// Discovery lets the issuer's metadata say where the key set lies (RFC 8414, OpenID Connect Discovery): Discover(), or
	// DiscoverAt with the URL of the metadata. Default: Discover() where no other source is set.
	Discovery Discovery `json:"discovery,omitzero"`
	// JWKSURI holds absolute https URLs of key sets; http on loopback only, unless KeySets.AllowHTTP is set.
	JWKSURI []string `json:"jwks_uri,omitzero"`
	// JWKS is a key set as it is: JSON. The only kind of set in which a symmetric key counts.
	JWKS json.RawMessage `json:"jwks,omitzero"`
	// PEM is a public key: PUBLIC KEY or RSA PUBLIC KEY.
	PEM string `json:"pem,omitzero"`
	// Secret is for HS256, HS384 and HS512.
	Secret Secret `json:"secret,omitzero"`
	// TrustStore holds certificates; the alias is the key id.
	TrustStore *TrustStore `json:"trust_store,omitzero"`
	// DeniedKids are the ids of keys that must not be used any more, wherever they come from. Default: none.
	DeniedKids []string `json:"denied_kids,omitzero"`
	// AllowExpiredCertificates takes the keys of certificates outside their period of validity. Default false.
	AllowExpiredCertificates bool `json:"allow_expired_certificates,omitzero"`
	// AcceptUnsigned is the waiver that lets tokens without a signature pass; it excludes every other source.
	AcceptUnsigned bool `json:"accept_unsigned,omitzero"`
}

// ClientID bounds which clients may pass.
type ClientID struct {
	// Claims names the client: the first that is present. Default client_id, azp, cid.
	Claims []string
	// Expression is a CEL expression that gives the client's id, in place of Claims; it stands with a list in Allowed.
	Expression string
	// Allowed holds the clients that may pass.
	Allowed []string
	// AllowedByHost leaves it to the function of WithClientLookup which clients may pass; it excludes Allowed.
	AllowedByHost bool
}

// MarshalJSON writes the list, or the word that stands for the host.
func (c ClientID) MarshalJSON() ([]byte, error) {
	var allowed any = c.Allowed
	if c.AllowedByHost {
		allowed = "host"
	}
	return json.Marshal(struct {
		Claims     []string `json:"claims,omitzero"`
		Expression string   `json:"expression,omitzero"`
		Allowed    any      `json:"allowed"`
	}{c.Claims, c.Expression, allowed})
}

// Scopes are the scopes that a token must carry.
type Scopes struct {
	// Claims holds the scopes: the first that is present. Default scope, scp.
	Claims []string `json:"claims,omitzero"`
	// All are needed.
	All []string `json:"all,omitzero"`
	// Any holds scopes of which one is needed.
	Any []string `json:"any,omitzero"`
}

// Route is a kind of request, and what is asked of it. A path in a form that an application may read in another way,
// such as /public/../orders, never takes a route with Skip or Optional.
type Route struct {
	// Methods in upper case. Default: all.
	Methods []string `json:"methods,omitzero"`
	// Path is the whole path; a segment in braces, as in /orders/{id}, stands for any text. Where the route asks for a token,
	// in any letter case, and with a slash at the end or without.
	Path string `json:"path,omitzero"`
	// PathRegex is a pattern for the whole path, instead of Path. Default: all paths.
	PathRegex string `json:"path_regex,omitzero"`
	// Skip lets the request pass without a token, and looks at none that it carries.
	Skip bool `json:"skip,omitzero"`
	// Optional lets the request pass without a token; one that it carries must be good.
	Optional bool `json:"optional,omitzero"`
	// Issuers are those whose tokens are taken, as they are written in the policy's issuers. Default: all.
	Issuers []string `json:"issuers,omitzero"`
	// Audience holds values of which a token must carry one, beside one of the issuer's. Default: none.
	Audience []string `json:"audience,omitzero"`
	// ClientID says which clients may use a token here, beside what the issuer says. Default: all.
	ClientID *RouteClientID `json:"client_id,omitzero"`
	// Claims are rules that hold here, beside those of the issuer. Default: none.
	Claims []ClaimRule `json:"claims,omitzero"`
	// Scopes are needed beside those of the issuer. Default: none.
	Scopes *RouteScopes `json:"scopes,omitzero"`
}

// RouteClientID lists the clients whose tokens a route takes; what names the client, ClientID of the issuer says.
type RouteClientID struct {
	// Allowed are the clients that may.
	Allowed []string `json:"allowed"`
}

// Targets says which request targets are taken although servers read them in more than one way.
type Targets struct {
	// Allow holds what may stand in a path, such as encoded_slash. Such a path takes the routes of everything that it can be
	// read as, all of which must hold, and none that lets it pass without a token.
	Allow []string `json:"allow,omitzero"`
}

// RouteScopes are the scopes that a token must carry on a route, in the claims that Scopes.Claims of its issuer names.
type RouteScopes struct {
	// All are needed.
	All []string `json:"all,omitzero"`
	// Any holds scopes of which one is needed.
	Any []string `json:"any,omitzero"`
}

// KeySets says how fetched key sets are kept fresh.
type KeySets struct {
	// TTL is how long a set is fresh. Default 60 min.
	TTL OptionalDuration `json:"ttl,omitzero"`
	// MinTTL is the least that an answer may shorten TTL to. Default 60 s.
	MinTTL OptionalDuration `json:"min_ttl,omitzero"`
	// IgnoreCacheControl fetches by TTL alone, whatever the answer's header fields say. Default false.
	IgnoreCacheControl IgnoreCacheControl `json:"respect_cache_control,omitzero"`
	// RefreshAhead is the part of its freshness after which a set is refreshed, 0.1 to 1. 0 is the default, 0.8.
	RefreshAhead float64 `json:"refresh_ahead,omitzero"`
	// MaxStale is how long an old set serves while its issuer cannot be reached. Default 24 h; 0 fails closed.
	MaxStale OptionalDuration `json:"max_stale,omitzero"`
	// Timeout bounds one fetch. Default 10 s.
	Timeout OptionalDuration `json:"timeout,omitzero"`
	// Cooldown is the window in which unknown key ids cause at most two fetches. Default 30 s.
	Cooldown OptionalDuration `json:"cooldown,omitzero"`
	// Backoff bounds the pauses after failed fetches.
	Backoff Backoff `json:"backoff,omitzero"`
	// MaxBody is the longest body, in bytes. 0 is the default, 512 KiB.
	MaxBody int `json:"max_body,omitzero"`
	// MaxKeys is how many keys of one set are read. 0 is the default, 500.
	MaxKeys int `json:"max_keys,omitzero"`
	// AllowHTTP allows http URLs beyond loopback. Default false.
	AllowHTTP bool `json:"allow_http,omitzero"`
}

// Backoff bounds the pauses after failed fetches.
type Backoff struct {
	// First is the longest pause after the first failure; it doubles. Default 1 s.
	First OptionalDuration `json:"first,omitzero"`
	// Max is the longest pause at all. Default 300 s.
	Max OptionalDuration `json:"max,omitzero"`
}

// Limits bounds what is read of a token.
type Limits struct {
	// TokenBytes is the longest token, in bytes. 0 is the default, 16384.
	TokenBytes int `json:"token_bytes,omitzero"`
	// JSONDepth is the deepest nesting of a token's JSON. 0 is the default, 32.
	JSONDepth int `json:"json_depth,omitzero"`
}

// Cache says how much a cache of verified tokens may hold; the tokens that were of no use lately make room for others.
type Cache struct {
	// Entries is the most tokens, 8 to 1048576. 0 is the default, 4096.
	Entries int `json:"entries,omitzero"`
	// Bytes is the most bytes of memory for them, 65536 to 1073741824, and at least four times Limits.TokenBytes. 0 is the
	// default, 16777216.
	Bytes int `json:"bytes,omitzero"`
}

// Profile is a standard for access tokens.
type Profile string

// ProfileRFC9068 asks for the type at+jwt, and for exp, sub, client_id, iat and jti (RFC 9068 sections 2.1, 2.2 and 4).
const ProfileRFC9068 Profile = "rfc9068"

// Confirmation says what becomes of tokens that are bound to a key of the client (RFC 7800).
type Confirmation string

// ConfirmationIgnore takes bound tokens as bearer tokens.
const ConfirmationIgnore Confirmation = "ignore"

// Responses says in whose manner HTTP requests are answered that may not pass.
type Responses string

const (
	// ResponsesRFC6750 answers a Bearer challenge, and application/problem+json with the code.
	ResponsesRFC6750 Responses = "rfc6750"
	// ResponsesMulesoft answers as MuleSoft's policy does.
	ResponsesMulesoft Responses = "mulesoft"
	// ResponsesMulesoft2020 answers as MuleSoft's policy did: 403 for an unknown client, 502 without keys.
	ResponsesMulesoft2020 Responses = "mulesoft-2020"
	// ResponsesWSO2 answers as WSO2 API Manager does, with its 9009xx codes.
	ResponsesWSO2 Responses = "wso2"
)

// representable finds what Go values can hold and JSON cannot say, before encoding/json changes it in silence.
func (p Policy) representable() error {
	for index, issuer := range p.Issuers {
		keys := fmt.Sprintf("Issuers[%d].Keys.", index)
		if issuer.Keys.JWKS != nil && !json.Valid(issuer.Keys.JWKS) {
			return &PolicyError{Path: keys + "JWKS", Message: "the key set is not JSON"}
		}
		if client := issuer.ClientID; client != nil && client.AllowedByHost && client.Allowed != nil {
			return &PolicyError{
				Path:    fmt.Sprintf("Issuers[%d].ClientID.Allowed", index),
				Message: "there is a list of clients, and the host decides",
				Hint:    "set Allowed or AllowedByHost",
			}
		}
	}
	return nil
}

const documentVersion = 1
