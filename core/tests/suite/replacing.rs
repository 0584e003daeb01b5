//! A policy that is replaced while tokens come in: on real threads, and with what is left of the one before.

use crate::issuer::{AUDIENCE, ISSUER, JWKS_URI, Key, START, key_set, policy};
use arc_swap::ArcSwap;
use jotgate::{
    Code, Denial, EventKind, FetchResponse, HostQuestion, Policy, Report, Timestamp, Validator, Verdict, Work,
};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

const NOW: Timestamp = Timestamp::from_seconds(START);
const OTHER_URI: &str = "https://other.test/jwks";

fn compiled(document: &Value) -> Policy {
    Policy::from_json(&document.to_string()).expect("a good policy")
}

/// The policy of this number: its own audience, one source that all of them have, and one that every other one has.
fn numbered(number: usize) -> Value {
    let mut document = policy(json!({}));
    document["issuers"][0]["audience"] = json!(audience(number));
    if number.is_multiple_of(2) {
        document["issuers"].as_array_mut().expect("a list").push(json!({
            "issuer": "https://other.test/", "audience": AUDIENCE, "keys": {"jwks_uri": OTHER_URI}
        }));
    }
    document
}

fn audience(number: usize) -> String {
    format!("https://api-{}.test", number % AUDIENCES)
}

fn token(number: usize) -> String {
    let claims = json!({"iss": ISSUER, "aud": audience(number), "exp": START + 100});
    Key(1).sign(&json!({"alg": "EdDSA", "kid": "key-1"}), &claims)
}

/// Does all work that there is.
fn drive(validator: &Validator, fetched: &AtomicUsize) {
    while let Some(work) = validator.poll_work(NOW) {
        let Work::Fetch(request) = work else { panic!("there is no store") };
        if request.url == JWKS_URI {
            fetched.fetch_add(1, Ordering::SeqCst);
        }
        let body = key_set(&[Key(1)]);
        let response = FetchResponse { status: 200, headers: &[], body: body.as_bytes() };
        validator.report(request.id, Report::Fetched(response), NOW).expect("no text of a store");
    }
}

/// The verdict, by the policy that the first look was at.
fn judge(validator: &Validator, token: &str, fetched: &AtomicUsize) -> Verdict {
    loop {
        match validator.validate(token, NOW) {
            // Another thread may have the work; it ends there, and nothing here waits for a time.
            Verdict::KeysNeeded(_) => {
                drive(validator, fetched);
                std::thread::yield_now();
            }
            verdict => return verdict,
        }
    }
}

/// Each verdict is that of the policy that was asked, whole: its audience and no other, whatever comes in its place meanwhile. The
/// source that all have is fetched once.
#[test]
fn threads_that_validate_see_one_policy_or_another_and_never_a_mixture() {
    let current = ArcSwap::from_pointee((0_usize, Validator::new(compiled(&numbered(0)), 7)));
    let (done, fetched, judged) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let tokens: Vec<String> = (0..AUDIENCES).map(token).collect();
    std::thread::scope(|scope| {
        for thread in 0..3_usize {
            let (current, done, fetched, judged, tokens) = (&current, &done, &fetched, &judged, &tokens);
            scope.spawn(move || {
                let mut round = thread;
                while !done.load(Ordering::SeqCst) {
                    let policy = current.load_full();
                    let (number, validator) = &*policy;
                    round += 1;
                    let asked = round % AUDIENCES;
                    match judge(validator, &tokens[asked], fetched) {
                        Verdict::Accepted(_) => assert_eq!(asked, number % AUDIENCES),
                        Verdict::Rejected(rejection) => {
                            assert_eq!(rejection.code, Code::AudienceMismatch);
                            assert_ne!(asked, number % AUDIENCES);
                        }
                        other => panic!("{other:?}"),
                    }
                    judged.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        for number in 1..REPLACEMENTS {
            // Each policy judges something before the next one comes.
            let before = judged.load(Ordering::SeqCst);
            let validator = current.load().1.replaced(compiled(&numbered(number)), NOW);
            current.store(Arc::new((number, validator)));
            while judged.load(Ordering::SeqCst) == before {
                std::thread::yield_now();
            }
        }
        done.store(true, Ordering::SeqCst);
    });
    let validator = &current.load().1;
    drive(validator, &fetched);
    assert_eq!(fetched.load(Ordering::SeqCst), 1, "one fetch for all policies");
    assert!(!validator.work_due(NOW), "nothing of a source that is gone is left");
}

/// Two policies at once: one of them holds, and no source of the other is asked for anything.
#[test]
fn of_several_at_once_one_holds() {
    let first = Validator::new(compiled(&policy(json!({}))), 7);
    let uri = |number: usize| format!("https://idp.test/{number}");
    let made: Vec<Validator> = std::thread::scope(|scope| {
        let each = |number: usize| {
            let mut document = policy(json!({}));
            document["issuers"][0]["keys"]["jwks_uri"] = json!(uri(number));
            let first = &first;
            scope.spawn(move || first.replaced(compiled(&document), NOW))
        };
        let all: Vec<_> = (0..4).map(each).collect();
        all.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    let sources = first.health(NOW).sources;
    assert_eq!(sources.len(), 1);
    let holds = (0..4).position(|number| sources[0].url == uri(number)).expect("one of them");
    for (number, validator) in made.iter().enumerate() {
        let verdict = validator.validate(&Key(1).token(), NOW);
        match verdict {
            Verdict::KeysNeeded(_) => assert_eq!(number, holds),
            Verdict::KeysUnavailable(_) => assert_ne!(number, holds),
            other => panic!("{other:?}"),
        }
        let work = validator.poll_work(NOW);
        assert_eq!(work.is_some(), number == holds, "{number}");
    }
    let told = std::iter::from_fn(|| first.poll_event());
    assert_eq!(told.filter(|event| matches!(event.kind, EventKind::PolicyReplaced { .. })).count(), 4);
}

#[test]
fn events_tell_how_many_sources_stay() {
    let first = Validator::new(compiled(&numbered(0)), 7);
    let mut third = numbered(1);
    third["issuers"][0]["keys"]["jwks_uri"] = json!([JWKS_URI, "https://second.test/jwks", "https://third.test/jwks"]);
    let second = first.replaced(compiled(&numbered(1)), NOW);
    let _third = second.replaced(compiled(&third), Timestamp::from_seconds(START + 1));
    let told: Vec<Value> =
        std::iter::from_fn(|| second.poll_event()).map(|event| serde_json::to_value(event).expect("JSON")).collect();
    assert_eq!(
        told,
        [
            json!({"at": 1_800_000_000.0, "event": "policy_replaced", "kept": 1, "added": 0, "removed": 1}),
            json!({"at": 1_800_000_001.0, "event": "policy_replaced", "kept": 1, "added": 2, "removed": 0}),
        ]
    );
}

/// A driver that was made with the first validator need not know of the others.
#[test]
fn whichever_validator_is_asked_work_is_that_of_the_latest() {
    let first = Validator::new(compiled(&policy(json!({}))), 7);
    let mut document = policy(json!({}));
    document["issuers"][0]["keys"]["jwks_uri"] = json!(OTHER_URI);
    let second = first.replaced(compiled(&document), NOW);
    let fetched = AtomicUsize::new(0);
    assert!(matches!(second.validate(&Key(1).token(), NOW), Verdict::KeysNeeded(_)));
    assert!(first.work_due(NOW));
    drive(&first, &fetched);
    assert!(matches!(second.validate(&Key(1).token(), NOW), Verdict::Accepted(_)));
    assert_eq!(fetched.load(Ordering::SeqCst), 0, "of the first policy");
    assert_eq!(first.health(NOW).sources[0].url, OTHER_URI);
    assert_eq!(first.export_keys(), second.export_keys());
    first.refresh_keys();
    assert!(matches!(second.poll_work(NOW), Some(Work::Fetch(request)) if request.url == OTHER_URI));
}

/// What the host has promised, it has promised for every policy.
#[test]
fn the_hosts_promises_stay() {
    let mut document = policy(json!({}));
    document["issuers"][0]["keys"] = json!({"jwks": {"keys": [Key(1).jwk()]}});
    let first = Validator::new(compiled(&document), 7).with_client_lookup().with_revocation_check().with_store();
    document["issuers"][0]["client_id"] = json!({"claims": ["sub"], "allowed": "host"});
    document["issuers"][0]["keys"]["jwks_uri"] = json!(JWKS_URI);
    let second = first.replaced(compiled(&document), NOW);
    assert!(second.looks_clients_up());
    let Verdict::Undecided(undecided) = second.validate(&Key(1).token(), NOW) else { panic!("the host is asked") };
    assert!(matches!(undecided.question(), HostQuestion::Client { .. }));
    let Verdict::Undecided(undecided) = undecided.answer(true.into()) else { panic!("and again") };
    assert_eq!(undecided.question(), HostQuestion::Revoked);
    second.refresh_keys();
    assert!(matches!(second.validate(&Key(2).token(), NOW), Verdict::KeysNeeded(_)));
    assert!(matches!(second.poll_work(NOW), Some(Work::Load { .. } | Work::Fetch(_))));
}

/// Places that another policy does not have name nothing there.
#[test]
fn a_denial_of_another_policy_is_answered_by_its_code() {
    let validator = Validator::new(compiled(&policy(json!({}))), 7);
    let mut denial = Denial::new(Code::InsufficientScope);
    (denial.issuer, denial.route) = (Some(5), Some(9));
    let answer = validator.answer(&denial);
    assert_eq!(answer.status, 403);
}

const AUDIENCES: usize = 3;
const REPLACEMENTS: usize = 60;

/// A policy with a source at each of these, in this order.
fn with_sources(urls: &[&str]) -> Value {
    let mut document = policy(json!({}));
    document["issuers"][0]["keys"]["jwks_uri"] = json!(urls);
    document
}

/// Of two policies that come in place at once one holds, and events tell sources by their places in that one.
#[test]
fn events_tell_sources_by_their_places_in_the_policy_that_holds() {
    let orders = [[JWKS_URI, OTHER_URI], [OTHER_URI, JWKS_URI]];
    for round in 0..1000 {
        let validator = Validator::new(compiled(&with_sources(&orders[0])), 7);
        let both = Barrier::new(2);
        std::thread::scope(|scope| {
            for order in &orders {
                let (next, both, validator) = (compiled(&with_sources(order)), &both, &validator);
                scope.spawn(move || {
                    both.wait();
                    drop(validator.replaced(next, NOW));
                });
            }
        });
        validator.refresh_keys();
        while let Some(work) = validator.poll_work(NOW) {
            let Work::Fetch(request) = work else { panic!("there is no store") };
            let told = std::iter::from_fn(|| validator.poll_event())
                .find(|event| matches!(event.kind, EventKind::FetchStarted { .. }));
            let place = told.and_then(|event| event.source).expect("the fetch is told");
            assert_eq!(validator.health(NOW).sources[place as usize].url, request.url, "round {round}");
        }
    }
}

/// A source that begins with a policy has its place before any work is given out for it.
#[test]
fn no_fetch_begins_untold_while_a_policy_comes_in_place() {
    for round in 0..150 {
        let validator = Validator::new(compiled(&with_sources(&[JWKS_URI])), 7);
        let next = compiled(&with_sources(&[JWKS_URI, OTHER_URI]));
        let mut given_out = 0;
        std::thread::scope(|scope| {
            scope.spawn(|| drop(validator.replaced(next, NOW)));
            loop {
                validator.refresh_keys();
                let Some(work) = validator.poll_work(NOW) else { continue };
                let Work::Fetch(request) = work else { panic!("there is no store") };
                given_out += 1;
                if request.url == OTHER_URI {
                    break;
                }
            }
        });
        let told = std::iter::from_fn(|| validator.poll_event());
        let told = told.filter(|event| matches!(event.kind, EventKind::FetchStarted { .. })).count();
        assert_eq!(told, given_out, "round {round}");
    }
}
