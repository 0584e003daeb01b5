//! The table of codes is complete, and each bad token gets exactly its code.

use super::support::{FULL, SMALL, code, policy, validator};
use jotgate::{Code, Request};
use jotgate_testing::{Issuer, Token, recipes};
use std::collections::BTreeSet;

#[test]
fn every_code_stands_in_the_table_once() {
    let told: Vec<Code> = recipes().map(|recipe| recipe.code).collect();
    assert_eq!(told, Code::ALL, "a row for each code, in the order of the core's table");
}

#[test]
fn the_codes_that_no_token_gives_say_why() {
    let none: Vec<Code> = recipes().filter(|recipe| !recipe.makeable).map(|recipe| recipe.code).collect();
    assert_eq!(none, [Code::Revoked, Code::KeysUnavailable, Code::PolicyError, Code::InternalError]);
    let issuer = Issuer::for_policy(SMALL).unwrap();
    for code in none {
        let error = issuer.bad(code).unwrap_err();
        assert!(error.message().starts_with("no token is refused with"), "{error}");
    }
}

#[test]
fn each_bad_request_gets_exactly_its_code() {
    let issuer = Issuer::for_policy(FULL).unwrap();
    // Two keys fit, as they do for a while after a rotation.
    issuer.rotate(true).unwrap();
    let validator = validator(&issuer);
    for recipe in recipes().filter(|recipe| recipe.makeable) {
        let bad = issuer.bad(recipe.code).unwrap_or_else(|error| panic!("{}: {error}", recipe.code));
        let headers: Vec<_> = bad.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let request = Request::new(&bad.method, &bad.target).with_headers(&headers);
        assert_eq!(code(&validator, &request), Some(recipe.code), "{bad:?}");
        assert_eq!(bad.code, recipe.code.name());
        if let Some(token) = &bad.token {
            assert_eq!(code(&validator, token), Some(recipe.code), "the token alone: {bad:?}");
        }
    }
}

#[test]
fn a_policy_that_knows_little_has_the_codes_that_every_policy_has() {
    let issuer = Issuer::for_policy(SMALL).unwrap();
    let validator = validator(&issuer);
    let mut made = BTreeSet::new();
    for recipe in recipes().filter(|recipe| recipe.makeable) {
        match issuer.bad(recipe.code) {
            Ok(bad) => {
                if let Some(token) = bad.token {
                    assert_eq!(code(&validator, &token), Some(recipe.code));
                }
                made.insert(recipe.code.name());
            }
            Err(error) => assert_eq!(error.hint(), Some(recipe.needs).filter(|needs| !needs.is_empty()), "{error}"),
        }
    }
    let without = [
        Code::UnmatchedRequest,
        Code::AmbiguousTarget,
        Code::AmbiguousKey,
        Code::IssuedInFuture,
        Code::TooOld,
        Code::LifetimeTooLong,
        Code::ClaimRejected,
        Code::ClientNotAllowed,
        Code::InsufficientScope,
    ];
    for recipe in recipes().filter(|recipe| recipe.makeable) {
        assert_eq!(made.contains(recipe.code.name()), !without.contains(&recipe.code), "{}", recipe.code);
    }
}

#[test]
fn every_algorithm_has_its_bad_tokens() {
    for algorithm in ["PS256", "ES384", "EdDSA", "RS512", "HS256"] {
        let keys = if algorithm == "HS256" {
            r#", "keys": {"secret": {"text": "0123456789abcdef0123456789abcdef"}}"#
        } else {
            ""
        };
        let issuer = Issuer::for_policy(&policy(&format!(r#""algorithms": ["{algorithm}"]{keys}"#))).unwrap();
        let validator = validator(&issuer);
        assert_eq!(code(&validator, &issuer.token(&Token::new()).unwrap()), None, "{algorithm}");
        for wanted in [Code::InvalidSignature, Code::AlgorithmNotAllowed, Code::UnknownKey, Code::UnusableKey] {
            let bad = issuer.bad(wanted).unwrap();
            assert_eq!(code(&validator, &bad.token.unwrap()), Some(wanted), "{algorithm}");
        }
    }
}

#[test]
fn rules_of_every_kind_are_kept_and_broken() {
    for rule in [
        r#"{"claim": "role", "equals": "clerk"}"#,
        r#"{"claim": ["a", "b"], "equals": [1, 2]}"#,
        r#"{"claim": "role", "any_of": ["clerk"]}"#,
        r#"{"claim": "role", "all_of": ["clerk", "user"]}"#,
        r#"{"claim": "role", "all_of": ["clerk", "user"], "separator": ","}"#,
        r#"{"claim": "role", "none_of": ["guest"]}"#,
        r#"{"claim": "role", "contains": "clerk"}"#,
        r#"{"claim": "role", "contains": 3}"#,
        r#"{"claim": "role", "prefix": "cl"}"#,
        r#"{"claim": "role", "suffix": "rk"}"#,
        r#"{"claim": "level", "min": 3}"#,
        r#"{"claim": "level", "max": 3}"#,
        r#"{"claim": "role", "expression": "value == 'test'"}"#,
    ] {
        let issuer = Issuer::for_policy(&policy(&format!(r#""algorithms": ["ES256"], "claims": [{rule}]"#))).unwrap();
        let validator = validator(&issuer);
        assert_eq!(code(&validator, &issuer.token(&Token::new()).unwrap()), None, "{rule}");
        let bad = issuer.bad(Code::ClaimRejected).unwrap_or_else(|error| panic!("{rule}: {error}"));
        assert_eq!(code(&validator, &bad.token.unwrap()), Some(Code::ClaimRejected), "{rule}");
    }
}

#[test]
fn tokens_are_bad_where_the_policy_looks_for_them() {
    for (source, shown) in [
        (r#"{"header": "X-Token"}"#, "X-Token"),
        (r#"{"cookie": "session"}"#, "Cookie"),
        (r#"{"query": "access_token"}"#, ""),
    ] {
        let text = format!(
            r#"{{"version": 1, "token": {{"sources": [{source}]}}, "issuers": [
                {{"issuer": "https://idp.example.com/", "audience": "orders", "algorithms": ["ES256"]}}]}}"#
        );
        let issuer = Issuer::for_policy(&text).unwrap();
        for wanted in [Code::MissingToken, Code::MultipleTokens, Code::Expired] {
            let bad = issuer.bad(wanted).unwrap_or_else(|error| panic!("{source} {wanted}: {error}"));
            let named = bad.headers.iter().any(|(name, _)| name == shown);
            assert_eq!(named, wanted != Code::MissingToken && !shown.is_empty(), "{bad:?}");
            assert_eq!(bad.target.contains("access_token="), wanted != Code::MissingToken && shown.is_empty());
        }
    }
}

#[test]
fn a_test_chooses_the_request() {
    let issuer = Issuer::for_policy(FULL).unwrap();
    let writer = Token::new().scopes(["orders:read", "orders:write"]);
    let bad = issuer.bad_of(Code::Expired, &writer, Some(("PUT", "/orders/7"))).unwrap();
    assert_eq!((bad.method.as_str(), bad.target.as_str()), ("PUT", "/orders/7"));
    let reader = Token::new().scopes(["orders:read"]);
    let error = issuer.bad_of(Code::Expired, &reader, Some(("PUT", "/orders/7"))).unwrap_err();
    assert!(error.message().starts_with("the token is refused while it is good: insufficient_scope"), "{error}");
}

#[test]
fn what_only_the_author_knows_is_asked_of_the_author() {
    let text = policy(r#""algorithms": ["ES256"], "claims": [{"claim": "department", "matches": "eng-[a-z]+"}]"#);
    let issuer = Issuer::for_policy(&text).unwrap();
    let error = issuer.bad(Code::Expired).unwrap_err();
    assert!(error.message().ends_with("(department)"), "{error}");
    let error = issuer.verified(&Token::new()).unwrap_err();
    assert!(error.message().ends_with("(department)"), "{error}");

    let options = jotgate_testing::Options::new().policy(text).claim("department", "eng-core");
    let issuer = Issuer::with(&options).unwrap();
    assert_eq!(issuer.bad(Code::Expired).unwrap().code, "expired");
    assert_eq!(issuer.bad(Code::ClaimRejected).unwrap().code, "claim_rejected");
}

#[test]
fn where_no_request_is_known_the_token_is_judged_alone() {
    for routes in [
        r#""routes": [{"path": "/health", "skip": true}], "unmatched": "deny""#,
        r#""routes": [{"path_regex": "/orders(/.*)?"}, {"skip": true}]"#,
    ] {
        let text = format!(
            r#"{{"version": 1, {routes}, "issuers": [
                {{"issuer": "https://idp.example.com/", "audience": "orders", "algorithms": ["ES256"]}}]}}"#
        );
        let issuer = Issuer::for_policy(&text).unwrap();
        let bad = issuer.bad(Code::Expired).unwrap();
        assert_eq!((bad.method.as_str(), bad.target.as_str(), bad.headers.len()), ("", "", 1));
        assert_eq!(code(&validator(&issuer), &bad.token.unwrap()), Some(Code::Expired));
        assert!(issuer.bad(Code::MissingToken).is_err());
        let error = issuer.bad_of(Code::Expired, &Token::new(), Some(("GET", "/health"))).unwrap_err();
        assert_eq!(error.message(), "the policy lets this request through without a token");
    }
}

#[test]
fn a_token_in_a_place_that_only_an_expression_knows_is_judged_alone() {
    let text = r#"{"version": 1, "token": {"sources": [{"expression": "request.headers.jwt.split(' ')[1]"}]}, "issuers": [
        {"issuer": "https://idp.example.com/", "audience": "orders", "algorithms": ["ES256"]}]}"#;
    let issuer = Issuer::for_policy(text).unwrap();
    let bad = issuer.bad(Code::Expired).unwrap();
    assert_eq!(code(&validator(&issuer), &bad.token.unwrap()), Some(Code::Expired));
    assert_eq!(issuer.bad(Code::MissingToken).unwrap().headers, []);
}
