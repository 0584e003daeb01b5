//! A request reduced to what `Validator::reads` names is judged, explained and changed as the whole one: every request of
//! the vectors, alone and among header fields that nobody asks for.

use jotgate::{
    FetchResponse, HostAnswer, Report, Request, RequestParts, Timestamp, Validator, Verdict, Work, WorkFailure,
};
use jotgate_tools::{Format, policy};
use serde_json::Value;
use std::path::PathBuf;

#[test]
fn a_request_of_the_parts_that_are_read_is_the_whole_one() {
    let (mut requests, mut smaller) = (0, 0);
    for file in vectors() {
        for case in ["cases", "explanations", "exchanges"].iter().filter_map(|kind| file[kind].as_array()).flatten() {
            let Some(sent) = Sent::of(case) else { continue };
            let Some(reads) = validator(case).map(|validator| validator.reads()) else { continue };
            for sent in [sent.clone(), sent.among_others()] {
                let reduced = sent.reduced(&reads);
                requests += 1;
                smaller += usize::from(reduced.headers.len() < sent.headers.len());
                assert_eq!(told(case, &reduced), told(case, &sent), "{}", case["id"]);
            }
        }
    }
    assert!(requests > 1000 && smaller > requests / 3, "{smaller} of {requests}");
}

fn vectors() -> impl Iterator<Item = Value> {
    let tests = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors"));
    let folders = ["tokens", "http", "explain"].map(|kind| std::fs::read_dir(tests.join(kind)).expect("the vectors"));
    let files = folders.into_iter().flatten().map(|file| file.expect("a file").path());
    files.map(|path| serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON"))
}

/// A request as a client sends it.
#[derive(Clone)]
struct Sent {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
}

impl Sent {
    /// That of a case about a request, or of an exchange.
    fn of(case: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        if let Some(send) = case.get("send") {
            let target = text(&send["target"]);
            let (path, query) = target.split_once('?').unwrap_or((&target, ""));
            let pairs = send["headers"].as_array().into_iter().flatten();
            let headers = pairs.map(|pair| (text(&pair[0]), text(&pair[1]))).collect();
            return Some(Self { method: text(&send["method"]), path: path.into(), query: query.into(), headers });
        }
        let request = case.get("request")?;
        let mut headers: Vec<_> = pairs(&request["headers"]).collect();
        let cookies: Vec<_> = pairs(&request["cookies"]).map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            headers.push(("Cookie".into(), cookies.join("; ")));
        }
        let query = pairs(&request["query"]).map(|(name, value)| format!("{name}={value}").replace(' ', "+"));
        let query = query.collect::<Vec<_>>().join("&");
        Some(Self { method: text(&request["method"]), path: text(&request["path"]), query, headers })
    }

    /// The same with fields of names that look like others, and a query.
    fn among_others(mut self) -> Self {
        let mut headers: Vec<(String, String)> = Vec::new();
        for name in ["Host", "Accept", "X_User", "x-user", "X-Role", "Authorisation", "Connection", "trailer", ""] {
            headers.push((name.into(), "X-User, Cookie, close, eyJ.eyJ.x".into()));
        }
        headers.extend((0..60).map(|number| (format!("X-Other-{number}"), "Bearer a.b.c".into())));
        headers.append(&mut self.headers);
        headers.push(("Accept".into(), String::new()));
        let query = format!("{}{}page=2", self.query, if self.query.is_empty() { "" } else { "&" });
        Self { headers, query, ..self }
    }

    fn reduced(&self, reads: &RequestParts) -> Self {
        let query = if reads.query { self.query.clone() } else { String::new() };
        let headers = self.headers.iter().filter(|(name, _)| reads.has_header(name)).cloned().collect();
        Self { query, headers, ..self.clone() }
    }

    fn with<T>(&self, run: impl FnOnce(&Request<'_>) -> T) -> T {
        let headers: Vec<(&str, &str)> = self.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        run(&Request::new(&self.method, &self.path).with_query(&self.query).with_headers(&headers))
    }
}

/// The members of an object whose values are texts or lists of texts.
fn pairs(object: &Value) -> impl Iterator<Item = (String, String)> {
    let members = object.as_object().into_iter().flatten();
    members.flat_map(|(name, value)| {
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        values.iter().map(|value| (name.clone(), value.as_str().expect("a text").to_owned()))
    })
}

/// Nothing for a case whose policy is refused.
fn validator(case: &Value) -> Option<Validator> {
    let policy = policy(&case["policy"].to_string(), Format::Json).ok()?;
    Some(Validator::new(policy, 0).with_client_lookup())
}

/// All that a validator of its own says about the request: the verdict, the explanation, and how the request goes on.
fn told(case: &Value, sent: &Sent) -> [String; 4] {
    let validator = validator(case).expect("a policy that was read before");
    #[expect(clippy::cast_possible_truncation, reason = "a time of a test, in milliseconds")]
    let now = Timestamp::from_millis((case["now"].as_f64().expect("a time") * 1000.0) as i64);
    sent.with(|request| {
        let mut verdict = validator.validate(request, now);
        while let Verdict::KeysNeeded(_) = verdict {
            fetch(case, &validator, now);
            verdict = validator.validate(request, now);
        }
        while let Verdict::Undecided(undecided) = verdict {
            verdict = undecided.answer(HostAnswer::Yes);
        }
        let claims = match &verdict {
            Verdict::Accepted(verified) => Some(verified.payload()),
            _ => None,
        };
        let explanation = validator.explain(request, now);
        let forward = validator.forward_claims(claims, request);
        let forward = serde_json::to_string(&forward).expect("JSON");
        [format!("{verdict:?} {claims:?}"), explanation.to_json(), explanation.to_text(false), forward]
    })
}

fn fetch(case: &Value, validator: &Validator, now: Timestamp) {
    while let Some(work) = validator.poll_work(now) {
        let Work::Fetch(request) = work else { panic!("there is no store") };
        let response = &case["responses"][&request.url];
        let status = response["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        let body = response["body"].as_str().unwrap_or_default().as_bytes();
        let report = match status {
            Some(status) => Report::Fetched(FetchResponse { status, headers: &[], body }),
            None => Report::failed(WorkFailure::Connection),
        };
        validator.report(request.id, report, now).expect("a report that is taken");
    }
}
