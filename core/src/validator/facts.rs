//! What an explanation says of the checks up to the signature. Nothing here decides.

use super::signed::Signed;
use crate::algorithm::Algorithm;
use crate::codes::Code;
use crate::explain::{Facts, span};
use crate::issuers::{IssuerEntry, Issuers};
use crate::json;
use crate::jwks::SourceHealth;
use crate::key::{Key, Thumbprints};
use crate::limits;
use crate::rejection::Rejection;
use crate::request::Request;
use crate::routing::{Needs, Taken};
use crate::signature;
use crate::text::{cut, listed};
use crate::token::{self, Header, Payload, Token, TokenLimits};

/// Which route the request took, and what that one asks for.
pub(super) fn route(request: &Request<'_>, routes: &Taken<'_>) -> Facts {
    let facts = asked(request);
    let Some(index) = routes.index() else {
        return facts.note("no route matches: the policy applies as it is");
    };
    let note = match routes.needs() {
        Needs::Nothing => format!("routes[{index}] asks for no token"),
        Needs::GoodTokenOrNone => format!("routes[{index}] needs no token, but checks one that is there"),
        Needs::Token => format!("routes[{index}]"),
    };
    let others: Vec<String> = routes.beside().map(|index| format!("routes[{index}]")).collect();
    if others.is_empty() {
        return facts.note(note);
    }
    facts.note(format!(
        "{note}; servers may take the request for one of {} too, so that must hold as well",
        listed(others)
    ))
}

/// Why the request takes none and is refused.
pub(super) fn no_route(request: &Request<'_>, rejection: &Rejection, code: Option<Code>) -> Facts {
    let facts = asked(request);
    match code {
        Some(Code::UnmatchedRequest) => {
            facts.note("no route matches, and the policy says  unmatched: deny: add a route for such requests")
        }
        _ => facts
            .expected("a path that all servers read alike")
            .note(format!("{}; where an API uses such paths, targets.allow lets them in if it can", rejection.detail)),
    }
}

/// The path alone: a query may carry a token.
fn asked(request: &Request<'_>) -> Facts {
    Facts::checked().found(format!("{} {}", request.method, request.path))
}

/// Why no token was found. The header field is looked at once more, because nearly every mistake is made there; its value is
/// never shown, for it may be a credential of another scheme.
pub(super) fn no_token(facts: Facts, request: &Request<'_>, code: Option<Code>) -> Facts {
    if code != Some(Code::MissingToken) {
        return facts.note("the request carries several tokens that differ: send one");
    }
    match request.header("authorization").next() {
        None => facts.note("the request has no Authorization header, nor a token anywhere else that is looked at"),
        Some(value) => match value.split_once(' ') {
            Some((_, credentials)) if !credentials.trim().is_empty() => {
                facts.note("the request has an Authorization header, but not of a scheme that is looked for")
            }
            _ => facts.note("the Authorization header is not a scheme, one space and a token"),
        },
    }
}

/// The size and the number of segments, never a byte of them: a token in a log is a token that somebody can use.
pub(super) fn shape(token: &[u8], limits: TokenLimits, code: Option<Code>) -> Facts {
    let expected = format!("three segments of base64url without padding, at most {} bytes", limits.token_bytes);
    let segments = memchr::memchr_iter(b'.', token).count().saturating_add(1);
    let found = match segments {
        1 => format!("{} bytes without a dot", token.len()),
        _ => format!("{} bytes, {segments} segments", token.len()),
    };
    let facts = Facts::checked().expected(expected).found(found);
    if code == Some(Code::MalformedToken) {
        return facts.note_if(malformed(token, segments));
    }
    match code {
        Some(Code::TokenTooLarge) => facts.note("raise limits.token_bytes if the issuer's tokens are this long"),
        Some(Code::UnsupportedToken) => facts.note("the token is encrypted (JWE): ask the issuer for a signed one"),
        _ => facts,
    }
}

/// The mistakes that are made when a token is copied.
fn malformed(token: &[u8], segments: usize) -> Option<&'static str> {
    let prefix = token.get(..7).unwrap_or_default();
    let quote = |byte: Option<&u8>| matches!(byte, Some(b'"' | b'\'' | b'`'));
    if token.is_empty() {
        Some("the token is empty")
    } else if quote(token.first()) || quote(token.last()) {
        Some("there are quotes around the token: give the token alone")
    } else if token.get(..14).is_some_and(|name| name.eq_ignore_ascii_case(b"authorization:")) {
        Some("give the token alone, without the name of the header field and Bearer in front")
    } else if prefix.eq_ignore_ascii_case(b"bearer ") {
        Some("give the token alone, without Bearer in front")
    } else if token.iter().any(u8::is_ascii_whitespace) {
        Some("there is white space in the token: it was cut or wrapped when it was copied")
    } else if segments == 1 {
        Some("this is no JWT: the issuer gives opaque tokens, or the wrong text was taken")
    } else if !begins_an_object(token) {
        Some(NO_HEADER)
    } else if segments != 3 {
        Some("a JWT has three segments: part of it is missing, or there is too much")
    } else if token.contains(&b'=') {
        Some("the segments are padded with =, which RFC 7515 section 2 forbids")
    } else if token.iter().any(|byte| matches!(byte, b'+' | b'/')) {
        Some("the segments are base64, not base64url")
    } else if is_cut_off(token) {
        Some("the signature is no whole base64url: it was cut off, or changed, when the token was copied")
    } else {
        None
    }
}

/// Whether the last segment alone is not what it should be.
fn is_cut_off(token: &[u8]) -> bool {
    let mut segments = token.split(|byte| *byte == b'.').map(token::decode);
    let last = segments.next_back();
    last.is_some_and(|last| last.is_err()) && segments.all(|segment| segment.is_ok())
}

/// What a header must be. What is wrong with it, the rejection says, unless there is none at all.
pub(super) fn header(token: &Token<'_>, code: Option<Code>) -> Facts {
    let facts = Facts::checked().expected("a strict JSON object with alg, and none of crit, enc, zip");
    let none = code == Some(Code::MalformedToken) && !token.header_text().trim_start().starts_with('{');
    facts.note_if(none.then_some(NO_HEADER))
}

/// Whether the text begins as base64 of any kind does for a text that begins with `{`.
fn begins_an_object(token: &[u8]) -> bool {
    matches!(token, [b'e', b'w'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'+' | b'/', ..])
}

/// What a payload must be.
pub(super) fn payload() -> Facts {
    Facts::checked().expected("a strict JSON object without duplicate members")
}

/// The issuers of the policy beside the one of the token. Most that differ do so in a slash at the end.
pub(super) fn issuer(names: &Issuers, payload: &Payload<'_>, code: Option<Code>) -> Facts {
    let written = names.written();
    let facts = Facts::checked().expected(listed(&written));
    let Ok(Some(issuer)) = payload.text("iss") else { return facts };
    let facts = facts.found(&issuer);
    if code != Some(Code::UnknownIssuer) {
        return facts;
    }
    let bare = |name: &str| name.trim_end_matches('/').to_ascii_lowercase();
    match written.iter().find(|name| bare(name) == bare(&issuer)) {
        Some(name) => facts.note(format!(
            "differs from {} in case or in a slash at the end: issuers are compared byte for byte",
            cut(name)
        )),
        None => facts.note("add an entry for this issuer to the policy, or ask the right issuer for a token"),
    }
}

/// Where the policy waives signatures, every explanation says so.
pub(super) fn unsigned(header: &Header<'_>) -> Facts {
    Facts::checked()
        .expected("none, and an empty signature")
        .found(&header.alg)
        .note("accept_unsigned: the policy takes tokens that anyone can write")
}

/// The allow-list beside the header's `alg`, and why they may not meet.
pub(super) fn algorithm<'e>(
    entries: impl Iterator<Item = &'e IssuerEntry>, header: &Header<'_>, code: Option<Code>,
) -> Facts {
    let allowed: Vec<&str> = entries.flat_map(IssuerEntry::algorithms).map(Algorithm::name).collect();
    let facts = Facts::checked().expected(format!("one of {}", allowed.join(", "))).found(&header.alg);
    if code.is_none() {
        return facts;
    }
    let note = match (header.alg.as_ref(), Algorithm::from_name(&header.alg)) {
        ("none", _) => "the token is not signed",
        (_, None) => "this algorithm is not supported",
        (_, Some(algorithm)) if signature::lack(algorithm).is_some() => "this build does not verify this algorithm",
        (_, Some(algorithm)) if algorithm.is_symmetric() => {
            "the token is signed with a shared secret, and the policy has public keys for this issuer"
        }
        ("EdDSA" | "Ed25519", _) => "EdDSA and Ed25519 are two names of one algorithm: the policy lists each by itself",
        _ => "add it to the issuer's algorithms, if the issuer is to sign with it",
    };
    facts.note(note)
}

/// The key that was picked, by its id: key material is never shown.
pub(super) fn key(keys: &[&Key], header: &Header<'_>) -> Facts {
    let facts = Facts::checked().expected(wanted(header));
    match keys {
        [key] => facts.found(name_of(key)),
        keys => facts.found(format!("{} keys, of which each is tried", keys.len())),
    }
}

/// Several keys fit. With a key id the issuer has to change something, without one the policy may.
pub(super) fn ambiguous_key(keys: &[&Key], header: &Header<'_>, tries_all: bool) -> Facts {
    let names: Vec<String> = keys.iter().map(|key| name_of(key)).collect();
    let facts = Facts::checked().expected(wanted(header)).found(listed(names));
    match header.kid {
        Some(_) => facts.note("several different keys have this kid: the issuer must publish one of them only"),
        None if thumbprint(header).is_some() => {
            facts.note("the token names no kid, and its thumbprints lead to several keys: the issuer should name a kid")
        }
        None if tries_all => facts.note(format!("try_all_keys tries at most {} keys", limits::KEYS_TRIED)),
        None => {
            facts.note("the token names no kid, and several keys fit: the issuer should name one; see try_all_keys")
        }
    }
}

/// The policy has taken the key out of use, whoever still publishes it.
pub(super) fn denied_key(header: &Header<'_>) -> Facts {
    let found = header.kid.as_deref().map_or_else(|| "no kid".to_owned(), |kid| quoted(&cut(kid)));
    let facts = Facts::checked().expected("a key that the policy does not deny").found(found);
    facts.note("keys.denied_kids of the issuer's entry takes this key out of use: its tokens have to be issued anew")
}

/// No key fits: what the token asks for, what the issuer has, and how old that is. A key that the set holds and that is not
/// usable is told from one that is not there, because the issuer has to do different things about them.
pub(super) fn missing_key(
    entry: &IssuerEntry, header: &Header<'_>, sets: &[(SourceHealth, Vec<String>)], code: Option<Code>,
) -> Facts {
    let statics = entry.keys.iter().map(name_of);
    let fetched = sets.iter().flat_map(|(_, kids)| kids.iter().map(|kid| quoted(kid)));
    let names: Vec<String> = fetched.chain(statics).collect();
    let has = if names.is_empty() { "no key".to_owned() } else { listed(names) };
    let facts = Facts::checked().expected(wanted(header)).found(has.clone());
    let kid = header.kid.as_deref();
    let named = match (kid, thumbprint(header)) {
        (Some(kid), _) => format!("the token's kid is {}", quoted(&cut(kid))),
        (None, Some((name, value))) => format!("the token names no kid, and its {name} is {}", quoted(&cut(value))),
        (None, None) => "the token names no kid".to_owned(),
    };
    facts.note(match code {
        Some(Code::KeysUnavailable) => {
            sets.iter().map(|(health, _)| source_note(health)).collect::<Vec<_>>().join("; ")
        }
        Some(Code::UnusableKey) => {
            let reasons = sets.iter().flat_map(|(health, _)| &health.skipped);
            let skipped = reasons.filter(|key| key.kid.as_deref() == kid).map(|key| key.detail).next();
            match skipped {
                Some(reason) => format!("{named}; the issuer's set has this key, but {reason}"),
                None => format!("{named}; that key is of another type, bound to another algorithm, or not valid now"),
            }
        }
        _ => match sets.iter().filter_map(|(health, _)| health.age).reduce(f64::min) {
            Some(age) => format!("{named}; the issuer's keys are {has} (fetched {} ago)", span(age)),
            None => format!("{named}; the issuer's keys are {has}"),
        },
    })
}

/// A signature says no more than that it is wrong. So this names the mistakes that are made, by family: secrets that are
/// written in two ways, and keys that are not the issuer's.
///
/// Microsoft signs tokens for Graph over a header in which `nonce` is hashed, so that nobody but Graph can verify them.
pub(super) fn signature(algorithm: Algorithm, signed: &Signed<'_>, code: Option<Code>) -> Facts {
    let facts = Facts::checked().expected(format!("a signature of {algorithm} over the token as received"));
    match code {
        None => facts,
        Some(_) if signed.signature_bytes().is_some_and(|bytes| bytes < algorithm.signature_bytes()) => {
            facts.note("the signature is shorter than any of this algorithm: it was cut off when the token was copied")
        }
        Some(_) if names_nonce(signed.header_text()) => facts.note(
            "the header has a nonce, as tokens for Microsoft Graph have, which no other service can verify: ask for a token for your own API",
        ),
        Some(_) if algorithm.is_symmetric() => facts.note(
            "the token was changed, or issuer and policy hold different secrets: see whether one of them is base64",
        ),
        Some(_) => facts.note("the token was changed, or it was signed with another key than the issuer publishes"),
    }
}

fn names_nonce(header: &str) -> bool {
    json::object(header, limits::JSON_DEPTH_MAX)
        .is_ok_and(|members| members.iter().any(|member| member.name == "nonce"))
}

/// Why a source has no keys at hand.
fn source_note(health: &SourceHealth) -> String {
    let url = cut(&health.url);
    match (health.last_error, health.age) {
        (Some(problem), _) => {
            let hint = health.last_error_hint.as_deref().unwrap_or_default();
            let cause = health.last_error_cause.as_ref().map(|cause| format!(" ({cause})")).unwrap_or_default();
            format!("{url}: the last fetch failed: {problem}{cause}: {hint}")
        }
        (None, None) => format!("{url}: not fetched yet; validate the token first, which fetches it"),
        (None, Some(age)) => format!("{url}: fetched {} ago, and due again; validate the token first", span(age)),
    }
}

/// The key that the token asks for.
fn wanted(header: &Header<'_>) -> String {
    match (&header.kid, thumbprint(header)) {
        (Some(kid), _) => format!("a key with the kid {}", quoted(&cut(kid))),
        (None, Some((name, value))) => {
            format!(
                "the key with the {name} {}, or the only one that fits where no key has a certificate",
                quoted(&cut(value))
            )
        }
        (None, None) => "the only key that fits".to_owned(),
    }
}

/// The thumbprint that a token names its key by, where it is one.
fn thumbprint<'h>(header: &'h Header<'_>) -> Option<(&'static str, &'h str)> {
    let named = [("x5t#S256", header.x5t_s256.as_deref()), ("x5t", header.x5t.as_deref())];
    named
        .into_iter()
        .find_map(|(name, value)| Some((name, value.filter(|text| Thumbprints::read(Some(text), None).is_some())?)))
}

/// A key by its id, which the policy or the issuer has given it.
fn name_of(key: &Key) -> String {
    match &key.id {
        Some(id) => quoted(&cut(id)),
        None => "a key without a kid".to_owned(),
    }
}

fn quoted(kid: &str) -> String {
    format!("\"{kid}\"")
}

const NO_HEADER: &str = "this is no JWT: what stands before its first dot is no JSON object, so the issuer gives tokens of another \
     kind, or the wrong text was taken";
