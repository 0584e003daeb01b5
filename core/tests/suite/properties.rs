//! What holds for every input: no panic, no acceptance of a changed token, no word of the token in what is said of it.

use crate::issuer::{AUDIENCE, ISSUER, Key, START, key_set};
use jotgate::{Policy, Timestamp, Validator, Verdict};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A validator that has the key [`Key`]`(1)` from the start.
fn validator() -> Validator {
    let jwks: Value = serde_json::from_str(&key_set(&[Key(1)])).expect("JSON");
    let policy = json!({"version": 1, "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"jwks": jwks}}]});
    Validator::new(Policy::from_json(&policy.to_string()).expect("a good policy"), 0)
}

fn now() -> Timestamp {
    Timestamp::from_seconds(START)
}

/// JSON of every shape, with names and numbers that matter to the checks.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(Value::from(AUDIENCE)),
        Just(Value::from(ISSUER)),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(".{0,6}", inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn claims() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec!["iss", "aud", "exp", "nbf", "iat", "sub", "jti", "scope", "x"]);
    prop::collection::btree_map(name.prop_map(str::to_owned), any_json(), 0..6)
        .prop_map(|map| Value::Object(map.into_iter().collect()))
}

proptest! {
    #[test]
    fn no_bytes_are_accepted_or_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        prop_assert!(matches!(validator().validate(&bytes, now()), Verdict::Rejected(_)));
    }

    #[test]
    fn no_text_of_three_segments_is_accepted_or_panics(text in "[A-Za-z0-9_=-]{0,40}\\.[A-Za-z0-9_=-]{0,40}\\.[A-Za-z0-9_=-]{0,90}") {
        prop_assert!(matches!(validator().validate(&text, now()), Verdict::Rejected(_)));
    }

    #[test]
    fn no_policy_document_panics(document in any_json(), issuer in any_json(), keys in any_json()) {
        let _ = Policy::from_json(&document.to_string());
        let entry = json!({"version": 1, "issuers": [{"issuer": issuer, "audience": "any", "keys": keys}]});
        let _ = Policy::from_json(&entry.to_string());
    }

    #[test]
    fn what_is_accepted_fulfils_every_condition(claims in claims()) {
        let token = Key(1).sign(&json!({"alg": "EdDSA", "kid": "key-1"}), &claims);
        if let Verdict::Accepted(verified) = validator().validate(&token, now()) {
            let read = verified.claims().to_value();
            prop_assert_eq!(&read["iss"], ISSUER);
            prop_assert!(read["exp"].as_f64().is_some_and(|exp| exp > START as f64));
            prop_assert!(read.get("nbf").is_none_or(|nbf| nbf.as_f64().is_some_and(|nbf| nbf <= START as f64)));
            let ours = |aud: &Value| aud == AUDIENCE;
            prop_assert!(ours(&read["aud"]) || read["aud"].as_array().is_some_and(|list| list.iter().any(ours)));
        }
    }

    #[test]
    fn a_changed_character_is_never_accepted(position in any::<prop::sample::Index>(), replacement in any::<u8>()) {
        let mut token = Key(1).token().into_bytes();
        let position = position.index(token.len());
        prop_assume!(token[position] != replacement);
        token[position] = replacement;
        prop_assert!(matches!(validator().validate(&token, now()), Verdict::Rejected(_)));
    }

    #[test]
    fn a_rejection_quotes_nothing_of_the_token(claims in claims(), cut in 0_usize..40) {
        let token = Key(2).sign(&json!({"alg": "EdDSA", "kid": "key-1", "secret": "do-not-quote-this"}), &claims);
        let token = &token[..token.len() - cut];
        if let Verdict::Rejected(rejection) = validator().validate(token, now()) {
            let said = format!("{rejection} {rejection:?}");
            prop_assert!(!said.contains("do-not-quote-this"));
            prop_assert!(!token.as_bytes().windows(12).any(|window| said.as_bytes().windows(12).any(|words| words == window)));
        }
    }
}

#[test]
fn the_unchanged_token_is_accepted() {
    assert!(matches!(validator().validate(&Key(1).token(), now()), Verdict::Accepted(_)));
}

#[test]
fn debug_output_shows_no_claim_and_no_key() {
    let validator = validator();
    let Verdict::Accepted(verified) = validator.validate(&Key(1).token(), now()) else { panic!("a good token") };
    assert!(!format!("{verified:?}").contains("alice"));
    assert!(!format!("{:?}", verified.claims()).contains("alice"));
    let x = Key(1).jwk()["x"].as_str().expect("a text").to_owned();
    assert!(!format!("{validator:?}").contains(&x));
}

#[test]
fn the_smallest_thread_stack_is_enough_for_the_deepest_token() {
    let deepest = format!("{}{}", "[".repeat(62), "]".repeat(62));
    let claims = json!({"iss": ISSUER, "aud": AUDIENCE, "exp": START + 60, "deep": serde_json::from_str::<Value>(&deepest).expect("JSON")});
    let token = Key(1).sign(&json!({"alg": "EdDSA", "kid": "key-1"}), &claims);
    let mut policy: Value = json!({"version": 1, "limits": {"json_depth": 64}});
    let jwks: Value = serde_json::from_str(&key_set(&[Key(1)])).expect("JSON");
    policy["issuers"] = json!([{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"jwks": jwks}}]);
    let validator = Validator::new(Policy::from_json(&policy.to_string()).expect("a good policy"), 0);
    let thread = std::thread::Builder::new().stack_size(128 * 1024);
    let accepted = thread.spawn(move || matches!(validator.validate(&token, now()), Verdict::Accepted(_)));
    assert!(accepted.expect("a thread").join().expect("no overflow"));
}
