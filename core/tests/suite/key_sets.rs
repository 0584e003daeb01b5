//! The life of a fetched key set, on a clock of the test's: no fetch but those that are asked for, no wait, no flood.

use crate::issuer::{self, Key, START, key_set, policy};
use jotgate::{
    Code, FetchRequest, FetchResponse, KeysNeeded, Policy, Question, Report, Timestamp, Validator, Verdict, Work,
    WorkFailure, WorkId,
};
use serde_json::{Value, json};
use std::time::Duration;

/// A validator and its clock, in seconds since [`START`].
pub(crate) struct Scene {
    validator: Validator,
    seconds: i64,
}

impl Scene {
    pub(crate) fn new(jwks: Value) -> Self {
        Self::of_policy(&policy(jwks))
    }

    pub(crate) fn of_policy(policy: &Value) -> Self {
        let policy = Policy::from_json(&policy.to_string()).expect("a good policy");
        Self { validator: Validator::new(policy, 42), seconds: 0 }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(START + self.seconds)
    }

    pub(crate) fn at(&mut self, seconds: i64) -> &mut Self {
        self.seconds = seconds;
        self
    }

    pub(crate) fn validate(&self, token: &str) -> Verdict {
        self.validator.validate(token, self.now())
    }

    /// What a validation waits for, when it has to.
    pub(crate) fn needs(&self, token: &str) -> KeysNeeded {
        match self.validate(token) {
            Verdict::KeysNeeded(needed) => needed,
            other => panic!("expected to need keys, got {other:?}"),
        }
    }

    /// The fetches that are given out now.
    pub(crate) fn polled(&self) -> Vec<FetchRequest> {
        let work = std::iter::from_fn(|| self.validator.poll_work(self.now()));
        work.map(|work| match work {
            Work::Fetch(request) => request,
            other => panic!("there is no store: {other:?}"),
        })
        .collect()
    }

    /// The one fetch that a validation starts.
    pub(crate) fn starts(&self, token: &str) -> FetchRequest {
        let needed = self.needs(token);
        assert!(self.validator.work_due(self.now()));
        let mut started = self.polled();
        assert_eq!((started.len(), needed.wait_for), (1, vec![started[0].id]));
        started.remove(0)
    }

    /// The one refresh that is due.
    fn refresh(&self) -> FetchRequest {
        match self.polled().as_slice() {
            [refresh] => refresh.clone(),
            other => panic!("a refresh is due, got {other:?}"),
        }
    }

    fn report(&self, id: WorkId, report: Report<'_>) {
        self.validator.report(id, report, self.now()).expect("no text of a store");
    }

    pub(crate) fn answer(&self, id: WorkId, status: u16, body: &str) {
        self.report(id, Report::Fetched(FetchResponse { status, headers: &[], body: body.as_bytes() }));
    }

    pub(crate) fn fail(&self, id: WorkId, failure: WorkFailure) {
        self.report(id, Report::failed(failure));
    }

    pub(crate) fn fetch(&self, token: &str, keys: &[Key]) {
        self.answer(self.starts(token).id, 200, &key_set(keys));
    }

    fn accepts(&self, token: &str) -> bool {
        matches!(self.validate(token), Verdict::Accepted(_))
    }

    fn rejects(&self, token: &str) -> Option<Code> {
        match self.validate(token) {
            Verdict::Rejected(rejection) => Some(rejection.code),
            _ => None,
        }
    }

    /// How many seconds from now the keys stay unavailable.
    fn unavailable_for(&self, token: &str) -> Option<f64> {
        match self.validate(token) {
            Verdict::KeysUnavailable(unavailable) => Some(unavailable.retry_at.since(self.now()).as_secs_f64()),
            _ => None,
        }
    }
}

#[test]
fn the_first_token_asks_for_the_set_and_the_second_waits_for_it() {
    let scene = Scene::new(json!({"timeout": "7s", "max_body": 4096}));
    let token = Key(1).token();
    let request = scene.starts(&token);
    assert_eq!(request.url, issuer::JWKS_URI);
    assert_eq!((request.timeout.as_secs(), request.max_body), (7, 4096));

    let needed = scene.needs(&token);
    assert_eq!((scene.polled().len(), needed.wait_for), (0, vec![request.id]));
    assert_eq!(needed.patience, Duration::from_millis(7500), "its timeout, and a grace for its own report");

    scene.answer(request.id, 200, &key_set(&[Key(1)]));
    assert!(scene.accepts(&token));
}

#[test]
fn an_unknown_issuer_or_a_bad_algorithm_asks_for_nothing() {
    let scene = Scene::new(json!({}));
    let header = json!({"alg": "EdDSA", "kid": "key-1"});
    let foreign = Key(1).sign(&header, &json!({"iss": "https://evil.test/", "aud": issuer::AUDIENCE}));
    assert_eq!(scene.rejects(&foreign), Some(Code::UnknownIssuer));
    let hmac = Key(1).sign(&json!({"alg": "HS256", "kid": "key-1"}), &json!({"iss": issuer::ISSUER}));
    assert_eq!(scene.rejects(&hmac), Some(Code::AlgorithmNotAllowed));
}

#[test]
fn what_is_no_key_set_leaves_the_old_keys_in_place() {
    let mut scene = Scene::new(json!({"max_body": 4096}));
    let token = Key(1).token();
    scene.fetch(&token, &[Key(1)]);
    let good = key_set(&[Key(2)]);
    let too_long = format!("{good}{}", " ".repeat(4096));
    let bad_answers: [(u16, &str); 9] = [
        (200, "<html>Sign in</html>"),
        (200, ""),
        (200, "{}"),
        (200, r#"{"keys":[]}"#),
        (200, r#"{"keys":[],"keys":[]}"#),
        (200, &too_long),
        (500, &good),
        (301, &good),
        (204, ""),
    ];
    for (round, (status, body)) in (1_i64..).zip(bad_answers) {
        scene.at(round * 3600);
        let refresh = scene.refresh();
        scene.answer(refresh.id, status, body);
        assert!(scene.accepts(&token), "{status} {body:.20}");
    }
}

#[test]
fn an_answer_that_comes_late_or_twice_or_for_nobody_changes_nothing() {
    let mut scene = Scene::new(json!({"timeout": "10s"}));
    let token = Key(1).token();
    let lost = scene.starts(&token);
    scene.at(13);
    let second = scene.starts(&token);
    assert_ne!(lost.id, second.id);
    scene.answer(lost.id, 200, &key_set(&[Key(9)]));
    assert_eq!(scene.needs(&token).wait_for, vec![second.id]);
    scene.answer(WorkId::from_number(u64::MAX), 200, &key_set(&[Key(9)]));
    scene.answer(second.id, 200, &key_set(&[Key(1)]));
    scene.answer(second.id, 200, &key_set(&[Key(9)]));
    assert!(scene.accepts(&token));
}

#[test]
fn a_refresh_is_offered_before_the_set_expires_and_nobody_waits_for_it() {
    let mut scene = Scene::new(json!({"ttl": "1h"}));
    let token = Key(1).token();
    scene.fetch(&token, &[Key(1)]);
    scene.at(2500);
    assert!(!scene.validator.work_due(scene.now()));
    assert_eq!(scene.polled(), []);

    scene.at(3200);
    assert!(scene.validator.work_due(scene.now()));
    assert!(scene.validator.next_wakeup().is_some_and(|wakeup| wakeup <= scene.now()));
    assert!(scene.accepts(&token));
    let refresh = scene.refresh();
    assert_eq!(scene.polled(), [], "one fetch at a time");
    assert!(!scene.validator.work_due(scene.now()));
    assert!(scene.accepts(&token), "a known key does not wait for the refresh");

    scene.answer(refresh.id, 200, &key_set(&[Key(2)]));
    assert!(scene.accepts(&Key(2).token()));
    assert_eq!(scene.starts(&token).url, issuer::JWKS_URI, "a key that was dropped is unknown");
}

#[test]
fn an_outage_is_bridged_until_max_stale_and_then_it_is_503() {
    let mut scene = Scene::new(json!({"ttl": "10m", "max_stale": "1h"}));
    let token = Key(1).token();
    scene.fetch(&token, &[Key(1)]);
    for minutes in [10, 20, 40, 59] {
        scene.at(minutes * 60);
        scene.polled().iter().for_each(|refresh| scene.fail(refresh.id, WorkFailure::Connection));
        assert!(scene.accepts(&token), "after {minutes} minutes");
    }
    scene.at(65 * 60);
    let attempt = scene.starts(&token);
    scene.fail(attempt.id, WorkFailure::Timeout);
    assert!(scene.unavailable_for(&token).is_some());
}

#[test]
fn failures_pause_longer_each_time_up_to_five_minutes() {
    let mut scene = Scene::new(json!({}));
    let token = Key(1).token();
    let mut longest: f64 = 1.0;
    for _ in 0..14 {
        let attempt = scene.starts(&token);
        scene.fail(attempt.id, WorkFailure::Connection);
        let pause = scene.unavailable_for(&token).expect("an answer at once, not a wait");
        assert!(pause >= longest / 4.0 - 0.001 && pause <= longest, "{pause} of {longest}");
        scene.at(scene.seconds + pause.ceil() as i64);
        longest = (longest * 2.0).min(300.0);
    }
    scene.fetch(&token, &[Key(1)]);
    assert!(scene.accepts(&token));
}

#[test]
fn a_token_of_another_time_leaves_the_key_sets_alone() {
    let scene = Scene::new(json!({"max_stale": "1h"}));
    let token = Key(1).token();
    scene.fetch(&token, &[Key(1)]);
    let year = Duration::from_secs(365 * 86_400);
    let validate = |as_of| scene.validator.validate(Question::token(token.as_bytes()).as_of(as_of), scene.now());
    assert!(matches!(validate(Timestamp::from_seconds(START - 1000 * 86_400)), Verdict::Accepted(_)));
    let expired = validate(scene.now().after(year + Duration::from_secs(5)));
    assert!(matches!(expired, Verdict::Rejected(rejection) if rejection.code == Code::Expired));
    assert!(!scene.validator.work_due(scene.now()));
    assert!(scene.accepts(&token));
}

#[test]
fn validators_that_fail_together_do_not_return_together() {
    let policy = policy(json!({})).to_string();
    let token = Key(1).token();
    let mut returns = std::collections::BTreeMap::<i64, u32>::new();
    for seed in 0..1000 {
        let validator = Validator::new(Policy::from_json(&policy).expect("a good policy"), seed);
        // Ten attempts at the same moments, so that the pause is the longest one.
        for round in 0..10 {
            let now = Timestamp::from_seconds(START + round * 300);
            let Verdict::KeysNeeded(needed) = validator.validate(&token, now) else { panic!("a fetch is allowed") };
            let attempt = validator.poll_work(now).expect("it is given out");
            assert_eq!(needed.wait_for, [attempt.id()]);
            validator.report(attempt.id(), Report::failed(WorkFailure::Connection), now).expect("no text of a store");
        }
        match validator.validate(&token, Timestamp::from_seconds(START + 2700)) {
            Verdict::KeysUnavailable(unavailable) => {
                *returns.entry(unavailable.retry_at.as_millis() / 1000 - START - 2700).or_default() += 1;
            }
            other => panic!("expected a pause, got {other:?}"),
        }
    }
    // Spread evenly over the 225 seconds between the floor and the longest pause, four or five in each.
    assert!(returns.keys().all(|second| (75..=300).contains(second)), "{returns:?}");
    assert!(returns.values().all(|count| *count <= 20), "{returns:?}");
}

#[test]
fn a_rotated_key_is_fetched_at_once_and_junk_within_a_budget() {
    let mut scene = Scene::new(json!({"cooldown": "30s"}));
    scene.fetch(&Key(1).token(), &[Key(1)]);
    scene.fetch(&Key(2).token(), &[Key(1), Key(2)]);
    assert!(scene.accepts(&Key(2).token()));

    let junk = Key(66).token();
    scene.at(60).fetch(&junk, &[Key(1), Key(2)]);
    assert_eq!(scene.rejects(&junk), Some(Code::UnknownKey), "the same junk is known");
    scene.fetch(&Key(3).token(), &[Key(1), Key(3)]);
    assert!(scene.accepts(&Key(3).token()), "one burst of junk does not starve a rotation");
    scene.fetch(&Key(67).token(), &[Key(1), Key(3)]);
    assert_eq!(scene.rejects(&Key(67).token()), Some(Code::UnknownKey), "the rotation cost nothing, this did");
    for number in 100..200 {
        assert_eq!(scene.rejects(&Key(number).token()), Some(Code::UnknownKey), "the budget is used up");
    }
    assert!(scene.accepts(&Key(3).token()));
    scene.at(91).fetch(&Key(4).token(), &[Key(4)]);
    assert!(scene.accepts(&Key(4).token()), "the next window has a budget of its own");
}

#[test]
fn an_unknown_key_is_not_refused_while_the_issuer_does_not_answer() {
    let mut scene = Scene::new(json!({}));
    scene.fetch(&Key(1).token(), &[Key(1)]);
    let rotated = Key(2).token();
    let attempt = scene.at(60).starts(&rotated);
    scene.fail(attempt.id, WorkFailure::Connection);
    assert!(scene.unavailable_for(&rotated).is_some(), "503: the token may be good");
    assert!(scene.accepts(&Key(1).token()));
    scene.at(62).fetch(&rotated, &[Key(2)]);
    assert!(scene.accepts(&rotated));
}

#[test]
fn several_urls_are_one_set_and_a_missing_one_is_no_verdict() {
    let mut document = policy(json!({}));
    document["issuers"][0]["keys"]["jwks_uri"] = json!(["https://a.test/jwks", "https://b.test/jwks"]);
    let scene = Scene::of_policy(&document);
    let needed = scene.needs(&Key(1).token());
    let started = scene.polled();
    let [a, b] = started.as_slice() else { panic!("two fetches, got {started:?}") };
    assert_eq!(needed.wait_for, [a.id, b.id]);
    scene.answer(a.id, 200, &key_set(&[Key(1)]));
    assert!(scene.accepts(&Key(1).token()), "found at one, the other does not matter");
    scene.fail(b.id, WorkFailure::Connection);
    assert_eq!(scene.starts(&Key(2).token()).url, "https://a.test/jwks");
    assert!(scene.accepts(&Key(1).token()));
}

#[test]
fn issuers_never_share_keys() {
    let mut document = policy(json!({}));
    let mut other = document["issuers"][0].clone();
    other["issuer"] = json!("https://other.test/");
    other["keys"]["jwks_uri"] = json!("https://other.test/jwks");
    document["issuers"].as_array_mut().expect("a list").push(other);
    let scene = Scene::of_policy(&document);
    scene.fetch(&Key(1).token(), &[Key(1)]);

    let header = json!({"alg": "EdDSA", "kid": "key-1"});
    let claims = json!({"iss": "https://other.test/", "aud": issuer::AUDIENCE, "exp": START + 60});
    let crossed = Key(1).sign(&header, &claims);
    scene.fetch(&crossed, &[Key(5)]);
    scene.fetch(&crossed, &[Key(5)]);
    assert_eq!(scene.rejects(&crossed), Some(Code::UnknownKey));
}

/// The load that is given out now, and nothing else.
fn load(scene: &Scene) -> WorkId {
    let work: Vec<Work> = std::iter::from_fn(|| scene.validator.poll_work(scene.now())).collect();
    match work.as_slice() {
        [Work::Load { id, .. }] => *id,
        other => panic!("expected a load, got {other:?}"),
    }
}

fn sharing(jwks: Value) -> Scene {
    let Scene { validator, seconds } = Scene::new(jwks);
    Scene { validator: validator.with_store(), seconds }
}

#[test]
fn whoever_waits_to_the_end_of_its_patience_is_told_that_there_are_no_keys() {
    let mut scene = sharing(json!({"timeout": "10s"}));
    let token = Key(1).token();
    // Nobody reports: first the store hangs, then the issuer, and the driver does not give them up either.
    let first = scene.needs(&token);
    assert_eq!(first.wait_for, [load(&scene)]);
    assert_eq!(first.patience, Duration::from_millis(5500));
    scene.at(6).fail(first.wait_for[0], WorkFailure::Timeout);
    let second = scene.needs(&token);
    assert_eq!(second.wait_for, [scene.refresh().id]);
    assert_eq!(second.patience, Duration::from_millis(4500));
    scene.at(11).fail(second.wait_for[0], WorkFailure::Timeout);
    assert!(scene.unavailable_for(&token).is_some());
}

/// A mark that says "due" while nothing is given out would keep a driver busy for ever.
#[test]
fn work_is_due_as_long_as_there_is_some_and_no_longer() {
    let mut scene = sharing(json!({"timeout": "10s", "ttl": "1h"}));
    let settles = |scene: &Scene| {
        let mut given = Vec::new();
        while scene.validator.work_due(scene.now()) {
            let polled: Vec<Work> = std::iter::from_fn(|| scene.validator.poll_work(scene.now())).collect();
            given.extend(polled.iter().map(Work::id));
            // A mark may be there for work that was spared meanwhile, but only once.
            if polled.is_empty() {
                break;
            }
            assert!(given.len() < 10, "there is no end to it");
        }
        assert!(scene.validator.poll_work(scene.now()).is_none());
        assert!(!scene.validator.work_due(scene.now()), "after {given:?}");
        given
    };
    assert_eq!(settles(&scene), []);
    scene.needs(&Key(1).token());
    let load = settles(&scene)[0];
    scene.report(load, Report::Loaded(None));
    let fetch = settles(&scene)[0];
    scene.answer(fetch, 200, &key_set(&[Key(1)]));
    let save = settles(&scene)[0];
    for seconds in [1, 11, 13, 3000, 3600, 3605, 3607, 3608, 3620, 3700, 90_000] {
        scene.at(seconds);
        settles(&scene);
    }
    scene.report(save, Report::Saved);
    scene.validator.refresh_keys();
    settles(&scene);
    scene.validator.reissue_work(scene.now());
    assert!(!settles(&scene).is_empty(), "what is out is given out anew");
    scene.at(100_000);
    settles(&scene);
    scene.at(50_000);
    settles(&scene);
}

#[test]
fn what_was_not_fetched_in_time_has_all_its_time_when_it_is() {
    let mut scene = Scene::new(json!({"timeout": "10s"}));
    scene.needs(&Key(1).token());
    let late = scene.at(9).refresh();
    assert_eq!(late.timeout.as_secs(), 10);
}

#[test]
fn a_child_process_is_given_what_its_parent_had_begun() {
    let mut scene = Scene::new(json!({"timeout": "10s"}));
    let token = Key(1).token();
    let parents = scene.starts(&token);
    scene.at(8);
    scene.validator.reissue_work(scene.now());
    let childs = scene.refresh();
    assert_eq!((childs.url, childs.timeout), (parents.url, parents.timeout));
    scene.answer(childs.id, 200, &key_set(&[Key(1)]));
    assert!(scene.accepts(&token));
    scene.validator.reissue_work(scene.now());
    assert_eq!(scene.polled(), [], "nothing is out");
}
