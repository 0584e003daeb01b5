//! The cache of verified tokens: a validator with one and a validator without one live through the same histories, and nothing but
//! the time that they take may tell them apart. And each way in which such caches have lied elsewhere.

use crate::issuer::{AUDIENCE, ISSUER, JWKS_URI, Key, START, key_set, policy};
use jotgate::{
    CacheHealth, Code, FetchResponse, HostAnswer, HostQuestion, Policy, Report, Timestamp, Validator, Verdict, Work,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn with_cache(mut policy: Value, cache: &Value) -> Validator {
    policy["cache"] = cache.clone();
    Validator::new(Policy::from_json(&policy.to_string()).expect("a good policy"), 42)
}

fn inline(keys: &[Key]) -> Value {
    let jwks: Value = serde_json::from_str(&key_set(keys)).expect("JSON");
    json!({"version": 1, "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"jwks": jwks}}]})
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(START + seconds)
}

fn health(validator: &Validator) -> CacheHealth {
    validator.health(at(0)).cache.expect("the policy has a cache")
}

fn code(verdict: &Verdict) -> Option<Code> {
    if let Verdict::Rejected(rejection) = verdict { Some(rejection.code) } else { None }
}

/// All that a host can see of a verdict, the host's own word taken as `revoked`.
fn seen(verdict: Verdict, revoked: bool) -> String {
    match verdict {
        Verdict::Accepted(verified) => {
            let dates = (verified.expires_at(), verified.not_before(), verified.issued_at());
            format!("{} {} {} {dates:?}", verified.header(), verified.payload(), verified.issuer_index())
        }
        Verdict::Undecided(undecided) => {
            assert_eq!(undecided.question(), HostQuestion::Revoked);
            seen(undecided.answer(HostAnswer::from(revoked)), revoked)
        }
        other => format!("{other:?}"),
    }
}

fn text(bytes: &str, place: usize, with: &str) -> String {
    let end = bytes.len().min(place + 1);
    [&bytes[..place.min(bytes.len())], with, &bytes[end..]].concat()
}

/// Tokens of two keys under one id, of other times, and broken ones.
fn tokens() -> Vec<String> {
    let signed = |key: u8, kid: u8, sub: &str, exp: i64| {
        let claims = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": sub, "nbf": START - 100, "exp": START + exp});
        Key(key).sign(&json!({"alg": "EdDSA", "kid": Key(kid).id()}), &claims)
    };
    let good = signed(1, 1, "a", 100_000);
    let other = signed(2, 1, "a", 100_000);
    let swapped = [good.rsplit_once('.').expect("a token").0, ".", other.rsplit_once('.').expect("a token").1].concat();
    let changed = text(&good, good.len() - 20, if good.ends_with('A') { "B" } else { "A" });
    vec![
        signed(1, 1, "b", 3_000),
        signed(2, 2, "c", 100_000),
        signed(3, 3, "d", 10_000),
        swapped,
        changed,
        format!("{good}="),
        format!("{good}.x"),
        good[..good.len() - 1].to_owned(),
        other,
        good,
    ]
}

/// What one server answers: keys by number, each under the id of another number.
fn served(keys: &[(u8, u8)]) -> String {
    let jwk = |&(key, kid): &(u8, u8)| {
        let mut jwk = Key(key).jwk();
        jwk["kid"] = Key(kid).id().into();
        jwk
    };
    json!({"keys": keys.iter().map(jwk).collect::<Vec<_>>()}).to_string()
}

#[derive(Clone, Debug)]
enum Step {
    Token(usize),
    Later(i64),
    Serve(Option<Vec<(u8, u8)>>),
    Refresh,
    Revoke(bool),
}

fn step() -> impl Strategy<Value = Step> {
    let keys = prop::collection::vec((1_u8..4, 1_u8..4), 1..4);
    prop_oneof![
        12 => (0_usize..10).prop_map(Step::Token),
        3 => (-50_i64..4_000).prop_map(Step::Later),
        2 => prop::option::weighted(0.8, keys).prop_map(Step::Serve),
        1 => Just(Step::Refresh),
        1 => any::<bool>().prop_map(Step::Revoke),
    ]
}

/// Runs all work that is due; what it was.
fn work(validator: &Validator, served: Option<&str>, now: Timestamp) -> Vec<String> {
    let mut done = Vec::new();
    while let Some(work) = validator.poll_work(now) {
        done.push(format!("{work:?}"));
        let Work::Fetch(request) = work else { panic!("there is no store") };
        assert_eq!(&*request.url, JWKS_URI);
        let report = match served {
            Some(body) => Report::Fetched(FetchResponse { status: 200, headers: &[], body: body.as_bytes() }),
            None => Report::Fetched(FetchResponse { status: 503, headers: &[], body: b"" }),
        };
        validator.report(request.id, report, now).expect("no text of a store");
    }
    done
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn with_and_without_a_cache_all_histories_are_the_same(
        steps in prop::collection::vec(step(), 1..120), entries in prop::sample::select(vec![8, 64])
    ) {
        let rules = policy(json!({"ttl": "10m", "max_stale": "20m"}));
        let plain = Policy::from_json(&rules.to_string()).expect("a good policy");
        let plain = Validator::new(plain, 42).with_revocation_check();
        let cached = with_cache(rules, &json!({"entries": entries})).with_revocation_check();
        let (tokens, mut seconds, mut revoked, mut body) = (tokens(), 0, false, Some(served(&[(1, 1)])));
        for step in steps {
            let now = at(seconds);
            match step {
                Step::Later(by) => seconds += by,
                Step::Serve(keys) => body = keys.as_deref().map(served),
                Step::Refresh => [&plain, &cached].into_iter().for_each(Validator::refresh_keys),
                Step::Revoke(now) => revoked = now,
                // Once without the keys and once with them, and once more to find what the second has left.
                Step::Token(which) => {
                    let mut passed = false;
                    for _ in 0..3 {
                        let hits = [&plain, &cached].map(|validator| validator.health(now).cache.map(|cache| cache.hits))[1];
                        let [left, right] = [&plain, &cached].map(|validator| seen(validator.validate(&tokens[which], now), revoked));
                        prop_assert_eq!(&left, &right, "token {}", which);
                        prop_assert_eq!(plain.work_due(now), cached.work_due(now));
                        prop_assert_eq!(work(&plain, body.as_deref(), now), work(&cached, body.as_deref(), now));
                        let passes = left.starts_with('{');
                        prop_assert!(!(passed && passes) || cached.health(now).cache.map(|cache| cache.hits) > hits, "token {} was not found", which);
                        passed = passes;
                    }
                },
            }
        }
        prop_assert_eq!(plain.health(at(seconds)).sources, cached.health(at(seconds)).sources);
    }
}

/// Python and Node put validators into memory of their own, which is aligned for 16 bytes and no more.
#[test]
fn a_validator_asks_for_no_uncommon_alignment() {
    assert!(align_of::<Validator>() <= 16);
}

#[test]
fn a_token_that_comes_again_is_found() {
    let validator = with_cache(inline(&[Key(1)]), &json!({}));
    let token = Key(1).token();
    for _ in 0..3 {
        assert!(matches!(validator.validate(&token, at(0)), Verdict::Accepted(_)));
    }
    let CacheHealth { entries, hits, misses, evictions, .. } = health(&validator);
    assert_eq!((entries, hits, misses, evictions), (1, 2, 1, 0));
}

/// fast-jwt, CVE-2026-35039: a key made of parts of a token let one token have the claims of another.
#[test]
fn fast_jwt_tokens_alike_but_for_one_byte_are_strangers() {
    let validator = with_cache(inline(&[Key(1)]), &json!({}));
    let token = Key(1).token();
    assert!(matches!(validator.validate(&token, at(0)), Verdict::Accepted(_)));
    for place in 0..token.len() {
        let with = if token.as_bytes()[place] == b'A' { "B" } else { "A" };
        let changed = text(&token, place, with);
        assert!(matches!(validator.validate(&changed, at(0)), Verdict::Rejected(_)), "{place}");
    }
    let before = health(&validator);
    assert_eq!((before.hits, before.entries), (0, 1), "none of them was found, and none was kept");
}

/// A class of faults in such caches: a token is kept past its `exp`, or after it was revoked.
#[test]
fn time_and_the_host_count_on_every_hit() {
    let validator = with_cache(inline(&[Key(1)]), &json!({})).with_revocation_check();
    let token = Key(1).token();
    let accepted = seen(validator.validate(&token, at(0)), false);
    assert_eq!(seen(validator.validate(&token, at(0)), false), accepted);
    assert!(seen(validator.validate(&token, at(0)), true).contains("Revoked"));
    assert_eq!(code(&validator.validate(&token, at(366 * 86_400))), Some(Code::Expired));
    assert_eq!(health(&validator).hits, 3);
}

/// A policy's cache served another policy's tokens elsewhere.
#[test]
fn validators_share_nothing() {
    let ours = with_cache(inline(&[Key(1)]), &json!({}));
    let theirs = with_cache(inline(&[Key(2)]), &json!({}));
    let token = Key(1).token();
    assert!(matches!(ours.validate(&token, at(0)), Verdict::Accepted(_)));
    assert_eq!(code(&theirs.validate(&token, at(0))), Some(Code::UnknownKey));
}

/// Negative caching lets whoever sends junk push out good tokens.
#[test]
fn refused_tokens_are_not_kept() {
    let validator = with_cache(inline(&[Key(1)]), &json!({"entries": 8}));
    let token = Key(1).token();
    assert!(matches!(validator.validate(&token, at(0)), Verdict::Accepted(_)));
    for number in 0..200 {
        let claims = json!({"iss": ISSUER, "aud": AUDIENCE, "exp": START - 100 - number});
        let expired = Key(1).sign(&json!({"alg": "EdDSA", "kid": "key-1"}), &claims);
        assert_eq!(code(&validator.validate(&expired, at(0))), Some(Code::Expired));
    }
    drop(validator.validate(&token, at(0)));
    assert_eq!((health(&validator).hits, health(&validator).evictions), (1, 0));
}

#[test]
fn a_flood_stays_within_the_bounds_and_leaves_what_is_of_use() {
    let validator = with_cache(inline(&[Key(1)]), &json!({"entries": 64, "bytes": 65_536}));
    let token = Key(1).token();
    drop(validator.validate(&token, at(0)));
    drop(validator.validate(&token, at(0)));
    for number in 0..500 {
        let claims = json!({"iss": ISSUER, "aud": AUDIENCE, "exp": START + 100, "jti": number.to_string(), "x": "x".repeat(900)});
        let other = Key(1).sign(&json!({"alg": "EdDSA", "kid": "key-1"}), &claims);
        assert!(matches!(validator.validate(&other, at(0)), Verdict::Accepted(_)));
        drop(validator.validate(&token, at(0)));
        let CacheHealth { entries, bytes, .. } = health(&validator);
        assert!(entries <= 64 && bytes <= 65_536, "{entries} entries, {bytes} bytes");
    }
    let hits = health(&validator).hits;
    assert!(hits > 450, "{hits} of 501");
}

#[test]
fn many_threads_get_no_wrong_verdict() {
    let validator = with_cache(inline(&[Key(1)]), &json!({"entries": 8}));
    let token = |number: u8| {
        let claims = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": number.to_string(), "exp": START + 100});
        Key(1).sign(&json!({"alg": "EdDSA", "kid": "key-1"}), &claims)
    };
    let tokens: Vec<_> = (0..24).map(token).collect();
    std::thread::scope(|scope| {
        for thread in 0..4_usize {
            let (validator, tokens) = (&validator, &tokens);
            scope.spawn(move || {
                for round in 0..400 {
                    let which = (round * 7 + thread) % tokens.len();
                    let Verdict::Accepted(verified) = validator.validate(&tokens[which], at(0)) else {
                        panic!("a good token")
                    };
                    assert_eq!(verified.claims().subject().as_deref(), Some(which.to_string().as_str()));
                }
            });
        }
    });
    assert!(health(&validator).entries <= 8);
}

#[test]
fn bounds_that_mean_nothing_are_refused() {
    for (cache, path) in [
        (json!({"entries": 0}), "cache.entries"),
        (json!({"bytes": 1000}), "cache.bytes"),
        (json!({"entries": 2_000_000}), "cache.entries"),
        (json!({"size": 5}), "cache.size"),
        (json!(true), "cache"),
    ] {
        let mut rules = inline(&[Key(1)]);
        rules["cache"] = cache.clone();
        assert_eq!(Policy::from_json(&rules.to_string()).expect_err("no cache").path(), path, "{cache}");
    }
    let mut rules = inline(&[Key(1)]);
    rules["cache"] = json!({"bytes": 65_536});
    rules["limits"] = json!({"token_bytes": 20_000});
    let error = Policy::from_json(&rules.to_string()).expect_err("too small");
    assert_eq!(
        (error.path(), error.hint()),
        ("cache.bytes", Some("write at least 80000, or lower limits.token_bytes"))
    );
}
