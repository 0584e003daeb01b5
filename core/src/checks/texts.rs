//! `sub` and `jti` (RFC 7519 sections 4.1.2 and 4.1.7). Their values are the application's business; that they are texts is
//! checked here, so that no application finds a number or a list where it reads a name.

use crate::explain::Facts;
use crate::json::Value;
use crate::rejection::Rejection;
use crate::token::Payload;

pub(super) fn check(payload: &Payload<'_>, name: &'static str) -> Result<(), Rejection> {
    payload.text(name).map(|_| ())
}

/// The type alone is shown: these claims name people and tokens.
pub(super) fn facts(payload: &Payload<'_>, name: &'static str) -> Facts {
    match payload.get(name) {
        None => Facts::idle("the token has none"),
        Some(value) => Facts::checked().expected("a string").found(type_of(value)),
    }
}

/// A type in words, for people who write policies.
fn type_of(value: Value<'_>) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
