//! What a validator holds: the bounds of `docs/key-sets.md`, in bytes asked of the allocator, and that no flood moves them.

use crate::counting;
use crate::{NOW, answer, token, validator};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jotgate::{Validator, Verdict};
use serde_json::json;
use std::time::Duration;

const DOCS: &str = include_str!("../../docs/key-sets.md");
/// What a policy allows when it says nothing.
const MAX_BODY: usize = 512 * 1024;
const MAX_KEYS: usize = 500;

/// Key sets, and what the docs say that a validator holds with one of them, in KiB.
fn stated() -> Vec<(&'static str, String, usize)> {
    let many = usize::MAX;
    vec![
        ("2 RSA keys of 2048 bits", filled(2, |index| rsa(index, 24, 0)), 3),
        ("500 RSA keys of 2048 bits", filled(MAX_KEYS, |index| rsa(index, 24, 0)), 481),
        ("the same with certificates, 512 KiB", filled(MAX_KEYS, |index| rsa(index, 24, 632)), 816),
        ("500 RSA keys, their ids fill 512 KiB", filled(MAX_KEYS, |index| rsa(index, 654, 0)), 1404),
        (
            "512 KiB of keys that have an id and nothing else",
            filled(many, |index| format!(r#"{{"kid":"{index}"}}"#)),
            1702,
        ),
        ("512 KiB of what is no key", filled(many, |_| "1".to_owned()), 514),
    ]
}

/// What the docs say that events take which nobody has taken yet.
const EVENTS_KIB: usize = 12;

/// A document of at most `MAX_BODY` bytes with as many elements as fit, `most` at most.
fn filled(most: usize, element: impl Fn(usize) -> String) -> String {
    let mut document = String::from(r#"{"keys":["#);
    for element in (0..most).map(element) {
        if document.len() + element.len() + 2 > MAX_BODY {
            break;
        }
        document.push_str(&element);
        document.push(',');
    }
    document.pop();
    document.push_str("]}");
    document
}

/// Nobody has the private half of it, and none is needed.
fn rsa(index: usize, kid_length: usize, certificate_length: usize) -> String {
    let mut modulus = [0xab; 256];
    modulus[8..16].copy_from_slice(&index.to_be_bytes());
    let (n, certificate) = (URL_SAFE_NO_PAD.encode(modulus), "M".repeat(certificate_length));
    format!(r#"{{"kty":"RSA","kid":"{index:0>kid_length$}","n":"{n}","e":"AQAB","x5c":["{certificate}"]}}"#)
}

/// A token that differs from the good one in nothing but its key id.
fn with_unknown_key(number: u32, rest: &str) -> String {
    let header = format!(r#"{{"alg":"EdDSA","kid":"junk-{number:07}"}}"#);
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header))
}

/// A validator that has fetched the document, and what it holds beyond one that has fetched nothing.
fn fetched(document: &str) -> (Validator, usize) {
    let validator = validator(&json!({"jwks_uri": "https://a.test/"}));
    let ((), held) = counting::growth(|| match validator.validate(&token(), NOW) {
        Verdict::KeysNeeded(_) => answer(&validator, document, NOW),
        other => panic!("expected a fetch, got {other:?}"),
    });
    (validator, usize::try_from(held).expect("a set is held"))
}

#[cfg_attr(
    feature = "aws-lc",
    ignore = "keeps RSA keys set up, partly beyond what is counted here: the docs have a line of it"
)]
#[test]
fn a_key_set_takes_no_more_memory_than_the_docs_say() {
    for (name, document, kib) in stated() {
        let (_validator, held) = fetched(&document);
        let told = held.div_ceil(1024);
        assert!(told <= kib && told > kib * 9 / 10, "{name}: {told} KiB, and the docs say {kib}");
        assert!(DOCS.contains(&format!("| {name} | {kib} KiB |")), "the docs do not say {kib} KiB of {name}");
    }
}

#[test]
fn a_million_unknown_key_ids_leave_nothing_behind() {
    let sets = ["", "x"].map(|salt| filled(MAX_KEYS, |index| rsa(index, 24 + salt.len(), 600)));
    let (validator, _) = fetched(&sets[0]);
    let good = token();
    let (_, rest) = good.split_once('.').expect("a token has dots");
    let mut fetches = 1;
    let mut flood = |numbers: std::ops::Range<u32>| {
        for number in numbers {
            let now = NOW.after(Duration::from_millis(number.into()));
            match validator.validate(&with_unknown_key(number, rest), now) {
                // Each time another set.
                Verdict::KeysNeeded(_) => {
                    answer(&validator, &sets[fetches % 2], now);
                    fetches += 1;
                }
                Verdict::Rejected(rejection) => assert_eq!(rejection.code.name(), "unknown_key"),
                other => panic!("expected a refusal, got {other:?}"),
            }
        }
        fetches
    };
    let drain = || while validator.poll_event().is_some() {};

    // The first of them fill what is kept of key ids, and two windows of the cooldown.
    let before = flood(0..60_000);
    drain();
    let (fetches, grown) = counting::growth(|| flood(60_000..1_060_000));
    assert_eq!(fetches - before, 68, "two in each of 34 windows");
    let ((), taken) = counting::growth(drain);
    assert_eq!(grown + taken, 0, "nothing is left when the events are taken");
    let events = usize::try_from(grown).expect("events are held");
    assert!((1..=EVENTS_KIB * 1024).contains(&events), "{events} bytes of events");
    assert!(DOCS.contains(&format!("at most {EVENTS_KIB} KiB")), "the docs say how much events take");
}
