//! Explanations: the checks one by one, and what they must never show.

use crate::issuer::{AUDIENCE, ISSUER, JWKS_URI, Key, START, key_set, policy};
use jotgate::{
    CheckOutcome, Code, Explanation, FetchResponse, Policy, Question, Report, Request, Timestamp, Validator, Verdict,
    Work, WorkFailure, WorkId,
};
use serde_json::{Value, json};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

fn validator(policy: &Value) -> Validator {
    Validator::new(Policy::from_json(&policy.to_string()).expect("a good policy"), 0)
}

/// A validator that has fetched these keys.
fn warm(policy: &Value, keys: &[Key]) -> Validator {
    let validator = validator(policy);
    serve(&validator, "x", keys);
    validator
}

/// Answers the fetch that a token of this key id asks for.
fn serve(validator: &Validator, kid: &str, keys: &[Key]) {
    let body = key_set(keys);
    let token = Key(9).sign(&json!({"alg": "EdDSA", "kid": kid}), &json!({"iss": ISSUER}));
    let Verdict::KeysNeeded(needed) = validator.validate(&token, at(START)) else { panic!("a fetch") };
    assert_eq!(given_out(validator), needed.wait_for);
    let response = FetchResponse { status: 200, headers: &[], body: body.as_bytes() };
    validator.report(needed.wait_for[0], Report::Fetched(response), at(START)).expect("no text of a store");
}

fn given_out(validator: &Validator) -> Vec<WorkId> {
    std::iter::from_fn(|| validator.poll_work(at(START))).map(|work| Work::id(&work)).collect()
}

fn outcome(explanation: &Explanation, check: &str) -> (CheckOutcome, Option<Code>, String) {
    let check = explanation.checks.iter().find(|other| other.check == check).expect(check);
    (check.outcome, check.code, check.note.clone().unwrap_or_default())
}

#[test]
fn a_good_token_passes_every_check_that_the_policy_asks_for() {
    let explanation = warm(&policy(json!({})), &[Key(1)]).explain(&Key(1).token(), at(START));
    assert_eq!((explanation.verdict, explanation.code, explanation.verified), ("accepted", None, true));
    let names: Vec<&str> = explanation.checks.iter().map(|check| check.check.as_str()).collect();
    assert_eq!(names.first(), Some(&"shape"));
    assert_eq!(names.last(), Some(&"scopes"));
    assert!(explanation.checks.iter().all(|check| check.verified && check.outcome != CheckOutcome::Failed));
    assert_eq!(explanation.key_sets[0].kids, ["key-1"]);
    assert_eq!(explanation.key_sets[0].url, JWKS_URI);
}

#[test]
fn what_comes_behind_an_unknown_key_is_shown_as_unverified() {
    let validator = warm(&policy(json!({})), &[Key(1), Key(2)]);
    let token = Key(3).sign(
        &json!({"alg": "EdDSA", "kid": "key-3"}),
        &json!({"iss": ISSUER, "aud": "https://other.test", "exp": START - 60}),
    );
    serve(&validator, "key-3", &[Key(1), Key(2)]);
    let explanation = validator.explain(&token, at(START + 12));
    assert_eq!((explanation.verdict, explanation.code), ("rejected", Some(Code::UnknownKey)));
    let (failed, code, note) = outcome(&explanation, "key");
    assert_eq!((failed, code), (CheckOutcome::Failed, Some(Code::UnknownKey)));
    assert!(note.contains("\"key-3\"") && note.contains("\"key-1\", \"key-2\" (fetched 12 s ago)"), "{note}");
    assert_eq!(outcome(&explanation, "signature").0, CheckOutcome::Skipped);
    assert_eq!(outcome(&explanation, "exp").1, Some(Code::Expired));
    assert_eq!(outcome(&explanation, "aud").1, Some(Code::AudienceMismatch));
    assert!(explanation.checks.iter().all(|check| !check.verified));
    let text = explanation.to_text(false);
    assert!(text.contains("The signature was not verified"), "{text}");
}

#[test]
fn it_takes_no_fetch_and_tells_that_one_is_due() {
    let cold = validator(&policy(json!({})));
    let explanation = cold.explain(&Key(1).token(), at(START));
    assert_eq!((explanation.verdict, explanation.code), ("unavailable", Some(Code::KeysUnavailable)));
    assert!(outcome(&explanation, "key").2.contains("not fetched yet"));
    assert_eq!(cold.health(at(START)).sources[0].fetches, 0);
    assert_eq!(given_out(&cold), []);
    // The fetch is still there for the validation that comes next.
    let Verdict::KeysNeeded(needed) = cold.validate(&Key(1).token(), at(START)) else { panic!("a fetch") };
    assert_eq!((given_out(&cold), needed.wait_for.len()), (needed.wait_for.clone(), 1));
    cold.report(needed.wait_for[0], Report::failed(WorkFailure::Timeout), at(START)).expect("no text of a store");
    let explanation = cold.explain(&Key(1).token(), at(START));
    assert_eq!(explanation.verdict, "unavailable");
    assert!(explanation.retry_at.is_some());
    assert!(outcome(&explanation, "key").2.contains("the last fetch failed: timeout"));
    assert!(explanation.to_text(false).contains("the last fetch failed: timeout"));
}

#[test]
fn a_token_cannot_steer_a_terminal_nor_fill_it() {
    let key = Key(1);
    let validator = warm(&policy(json!({})), &[Key(1)]);
    let evil = "\u{1b}[2J\u{9b}31m\u{202e}\r\n";
    let token = key.sign(
        &json!({"alg": "EdDSA", "kid": "key-1"}),
        &json!({"iss": ISSUER, "exp": START + 9, "aud": [evil, "x".repeat(5000)]}),
    );
    let explanation = validator.explain(&token, at(START));
    assert_eq!(explanation.code, Some(Code::AudienceMismatch));
    for text in [explanation.to_text(false), explanation.to_json()] {
        assert!(text.chars().all(|c| c == '\n' || !(c.is_control() || c == '\u{202e}')), "{text:?}");
        assert!(text.len() < 8000, "{}", text.len());
    }
    assert!(explanation.to_text(true).contains("\u{1b}[1;31m"));
    let parsed: Value = serde_json::from_str(&explanation.to_json()).expect("JSON");
    assert_eq!(parsed["code"], "audience_mismatch");
}

#[test]
fn a_claim_that_nothing_looks_at_is_not_shown() {
    let mut policy = policy(json!({}));
    policy["issuers"][0]["claims"] = json!([{"claim": "dept", "equals": "eng"}]);
    let token = Key(1).sign(
        &json!({"alg": "EdDSA", "kid": "key-1", "x5t": "header-only"}),
        &json!({"iss": ISSUER, "aud": AUDIENCE, "exp": START + 9, "sub": "alice-in-person", "dept": "sales",
            "salary": "a-private-number", "jti": "an-id"}),
    );
    let explanation = warm(&policy, &[Key(1)]).explain(&token, at(START));
    assert_eq!((explanation.code, explanation.claim.as_deref()), (Some(Code::ClaimRejected), Some("dept")));
    let shown = explanation.to_json() + &explanation.to_text(false);
    for hidden in ["alice-in-person", "a-private-number", "an-id", "header-only", token.rsplit('.').next().unwrap()] {
        assert!(!shown.contains(hidden), "{hidden}");
    }
    let rule = explanation.checks.last().expect("the rule");
    assert_eq!((rule.check.as_str(), rule.found.as_deref()), ("claims[0]", Some("sales")));
    assert_eq!(rule.expected.as_deref(), Some("dept equals: \"eng\""));
}

#[test]
fn a_secret_is_never_shown() {
    let secret = "a secret of at least 32 bytes, which nobody knows";
    let policy = json!({"version": 1, "issuers": [
        {"issuer": ISSUER, "audience": AUDIENCE, "keys": {"secret": {"text": secret}}}]});
    let token = Key(1).sign(&json!({"alg": "HS256"}), &json!({"iss": ISSUER, "aud": AUDIENCE, "exp": START + 9}));
    let explanation = validator(&policy).explain(&token, at(START));
    assert_eq!(explanation.code, Some(Code::InvalidSignature));
    assert!(!(explanation.to_json() + &explanation.to_text(true)).contains("nobody knows"));
}

#[test]
fn a_request_shows_its_route_and_where_its_token_should_be() {
    let mut policy = policy(json!({}));
    policy["routes"] = json!([
        {"path": "/health", "skip": true},
        {"path": "/maybe", "optional": true},
        {"path": "/orders", "scopes": {"all": ["orders:write"]}},
    ]);
    policy["unmatched"] = json!("token");
    let validator = warm(&policy, &[Key(1)]);
    let bearer = format!("Bearer {}", Key(1).token());
    let explain = |path: &str, headers: &[(&str, &str)]| {
        validator.explain(&Request::new("GET", path).with_query("secret=1").with_headers(headers), at(START))
    };
    let health = explain("/health", &[]);
    assert_eq!((health.verdict, health.route), ("skipped", Some(0)));
    let maybe = explain("/maybe", &[]);
    assert_eq!((maybe.verdict, maybe.route), ("skipped", Some(1)));
    let orders = explain("/orders", &[("Authorization", &bearer)]);
    assert_eq!((orders.code, orders.route), (Some(Code::InsufficientScope), Some(2)));
    assert_eq!(outcome(&orders, "route_scopes").0, CheckOutcome::Failed);
    let missing = explain("/other", &[("Authorization", "Basic eDp5")]);
    assert_eq!(missing.code, Some(Code::MissingToken));
    assert!(outcome(&missing, "token").2.contains("scheme"));
    assert!(!missing.to_json().contains("eDp5") && !orders.to_json().contains("secret=1"));
}

#[test]
fn mistakes_in_copying_are_named() {
    let validator = validator(&policy(json!({})));
    let token = Key(1).token();
    for (broken, hint) in [
        (format!("Bearer {token}"), "Bearer"),
        (format!("{token}\n"), "white space"),
        ("d41d8cd98f00b204".to_owned(), "opaque"),
        (token.replacen('.', "=.", 1), "padded"),
        (String::new(), "empty"),
    ] {
        let explanation = validator.explain(&broken, at(START));
        assert_eq!(explanation.code, Some(Code::MalformedToken), "{broken}");
        let (_, _, note) = outcome(&explanation, "shape");
        assert!(note.contains(hint), "{broken}: {note}");
        assert!(explanation.checks.iter().skip(1).all(|check| check.outcome == CheckOutcome::Skipped));
    }
}

#[test]
fn unsigned_tokens_are_accepted_and_called_unverified() {
    let policy = json!({"version": 1, "issuers": [
        {"issuer": ISSUER, "audience": AUDIENCE, "keys": {"accept_unsigned": true}}]});
    let signed = Key(1).sign(&json!({"alg": "none"}), &json!({"iss": ISSUER, "aud": AUDIENCE, "exp": START + 9}));
    let unsigned = &signed[..=signed.rfind('.').expect("a dot")];
    let explanation = validator(&policy).explain(unsigned, at(START));
    assert_eq!((explanation.verdict, explanation.verified), ("accepted", false));
    assert!(explanation.to_text(false).contains("The signature was not verified"));
}

#[test]
fn an_old_token_is_explained_for_its_own_time_with_the_keys_of_today() {
    let validator = warm(&policy(json!({})), &[Key(1)]);
    let token = Key(1)
        .sign(&json!({"alg": "EdDSA", "kid": "key-1"}), &json!({"iss": ISSUER, "aud": AUDIENCE, "exp": START - 1000}));
    assert_eq!(validator.explain(&token, at(START)).code, Some(Code::Expired));
    assert_eq!(
        validator.explain(Question::token(token.as_bytes()).as_of(at(START - 2000)), at(START)).verdict,
        "accepted"
    );
}

/// The names of the events since the last call.
fn events(validator: &Validator) -> Vec<String> {
    let name = |event| serde_json::to_value(event).expect("JSON")["event"].as_str().expect("a name").to_owned();
    std::iter::from_fn(|| validator.poll_event()).map(name).collect()
}

#[test]
fn looking_changes_nothing() {
    let validator = warm(&policy(json!({"ttl": "1h", "max_stale": "24h"})), &[Key(1)]);
    let token = Key(1).token();
    events(&validator);
    let snapshot = validator.export_keys();
    let wakeup = validator.next_wakeup();
    // Of a set that is past its freshness, and at a time that has not come.
    for seconds in [START + 7200, START + 10 * 365 * 86_400, START - 365 * 86_400] {
        let question = Question::token(token.as_bytes()).as_of(at(START));
        assert_ne!(validator.explain(question, at(seconds)).verdict, "");
        let unknown = Key(5).sign(&json!({"alg": "EdDSA", "kid": "key-5"}), &json!({"iss": ISSUER}));
        assert_eq!(validator.explain(&unknown, at(seconds)).code, Some(Code::KeysUnavailable));
    }
    assert_eq!(events(&validator), [""; 0]);
    assert_eq!((validator.export_keys(), validator.next_wakeup()), (snapshot, wakeup), "nothing has aged");
    assert!(matches!(
        validator.validate(Question::token(token.as_bytes()).as_of(at(START)), at(START)),
        Verdict::Accepted(_)
    ));
    assert!(!validator.work_due(at(START + 1)));

    let stale = validator.validate(Question::token(token.as_bytes()).as_of(at(START)), at(START + 7200));
    assert!(matches!(stale, Verdict::Accepted(_)));
    assert_eq!(events(&validator), ["stale_served"], "the explanation has not used it up");
}
