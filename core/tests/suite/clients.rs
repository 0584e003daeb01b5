//! Clients that the host looks up: `client_id: { allowed: host }`.

use crate::issuer::{AUDIENCE, ISSUER, Key, START};
use jotgate::{Code, HostAnswer, HostQuestion, Policy, Timestamp, Validator, Verdict};
use serde_json::json;

/// The claim of the test issuer's tokens stands in for one that names a client.
fn policy(claim: &str) -> Policy {
    let keys =
        json!({"jwks": serde_json::from_str::<serde_json::Value>(&crate::issuer::key_set(&[Key(1)])).expect("JSON")});
    let entry = json!({"issuer": ISSUER, "audience": AUDIENCE, "keys": keys,
        "client_id": {"claims": ["absent", claim], "allowed": "host"}});
    Policy::from_json(&json!({"version": 1, "issuers": [entry]}).to_string()).expect("a policy")
}

fn verdict(validator: &Validator) -> Verdict {
    validator.validate(&Key(1).token(), Timestamp::from_seconds(START))
}

fn refusal(validator: &Validator) -> Option<(Code, Option<String>)> {
    match verdict(validator) {
        Verdict::Rejected(rejection) => Some((rejection.code, rejection.claim.map(|claim| claim.as_str().to_owned()))),
        _ => None,
    }
}

#[test]
fn a_host_that_looks_clients_up_is_told_which() {
    let validator = Validator::new(policy("iss"), 0).with_client_lookup();
    let Verdict::Undecided(undecided) = verdict(&validator) else { panic!("the host is not asked") };
    assert_eq!(undecided.question(), HostQuestion::Client { id: ISSUER.into(), claim: "iss" });
    assert!(matches!(undecided.answer(HostAnswer::Yes), Verdict::Accepted(_)));
}

#[test]
fn a_host_that_does_not_gets_no_token_through() {
    let validator = Validator::new(policy("iss"), 0);
    assert_eq!(refusal(&validator), Some((Code::ClientNotAllowed, Some("iss".into()))));
}

#[test]
fn a_token_that_names_no_client_leaves_nothing_to_look_up() {
    let missing = Validator::new(policy("nowhere"), 0).with_client_lookup();
    assert_eq!(refusal(&missing), Some((Code::ClientNotAllowed, Some("absent".into()))));
    let wrong_type = Validator::new(policy("exp"), 0).with_client_lookup();
    assert_eq!(refusal(&wrong_type), Some((Code::InvalidClaim, Some("exp".into()))));
}

#[test]
fn a_policy_says_that_it_needs_a_look_up() {
    let path = "issuers[0].client_id.allowed";
    assert_eq!(policy("iss").client_lookup_path().as_deref(), Some(path));
    assert_eq!(policy("iss").without_client_lookup().expect_err("a look-up is needed").path(), path);
}

/// The check looks at the token's own names; the host gets the name under which it sees the claim.
#[test]
fn a_mapped_client_is_named_as_the_host_sees_it() {
    for (mapping, token_claim, seen) in [
        (json!({"claim_mapping": {"app": "client"}}), "app", "client"),
        (json!({"default_claim_mapping": true}), "upn", "http://wso2.org/claims/userprincipal"),
        (json!({"claim_mapping": {"other": "client"}}), "app", "app"),
    ] {
        let mut entry = json!({"issuer": ISSUER, "audience": AUDIENCE, "keys": {"jwks": {"keys": [Key(1).jwk()]}},
            "client_id": {"claims": [token_claim], "allowed": "host"}});
        for (name, value) in mapping.as_object().expect("members") {
            entry[name] = value.clone();
        }
        let policy = Policy::from_json(&json!({"version": 1, "issuers": [entry]}).to_string()).expect("a policy");
        let validator = Validator::new(policy, 0).with_client_lookup();
        let mut payload = json!({"iss": ISSUER, "aud": AUDIENCE, "exp": START + 60});
        payload[token_claim] = "app-1".into();
        let token = Key(1).sign(&json!({"alg": "EdDSA", "kid": Key(1).id()}), &payload);
        let Verdict::Undecided(undecided) = validator.validate(&token, Timestamp::from_seconds(START)) else {
            panic!("{seen}: the host is not asked")
        };
        assert_eq!(undecided.question(), HostQuestion::Client { id: "app-1".into(), claim: seen });
        assert_eq!(undecided.claims().get(seen), Some("app-1".into()));
    }
}

/// Code, claim and the issuer of a refusal.
fn refused(verdict: Verdict) -> (Code, Option<String>, Option<usize>) {
    let Verdict::Rejected(rejection) = verdict else { panic!("not refused: {verdict:?}") };
    (rejection.code, rejection.claim.map(|claim| claim.as_str().to_owned()), rejection.issuer)
}

#[test]
fn the_host_is_asked_for_the_client_first_and_for_the_revocation_then() {
    let validator = Validator::new(policy("iss"), 0).with_client_lookup().with_revocation_check();
    let asked = || match verdict(&validator) {
        Verdict::Undecided(undecided) => undecided,
        other => panic!("the host is not asked: {other:?}"),
    };
    for answer in [HostAnswer::No, HostAnswer::Failed] {
        let expected = (Code::ClientNotAllowed, Some("iss".into()), Some(0));
        assert_eq!(refused(asked().answer(answer)), expected, "{answer:?}");
    }
    let second = || match asked().answer(HostAnswer::Yes) {
        Verdict::Undecided(undecided) => undecided,
        other => panic!("the host is not asked again: {other:?}"),
    };
    assert_eq!(second().question(), HostQuestion::Revoked);
    assert_eq!(refused(second().answer(HostAnswer::Yes)), (Code::Revoked, None, Some(0)));
    assert_eq!(refused(second().answer(HostAnswer::Failed)), (Code::InternalError, None, Some(0)));
    assert!(matches!(second().answer(HostAnswer::No), Verdict::Accepted(_)));
}

#[test]
fn a_host_that_checks_revocation_alone_is_asked_for_nothing_else() {
    let mut entry = json!({"issuer": ISSUER, "audience": AUDIENCE, "keys": {"jwks": {"keys": [Key(1).jwk()]}}});
    entry["required_claims"] = json!([]);
    let policy = Policy::from_json(&json!({"version": 1, "issuers": [entry]}).to_string()).expect("a policy");
    let validator = Validator::new(policy, 0).with_revocation_check();
    let Verdict::Undecided(undecided) = verdict(&validator) else { panic!("the host is not asked") };
    assert_eq!((undecided.question(), undecided.question().number()), (HostQuestion::Revoked, 2));
    assert!(undecided.header().contains("EdDSA") && undecided.payload().contains(ISSUER));
    assert!(!format!("{undecided:?}").contains(ISSUER), "no claim in what is logged");
    assert!(matches!(undecided.answer(false.into()), Verdict::Accepted(_)));
}
