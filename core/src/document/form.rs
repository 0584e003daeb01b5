//! The policy document as it is written: field names, types, and nothing else.

use super::duration::PolicyDuration;
use super::values::{AllowedClients, Confirmation, Discovery, Object, OneOrMany, Profile, Unmatched};
use crate::answer::Responses;
use crate::key::StoreType;
use crate::target::Oddity;
use serde::Deserialize;
use serde_json::{Number, Value};
use std::collections::BTreeMap;
use std::fmt;

/// What a policy says: which tokens may pass, and what becomes of the others.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    /// Where this schema lies, for editors; nothing here reads it.
    #[serde(rename = "$schema")]
    #[expect(dead_code, reason = "it is for editors")]
    pub(crate) schema: Option<String>,
    /// The version of this form of documents: 1.
    #[cfg_attr(test, schemars(schema_with = "super::schema::version"))]
    pub(crate) version: u64,
    /// The issuers whose tokens may pass, each with its own keys and rules; at least one.
    pub(crate) issuers: Vec<Object<WrittenIssuer>>,
    /// Bounds on what is read of a token.
    #[serde(default)]
    pub(crate) limits: Object<WrittenLimits>,
    /// Keeps verified tokens, so that the same token costs no second signature check while its key is there. Everything else is
    /// checked each time. Default: none.
    pub(crate) cache: Option<Object<WrittenCache>>,
    /// Where in a request the token is.
    #[serde(default)]
    pub(crate) token: Object<WrittenTokenPlaces>,
    /// What is asked of some requests; the first that fits a request counts. Default: every request needs a token.
    #[serde(default)]
    pub(crate) routes: Vec<Object<WrittenRoute>>,
    /// What becomes of requests that no route names: `token` (they need one, and no more) or `deny` (they are refused). It must
    /// be written where a route asks for more than a token. Default `token`.
    pub(crate) unmatched: Option<Unmatched>,
    /// Which request targets are taken although servers read them in more than one way.
    #[serde(default)]
    pub(crate) targets: Object<WrittenTargets>,
    /// In whose manner refused requests are answered. Default `rfc6750`.
    #[serde(default)]
    pub(crate) responses: Responses,
    /// What goes on to the application behind. Default: the request as it came.
    pub(crate) forward: Option<Object<WrittenForward>>,
}

/// What of an accepted token goes on to the application behind, when a gateway or a middleware hands requests on.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Forward"))]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenForward {
    /// Header fields that are set from claims, by the names of the claims as the application sees them. A field of that name
    /// which the client has sent is removed, whether the claim is there or not.
    #[serde(default)]
    pub(crate) claims_to_headers: BTreeMap<String, String>,
    /// Takes the token out of the request, wherever `token.sources` finds it. Default false.
    #[serde(default)]
    pub(crate) strip_token: bool,
}

/// Where in a request the token is.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Token"))]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenTokenPlaces {
    /// The places to look in, all of them. Default: the header `Authorization` with the scheme `Bearer` (RFC 6750 section
    /// 2.1).
    pub(crate) sources: Option<Vec<Object<WrittenTokenSource>>>,
}

/// One place to look for the token in; exactly one of header, cookie, query and expression.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "TokenSource"))]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenTokenSource {
    /// A header field. Without a scheme its whole value is the token.
    pub(crate) header: Option<String>,
    /// The scheme in front of the token in that header field or cookie, such as `Bearer`, with spaces behind it.
    pub(crate) scheme: Option<String>,
    /// A cookie. Double quotes around its value are no part of it. Without a scheme the value is the token.
    pub(crate) cookie: Option<String>,
    /// A parameter of the query (RFC 6750 section 2.3 advises against it).
    pub(crate) query: Option<String>,
    /// A CEL expression over `request` whose value is the token. There is none where the value is `null`, or where what the
    /// expression looks up is not there.
    pub(crate) expression: Option<String>,
}

/// Request targets that servers read in more than one way. Where a request could pass somewhere because of that, they are
/// refused, unless they are allowed here.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Targets"))]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenTargets {
    /// What may stand in a path. Such a path takes the routes of everything that it can be read as, all of which must hold,
    /// and none that lets it pass without a token.
    #[serde(default)]
    pub(crate) allow: Vec<Oddity>,
}

/// Which requests are meant, and what is asked of them.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Route"))]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenRoute {
    /// HTTP methods, as a list or with bars between them: `GET|HEAD`. Default: any.
    pub(crate) methods: Option<OneOrMany>,
    /// A path as a template, matched whole: `/orders/{id}`. Where the route asks for a token, in any letter case and with a
    /// slash at the end or without.
    pub(crate) path: Option<String>,
    /// A path as a regular expression, matched whole; where the route asks for a token, as `path` is.
    pub(crate) path_regex: Option<String>,
    /// Needs no token, and looks at none. Default false.
    #[serde(default)]
    pub(crate) skip: bool,
    /// Needs no token; one that is there must be good. Default false.
    #[serde(default)]
    pub(crate) optional: bool,
    /// The issuers whose tokens are taken, as they are written in `issuers`. Default: all.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Texts>"))]
    pub(crate) issuers: Option<OneOrMany>,
    /// The `aud` values of which a token must carry one, beside one of the issuer's.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Texts>"))]
    pub(crate) audience: Option<OneOrMany>,
    /// Which clients may use a token here, beside what the issuer's entry says.
    pub(crate) client_id: Option<Object<WrittenRouteClientId>>,
    /// Scopes that these requests need beside those of the issuer.
    pub(crate) scopes: Option<Object<WrittenRouteScopes>>,
    /// Rules about claims that hold here, beside those of the issuer.
    pub(crate) claims: Option<Vec<Object<WrittenClaimRule>>>,
}

/// Which clients may use a token on a route.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "RouteClientId"))]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenRouteClientId {
    /// The clients that may. What names the client is what the issuer's `client_id` says.
    #[cfg_attr(test, schemars(with = "Vec<super::schema::Text>"))]
    pub(crate) allowed: AllowedClients,
}

/// Scopes that a route needs.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "RouteScopes"))]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenRouteScopes {
    /// Every one of these.
    #[serde(default)]
    pub(crate) all: Vec<String>,
    /// One of these at least.
    #[serde(default)]
    pub(crate) any: Vec<String>,
}

/// What an endpoint asks of an accepted token, in code: the same as a route of the policy may ask.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenRequirement {
    /// Scopes that a token needs here.
    pub(crate) scopes: Option<Object<WrittenRouteScopes>>,
    /// Rules about claims that hold here.
    pub(crate) claims: Option<Vec<Object<WrittenClaimRule>>>,
}

/// An issuer with its own keys and rules: nothing of it ever counts for the tokens of another.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Issuer"))]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenIssuer {
    /// The `iss` values of this entry, byte for byte (RFC 7519 section 4.1.1), or a template with one whole segment of its path left open, such as `{tid}`. The waiver is the word `any` alone.
    #[cfg_attr(test, schemars(with = "super::schema::Texts"))]
    pub(crate) issuer: OneOrMany,
    /// For a template: the values that may stand in it, or the word `any`.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Texts>"))]
    pub(crate) tenants: Option<OneOrMany>,
    /// Where the keys come from. Default: the issuer's metadata says it (`discovery: true`), which takes one issuer that is a URL.
    #[serde(default)]
    pub(crate) keys: Object<WrittenKeys>,
    /// The algorithms that may sign. Default: every asymmetric one that fits a key; for a secret, those HS algorithms
    /// whose hash is no longer than it.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Algorithms>"))]
    pub(crate) algorithms: Option<Vec<String>>,
    /// The `aud` values of which a token must carry one (RFC 7519 section 4.1.3). The waiver is the word `any` alone.
    #[cfg_attr(test, schemars(with = "super::schema::Texts"))]
    pub(crate) audience: OneOrMany,
    /// A standard for access tokens that these tokens follow. `rfc9068`: the type `at+jwt`, and `exp`, `sub`, `client_id`, `iat`
    /// and `jti` must be there (RFC 9068 sections 2.1, 2.2 and 4). Default: none.
    pub(crate) profile: Option<Profile>,
    /// Accepted header types, such as `at+jwt` (RFC 8725 section 3.11). Default: any but those that are registered for other
    /// things than access tokens, such as `logout+jwt` and `dpop+jwt`.
    pub(crate) typ: Option<OneOrMany>,
    /// Claims that must be there. Default `exp`; the waiver is a list without it.
    pub(crate) required_claims: Option<Vec<String>>,
    /// Tolerance for `exp`, `nbf` and `iat`, at most 300 s. Default 5 s.
    pub(crate) leeway: Option<PolicyDuration>,
    /// The longest time since `iat`, which must be there then and not lie ahead.
    pub(crate) max_age: Option<PolicyDuration>,
    /// The longest time from `iat` to `exp`.
    pub(crate) max_lifetime: Option<PolicyDuration>,
    /// Refuses an `iat` that lies ahead. Default false.
    #[serde(default)]
    pub(crate) reject_future_iat: bool,
    /// What becomes of tokens that are bound to a key of the client (`cnf`: DPoP, RFC 9449; client certificates, RFC 8705).
    /// Default: they are refused; the waiver is the word `ignore`.
    pub(crate) confirmation: Option<Confirmation>,
    /// Which clients may use a token. Default: any.
    pub(crate) client_id: Option<Object<WrittenClientId>>,
    /// Scopes that a token needs. Default: none.
    pub(crate) scopes: Option<Object<WrittenScopes>>,
    /// Further rules about claims; all must hold.
    #[serde(default)]
    pub(crate) claims: Vec<Object<WrittenClaimRule>>,
    /// Other names for claims, from the name in the token to the one that rules and the application see. A registered claim
    /// (RFC 7519 section 4.1) gets the other name beside its own. Default: none.
    #[serde(default)]
    pub(crate) claim_mapping: BTreeMap<String, String>,
    /// Puts the names of WSO2's dialect behind `claim_mapping`, such as `http://wso2.org/claims/emailaddress` for `email`.
    /// Default false.
    #[serde(default)]
    pub(crate) default_claim_mapping: bool,
    /// Takes whole numbers in `sub` and `jti`, which are texts (RFC 7519 sections 4.1.2 and 4.1.7), and shows them as texts to
    /// rules and the application. Default false.
    #[serde(default)]
    pub(crate) numeric_ids: bool,
    /// Tries up to four fitting keys for a token that names none. Default false.
    #[serde(default)]
    pub(crate) try_all_keys: bool,
    /// How fetched key sets are kept fresh.
    #[serde(default)]
    pub(crate) jwks: Object<WrittenJwks>,
}

/// Where the keys of an issuer come from; several sources may stand beside each other.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Keys"))]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenKeys {
    /// Absolute `https` URLs of key sets; `http` on loopback only, unless `jwks.allow_http`.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Texts>"))]
    pub(crate) jwks_uri: Option<OneOrMany>,
    /// The issuer's metadata says where the key set lies (RFC 8414, OpenID Connect Discovery): `true`, or the URL of the
    /// metadata. Default: `true` where no other source is named, else `false`.
    pub(crate) discovery: Option<Discovery>,
    /// A key set as it is (RFC 7517 section 5), or `{ file: PATH }` with its JSON; the only kind in which a symmetric key counts.
    #[cfg_attr(test, schemars(with = "Option<super::schema::KeySet>"))]
    pub(crate) jwks: Option<Value>,
    /// A public key or an X.509 certificate, with or without the lines around it.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Text>"))]
    pub(crate) pem: Option<String>,
    /// A secret for HS256, HS384 and HS512; at least 32 bytes.
    pub(crate) secret: Option<Object<WrittenSecret>>,
    /// Certificates in a store; the alias is the key id.
    pub(crate) trust_store: Option<Object<WrittenTrustStore>>,
    /// The ids (`kid`, or alias in a trust store) of keys that must not be used any more, wherever they come from. The same key
    /// under another id beside it is not used either. Default: none.
    #[serde(default)]
    pub(crate) denied_kids: Vec<String>,
    /// Takes the keys of certificates outside their period of validity. Default false.
    #[serde(default)]
    pub(crate) allow_expired_certificates: bool,
    /// The waiver that lets tokens without signature pass; excludes every other source. Default false.
    #[serde(default)]
    pub(crate) accept_unsigned: bool,
}

/// An HMAC secret; exactly one member says how its octets are written.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Secret"))]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenSecret {
    /// The octets of this text in UTF-8.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Text>"))]
    pub(crate) text: Option<String>,
    /// The octets in base64url without padding.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Text>"))]
    pub(crate) base64url: Option<String>,
    /// The octets in hexadecimal.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Text>"))]
    pub(crate) hex: Option<String>,
}

/// Never shows the secret.
impl fmt::Debug for WrittenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// A store of certificates; exactly one of `base64` and `text` holds it.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "TrustStore"))]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenTrustStore {
    /// The format.
    pub(crate) r#type: StoreType,
    /// The store in base64.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Text>"))]
    pub(crate) base64: Option<String>,
    /// A bundle of PEM certificates.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Text>"))]
    pub(crate) text: Option<String>,
    /// The password of the store.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Text>"))]
    pub(crate) password: Option<String>,
    /// The alias for tokens that name no key. Default `gateway_certificate_alias`.
    pub(crate) default_alias: Option<String>,
}

/// Never shows the password, nor what it protects.
impl fmt::Debug for WrittenTrustStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TrustStore")
    }
}

/// Which clients may use a token.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ClientId"))]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenClientId {
    /// Claims that name the client; the first that is there counts. Default `client_id`, `azp`, `cid`.
    pub(crate) claims: Option<Vec<String>>,
    /// An expression (CEL) that gives the client's id as a text, in place of `claims`. It stands with a list of clients.
    pub(crate) expression: Option<String>,
    /// The clients that may; or the word `host` alone, and the host looks each up.
    pub(crate) allowed: AllowedClients,
}

/// Scopes that a token needs.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Scopes"))]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenScopes {
    /// Claims that hold scopes, as a list or a text with spaces; the first that is there counts. Default `scope`, `scp`.
    pub(crate) claims: Option<Vec<String>>,
    /// Every one of these.
    pub(crate) all: Option<Vec<String>>,
    /// One of these at least.
    pub(crate) any: Option<Vec<String>>,
}

/// What is asked of a claim: at most one of the operators from `equals` to `max`, and an expression.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ClaimRule"))]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenClaimRule {
    /// A claim, or the path to one inside of others. Without it the rule is an expression alone.
    pub(crate) claim: Option<OneOrMany>,
    /// Whether the claim must be there. Default true.
    pub(crate) mandatory: Option<bool>,
    /// The claim is this value.
    pub(crate) equals: Option<Value>,
    /// The claim is one of these, or a list that holds one of them: texts, numbers, booleans.
    pub(crate) any_of: Option<Vec<Value>>,
    /// The claim is a list that holds all of these; a single value is a list of one.
    pub(crate) all_of: Option<Vec<Value>>,
    /// The claim is none of these, nor a list that holds one.
    pub(crate) none_of: Option<Vec<Value>>,
    /// The claim is a text that begins so.
    pub(crate) prefix: Option<String>,
    /// The claim is a text that ends so.
    pub(crate) suffix: Option<String>,
    /// The claim is a list that holds this value, or a text with this text in it.
    pub(crate) contains: Option<Value>,
    /// The claim is a text that this regular expression matches whole.
    pub(crate) matches: Option<String>,
    /// The claim is a number, at least this.
    #[cfg_attr(test, schemars(with = "Option<f64>"))]
    pub(crate) min: Option<Number>,
    /// The claim is a number, at most this.
    #[cfg_attr(test, schemars(with = "Option<f64>"))]
    pub(crate) max: Option<Number>,
    /// Splits a text into a list first.
    pub(crate) separator: Option<String>,
    /// A condition in CEL over `claims`, `value` (this claim), `header`, `request` and `now`. Whatever is not `true`
    /// refuses.
    pub(crate) expression: Option<String>,
}

/// How fetched key sets are kept fresh.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Jwks"))]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenJwks {
    /// How long a set is fresh when its answer says nothing, and at most. Default 60 min.
    pub(crate) ttl: Option<PolicyDuration>,
    /// Whether the answer's header fields may shorten `ttl` (RFC 9111 section 4.2). Default true.
    pub(crate) respect_cache_control: Option<bool>,
    /// The least that they may shorten it to. Default 60 s.
    pub(crate) min_ttl: Option<PolicyDuration>,
    /// After which part of its freshness a set is refreshed, 0.1 to 1. Default 0.8.
    pub(crate) refresh_ahead: Option<f64>,
    /// How long an old set serves while its issuer cannot be reached. Default 24 h; 0 fails closed at expiry.
    pub(crate) max_stale: Option<PolicyDuration>,
    /// The longest time for one fetch. Default 10 s.
    pub(crate) timeout: Option<PolicyDuration>,
    /// The window in which unknown key ids cause at most two fetches. Default 30 s.
    pub(crate) cooldown: Option<PolicyDuration>,
    /// The pauses after failed fetches.
    pub(crate) backoff: Option<Object<WrittenBackoff>>,
    /// The longest answer, in bytes. Default 524288.
    pub(crate) max_body: Option<usize>,
    /// The number of keys that are read of one set. Default 500.
    pub(crate) max_keys: Option<usize>,
    /// Allows `http` URLs beyond loopback. Default false.
    #[serde(default)]
    pub(crate) allow_http: bool,
}

/// The pauses after failed fetches.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Backoff"))]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenBackoff {
    /// The longest pause after the first failure; it doubles. Default 1 s.
    pub(crate) first: Option<PolicyDuration>,
    /// The longest pause at all. Default 300 s.
    pub(crate) max: Option<PolicyDuration>,
}

/// Bounds on what is read of a token.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Limits"))]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenLimits {
    /// The longest token, in bytes. Default 16384.
    pub(crate) token_bytes: Option<usize>,
    /// The deepest nesting of its JSON. Default 32.
    pub(crate) json_depth: Option<usize>,
}

/// How much a cache of verified tokens may hold; the tokens that were of no use lately make room for others.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Cache"))]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenCache {
    /// The most tokens, 8 to 1048576. Default 4096.
    pub(crate) entries: Option<usize>,
    /// The most bytes of memory for them, 65536 to 1073741824, and at least four times `limits.token_bytes`. Default 16777216.
    pub(crate) bytes: Option<usize>,
}
