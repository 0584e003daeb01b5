//! Members of a document that compiles, by what the policy takes in their place.

use serde_json::Value;
use std::time::Duration;

/// The elements of a member that is a list.
pub(super) fn list<'v>(object: &'v Value, name: &str) -> &'v [Value] {
    object.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The texts of a member that is a text or a list of texts.
pub(super) fn texts<'v>(object: &'v Value, name: &str) -> Vec<&'v str> {
    match object.get(name) {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// A duration of a document that compiles: a number of seconds, or text with a unit.
pub(super) fn duration(value: Option<&Value>) -> Option<Duration> {
    let value = value?;
    let Some(text) = value.as_str() else {
        return value.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    };
    let (number, unit) = text.split_at_checked(text.find(|c: char| !c.is_ascii_digit())?)?;
    let millis: u64 = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(millis).map(Duration::from_millis)
}

pub(super) fn is_word(object: &Value, name: &str, word: &str) -> bool {
    object.get(name).and_then(Value::as_str) == Some(word)
}

pub(super) fn is_set(object: &Value, name: &str) -> bool {
    object.get(name).and_then(Value::as_bool) == Some(true)
}
