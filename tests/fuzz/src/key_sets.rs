//! What issuers and stores answer: key sets with their header fields, metadata, and snapshots.

use crate::input::{now, parts, text, validator};
use jotgate::{FetchResponse, Report, Timestamp, Validator, Verdict, Work};
use std::time::Duration;

const POLICY: &str = r#"{"version": 1, "issuers": [{"issuer": "https://idp.test/", "audience": "https://api.test",
    "keys": {"jwks_uri": "https://idp.test/jwks"}}]}"#;

const DISCOVERING: &str = r#"{"version": 1, "issuers": [{"issuer": "https://idp.test/", "audience": "https://api.test",
    "keys": {"discovery": true}}]}"#;

/// Of `https://idp.test/`, with the id `k`, and with a signature that nobody's key has made.
const TOKEN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJodHRwczovL2lkcC50ZXN0LyIsImF1ZCI6Imh0dHBzOi8vYXBpLnRlc3QiLCJleHAiOjE4MDAwMDA2MDB9.AAAA";

/// A body, then fields with their values.
pub(crate) fn key_set(bytes: &[u8]) {
    let mut parts = parts(bytes);
    let body = parts.next().unwrap_or_default();
    let mut headers: Vec<(&str, &str)> = Vec::new();
    while let (Some(name), Some(value)) = (text(&mut parts), text(&mut parts)) {
        headers.push((name, value));
    }
    let validator = validator(POLICY);
    answer(&validator, body, &headers);
    told(&validator);
    comes_back(&validator, POLICY);
}

/// The metadata, and then a key set for whatever URL it names.
pub(crate) fn metadata(bytes: &[u8]) {
    let mut parts = parts(bytes);
    let validator = validator(DISCOVERING);
    for _ in 0..4 {
        answer(&validator, parts.next().unwrap_or_default(), &[]);
    }
    told(&validator);
    comes_back(&validator, DISCOVERING);
}

/// What a store gives may be anything: it is taken whole or not at all.
pub(crate) fn snapshot(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let validator = validator(POLICY);
    if validator.import_keys(text, now()).is_err() {
        assert!(validator.health(now()).sources.iter().all(|source| source.keys == 0), "keys of a refused snapshot");
    }
    told(&validator);
    comes_back(&validator, POLICY);
}

/// Answers every fetch that a token makes necessary.
fn answer(validator: &Validator, body: &[u8], headers: &[(&str, &str)]) {
    let verdict = validator.validate(TOKEN, now());
    assert!(!matches!(verdict, Verdict::Accepted(_)), "no key has signed this");
    for _ in 0..4 {
        let Some(work) = validator.poll_work(now()) else { return };
        if let Work::Fetch(request) = &work {
            assert!(request.url.starts_with("https://"), "fetched without TLS: {}", request.url);
            let response = FetchResponse { status: 200, headers, body };
            assert!(validator.report(work.id(), Report::Fetched(response), now()).is_ok());
        }
    }
}

/// Asks for everything that is told about key sets.
fn told(validator: &Validator) {
    let verdict = validator.validate(TOKEN, now());
    assert!(!matches!(verdict, Verdict::Accepted(_)), "no key has signed this");
    let _ = (validator.health(later()), validator.next_wakeup(), validator.work_due(later()));
    let _ = validator.explain(TOKEN, later()).to_json();
    let mut events = 0;
    while validator.poll_event().is_some() {
        events += 1;
        assert!(events < 1_000, "events without end");
    }
}

/// What is exported can be imported by the next process.
fn comes_back(from: &Validator, policy: &str) {
    let fresh = validator(policy);
    let count = fresh.import_keys(&from.export_keys(), later());
    assert!(count.is_ok(), "its own snapshot is refused: {:?}", count.err());
    let keys =
        |validator: &Validator| -> usize { validator.health(later()).sources.iter().map(|source| source.keys).sum() };
    assert_eq!(keys(from), keys(&fresh), "another number of keys came back");
}

/// When they are asked again: while every set still serves.
fn later() -> Timestamp {
    now().after(Duration::from_secs(600))
}
