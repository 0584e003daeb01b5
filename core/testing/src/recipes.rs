//! The one table of codes: how a good token or request becomes a bad one.
//!
//! Each recipe gives attempts, of which the first counts that the core refuses with the very code: what makes a token bad depends
//! on the policy, and the core knows it best.

use crate::Error;
use crate::document::{Object, duration, seconds, texts};
use crate::draft::Draft;
use crate::keys::DECOY;
use crate::signing::{Family, SigningKey, unique};
use crate::wants::{client_claims, put, rule_path, scope_claims};
use jotgate::{Algorithm, Code, defaults};
use serde_json::{Value, json};
use std::sync::Arc;

/// What a bad token or request is made of.
pub(crate) struct Good<'a> {
    pub(crate) draft: &'a Draft,
    pub(crate) entry: &'a Object,
    /// The policy as a whole, for what is no entry's.
    pub(crate) limits: Option<&'a Value>,
    pub(crate) now: i64,
}

/// One way to make it bad.
pub(crate) enum Attempt {
    /// Sign this.
    Token(Draft),
    /// Change this after signing.
    Tampered(Draft),
    /// Send this in the place of the token.
    Text(String),
    /// Send these tokens, or none.
    Tokens(Vec<Draft>),
    /// Send the good token to this path, beside what the request has.
    Path(String),
}

/// How a code's attempts are made.
pub(crate) type Attempts = fn(&Good<'_>) -> Result<Vec<Attempt>, Error>;

/// A row of the table.
pub(crate) struct Row {
    pub(crate) code: Code,
    /// What is bad about it, or why no token and no request gives this code.
    pub(crate) what: &'static str,
    /// What the policy must say, where not every policy knows the code.
    pub(crate) needs: &'static str,
    pub(crate) attempts: Option<Attempts>,
}

macro_rules! recipes {
    ($( $code:ident: $what:literal, $needs:literal, $attempts:expr; )+) => {
        pub(crate) const ROWS: &[Row] = &[
            $( Row { code: Code::$code, what: $what, needs: $needs, attempts: $attempts }, )+
        ];
    };
}

recipes! {
    MissingToken: "no token", "every request is let through without a token", Some(|_| Ok(vec![Attempt::Tokens(Vec::new())]));
    MultipleTokens: "two tokens that differ", "token.sources has no place for two tokens", Some(two_tokens);
    UnmatchedRequest: "a good token for a path that no route names", "the policy has no unmatched: deny", Some(|_| paths(&["/jotgate-testing/no-such-route"]));
    AmbiguousTarget: "a good token for a path that servers read in more than one way", "no path can pass as another: that takes routes", Some(odd_paths);
    MalformedToken: "two segments in place of three", "", Some(two_segments);
    UnsupportedToken: "an encrypted token: five segments", "", Some(|_| Ok(vec![Attempt::Text(ENCRYPTED.to_owned())]));
    UnsupportedCritical: "crit in the header", "", Some(|good| header(good, "crit", &[json!(["jotgate-testing"])]));
    TokenTooLarge: "a claim that makes it longer than limits.token_bytes", "", Some(too_large);
    MissingIssuer: "no iss", "the policy takes any issuer", Some(|good| without(good, &["iss"]));
    UnknownIssuer: "another iss", "the policy takes any issuer", Some(|good| claim(good, "iss", &[json!("https://unknown-issuer.test/")]));
    AlgorithmNotAllowed: "signed with an algorithm that the issuer's entry does not take", "every algorithm is taken", Some(other_algorithms);
    UnknownKey: "the id of a key that the issuer does not have", "the policy takes tokens without a signature", Some(|good| header(good, "kid", &[json!("test-unknown")]));
    AmbiguousKey: "no key id, where two keys fit", "rotate with an overlap first, so that two keys fit; try_all_keys tries both", Some(|good| header(good, "kid", &[Value::Null]));
    UnusableKey: "the id of a key that is for encryption", "the policy takes tokens without a signature", Some(|good| header(good, "kid", &[json!(DECOY)]));
    InvalidSignature: "claims that were changed after signing", "the policy takes tokens without a signature", Some(|good| Ok(vec![Attempt::Tampered(good.draft.clone())]));
    Expired: "an exp that has passed", "", Some(|good| claim(good, "exp", &[json!(good.past()), json!(good.now.saturating_sub(3600))]));
    NotYetValid: "an nbf that lies ahead", "", Some(|good| later(good, "nbf"));
    IssuedInFuture: "an iat that lies ahead", "the policy has neither max_age nor reject_future_iat", Some(|good| later(good, "iat"));
    TooOld: "an iat longer ago than max_age", "the policy has no max_age", Some(too_old);
    LifetimeTooLong: "an exp farther from iat than max_lifetime", "the policy has no max_lifetime", Some(too_long);
    MissingClaim: "without a claim that the policy asks for", "the policy asks for no claim", Some(missing_claims);
    InvalidClaim: "an exp that is a text", "", Some(|good| claim(good, "exp", &[json!("tomorrow")]));
    InvalidType: "the typ of a logout token", "the policy takes every type that the kit knows", Some(|good| header(good, "typ", &[json!("logout+jwt"), json!("jotgate-testing+jwt")]));
    AudienceMismatch: "another aud", "the policy takes any audience", Some(|good| claim(good, "aud", &[json!("test-other-audience")]));
    ClaimRejected: "a claim that a rule does not take", "no rule names a claim; where only a condition refuses, say the claims that it refuses", Some(broken_rules);
    ConfirmationFailed: "bound to a key, and no proof", "the policy has confirmation: ignore", Some(|good| claim(good, "cnf", &[json!({ "jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" })]));
    ClientNotAllowed: "another client", "the policy lists no clients; an application that looks them up itself says no itself", Some(other_client);
    InsufficientScope: "no scope", "the policy asks for no scope", Some(no_scopes);
    Revoked: "the application says that a token was revoked, not the token", "give the validator a check for revoked tokens that says yes", None;
    KeysUnavailable: "no key set is at hand, whatever the token", "break the key set of a validator that fetches it", None;
    PolicyError: "a policy that does not load, before there is any token", "", None;
    InternalError: "a mistake in the library or its host", "", None;
}

impl Good<'_> {
    fn leeway(&self) -> i64 {
        seconds(duration(self.entry, "leeway").unwrap_or(defaults::LEEWAY))
    }

    /// Just behind what the leeway forgives.
    fn past(&self) -> i64 {
        self.now.saturating_sub(self.leeway()).saturating_sub(60)
    }

    /// Far enough behind what the leeway forgives that a test which takes its time sees the same.
    fn ahead(&self) -> i64 {
        self.now.saturating_add(self.leeway()).saturating_add(300)
    }
}

fn claim(good: &Good<'_>, name: &str, values: &[Value]) -> Result<Vec<Attempt>, Error> {
    Ok(values.iter().map(|value| Attempt::Token(good.draft.clone().with(name, value.clone()))).collect())
}

fn without(good: &Good<'_>, names: &[&str]) -> Result<Vec<Attempt>, Error> {
    Ok(names.iter().map(|name| Attempt::Token(good.draft.clone().without(name))).collect())
}

fn header(good: &Good<'_>, name: &str, values: &[Value]) -> Result<Vec<Attempt>, Error> {
    Ok(values.iter().map(|value| Attempt::Token(good.draft.clone().with_header(name, value.clone()))).collect())
}

fn paths(paths: &[&str]) -> Result<Vec<Attempt>, Error> {
    Ok(paths.iter().map(|path| Attempt::Path((*path).to_owned())).collect())
}

/// RFC 6750 section 2: one method per request.
fn two_tokens(good: &Good<'_>) -> Result<Vec<Attempt>, Error> {
    let other = good.draft.clone().with("jti", unique()?);
    Ok(vec![Attempt::Tokens(vec![good.draft.clone(), other])])
}

/// An encoded slash, a dot segment, an encoded one, an empty segment.
fn odd_paths(_: &Good<'_>) -> Result<Vec<Attempt>, Error> {
    paths(&["/a/../jotgate-testing", "/a%2F..%2Fjotgate-testing", "/a/%2e%2e/jotgate-testing", "//jotgate-testing"])
}

fn two_segments(good: &Good<'_>) -> Result<Vec<Attempt>, Error> {
    let token = good.draft.signed()?;
    let (two, _) = token.rsplit_once('.').unwrap_or_default();
    Ok(vec![Attempt::Text(two.to_owned())])
}

fn too_large(good: &Good<'_>) -> Result<Vec<Attempt>, Error> {
    let bytes = good.limits.and_then(|limits| limits.get("token_bytes")).and_then(Value::as_u64);
    let length = bytes.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(defaults::TOKEN_BYTES);
    claim(good, "jotgate_testing", &[json!("x".repeat(length))])
}

/// RFC 8725 section 3.1: what the header says is no reason to believe it. Each is rightly signed by a key of its own kind.
fn other_algorithms(good: &Good<'_>) -> Result<Vec<Attempt>, Error> {
    let mut attempts = Vec::new();
    for algorithm in [Algorithm::Hs256, Algorithm::Es256, Algorithm::EdDsa, Algorithm::Es384] {
        let mut draft = good.draft.clone().with_header("alg", algorithm.name());
        draft.signer = Some((algorithm, Arc::new(SigningKey::generate(Family::of(algorithm)?)?)));
        attempts.push(Attempt::Token(draft));
    }
    Ok(attempts)
}

/// It expires behind that, or it would be refused for being dead before it lives.
fn later(good: &Good<'_>, name: &str) -> Result<Vec<Attempt>, Error> {
    let ahead = good.ahead();
    let draft = good.draft.clone().with(name, ahead);
    Ok(vec![Attempt::Token(draft.clone().with("exp", ahead.saturating_add(60))), Attempt::Token(draft)])
}

fn too_old(good: &Good<'_>) -> Result<Vec<Attempt>, Error> {
    let Some(oldest) = duration(good.entry, "max_age") else { return Ok(Vec::new()) };
    claim(good, "iat", &[json!(good.past().saturating_sub(seconds(oldest)))])
}

fn too_long(good: &Good<'_>) -> Result<Vec<Attempt>, Error> {
    let Some(longest) = duration(good.entry, "max_lifetime") else { return Ok(Vec::new()) };
    claim(good, "exp", &[json!(good.now.saturating_add(seconds(longest)).saturating_add(3600))])
}

/// The claims that the entry names, then those that others ask for: `iat` for ages, the claims of rules.
fn missing_claims(good: &Good<'_>) -> Result<Vec<Attempt>, Error> {
    let mut names = texts(good.entry.get("required_claims"));
    names.extend(["exp", "aud", "iat", "jti"].map(str::to_owned));
    names.extend(rules(good.entry).filter_map(|rule| rule_path(good.entry, rule).into_iter().next()));
    without(good, &names.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Of each rule, values of every type: one of them it does not take, if it looks at the value at all.
fn broken_rules(good: &Good<'_>) -> Result<Vec<Attempt>, Error> {
    let mut attempts = Vec::new();
    for rule in rules(good.entry) {
        let path = rule_path(good.entry, rule);
        let refused = texts(rule.get("none_of")).into_iter().map(Value::from);
        let strange = [json!("jotgate-testing"), json!(-1e9), json!(1e9), json!(false), json!({})];
        for value in refused.chain(strange) {
            let mut draft = good.draft.clone();
            put(&mut draft.claims, &path, value);
            attempts.push(Attempt::Token(draft));
        }
    }
    Ok(attempts)
}

fn other_client(good: &Good<'_>) -> Result<Vec<Attempt>, Error> {
    let mut draft = good.draft.clone();
    let names = client_claims(good.entry);
    draft.claims.retain(|name, _| !names.contains(name));
    draft.claims.extend(names.first().map(|name| (name.clone(), json!("test-other-client"))));
    Ok(vec![Attempt::Token(draft)])
}

fn no_scopes(good: &Good<'_>) -> Result<Vec<Attempt>, Error> {
    let mut draft = good.draft.clone();
    let names = scope_claims(good.entry);
    draft.claims.retain(|name, _| !names.contains(name));
    Ok(vec![Attempt::Token(draft)])
}

fn rules(entry: &Object) -> impl Iterator<Item = &Object> {
    entry.get("claims").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

/// RFC 7516 section 3.1: five segments, none of which anybody opens.
const ENCRYPTED: &str = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkExMjhHQ00ifQ.AAAA.AAAA.AAAA.AAAA";
