//! Tokens: what nobody signed, and what an issuer with strange habits signed.

use crate::input::{NOW, now, parts, validator};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jotgate::{Question, Validator, Verdict, Verified};
use ring::hmac;
use serde_json::Value;
use std::sync::LazyLock;

/// Of this target alone, so nobody's corpus holds a token that it signed.
const SECRET: &[u8] = b"0123456789abcdef0123456789ABCDEF";
const ISSUER: &str = "https://idp.test/";
const AUDIENCE: &str = "https://api.test";

static STRICT: LazyLock<Validator> = LazyLock::new(|| {
    validator(
        r#"{"version": 1, "issuers": [
            {"issuer": "https://idp.test/", "audience": "https://api.test",
             "keys": {"secret": {"text": "0123456789abcdef0123456789ABCDEF"}}},
            {"issuer": "https://login.test/{tenant}/", "tenants": "any", "audience": "https://api.test", "algorithms": ["HS256"],
             "keys": {"secret": {"text": "0123456789abcdef0123456789ABCDEf"}}}]}"#,
    )
});

/// Asks for as little as a policy can, so that what is left is the reader.
static LOOSE: LazyLock<Validator> = LazyLock::new(|| {
    validator(
        r#"{"version": 1, "issuers": [{"issuer": "any", "audience": "any", "required_claims": [],
            "keys": {"secret": {"text": "0123456789abcdef0123456789ABCDEF"}}}]}"#,
    )
});

/// A token that was not signed with the secret never passes, and both ways to ask agree.
pub(crate) fn foreign(bytes: &[u8]) {
    let verdict = agreed(&STRICT, bytes);
    assert!(!matches!(verdict, Verdict::Accepted(_)), "a token passed that was not signed");
}

/// Header and payload, signed: what passes reads the same elsewhere, and holds what the policy asks for.
pub(crate) fn signed(bytes: &[u8]) {
    let mut parts = parts(bytes);
    let (Some(header), Some(payload)) = (parts.next(), parts.next()) else { return };
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET), message.as_bytes());
    let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature));
    if let Verdict::Accepted(verified) = agreed(&LOOSE, token.as_bytes()) {
        let read = same_elsewhere(header, "the header");
        assert_eq!(read.get("alg").and_then(Value::as_str), Some("HS256"));
        let read = same_elsewhere(payload, "the payload");
        assert_eq!(read, verified.claims().to_value(), "claims read otherwise elsewhere");
        members_are_pieces(&verified, &read);
    }
    if let Verdict::Accepted(_) = agreed(&STRICT, token.as_bytes()) {
        let read = same_elsewhere(payload, "the payload");
        holds_by_hand(&read);
    }
}

/// Each claim is the piece of the payload that it says it is, and is found by its name.
fn members_are_pieces(verified: &Verified, read: &Value) {
    assert_eq!(Some(verified.members().len()), read.as_object().map(serde_json::Map::len));
    for member in verified.members() {
        let value = serde_json::from_str::<Value>(member.json()).ok();
        assert!(
            value.is_some() && value.as_ref() == read.get(member.name().as_ref()),
            "a claim reads otherwise elsewhere"
        );
        assert_eq!(verified.payload().get(member.json_range()), Some(member.json()));
        assert_eq!(verified.payload().get(member.name_range()), Some(member.raw_name()));
        let found = verified.member(&member.name()).map(|found| found.json_range());
        assert_eq!(found, Some(member.json_range()), "a claim is not found by its name");
    }
}

/// What a policy of issuer, audience and dates means, written again in other words.
fn holds_by_hand(claims: &Value) {
    let leeway = 5.0;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let now = NOW as f64;
    assert_eq!(claims.get("iss").and_then(Value::as_str), Some(ISSUER));
    let audience = claims.get("aud");
    let listed = audience.and_then(Value::as_array).is_some_and(|list| list.iter().any(|one| one == AUDIENCE));
    assert!(listed || audience.is_some_and(|one| one == AUDIENCE), "another audience");
    assert!(claims.get("exp").and_then(Value::as_f64).is_some_and(|exp| now - leeway < exp), "expired");
    assert!(claims.get("nbf").is_none_or(|nbf| nbf.as_f64().is_some_and(|nbf| nbf <= now + leeway)), "too early");
    assert!(claims.get("cnf").is_none(), "a bound token passed without a proof");
}

/// The verdict of a validation, which an explanation gives too.
fn agreed(validator: &Validator, token: &[u8]) -> Verdict {
    let verdict = validator.validate(token, now());
    let explained = validator.explain(Question::token(token), now());
    let (name, code) = match &verdict {
        Verdict::Accepted(_) => ("accepted", None),
        Verdict::Rejected(rejection) => ("rejected", Some(rejection.code)),
        _ => ("", None),
    };
    assert_eq!((explained.verdict, explained.code), (name, code), "the explanation tells of another verdict");
    assert!(serde_json::from_str::<Value>(&explained.to_json()).is_ok());
    let _ = explained.to_text(true);
    verdict
}

/// A segment that this library took for an object is one for another reader, without a member that comes twice.
fn same_elsewhere(segment: &[u8], what: &str) -> Value {
    let read: Result<Value, _> = serde_json::from_slice(segment);
    assert!(matches!(read, Ok(Value::Object(_))), "{what} is no object elsewhere");
    read.unwrap_or_default()
}

/// For other targets: a good token with these claims beside the usual ones.
pub(crate) fn good(scope: &str) -> String {
    let payload = format!(
        r#"{{"iss":"{ISSUER}","aud":"{AUDIENCE}","sub":"alice","scope":"{scope}","exp":{}}}"#,
        NOW.saturating_add(60)
    );
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#), URL_SAFE_NO_PAD.encode(payload));
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET), message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// For other targets, whose policies have further members: issuers as [`good`] tokens have.
pub(crate) const ISSUERS: &str = r#"[{"issuer": "https://idp.test/", "audience": "https://api.test",
    "keys": {"secret": {"text": "0123456789abcdef0123456789ABCDEF"}}}]"#;
