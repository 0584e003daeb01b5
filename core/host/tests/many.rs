//! A batch says what the single questions say.

use jotgate::{Policy, Question, Request, Timestamp, Validator, Verdict};
use jotgate_host::validate_many;

const POLICY: &str = r#"{"version": 1,
    "issuers": [
        { "issuer": "https://fixed.example/", "audience": "a",
          "keys": { "secret": { "text": "a secret of at least 32 bytes, which nobody knows" } } },
        { "issuer": "https://fetched.example/", "audience": "a", "keys": { "jwks_uri": "https://fetched.example/jwks" } }
    ],
    "routes": [{ "path": "/health", "skip": true }],
    "unmatched": "token"
}"#;
const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// Unsigned beginnings: `{"alg":"HS256"}` and `{"alg":"RS256"}`, and `{"iss":"https://fixed.example/"}` and that of the other.
const FIXED: &str = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2ZpeGVkLmV4YW1wbGUvIn0.AAAA";
const FETCHED: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2ZldGNoZWQuZXhhbXBsZS8ifQ.AAAA";

#[test]
fn verdicts_are_those_of_the_single_questions_in_their_order() {
    let validator = Validator::new(Policy::from_json(POLICY).unwrap(), 7);
    let unguarded = Request::new("GET", "/health");
    let kinds =
        [Question::from(FIXED), Question::from("not a token"), Question::from(FETCHED), Question::request(&unguarded)];
    let questions: Vec<Question<'_>> = kinds.iter().copied().cycle().take(1_003).collect();
    let single: Vec<String> =
        questions.iter().map(|question| format!("{:?}", validator.validate(*question, NOW))).collect();
    for threads in [0, 1, 2, 7] {
        let many = validate_many(&validator, &questions, NOW, threads);
        assert_eq!(many.iter().map(|verdict| format!("{verdict:?}")).collect::<Vec<_>>(), single);
    }
}

#[test]
fn key_sets_are_asked_for_once() {
    let validator = Validator::new(Policy::from_json(POLICY).unwrap(), 7);
    let verdicts = validate_many(&validator, &vec![Question::from(FETCHED); 1_000], NOW, 4);
    assert!(verdicts.iter().all(|verdict| matches!(verdict, Verdict::KeysNeeded(_))));
    assert!(validator.poll_work(NOW).is_some());
    assert!(validator.poll_work(NOW).is_none());
}
