//! What endpoints ask for in code. What comes of it is in the vectors (`tokens/require.json`); here is what only Rust can see.

use crate::issuer::{AUDIENCE, ISSUER, Key, START};
use jotgate::{Code, Denial, HeldToken, Policy, Question, Requirement, Timestamp, Validator, Verdict, Verified};
use serde_json::{Value, json};

fn entry(issuer: &str, more: &Value) -> Value {
    let mut entry = json!({"issuer": issuer, "audience": AUDIENCE, "keys": {"jwks": {"keys": [Key(1).jwk()]}}});
    for (name, value) in more.as_object().expect("members") {
        entry[name] = value.clone();
    }
    entry
}

fn validator(entries: &[Value]) -> Validator {
    let policy = json!({"version": 1, "issuers": entries});
    Validator::new(Policy::from_json(&policy.to_string()).expect("a policy"), 0)
}

fn token(claims: &Value) -> String {
    let mut payload = json!({"iss": ISSUER, "aud": AUDIENCE, "exp": START + 60});
    for (name, value) in claims.as_object().expect("members") {
        payload[name] = value.clone();
    }
    Key(1).sign(&json!({"alg": "EdDSA", "kid": Key(1).id()}), &payload)
}

fn verified(validator: &Validator, claims: &Value) -> Verified {
    accepted(validator, claims).expect("an accepted token")
}

fn accepted(validator: &Validator, claims: &Value) -> Option<Verified> {
    let token = token(claims);
    let question = Question::token(token.as_bytes()).as_of(Timestamp::from_seconds(START));
    match validator.validate(question, Timestamp::from_seconds(0)) {
        Verdict::Accepted(verified) => Some(verified),
        _ => None,
    }
}

fn requirement(document: &Value) -> Requirement {
    Requirement::from_json(&document.to_string()).expect("a requirement")
}

#[test]
fn the_challenge_names_what_the_entry_and_the_endpoint_ask_for() {
    let validator = validator(&[entry(ISSUER, &json!({"scopes": {"all": ["a"]}}))]);
    let asked = Requirement::scopes(["orders:write", "a"]).expect("scopes");
    let rejection =
        validator.require(&verified(&validator, &json!({"scope": "a"})), &asked).expect_err("a scope lacks");
    assert_eq!((rejection.code, rejection.issuer, rejection.route), (Code::InsufficientScope, Some(0), None));
    let answer = validator.answer_with(&Denial::from(&rejection), &asked);
    assert_eq!(answer.status, 403);
    let (_, challenge) = answer.headers.iter().find(|(name, _)| *name == "WWW-Authenticate").expect("a challenge");
    assert!(challenge.ends_with(r#", scope="a orders:write""#), "{challenge}");
}

#[test]
fn the_short_forms_are_what_the_document_says() {
    let validator = validator(&[entry(ISSUER, &json!({}))]);
    for (short, long) in [
        (Requirement::scopes(["a", "b"]), json!({"scopes": {"all": ["a", "b"]}})),
        (Requirement::any_scope(["a", "b"]), json!({"scopes": {"any": ["a", "b"]}})),
    ] {
        let (short, long) = (short.expect("scopes"), requirement(&long));
        for scope in ["a b", "a", "c", ""] {
            let verified = verified(&validator, &json!({"scope": scope}));
            assert_eq!(validator.require(&verified, &short), validator.require(&verified, &long), "{scope}");
        }
    }
    assert_eq!(Requirement::scopes(["a", "b c"]).expect_err("a space").path(), "scopes.all[1]");
    assert_eq!(Requirement::any_scope([""]).expect_err("empty").path(), "scopes.any[0]");
    assert_eq!(Requirement::scopes(Vec::<String>::new()).expect_err("none").path(), "scopes");
}

#[test]
fn a_token_of_another_validator_is_refused() {
    let both = [entry("https://other.test/", &json!({})), entry(ISSUER, &json!({}))];
    let other = validator(&both);
    let verified = verified(&other, &json!({"scope": "a"}));
    let asked = Requirement::scopes(["a"]).expect("scopes");
    // With fewer entries, and with the same ones: its policy may be the same to the letter.
    for entries in [vec![entry(ISSUER, &json!({}))], both.to_vec()] {
        let own = validator(&entries);
        let held = HeldToken::from(&verified);
        for refused in [own.require(&verified, &asked), own.require_held(&held, &asked)] {
            assert_eq!(refused.expect_err("another validator").code, Code::InternalError);
        }
    }
    assert_eq!(other.require(&verified, &asked), Ok(()));
}

/// Whatever holds by now: where the scopes are, the policy says that has accepted the token.
#[test]
fn a_token_that_was_accepted_before_the_policy_was_replaced_is_asked_for_the_same() {
    let now = Timestamp::from_seconds(START);
    let replaced = |before: &Validator, entries: &[Value]| {
        let policy = json!({"version": 1, "issuers": entries});
        before.replaced(Policy::from_json(&policy.to_string()).expect("a policy"), now)
    };
    let other = entry("https://other.test/", &json!({"scopes": {"all": ["x"]}}));
    let first = validator(&[other.clone(), entry(ISSUER, &json!({"scopes": {"claims": ["may"], "all": ["a"]}}))]);
    let second = replaced(&first, std::slice::from_ref(&other));
    let third = replaced(&second, &[other.clone(), entry(ISSUER, &json!({}))]);
    let (verified, later) = (verified(&first, &json!({"may": "a"})), verified(&third, &json!({"scope": "b"})));
    let held = HeldToken::from(&verified);
    let [has, lacks] = [["a"], ["b"]].map(|scopes| Requirement::scopes(scopes).expect("scopes"));
    for (validator, issuer) in [(&first, Some(1)), (&second, None), (&third, None)] {
        assert_eq!(validator.require(&verified, &has), Ok(()));
        assert_eq!(validator.require_held(&held, &has), Ok(()));
        let refused = validator.require(&verified, &lacks).expect_err("a scope lacks");
        assert_eq!(validator.require_held(&held, &lacks), Err(refused.clone()));
        assert_eq!((refused.code, refused.issuer), (Code::InsufficientScope, issuer));
        assert_eq!(refused.claim.as_ref().map(|claim| claim.as_str()), Some("may"));
        let answer = validator.answer_with(&Denial::from(&refused), &lacks);
        let (_, challenge) = answer.headers.iter().find(|(name, _)| *name == "WWW-Authenticate").expect("a challenge");
        let named = if issuer.is_some() { r#"scope="a b""# } else { r#"scope="b""# };
        assert!(challenge.ends_with(named), "{challenge}");
    }
    // A validator that was replaced may still be asked.
    assert_eq!(second.require(&later, &lacks), Ok(()));
    assert_eq!(first.require(&later, &has).expect_err("a scope lacks").issuer, None);
}

#[cfg(feature = "expressions")]
#[test]
fn a_rule_goes_by_the_time_that_the_token_was_judged_for() {
    let validator = validator(&[entry(ISSUER, &json!({}))]);
    let fresh = requirement(&json!({"claims": [{"expression": "int(now) - claims.auth_time < 300"}]}));
    for (auth_time, passes) in [(START - 299, true), (START - 300, false)] {
        let verified = verified(&validator, &json!({"auth_time": auth_time}));
        assert_eq!(verified.judged_for(), Timestamp::from_seconds(START));
        assert_eq!(validator.require(&verified, &fresh).is_ok(), passes, "{auth_time}");
    }
}

#[test]
fn what_a_host_holds_of_a_token_comes_to_the_same() {
    let asked = requirement(&json!({"scopes": {"any": ["a"]}, "claims": [{"claim": "level", "min": 2}]}));
    for more in [
        json!({}),
        json!({"scopes": {"claims": ["may"]}}),
        json!({"scopes": {"claims": ["may", "scope"]}, "claim_mapping": {"may": "scope", "scope": "old"}}),
        json!({"scopes": {"claims": ["may"]}, "claim_mapping": {"other": "may"}}),
        json!({"claim_mapping": {"scope": "may", "other": "scope"}}),
    ] {
        let validator = validator(&[entry(ISSUER, &more)]);
        for claims in [
            json!({"scope": "a b", "level": 2}),
            json!({"may": ["a", "x y"], "level": 1}),
            json!({"other": "a", "level": 3}),
            json!({"scope": 7, "other": "a"}),
            json!({}),
        ] {
            // Some mappings refuse some of the tokens.
            let Some(verified) = accepted(&validator, &claims) else { continue };
            let held = HeldToken::from(&verified);
            assert_eq!(held.scopes(), verified.scopes(), "{more} {claims}");
            let same = validator.require(&verified, &asked);
            assert_eq!(validator.require_held(&held, &asked), same, "{more} {claims}");
            let has = verified.has_scope("a");
            let alone = Requirement::scopes(["a"]).expect("scopes");
            assert_eq!(validator.require(&verified, &alone).is_ok(), has, "{more} {claims}");
        }
    }
}

#[test]
fn what_was_never_accepted_is_refused() {
    let validator = validator(&[entry(ISSUER, &json!({}))]);
    let verified = verified(&validator, &json!({"scope": "a"}));
    let held = HeldToken::from(&verified);
    let asked = Requirement::scopes(["a"]).expect("scopes");
    for other in [
        HeldToken { payload: "[]", ..held },
        HeldToken { payload: r#"{"scope":"a","scope":"a"}"#, ..held },
        HeldToken { issuer: 1, ..held },
        HeldToken { origin: 0, ..held },
        HeldToken { origin: u64::MAX, ..held },
        HeldToken { scope_claim: Some("nobody"), ..held },
    ] {
        let rejection = validator.require_held(&other, &asked).expect_err("not accepted");
        assert_eq!(rejection.code, Code::InternalError);
    }
    assert_eq!(HeldToken { payload: "[]", ..held }.scopes(), Vec::<String>::new());
    assert!(!format!("{held:?}").contains("scope"));
}
