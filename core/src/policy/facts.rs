//! What an explanation says of each check: what the policy asks for, and what the token has. Nothing here decides.

use super::compile::{Checks, ClientCheck, ClientId, Clients};
use super::rule::Context;
use crate::claims::Payload;
use crate::codes::Code;
use crate::explain::{Facts, date, span};
use crate::json::Value;
use crate::text::listed;
use crate::token::Header;

/// The note of a check for which the policy has nothing.
pub(crate) const NOT_ASKED: &str = "the policy does not ask for it";

/// A value as it is shown: a text as it reads, everything else as JSON.
pub(super) fn told(value: &Value<'_>) -> String {
    match value {
        Value::Array(_) => match value.as_strings() {
            Some(texts) => format!("[{}]", listed(texts)),
            None => value.source().into_owned(),
        },
        _ => value.as_str().unwrap_or_else(|| value.source()).into_owned(),
    }
}

pub(super) fn typ(checks: &Checks, header: &Header<'_>) -> Facts {
    let Some(accepted) = &checks.typ else { return Facts::idle(NOT_ASKED) };
    let facts = Facts::checked().expected(listed(accepted));
    match &header.typ {
        Some(typ) => facts.found(typ),
        None => facts.note("the header has no typ"),
    }
}

pub(super) fn exp(checks: &Checks, payload: &Payload<'_>, now: f64, code: Option<Code>) -> Facts {
    let expected = || format!("after {}{}", date(now), allowance(checks));
    let Some(facts) = dated(payload, "exp", code, expected) else {
        return Facts::idle("the token has none; see required_claims");
    };
    match (code, payload.numeric_date("exp")) {
        (Some(Code::Expired), Ok(Some(expires))) => {
            facts.note(format!("expired {} ago: get a new token, or compare the clocks", span(now - expires)))
        }
        (None, Ok(Some(expires))) if expires > now => facts.note(format!("valid for another {}", span(expires - now))),
        (None, _) => facts.note("expired, but within the leeway"),
        _ => facts,
    }
}

pub(super) fn nbf(checks: &Checks, payload: &Payload<'_>, now: f64, code: Option<Code>) -> Facts {
    let expected = || format!("at most {}{}", date(now), allowance(checks));
    let Some(facts) = dated(payload, "nbf", code, expected) else { return Facts::idle("the token has none") };
    match (code, payload.numeric_date("nbf")) {
        (Some(Code::NotYetValid), Ok(Some(begins))) => {
            facts.note(format!("valid in {}: compare the clocks, or allow for a leeway", span(begins - now)))
        }
        _ => facts,
    }
}

pub(super) fn iat(checks: &Checks, payload: &Payload<'_>, now: f64, code: Option<Code>) -> Facts {
    let expected = || match checks.refuses_future_iat() {
        true => format!("at most {}{}", date(now), allowance(checks)),
        false => "a date".to_owned(),
    };
    let Some(facts) = dated(payload, "iat", code, expected) else { return Facts::idle("the token has none") };
    match (code, payload.numeric_date("iat")) {
        (Some(Code::IssuedInFuture), Ok(Some(issued))) => {
            facts.note(format!("issued {} from now: compare the clocks, or allow for a leeway", span(issued - now)))
        }
        (None, Ok(Some(issued))) if issued > now + checks.leeway => {
            facts.note("in the future, which the policy does not refuse")
        }
        _ => facts,
    }
}

pub(super) fn max_age(checks: &Checks, issued: Option<f64>, now: f64) -> Facts {
    let Some(max_age) = checks.max_age else { return Facts::idle(NOT_ASKED) };
    let facts = Facts::checked().expected(format!("issued at most {} ago{}", span(max_age), allowance(checks)));
    match issued {
        Some(issued) if issued <= now => facts.found(format!("{} ago", span(now - issued))),
        Some(issued) => facts.found(format!("{} from now", span(issued - now))),
        None => facts.note("max_age counts from iat, and the token has no usable iat"),
    }
}

pub(super) fn max_lifetime(checks: &Checks, issued: Option<f64>, expires: Option<f64>) -> Facts {
    let Some(max_lifetime) = checks.max_lifetime else { return Facts::idle(NOT_ASKED) };
    let facts = Facts::checked().expected(format!("at most {} from iat to exp", span(max_lifetime)));
    match (issued, expires) {
        (Some(issued), Some(expires)) if expires >= issued => facts.found(span(expires - issued)),
        (Some(_), Some(_)) => facts.found("exp lies before iat"),
        _ => facts.note("max_lifetime needs both iat and exp"),
    }
}

pub(super) fn aud(checks: &Checks, payload: &Payload<'_>) -> Facts {
    let value = payload.get("aud");
    let facts = match (&checks.audience, value) {
        (Some(accepted), _) => Facts::checked().expected(format!("one of {}", listed(accepted))),
        (None, Some(_)) => Facts::checked().note("the policy takes any audience"),
        (None, None) => return Facts::idle("the policy takes any audience"),
    };
    let facts = facts.found_if(value.map(told));
    match (&checks.audience, value.and_then(Payload::strings)) {
        (Some(accepted), Some(found)) => facts.note_if(nearly(accepted, &found)),
        _ => facts,
    }
}

/// What an audience has too much or too little, where that is all that is wrong with it.
fn nearly(accepted: &[String], found: &[std::borrow::Cow<'_, str>]) -> Option<String> {
    if found.iter().any(|found| accepted.iter().any(|ours| ours == found)) {
        return None;
    }
    let bare = |text: &str| text.trim_end_matches('/').to_ascii_lowercase();
    let near = found.iter().any(|found| accepted.iter().any(|ours| bare(ours) == bare(found)));
    Some(if near {
        "they differ in case or in a slash at the end: audiences are compared byte for byte".to_owned()
    } else {
        "the token was made for another service: ask for one with this audience, or add it to the policy".to_owned()
    })
}

/// The value of `sub` and `jti` is nobody's business: only its type is checked.
pub(super) fn text(payload: &Payload<'_>, name: &'static str) -> Facts {
    match payload.get(name) {
        None => Facts::idle("the token has none"),
        Some(value) => Facts::checked().expected("a string").found(type_of(value)),
    }
}

pub(super) fn required_claims(checks: &Checks, payload: &Payload<'_>) -> Facts {
    if checks.required_claims.is_empty() {
        return Facts::idle("the policy requires none");
    }
    let missing: Vec<_> = checks.required_claims.iter().filter(|name| payload.get_present(name).is_none()).collect();
    let facts = Facts::checked().expected(listed(&checks.required_claims));
    facts.note_if((!missing.is_empty()).then(|| format!("the token lacks {}", listed(missing))))
}

pub(super) fn client_id(client: &ClientCheck, context: &Context<'_>) -> Facts {
    let facts = match &client.allowed {
        Clients::Listed(allowed) => Facts::checked().expected(format!("one of {}", listed(allowed))),
        Clients::Host { looks_up: true } => {
            Facts::checked().expected("a client that the host knows").note("the host looks it up after all checks")
        }
        Clients::Host { looks_up: false } => Facts::checked()
            .expected("a client that the host knows")
            .note("the host has no look-up: give the validator one, or list the clients"),
    };
    match &client.id {
        ClientId::Claims(claims) => {
            match claims.iter().find_map(|name| Some((name, context.payload.get_present(name)?))) {
                Some((name, value)) => facts.found(format!("{name}: {}", told(value))),
                None => facts.note(format!("the token has none of the claims {}", listed(claims))),
            }
        }
        ClientId::Expression(expression) => match expression.text(context) {
            Ok(Some(id)) => facts.found(id),
            Ok(None) => facts.note("the expression finds nothing"),
            Err(_) => facts.note("the expression gives no text"),
        },
    }
}

/// What is said of a date before it is compared; `None` when the token has none.
fn dated(
    payload: &Payload<'_>, name: &'static str, code: Option<Code>, expected: impl FnOnce() -> String,
) -> Option<Facts> {
    let value = payload.get(name)?;
    let expected = if code == Some(Code::InvalidClaim) { "a number of seconds".to_owned() } else { expected() };
    let found = payload.numeric_date(name).ok().flatten().map_or_else(|| told(value), date);
    Some(Facts::checked().expected(expected).found(found))
}

fn allowance(checks: &Checks) -> String {
    if checks.leeway > 0.0 { format!(", with a leeway of {}", span(checks.leeway)) } else { String::new() }
}

fn type_of(value: &Value<'_>) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
