//! Clients that the host looks up: `client_id: { allowed: host }`.

use crate::issuer::{AUDIENCE, ISSUER, Key, START};
use jotgate::{Code, Policy, Timestamp, Validator, Verdict};
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
    validator.validate(Key(1).token(), Timestamp::from_seconds(START))
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
    let Verdict::Accepted(verified) = verdict(&validator) else { panic!("not accepted") };
    assert_eq!(verified.client_to_look_up().as_deref(), Some(ISSUER));
    assert_eq!(verified.client_claim(), Some("iss"));
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
        let Verdict::Accepted(verified) = validator.validate(&token, Timestamp::from_seconds(START)) else {
            panic!("{seen}: not accepted")
        };
        assert_eq!((verified.client_claim(), verified.client_to_look_up().as_deref()), (Some(seen), Some("app-1")));
        assert_eq!(verified.claims().get(seen), Some("app-1".into()));
    }
}
