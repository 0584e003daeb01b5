//! Durations as a policy writes them: a number of seconds, or text with a unit.

use serde::de::{self, Deserialize, Deserializer, Visitor};
use std::fmt;
use std::time::Duration;

/// `90`, `1.5`, `"90s"`, `"1500ms"`, `"5m"`, `"1h"`, `"1d"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PolicyDuration(pub(crate) Duration);

impl<'de> Deserialize<'de> for PolicyDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DurationVisitor)
    }
}

struct DurationVisitor;

impl Visitor<'_> for DurationVisitor {
    type Value = PolicyDuration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration: a number of seconds, or text such as 500ms, 30s, 5m, 1h, 1d")
    }

    fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Self::Value, E> {
        bounded(Duration::from_secs(seconds)).ok_or_else(|| E::invalid_value(de::Unexpected::Unsigned(seconds), &self))
    }

    // Not finite and negative ones are refused with the rest.
    fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<Self::Value, E> {
        Duration::try_from_secs_f64(seconds)
            .ok()
            .and_then(bounded)
            .ok_or_else(|| E::invalid_value(de::Unexpected::Float(seconds), &self))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        parse(text).and_then(bounded).ok_or_else(|| E::invalid_value(de::Unexpected::Other("text"), &self))
    }
}

/// Whole numbers with one unit. `1h30m` and `1.5h` have no one reading that all authors share, so they have none.
fn parse(text: &str) -> Option<Duration> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(unit_at)?;
    let number: u64 = number.parse().ok()?;
    match unit {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => number.checked_mul(60).map(Duration::from_secs),
        "h" => number.checked_mul(60 * 60).map(Duration::from_secs),
        "d" => number.checked_mul(24 * 60 * 60).map(Duration::from_secs),
        _ => None,
    }
}

/// Every duration of a policy has its own bounds; this one keeps sums of them from overflowing.
fn bounded(duration: Duration) -> Option<PolicyDuration> {
    (duration <= LONGEST).then_some(PolicyDuration(duration))
}

/// A hundred years: whatever is longer was meant to be something else.
const LONGEST: Duration = Duration::from_secs(100 * 366 * 24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::PolicyDuration;
    use std::time::Duration;

    fn read(text: &str) -> Option<Duration> {
        serde_json::from_str::<PolicyDuration>(text).ok().map(|duration| duration.0)
    }

    #[test]
    fn reads_numbers_and_units() {
        assert_eq!(read("90"), Some(Duration::from_secs(90)));
        assert_eq!(read("1.5"), Some(Duration::from_millis(1500)));
        assert_eq!(read(r#""250ms""#), Some(Duration::from_millis(250)));
        assert_eq!(read(r#""5m""#), Some(Duration::from_secs(300)));
        assert_eq!(read(r#""1d""#), Some(Duration::from_secs(86_400)));
        for text in [
            "-1",
            "1e400",
            r#""5""#,
            r#""5 m""#,
            r#""m""#,
            r#""-5m""#,
            r#""5w""#,
            r#""1h30m""#,
            "true",
            "null",
            "[]",
            r#""99999999999d""#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
