//! The exchanges of `tests/vectors/http` as the core judges them: what a middleware on the crate would send or hand on.

#![expect(clippy::expect_used, clippy::panic, reason = "a test may end where it fails")]

use jotgate::{
    Denial, FetchResponse, Forward, Policy, Report, Request, Timestamp, Validator, Verdict, Verified, Work, WorkFailure,
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

#[derive(Deserialize)]
struct File {
    exchanges: Vec<Exchange>,
}

#[derive(Deserialize)]
struct Exchange {
    id: String,
    policy: Value,
    responses: BTreeMap<String, Response>,
    now: i64,
    send: Send,
    expect: Expect,
}

#[derive(Deserialize)]
struct Response {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

#[derive(Deserialize)]
struct Send {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
}

/// What must come of it; 200 is the application's answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    status: u16,
    challenge: Option<String>,
    content_type: Option<String>,
    body: Option<Value>,
    claims: Option<Value>,
    #[serde(default)]
    sees: BTreeMap<String, Option<String>>,
    retry_after: Option<(u64, u64)>,
}

#[test]
fn every_exchange_goes_as_it_must() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/http");
    let mut played = 0;
    for entry in std::fs::read_dir(&folder).expect("the exchanges").map(|entry| entry.expect("a file").path()) {
        let text = std::fs::read_to_string(&entry).expect("a file");
        let file: File = serde_json::from_str(&text).expect("exchanges");
        file.exchanges.iter().for_each(play);
        played += file.exchanges.len();
    }
    assert!(played > 100, "{played} exchanges in {}", folder.display());
}

fn play(exchange: &Exchange) {
    let policy = Policy::from_json(&exchange.policy.to_string()).expect(&exchange.id);
    let validator = Validator::new(policy, 0);
    let headers: Vec<(&str, &str)> =
        exchange.send.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let (path, query) = exchange.send.target.split_once('?').unwrap_or((&exchange.send.target, ""));
    let request = Request::new(&exchange.send.method, path).with_query(query).with_headers(&headers);
    match verdict(exchange, &validator, &request) {
        Verdict::Accepted(verified) => passes(exchange, &validator, &request, Some(&verified)),
        Verdict::Skipped(_) => passes(exchange, &validator, &request, None),
        Verdict::Rejected(rejection) => answered(exchange, &validator, &Denial::from(&rejection)),
        Verdict::KeysUnavailable(unavailable) => {
            let wait = unavailable.retry_at.as_millis() - exchange.now * 1000;
            let mut denial = Denial::new(jotgate::Code::KeysUnavailable);
            denial.issuer = Some(unavailable.issuer);
            denial.retry_after = u64::try_from(wait).ok().map(Duration::from_millis);
            answered(exchange, &validator, &denial);
        }
        other => panic!("{}: {other:?}", exchange.id),
    }
}

/// The verdict, once all that has to be fetched was answered from the exchange.
fn verdict(exchange: &Exchange, validator: &Validator, request: &Request<'_>) -> Verdict {
    let now = Timestamp::from_seconds(exchange.now);
    loop {
        let verdict = validator.validate(request, now);
        let Verdict::KeysNeeded(_) = verdict else { return verdict };
        let Some(Work::Fetch(fetch)) = validator.poll_work(now) else { panic!("{}: no fetch", exchange.id) };
        let fields: Vec<(&str, &str)>;
        let report = match exchange.responses.get(&fetch.url) {
            Some(response) => {
                fields = response.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                let body = response.body.as_bytes();
                Report::Fetched(FetchResponse { status: response.status, headers: &fields, body })
            }
            None => Report::failed(WorkFailure::Connection),
        };
        validator.report(fetch.id, report, now).expect("no text of a store");
    }
}

fn answered(exchange: &Exchange, validator: &Validator, denial: &Denial) {
    let (id, expect) = (&exchange.id, &exchange.expect);
    let answer = validator.answer(denial);
    let field = |name: &str| answer.headers.iter().find(|(field, _)| *field == name).map(|(_, value)| value.clone());
    assert_eq!(answer.status, expect.status, "{id}");
    assert_eq!(field("WWW-Authenticate"), expect.challenge, "{id}");
    assert_eq!(field("Content-Type"), expect.content_type, "{id}");
    assert_eq!(serde_json::from_str::<Value>(&answer.body).ok(), expect.body, "{id}");
    let wait = field("Retry-After").map(|seconds| seconds.parse::<u64>().expect(id));
    match expect.retry_after {
        Some((least, most)) => assert!(wait.is_some_and(|wait| (least..=most).contains(&wait)), "{id}: {wait:?}"),
        None => assert_eq!(wait, None, "{id}"),
    }
}

fn passes(exchange: &Exchange, validator: &Validator, request: &Request<'_>, verified: Option<&Verified>) {
    let (id, expect) = (&exchange.id, &exchange.expect);
    assert_eq!(expect.status, 200, "{id}");
    let claims = verified.map(|verified| verified.claims().to_value());
    assert_eq!(claims, expect.claims, "{id}");
    let Forward { remove, set, query, .. } = validator.forward(verified, request);
    let mut fields: BTreeMap<String, String> = BTreeMap::new();
    let kept = request.headers.iter().filter(|(name, _)| !remove.iter().any(|gone| gone.eq_ignore_ascii_case(name)));
    let set = set.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in kept.copied().chain(set) {
        let values = fields.entry(name.to_ascii_lowercase()).or_default();
        values.push_str(if values.is_empty() { "" } else { ", " });
        values.push_str(value);
    }
    for (name, wanted) in &expect.sees {
        let seen = match name.as_str() {
            "query" => Some(query.as_deref().unwrap_or(request.query)),
            name => fields.get(name).map(String::as_str),
        };
        assert_eq!(seen, wanted.as_deref(), "{id}: {name}");
    }
}
