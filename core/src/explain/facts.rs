//! What there is to say about a check, and the forms in which dates and durations are said.

use crate::json::Value;
use crate::text::{cut, listed};
use spki::der::DateTime;
use std::borrow::Cow;
use std::time::Duration;

/// What a check expected and found, as an explanation shows it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// Whether there was anything to check.
    pub(crate) applies: bool,
    pub(crate) expected: Option<String>,
    pub(crate) found: Option<String>,
    pub(crate) note: Option<String>,
}

impl Facts {
    /// A check that was run.
    pub(crate) fn checked() -> Self {
        Self { applies: true, ..Self::default() }
    }

    /// A check for which there was nothing to do.
    pub(crate) fn idle(why: impl Into<String>) -> Self {
        Self { note: Some(why.into()), ..Self::default() }
    }

    pub(crate) fn expected(self, expected: impl Into<String>) -> Self {
        Self { expected: Some(expected.into()), ..self }
    }

    /// What the token has; a long value is cut.
    pub(crate) fn found(self, found: impl AsRef<str>) -> Self {
        Self { found: Some(cut(found.as_ref())), ..self }
    }

    pub(crate) fn found_if(self, found: Option<impl AsRef<str>>) -> Self {
        match found {
            Some(found) => self.found(found),
            None => self,
        }
    }

    pub(crate) fn note(self, note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..self }
    }

    pub(crate) fn note_if(self, note: Option<impl Into<String>>) -> Self {
        match note {
            Some(note) => self.note(note),
            None => self,
        }
    }
}

/// The note of a check for which the policy has nothing.
pub(crate) const NOT_ASKED: &str = "the policy does not ask for it";

/// A value as it is shown: a text as it reads, everything else as JSON.
pub(crate) fn told(value: Value<'_>) -> String {
    match value {
        Value::Array(_) => match value.as_strings() {
            Some(texts) => format!("[{}]", listed(texts)),
            None => value.source().to_owned(),
        },
        _ => value.as_str().map_or_else(|| value.source().to_owned(), Cow::into_owned),
    }
}

/// A NumericDate (RFC 7519 section 2) as the number that it is, and as a date where it is one of the next millennia.
pub(crate) fn date(seconds: f64) -> String {
    let number = if seconds.fract() == 0.0 { format!("{seconds:.0}") } else { format!("{seconds}") };
    let since_epoch = Duration::try_from_secs_f64(seconds.floor()).ok();
    match since_epoch.and_then(|since| DateTime::from_unix_duration(since).ok()) {
        Some(date) => format!("{number} ({date})"),
        None => number,
    }
}

/// A duration in the two largest units that it has.
pub(crate) fn span(seconds: f64) -> String {
    let Ok(duration) = Duration::try_from_secs_f64(seconds.abs()) else { return "very long".to_owned() };
    if duration < Duration::from_secs(1) {
        return format!("{} ms", duration.as_millis());
    }
    let mut rest = duration.as_secs();
    let mut parts = Vec::new();
    for (unit, length) in [("d", 86_400_u64), ("h", 3_600), ("min", 60), ("s", 1)] {
        let count = rest.checked_div(length).unwrap_or_default();
        rest = rest.checked_rem(length).unwrap_or_default();
        if count > 0 && parts.len() < 2 {
            parts.push(format!("{count} {unit}"));
        } else if !parts.is_empty() {
            break;
        }
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::{date, span};

    #[test]
    fn dates_are_numbers_and_dates() {
        assert_eq!(date(1_800_000_000.0), "1800000000 (2027-01-15T08:00:00Z)");
        assert_eq!(date(1.5), "1.5 (1970-01-01T00:00:01Z)");
        assert_eq!(date(-1.0), "-1");
        assert_eq!(date(9_007_199_254_740_992.0), "9007199254740992");
    }

    #[test]
    fn spans_have_two_units() {
        for (seconds, told) in [
            (0.25, "250 ms"),
            (12.0, "12 s"),
            (61.0, "1 min 1 s"),
            (3600.0, "1 h"),
            (3605.0, "1 h"),
            (90_061.0, "1 d 1 h"),
            (-5.0, "5 s"),
        ] {
            assert_eq!(span(seconds), told);
        }
    }
}
