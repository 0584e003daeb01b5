//! The key-set machine allocates nothing while keys are at hand: a validation with a fetched set costs as many
//! allocations as one with the same set in the policy.

#![expect(clippy::expect_used, clippy::panic, reason = "a test may end where it fails")]

mod counting;
mod expressions;
mod memory;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jotgate::{FetchResponse, Policy, Report, Timestamp, Validator, Verdict};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a seed of 32 bytes")
}

fn key_set() -> Value {
    let point = URL_SAFE_NO_PAD.encode(pair().public_key());
    json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": point}]})
}

fn token() -> String {
    let header = URL_SAFE_NO_PAD.encode(json!({"alg": "EdDSA", "kid": "a"}).to_string());
    let claims = json!({"iss": "https://idp.test/", "aud": "api", "exp": 9_000_000_000_i64});
    let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(pair().sign(message.as_bytes())))
}

fn validator(keys: &Value) -> Validator {
    let entry = json!({"issuer": "https://idp.test/", "audience": "api", "keys": keys});
    let policy = json!({"version": 1, "issuers": [entry]}).to_string();
    Validator::new(Policy::from_json(&policy).expect("a good policy"), 1)
}

/// The validator with its sets fetched.
fn warm(keys: &Value) -> Validator {
    let validator = validator(keys);
    if let Verdict::KeysNeeded(_) = validator.validate(&token(), NOW) {
        answer(&validator, &key_set().to_string(), NOW);
    }
    validator
}

/// Answers all fetches that are due with the document.
fn answer(validator: &Validator, document: &str, now: Timestamp) {
    while let Some(work) = validator.poll_work(now) {
        let response = FetchResponse { status: 200, headers: &[], body: document.as_bytes() };
        validator.report(work.id(), Report::Fetched(response), now).expect("no text of a store");
    }
}

/// Allocations of one validation and of what a host asks after it, once everything is warm.
fn allocations(validator: &Validator, seconds: i64) -> usize {
    let (token, now) = (token(), NOW.after(std::time::Duration::from_secs(seconds.unsigned_abs())));
    let accept = || match validator.validate(&token, now) {
        Verdict::Accepted(verified) => drop(verified),
        other => panic!("expected a verified token, got {other:?}"),
    };
    accept();
    let before = counting::allocations();
    accept();
    let _ = (validator.work_due(now), validator.next_wakeup());
    counting::allocations() - before
}

#[test]
fn a_fetched_set_costs_no_more_than_one_in_the_policy() {
    let inline = validator(&json!({"jwks": key_set()}));
    let expected = allocations(&inline, 0);
    assert!(expected > 0, "the counter counts");
    let one = warm(&json!({"jwks_uri": "https://a.test/"}));
    let four = warm(&json!({"jwks_uri": ["https://a.test/", "https://b.test/", "https://c.test/", "https://d.test/"]}));
    let (fresh, due, stale) = (1, 3300, 7200);
    for (name, validator) in [("one", one), ("four", four)] {
        for seconds in [fresh, due, stale] {
            assert_eq!(allocations(&validator, seconds), expected, "{name} after {seconds} s");
        }
    }
}
