//! The application's policy, with nothing changed but the keys.

use super::support::{FULL, code, policy, validator_of};
use jotgate::Code;
use jotgate_testing::{Issuer, Options, Token};
use serde_json::Value;

#[test]
fn everything_but_the_keys_stands_as_it_was() {
    let issuer = Issuer::for_policy(FULL).unwrap();
    let mut changed: Value = serde_json::from_str(&issuer.policy().unwrap()).unwrap();
    let shipped: Value = serde_json::from_str(FULL).unwrap();
    assert_ne!(changed, shipped);
    changed["issuers"][0]["keys"] = shipped["issuers"][0]["keys"].clone();
    assert_eq!(changed, shipped);
}

#[test]
fn keys_of_every_kind_are_swapped() {
    for members in [
        r#""keys": {"discovery": true}"#,
        r#""keys": {"jwks_uri": ["https://a.test/1", "https://a.test/2"]}, "try_all_keys": true"#,
        r#""keys": {"pem": "whatever stands here"}"#,
        r#""keys": {"secret": {"text": "0123456789abcdef0123456789abcdef"}}"#,
        r#""keys": {"trust_store": {"type": "jks", "base64": "AAAA", "password": "x"}}"#,
        r#""jwks": {"ttl": "1h", "max_stale": "2h", "timeout": "1s"}"#,
    ] {
        let issuer = Issuer::for_policy(&policy(members)).unwrap();
        let validator = validator_of(&issuer.policy().unwrap());
        assert_eq!(code(&validator, &issuer.token(&Token::new()).unwrap()), None, "{members}");
    }
}

#[test]
fn several_issuers_have_keys_of_their_own() {
    let shipped = r#"{"version": 1, "issuers": [
        {"issuer": ["https://idp.example.com/", "https://old.example.com/"], "audience": "orders", "algorithms": ["ES256"],
         "keys": {"jwks_uri": "https://idp.example.com/jwks"}},
        {"issuer": "https://partner.example.net/", "audience": "orders", "algorithms": ["ES256"]}
    ]}"#;
    let idp = Issuer::for_policy(shipped).unwrap();
    let partner = Options::new().policy(shipped).issuer("https://partner.example.net/").kid("partner");
    let partner = Issuer::with(&partner).unwrap();
    let validator = validator_of(&partner.policy_for(&idp.policy().unwrap()).unwrap());
    assert_eq!(code(&validator, &idp.token(&Token::new()).unwrap()), None);
    assert_eq!(code(&validator, &partner.token(&Token::new()).unwrap()), None);
    let foreign = idp.token(&Token::new().claim("iss", "https://partner.example.net/")).unwrap();
    assert_eq!(code(&validator, &foreign), Some(Code::UnknownKey));
    // The second name of an entry is the same issuer.
    let old = Issuer::with(&Options::new().policy(shipped).issuer("https://old.example.com/")).unwrap();
    let validator = validator_of(&old.policy().unwrap());
    assert_eq!(code(&validator, &old.token(&Token::new()).unwrap()), None);
}

#[test]
fn one_issuer_in_two_entries_signs_for_both() {
    let shipped = r#"{"version": 1, "issuers": [
        {"issuer": "https://idp.example.com/", "audience": "orders", "algorithms": ["ES256"]},
        {"issuer": "https://idp.example.com/", "audience": "users", "algorithms": ["HS256"],
         "keys": {"secret": {"text": "0123456789abcdef0123456789abcdef"}}}
    ]}"#;
    let issuer = Issuer::for_policy(shipped).unwrap();
    let validator = validator_of(&issuer.policy().unwrap());
    for algorithm in [jotgate::Algorithm::Es256, jotgate::Algorithm::Hs256] {
        let token = issuer.token(&Token::new().algorithm(algorithm)).unwrap();
        assert_eq!(code(&validator, &token), None, "{algorithm}");
    }
    assert_eq!(issuer.bad(Code::AlgorithmNotAllowed).unwrap().code, "algorithm_not_allowed");
}

#[test]
fn templates_and_any_issuer_have_a_name() {
    for members in [
        r#"{"issuer": "https://login.example.com/{tid}/v2.0", "tenants": ["contoso"], "audience": "orders"}"#,
        r#"{"issuer": "https://login.example.com/{org}/v2.0", "tenants": "any", "audience": "orders",
            "required_claims": ["exp", "org", "tid"]}"#,
        r#"{"issuer": "any", "audience": "any", "algorithms": ["ES256"], "keys": {"jwks_uri": "https://a.test/jwks"}}"#,
    ] {
        let issuer = Issuer::for_policy(&format!(r#"{{"version": 1, "issuers": [{members}]}}"#)).unwrap();
        let validator = validator_of(&issuer.policy().unwrap());
        assert_eq!(code(&validator, &issuer.token(&Token::new()).unwrap()), None, "{members}");
    }
}

#[test]
fn claims_have_other_names_for_rules() {
    let members = r#""algorithms": ["ES256"], "claim_mapping": {"urn:role": "role"}, "claims": [{"claim": "role", "equals": "clerk"}]"#;
    let issuer = Issuer::for_policy(&policy(members)).unwrap();
    let verified = issuer.verified(&Token::new()).unwrap();
    assert!(verified.payload().contains(r#""role":"clerk""#), "{}", verified.payload());
    assert_eq!(issuer.bad(Code::ClaimRejected).unwrap().code, "claim_rejected");
}

#[test]
fn mistakes_are_named() {
    let error = Issuer::for_policy("{").unwrap_err();
    assert!(error.message().starts_with("the policy does not load"), "{error}");
    let error = Issuer::for_policy(r#"{"version": 1, "issuers": []}"#).unwrap_err();
    assert_eq!(error.message(), "the policy has no issuer that a token could name");
    let error = Issuer::with(&Options::new().policy(FULL).issuer("https://evil.test/")).unwrap_err();
    assert_eq!(error.hint(), Some("give the issuer one of its names: https://idp.example.com/"));
    let error = Issuer::with(&Options::new().policy(FULL).algorithm(jotgate::Algorithm::EdDsa)).unwrap_err();
    assert_eq!(error.message(), "the policy does not take EdDSA of this issuer");
    let error = Issuer::with(&Options::new().policy(FULL).audience("users")).unwrap_err();
    assert_eq!(error.message(), "a policy has its audience");
}
