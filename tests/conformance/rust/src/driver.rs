//! Drives one validation to its verdict: fetches are answered from the case.

use crate::case::{Case, Explained, Outcome, Request};
use jotgate::{
    CheckOutcome, Code, Explanation, FetchFailure, FetchRequest, FetchResponse, Timestamp, Validator, Verdict,
};
use serde_json::value::RawValue;
use std::error::Error;

pub(crate) fn judge(case: &Case, validator: &Validator) -> Result<Outcome, Box<dyn Error>> {
    let now = time_of(case);
    loop {
        let verdict = match (&case.token, &case.request) {
            (Some(token), None) => validator.validate(token, now),
            (None, Some(request)) => validate_request(validator, request, now),
            _ => return Err(format!("{}: a case has a token or a request", case.id).into()),
        };
        let Verdict::KeysNeeded(needed) = verdict else {
            let outcome = report(case, verdict)?;
            agrees(case, &outcome, &explain(case, validator, now))?;
            return Ok(outcome);
        };
        if needed.start.is_empty() {
            return Err(format!("{}: nobody else could have started {:?}", case.id, needed.wait_for).into());
        }
        for request in &needed.start {
            answer(case, validator, request, now);
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a time of a test, in milliseconds")]
fn time_of(case: &Case) -> Timestamp {
    Timestamp::from_millis((case.now * 1000.0) as i64)
}

fn answer(case: &Case, validator: &Validator, request: &FetchRequest, now: Timestamp) {
    match case.responses.get(&request.url) {
        Some(response) => {
            let headers: Vec<_> =
                response.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let response = FetchResponse { status: response.status, headers: &headers, body: response.body.as_bytes() };
            validator.complete_fetch(request.id, response, now);
        }
        None => validator.fail_fetch(request.id, FetchFailure::Connection, now),
    }
}

/// Validates, which fetches what is needed, and explains.
pub(crate) fn explained(case: &Case) -> Result<Explained, Box<dyn Error>> {
    let validator = Validator::new(jotgate_tools::policy(&case.policy.to_string(), jotgate_tools::Format::Json)?, 0);
    judge(case, &validator)?;
    let explanation = explain(case, &validator, time_of(case));
    Ok(Explained {
        id: case.id.clone(),
        explanation: RawValue::from_string(explanation.to_json())?,
        text: explanation.to_text(false),
    })
}

fn explain(case: &Case, validator: &Validator, now: Timestamp) -> Explanation {
    match (&case.token, &case.request) {
        (Some(token), _) => validator.explain(token, now),
        (None, Some(request)) => with_request(request, |request| validator.explain_request(request, now)),
        (None, None) => validator.explain("", now),
    }
}

/// An explanation comes to the verdict of the validation, whatever the case.
fn agrees(case: &Case, outcome: &Outcome, explanation: &Explanation) -> Result<(), Box<dyn Error>> {
    let failed = explanation.checks.iter().find(|check| check.outcome == CheckOutcome::Failed);
    let code = explanation.code.map(Code::name);
    let same = (explanation.verdict, code, &explanation.claim) == (outcome.verdict, outcome.code, &outcome.claim)
        && failed.and_then(|check| check.code).map(Code::name) == outcome.code;
    // Five segments and the like have their signature elsewhere; short ones stand in other texts by chance.
    let signature = case.token.as_deref().and_then(|token| token.rsplit('.').next()).filter(|text| text.len() > 20);
    let shown = [explanation.to_json(), explanation.to_text(true)];
    let leaks = signature.is_some_and(|signature| shown.iter().any(|text| text.contains(signature)));
    match same && !leaks {
        true => Ok(()),
        false => Err(format!("{}: explained as {}", case.id, explanation.to_json()).into()),
    }
}

fn validate_request(validator: &Validator, request: &Request, now: Timestamp) -> Verdict {
    with_request(request, |request| validator.validate_request(request, now))
}

fn with_request<T>(request: &Request, run: impl FnOnce(&jotgate::Request<'_>) -> T) -> T {
    let mut headers: Vec<(&str, &str)> = Vec::new();
    for (name, values) in &request.headers {
        headers.extend(values.as_slice().iter().map(|value| (name.as_str(), value.as_str())));
    }
    let cookies: Vec<String> = request.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let cookie = cookies.join("; ");
    if !cookie.is_empty() {
        headers.push(("Cookie", &cookie));
    }
    let query: Vec<String> = request
        .query
        .iter()
        .flat_map(|(name, values)| {
            values.as_slice().iter().map(move |value| format!("{}={}", encode(name), encode(value)))
        })
        .collect();
    let query = query.join("&");
    let request = jotgate::Request { method: &request.method, path: &request.path, query: &query, headers: &headers };
    run(&request)
}

/// Percent-encodes everything but unreserved characters (RFC 3986 section 2.3).
fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// A JSON text without the white space between its tokens, since a report has a line for each case. Nothing is read and
/// written again: numbers and texts stay as they were spelled.
fn on_one_line(json: &str) -> String {
    let (mut quoted, mut escaped) = (false, false);
    let mut kept = String::with_capacity(json.len());
    for character in json.chars() {
        if !quoted && matches!(character, ' ' | '\t' | '\r' | '\n') {
            continue;
        }
        kept.push(character);
        quoted ^= character == '"' && !escaped;
        escaped = quoted && character == '\\' && !escaped;
    }
    kept
}

fn report(case: &Case, verdict: Verdict) -> Result<Outcome, Box<dyn Error>> {
    let outcome = Outcome { id: case.id.clone(), ..Outcome::default() };
    Ok(match verdict {
        Verdict::Accepted(verified) => Outcome {
            verdict: "accepted",
            claims: Some(RawValue::from_string(on_one_line(verified.payload()))?),
            ..outcome
        },
        Verdict::Rejected(rejection) => Outcome {
            verdict: "rejected",
            code: Some(rejection.code.name()),
            claim: rejection.claim.map(|claim| claim.as_str().to_owned()),
            ..outcome
        },
        Verdict::KeysUnavailable(_) => {
            Outcome { verdict: "unavailable", code: Some(jotgate::Code::KeysUnavailable.name()), ..outcome }
        }
        Verdict::Skipped(_) => Outcome { verdict: "skipped", ..outcome },
        other => return Err(format!("{}: unexpected verdict {other:?}", case.id).into()),
    })
}
