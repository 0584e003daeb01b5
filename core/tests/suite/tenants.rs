//! Issuers of many tenants: one entry, a template, and the tenants that are let in.

use crate::issuer::{AUDIENCE, Key, START, key_set};
use jotgate::{Policy, PolicyError, Timestamp, Validator, Verdict};
use serde_json::{Value, json};

const TEMPLATE: &str = "https://login.test/{tid}/v2.0";

fn policy(issuer: Value, tenants: Value) -> Result<Policy, PolicyError> {
    let jwks: Value = serde_json::from_str(&key_set(&[Key(1)])).expect("JSON");
    let mut entry = json!({"issuer": issuer, "audience": AUDIENCE, "keys": {"jwks": jwks}});
    if !tenants.is_null() {
        entry["tenants"] = tenants;
    }
    Policy::from_json(&json!({"version": 1, "issuers": [entry]}).to_string())
}

/// `accepted`, or the code and the claim.
fn verdict(policy: Policy, claims: Value) -> String {
    let mut payload = json!({"aud": AUDIENCE, "exp": START + 60});
    for (name, value) in claims.as_object().expect("an object") {
        payload[name] = value.clone();
    }
    let token = Key(1).sign(&json!({"alg": "EdDSA", "kid": "key-1"}), &payload);
    match Validator::new(policy, 0).validate(&token, Timestamp::from_seconds(START)) {
        Verdict::Accepted(_) => "accepted".into(),
        Verdict::Rejected(rejection) => {
            format!("{} {}", rejection.code, rejection.claim.as_ref().map_or("", |claim| claim.as_str()))
        }
        other => panic!("no keys are fetched here: {other:?}"),
    }
}

#[test]
fn a_template_takes_the_listed_tenants_as_a_whole_segment() {
    for (claims, expected) in [
        (json!({"iss": "https://login.test/a-1/v2.0"}), "accepted"),
        (json!({"iss": "https://login.test/a-1/v2.0", "tid": "a-1"}), "accepted"),
        (json!({"iss": "https://login.test/a-1/v2.0", "tid": "b-2"}), "invalid_claim tid"),
        (json!({"iss": "https://login.test/a-1/v2.0", "tid": null}), "invalid_claim tid"),
        (json!({"iss": "https://login.test/c-3/v2.0"}), "unknown_issuer iss"),
        (json!({"iss": "https://login.test/A-1/v2.0"}), "unknown_issuer iss"),
        (json!({"iss": "https://login.test/a-1/v2.0/"}), "unknown_issuer iss"),
        (json!({"iss": "https://login.test/x/a-1/v2.0"}), "unknown_issuer iss"),
        (json!({"iss": "https://login.test//v2.0"}), "unknown_issuer iss"),
        (json!({"iss": TEMPLATE}), "unknown_issuer iss"),
        (json!({}), "missing_issuer iss"),
    ] {
        let policy = policy(json!(TEMPLATE), json!(["a-1", "b-2"])).expect("a good policy");
        assert_eq!(verdict(policy, claims.clone()), expected, "{claims}");
    }
}

#[test]
fn any_tenant_is_a_waiver_that_still_wants_a_segment() {
    for (issuer, expected) in [
        ("https://login.test/whoever/v2.0", "accepted"),
        ("https://login.test/a/b/v2.0", "unknown_issuer iss"),
        ("https://login.test/a%2fb/v2.0", "unknown_issuer iss"),
        ("https://login.test/{tid}/v2.0", "unknown_issuer iss"),
    ] {
        let policy = policy(json!(TEMPLATE), json!("any")).expect("a good policy");
        assert_eq!(verdict(policy, json!({"iss": issuer})), expected, "{issuer}");
    }
}

#[test]
fn an_exact_name_stands_beside_a_template() {
    let both = json!([TEMPLATE, "https://sts.test/"]);
    let policy = policy(both, json!(["a-1"])).expect("a good policy");
    assert_eq!(verdict(policy, json!({"iss": "https://sts.test/"})), "accepted");
}

#[test]
fn templates_and_tenants_come_together() {
    for (issuer, tenants, path) in [
        (json!(TEMPLATE), Value::Null, "issuers[0].tenants"),
        (json!(TEMPLATE), json!([]), "issuers[0].tenants"),
        (json!(TEMPLATE), json!([""]), "issuers[0].tenants"),
        (json!("https://a.test/"), json!(["a"]), "issuers[0].tenants"),
        (json!("any"), json!(["a"]), "issuers[0].tenants"),
        (json!("https://a{tid}.test/"), json!(["a"]), "issuers[0].issuer"),
        (json!("https://a.test/{tid"), json!(["a"]), "issuers[0].issuer"),
        (json!("https://a.test/{}/"), json!(["a"]), "issuers[0].issuer"),
        (json!("https://a.test/{a}/{b}/"), json!(["a"]), "issuers[0].issuer"),
        (json!([TEMPLATE, "https://login.test/{other}/v2.0"]), json!(["a"]), "issuers[0].issuer"),
    ] {
        let error = policy(issuer.clone(), tenants).expect_err("a contradiction");
        assert_eq!(error.path(), path, "{issuer}: {error}");
    }
}
