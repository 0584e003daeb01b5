//! Token cases: one validation each, with the fetches that it needs answered from the case.

use crate::outcome::{Decided, mistake, with_id};
use crate::require;
use crate::{Outcome, text};
use jotgate::{FetchRequest, Request, WorkFailure};
use jotgate_http::{Builder, FetchError, Fetched, JwtValidator};
use jotgate_tools::Format;
use serde_json::Value;
use std::time::{Duration, SystemTime};

pub(crate) async fn run(case: &Value) -> Outcome<Value> {
    let outcome = match validator(case) {
        Ok(validator) => require::asked(case, &validator, judged(case, &validator).await?)?,
        Err(error) => mistake(&error),
    };
    Ok(with_id(case, outcome))
}

/// The builder of a validator for the policy of a case, with its clock and its issuers' answers.
pub(crate) fn builder(case: &Value) -> Result<Builder, jotgate::PolicyError> {
    let policy = jotgate_tools::policy(&case["policy"].to_string(), Format::Json)?;
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs_f64(case["now"].as_f64().unwrap_or_default());
    let responses = case["responses"].clone();
    let fetcher = move |request: FetchRequest| std::future::ready(answer(&responses[&request.url]));
    Ok(JwtValidator::builder(policy).clock(move || now).fetcher(fetcher))
}

/// What an issuer answers; a URL that is not there means that the connection failed.
pub(crate) fn answer(served: &Value) -> Result<Fetched, FetchError> {
    let Some(status) = served["status"].as_u64().and_then(|status| status.try_into().ok()) else {
        return Err(FetchError::new(WorkFailure::Connection, ""));
    };
    let headers = served["headers"].as_object().into_iter().flatten();
    let headers = headers.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()));
    let body = served["body"].as_str().unwrap_or_default().as_bytes().to_vec();
    Ok(Fetched { status, headers: headers.collect(), body })
}

fn validator(case: &Value) -> Result<JwtValidator, jotgate::PolicyError> {
    let mut builder = builder(case)?;
    if let Some(said) = case["host"]["client"].as_str().map(says) {
        builder = builder.client_lookup(move |_, _| std::future::ready(said));
    }
    if let Some(said) = case["host"]["revoked"].as_str().map(says) {
        builder = builder.revocation_check(move |_| std::future::ready(said));
    }
    builder.build()
}

fn says(said: &str) -> Result<bool, &'static str> {
    match said {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("the host cannot say"),
    }
}

async fn judged(case: &Value, validator: &JwtValidator) -> Outcome<Decided> {
    Ok(match case["token"].as_str() {
        Some(token) => validator.decide(token).await,
        None => asked(&case["request"], validator).await?,
    })
}

async fn asked(request: &Value, validator: &JwtValidator) -> Outcome<Decided> {
    let mut headers = pairs(&request["headers"]);
    let cookies: Vec<String> =
        pairs(&request["cookies"]).iter().map(|(name, value)| format!("{name}={value}")).collect();
    if !cookies.is_empty() {
        headers.push(("Cookie".to_owned(), cookies.join("; ")));
    }
    let query = pairs(&request["query"]);
    let query: Vec<String> = query.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    let query = query.join("&");
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let request = Request::new(text(&request["method"])?, text(&request["path"])?);
    Ok(validator.validate_request(&request.with_query(&query).with_headers(&headers)).await)
}

/// Names with one text or several.
fn pairs(object: &Value) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (name, values) in object.as_object().into_iter().flatten() {
        let values = values.as_array().map_or(std::slice::from_ref(values), Vec::as_slice);
        pairs.extend(values.iter().filter_map(Value::as_str).map(|value| (name.clone(), value.to_owned())));
    }
    pairs
}

/// Percent-encodes everything but unreserved characters (RFC 3986 section 2.3).
fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
