//! From text to the document: JSON, read so that no two readers see different policies in it.

use super::error::PolicyError;
use crate::{json, limits};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a document of this form.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, PolicyError> {
    let value = strict_json(text)?;
    refuse_null(&value, "")?;
    serde_path_to_error::deserialize(value).map_err(explain)
}

/// One JSON object as a value, read as strictly as a policy is: at most 16 MiB and 64 levels, no member twice, and nothing
/// on which JSON readers differ.
///
/// For programs that read documents beside the policy, or make one: what the fields mean is not looked at.
///
/// ```
/// assert_eq!(jotgate::strict_json(r#"{"version": 1}"#)?["version"], 1);
/// assert!(jotgate::strict_json(r#"{"version": 1, "version": 2}"#).is_err());
/// # Ok::<(), jotgate::PolicyError>(())
/// ```
///
/// # Errors
///
/// The text is no such object.
pub fn strict_json(text: &str) -> Result<Value, PolicyError> {
    if text.len() > limits::POLICY_BYTES {
        return Err(PolicyError::new("", "the document is longer than 16 MiB"));
    }
    // Strictness comes first: serde takes the last of two members.
    json::object(text, limits::JSON_DEPTH_MAX)
        .map_err(|_| PolicyError::new("", "the document must be one JSON object without duplicate members"))?;
    serde_json::from_str(text).map_err(|_| PolicyError::new("", "the document must be one JSON object"))
}

/// `null` may mean "not set", "none" or "forgot to fill in"; a policy must not leave that open.
fn refuse_null(value: &Value, path: &str) -> Result<(), PolicyError> {
    match value {
        Value::Null if is_member_of_jwk(path) => Ok(()),
        Value::Null => {
            Err(PolicyError::new(path, "null is not a value").with_hint("leave the field out, or say what it must be"))
        }
        Value::Array(elements) => elements
            .iter()
            .enumerate()
            .try_for_each(|(index, element)| refuse_null(element, &format!("{path}[{index}]"))),
        Value::Object(members) => members.iter().try_for_each(|(name, member)| {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            refuse_null(member, &path)
        }),
        _ => Ok(()),
    }
}

/// A key set is copied from where the issuer publishes it, and serialisers write `null` for what a key has not: that is
/// absent there, as in a fetched set.
fn is_member_of_jwk(path: &str) -> bool {
    let key = path.split_once(".keys.jwks.keys[").filter(|(entry, _)| entry.starts_with("issuers["));
    key.and_then(|(_, key)| key.split_once(']')).is_some_and(|(_, member)| member.starts_with('.'))
}

/// Turns serde's error into one that leads to the very field.
fn explain(error: serde_path_to_error::Error<serde_json::Error>) -> PolicyError {
    let path = error.path().to_string();
    let path = if path == "." { "" } else { path.as_str() };
    let message = error.inner().to_string();
    let mut quoted = message.split('`').skip(1).step_by(2);
    if message.starts_with("unknown field") || message.starts_with("unknown variant") {
        let unknown = quoted.next().unwrap_or_default();
        let nearest =
            quoted.max_by(|a, b| strsim::jaro_winkler(unknown, a).total_cmp(&strsim::jaro_winkler(unknown, b)));
        let kind = if message.starts_with("unknown field") { "field" } else { "value" };
        let error = PolicyError::new(path, format!("unknown {kind}"));
        return match nearest {
            Some(nearest) => error.with_hint(format!("did you mean {nearest}?")),
            None => error,
        };
    }
    if message.starts_with("missing field") {
        let missing = quoted.next().unwrap_or_default();
        let path = if path.is_empty() { missing.to_owned() } else { format!("{path}.{missing}") };
        return PolicyError::new(path, "this field is required");
    }
    // serde quotes the offending value, which may be a secret: say what was expected and no more.
    let expected = message.rsplit_once("expected ").map_or("a value of another type", |(_, expected)| expected);
    PolicyError::new(path, format!("expected {expected}"))
}
