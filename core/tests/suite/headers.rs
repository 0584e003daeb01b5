//! A header that came before is not read again, and nothing but the time that it takes may tell.

use crate::issuer::{AUDIENCE, ISSUER, Key, START, key_set};
use jotgate::{Policy, Timestamp, Validator, Verdict};
use serde_json::{Value, json};

fn validator() -> Validator {
    let jwks: Value = serde_json::from_str(&key_set(&[Key(1), Key(2)])).expect("JSON");
    let policy = json!({"version": 1, "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"jwks": jwks}}]})
        .to_string();
    Validator::new(Policy::from_json(&policy).expect("a good policy"), 42)
}

fn token(key: u8, header: &Value, exp: i64) -> String {
    Key(key).sign(header, &json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "a", "exp": START + exp}))
}

fn seen(validator: &Validator, token: &str) -> String {
    match validator.validate(token, Timestamp::from_seconds(START)) {
        Verdict::Accepted(verified) => format!("{} {}", verified.header(), verified.payload()),
        other => format!("{other:?}"),
    }
}

/// Good ones, and others with the same header or nearly so.
fn tokens() -> Vec<String> {
    let of = |kid: u8| json!({"alg": "EdDSA", "kid": Key(kid).id(), "typ": "JWT"});
    let good = token(1, &of(1), 100);
    let (header, rest) = good.split_once('.').expect("a token");
    let (payload, signature) = rest.split_once('.').expect("a token");
    let other = token(1, &of(1), 200);
    let other_rest = other.split_once('.').expect("a token").1;
    let unsigned = json!({"alg": "none"});
    vec![
        good.clone(),
        other.clone(),
        token(1, &of(1), -100),
        token(2, &of(1), 100),
        token(2, &of(2), 100),
        token(1, &json!({"alg": "EdDSA", "kid": Key(1).id(), "typ": "dpop+jwt"}), 100),
        token(1, &json!({"alg": "EdDSA", "kid": Key(1).id(), "crit": ["x"]}), 100),
        token(1, &unsigned, 100),
        format!("{header}.{payload}."),
        format!("{header}..{signature}"),
        format!("{header}.{other_rest}"),
        format!("{header}=.{payload}.{signature}"),
        format!("{header}A.{payload}.{signature}"),
        format!("{}.{payload}.{signature}", &header[..header.len() - 1]),
        format!(".{payload}.{signature}"),
        format!("{header}.{payload}.{signature}.x"),
        format!("{header}.!!!!.{signature}"),
        format!("{header}.{payload}.!"),
    ]
}

#[test]
fn what_came_before_changes_no_verdict() {
    let tokens = tokens();
    let fresh: Vec<String> = tokens.iter().map(|token| seen(&validator(), token)).collect();
    let used = validator();
    // Each behind each other one, so that each header was seen before each token.
    for before in &tokens {
        for (token, wanted) in tokens.iter().zip(&fresh) {
            seen(&used, before);
            assert_eq!(seen(&used, token), *wanted, "{token}");
        }
    }
    assert_eq!(fresh.iter().filter(|seen| seen.starts_with('{')).count(), 4);
}

#[test]
fn more_headers_than_are_kept_change_no_verdict() {
    let used = validator();
    let tokens: Vec<String> =
        (0..40).map(|number| token(1, &json!({"alg": "EdDSA", "kid": Key(1).id(), "n": number}), 100)).collect();
    for _ in 0..60 {
        for token in &tokens {
            assert!(seen(&used, token).starts_with('{'));
        }
    }
    assert_eq!(seen(&used, &tokens[7]), seen(&validator(), &tokens[7]));
}
