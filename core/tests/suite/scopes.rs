//! Scopes that endpoints ask for in code.

use crate::issuer::{AUDIENCE, ISSUER, Key, START};
use jotgate::{Code, Denial, Policy, Scopes, Timestamp, Validator, Verdict, Verified};
use serde_json::{Value, json};

fn validator(more: &Value) -> Validator {
    let mut entry = json!({"issuer": ISSUER, "audience": AUDIENCE, "keys": {"jwks": {"keys": [Key(1).jwk()]}}});
    for (name, value) in more.as_object().expect("members") {
        entry[name] = value.clone();
    }
    let policy = json!({"version": 1, "issuers": [entry]});
    Validator::new(Policy::from_json(&policy.to_string()).expect("a policy"), 0)
}

fn verified(validator: &Validator, claims: &Value) -> Verified {
    let mut payload = json!({"iss": ISSUER, "aud": AUDIENCE, "exp": START + 60});
    for (name, value) in claims.as_object().expect("members") {
        payload[name] = value.clone();
    }
    let token = Key(1).sign(&json!({"alg": "EdDSA", "kid": Key(1).id()}), &payload);
    match validator.validate(&token, Timestamp::from_seconds(START)) {
        Verdict::Accepted(verified) => verified,
        other => panic!("{other:?}"),
    }
}

fn refusal(more: &Value, claims: &Value, scopes: &Scopes) -> Option<(Code, Option<String>)> {
    let validator = validator(more);
    let rejection = validator.require_scopes(&verified(&validator, claims), scopes).err()?;
    assert_eq!(rejection.issuer, Some(0));
    Some((rejection.code, rejection.claim.map(|claim| claim.as_str().to_owned())))
}

fn all(scopes: &[&str]) -> Scopes {
    Scopes::all(scopes.iter().copied()).expect("scopes")
}

#[test]
fn scopes_are_read_as_a_route_of_the_policy_reads_them() {
    let any = Scopes::any(["a", "b"]).expect("scopes");
    let lacks = |claim: &str| Some((Code::InsufficientScope, Some(claim.to_owned())));
    for (more, claims, scopes, refused) in [
        (json!({}), json!({"scope": "a b"}), &all(&["a", "b"]), None),
        (json!({}), json!({"scp": ["a", "b"]}), &all(&["b"]), None),
        (json!({}), json!({"scope": "a"}), &all(&["a", "b"]), lacks("scope")),
        (json!({}), json!({"scope": "ab"}), &all(&["a"]), lacks("scope")),
        (json!({}), json!({"scope": "b"}), &any, None),
        (json!({}), json!({"scope": "c"}), &any, lacks("scope")),
        (json!({}), json!({}), &any, lacks("scope")),
        (json!({}), json!({"scope": 7}), &any, Some((Code::InvalidClaim, Some("scope".to_owned())))),
        (json!({"scopes": {"claims": ["may"]}}), json!({"may": "a", "scope": "c"}), &any, None),
        (json!({"claim_mapping": {"scope": "may"}}), json!({"scope": "a"}), &any, None),
        (json!({"claim_mapping": {"scope": "may"}}), json!({"scope": "c"}), &any, lacks("may")),
    ] {
        assert_eq!(refusal(&more, &claims, scopes), refused, "{more} {claims}");
    }
}

#[test]
fn the_challenge_names_what_the_entry_and_the_endpoint_ask_for() {
    let validator = validator(&json!({"scopes": {"all": ["a"]}}));
    let scopes = all(&["orders:write", "a"]);
    let rejection =
        validator.require_scopes(&verified(&validator, &json!({"scope": "a"})), &scopes).expect_err("a scope lacks");
    let answer = validator.answer_with_scopes(&Denial::from(&rejection), &scopes);
    assert_eq!(answer.status, 403);
    let (_, challenge) = answer.headers.iter().find(|(name, _)| *name == "WWW-Authenticate").expect("a challenge");
    assert!(challenge.ends_with(r#", scope="a orders:write""#), "{challenge}");
}

#[test]
fn a_token_of_another_validator_has_no_scopes() {
    let entry =
        |issuer: &str| json!({"issuer": issuer, "audience": AUDIENCE, "keys": {"jwks": {"keys": [Key(1).jwk()]}}});
    let policy = json!({"version": 1, "issuers": [entry("https://other.test/"), entry(ISSUER)]});
    let other = Validator::new(Policy::from_json(&policy.to_string()).expect("a policy"), 0);
    let verified = verified(&other, &json!({"scope": "a"}));
    let rejection = validator(&json!({})).require_scopes(&verified, &all(&["a"])).expect_err("another validator");
    assert_eq!(rejection.code, Code::InternalError);
}

#[test]
fn what_is_no_scope_is_an_error_when_the_service_starts() {
    assert_eq!(Scopes::all(["a", "b c"]).expect_err("a space").path(), "scopes.all[1]");
    assert_eq!(Scopes::any([""]).expect_err("empty").path(), "scopes.any[0]");
    assert_eq!(Scopes::all(Vec::<String>::new()).expect_err("none").path(), "scopes");
}
