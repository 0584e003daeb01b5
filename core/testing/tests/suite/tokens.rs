//! What tokens say, and under which time.

use super::support::{FULL, NOW, SMALL, code, code_at, policy, validator};
use jotgate::{Algorithm, Code, HeldToken, Requirement, Timestamp};
use jotgate_testing::{Issuer, Options, Token};
use serde_json::{Value, json};

fn claims(issuer: &Issuer, token: &Token) -> Value {
    serde_json::from_str(issuer.verified(token).unwrap().payload()).unwrap()
}

#[test]
fn a_token_has_what_the_policy_asks_for() {
    let issuer = Issuer::with(&Options::new().policy(FULL).now(NOW)).unwrap();
    assert_eq!(
        claims(&issuer, &Token::new()),
        json!({
            "iss": "https://idp.example.com/", "sub": "test-user", "aud": "orders", "azp": "storefront",
            "iat": NOW, "exp": NOW + 600, "scope": "orders:read", "tenant": "test", "realm_access": {"roles": "clerk"},
        })
    );
}

#[test]
fn a_token_has_what_the_test_says() {
    let issuer = Issuer::with(&Options::new().policy(FULL).now(NOW)).unwrap();
    let token = Token::new()
        .subject("alice")
        .audience(json!(["https://api.example.com", "more"]))
        .scopes(["orders:read", "orders:write"])
        .client("storefront")
        .lifetime(60)
        .claim("email", "alice@example.com")
        .claim("tenant", "blue");
    assert_eq!(
        claims(&issuer, &token),
        json!({
            "iss": "https://idp.example.com/", "sub": "alice", "aud": ["https://api.example.com", "more"],
            "azp": "storefront", "iat": NOW, "exp": NOW + 60, "scope": "orders:read orders:write", "tenant": "blue",
            "email": "alice@example.com", "realm_access": {"roles": "clerk"},
        })
    );
}

#[test]
fn every_validator_takes_what_was_verified_for_a_unit_test() {
    let issuer = Issuer::for_policy(SMALL).unwrap();
    let stranger = validator(&Issuer::with(&Options::new().issuer("https://b.test/")).unwrap());
    let reader = issuer.verified(&Token::new().scopes(["read"])).unwrap();
    let asked = |scope: &str| Requirement::from_json(&json!({"scopes": {"all": [scope]}}).to_string()).unwrap();
    for validator in [&validator(&issuer), &stranger] {
        validator.require(&reader, &asked("read")).unwrap();
        let refused = validator.require(&reader, &asked("write")).unwrap_err();
        assert_eq!((refused.code, refused.issuer), (Code::InsufficientScope, None));
        // The same as a host says it that keeps texts.
        let refused = validator.require_held(&HeldToken::from(&reader), &asked("write")).unwrap_err();
        assert_eq!((refused.code, refused.issuer), (Code::InsufficientScope, None));
    }
}

#[test]
fn a_profile_is_satisfied() {
    let issuer = Issuer::for_policy(&policy(r#""algorithms": ["ES256"], "profile": "rfc9068""#)).unwrap();
    let verified = issuer.verified(&Token::new()).unwrap();
    assert!(verified.header().contains("at+jwt"));
    assert!(claims(&issuer, &Token::new().client("shop"))["client_id"] == "shop");
}

#[test]
fn an_issuer_without_a_policy_has_one_of_its_own() {
    let issuer = Issuer::with(&Options::new()).unwrap();
    assert_eq!(issuer.name(), "https://issuer.test/");
    assert_eq!(claims(&issuer, &Token::new())["aud"], "test-api");
    let verified = issuer.verified(&Token::new()).unwrap();
    assert!(verified.header().contains("RS256"));
}

#[test]
fn every_algorithm_signs() {
    for &algorithm in Algorithm::ALL {
        // Under ring a policy cannot list it.
        if algorithm == Algorithm::Es512 && cfg!(not(feature = "aws-lc")) {
            continue;
        }
        let issuer = Issuer::with(&Options::new().algorithm(algorithm)).unwrap();
        let policy = issuer.policy().unwrap();
        let symmetric = algorithm.is_symmetric();
        assert_eq!(policy.contains("\"oct\""), symmetric, "{algorithm}");
        assert_eq!(code(&validator(&issuer), &issuer.token(&Token::new()).unwrap()), None, "{algorithm}");
    }
}

#[test]
fn a_token_names_its_algorithm() {
    let issuer = Issuer::for_policy(FULL).unwrap();
    let validator = validator(&issuer);
    let token = issuer.token(&Token::new().algorithm(Algorithm::Rs256)).unwrap();
    assert_eq!(code(&validator, &token), None);
    assert!(issuer.token(&Token::new().algorithm(Algorithm::EdDsa)).is_err());
}

#[test]
fn time_stands_still_where_the_test_says_so() {
    let issuer = Issuer::with(&Options::new().policy(SMALL).now(NOW)).unwrap();
    let validator = validator(&issuer);
    let token = issuer.token(&Token::new()).unwrap();
    assert_eq!(code_at(&validator, &token, Timestamp::from_seconds(NOW)), None);
    assert_eq!(code_at(&validator, &token, Timestamp::from_seconds(NOW + 605)), Some(Code::Expired));
    let later = issuer.token(&Token::new().now(NOW + 3600)).unwrap();
    assert_eq!(code_at(&validator, &later, Timestamp::from_seconds(NOW + 3600)), None);
    let bad = issuer.bad(Code::Expired).unwrap();
    assert_eq!(code_at(&validator, &bad.token.unwrap(), Timestamp::from_seconds(NOW)), Some(Code::Expired));
}

#[test]
fn what_a_test_takes_away_is_not_there() {
    let issuer = Issuer::for_policy(SMALL).unwrap();
    let validator = validator(&issuer);
    let token = issuer.token(&Token::new().without("exp")).unwrap();
    assert_eq!(code(&validator, &token), Some(Code::MissingClaim));
    // Two keys are in the set, and one of them is for encryption.
    let token = issuer.token(&Token::new().header("kid", Value::Null)).unwrap();
    assert_eq!(code(&validator, &token), None);
}

#[test]
fn unsigned_tokens_are_made_where_the_policy_takes_them() {
    let issuer = Issuer::for_policy(&policy(r#""keys": {"accept_unsigned": true}"#)).unwrap();
    let token = issuer.token(&Token::new()).unwrap();
    assert_eq!(code(&validator(&issuer), &token), None);
    assert_eq!(issuer.bad(Code::Expired).unwrap().code, "expired");
    assert!(issuer.bad(Code::InvalidSignature).is_err());
}

/// No key ships with the kit: whoever had it could sign for everybody's tests, and for a service that trusts one by mistake.
#[test]
fn keys_are_made_with_each_issuer() {
    for algorithm in ["RS256", "ES256", "HS256"] {
        let algorithm = Algorithm::from_name(algorithm).unwrap();
        let made = || Issuer::with(&Options::new().algorithm(algorithm)).unwrap();
        let (one, other) = (made(), made());
        assert_ne!(one.jwks().unwrap(), other.jwks().unwrap());
        let foreign = other.token(&Token::new()).unwrap();
        assert_eq!(code(&validator(&one), &foreign), Some(Code::InvalidSignature), "{algorithm}");
    }
}

#[test]
fn nothing_of_a_key_is_shown() {
    let issuer = Issuer::with(&Options::new().policy(SMALL).algorithm(Algorithm::Es256)).unwrap();
    let shown = format!("{issuer:?}");
    assert!(shown.contains("P-256") && !shown.contains("private"), "{shown}");
}
