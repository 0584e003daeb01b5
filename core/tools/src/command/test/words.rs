//! The words of a case, each read by itself.

use jotgate::Timestamp;
use serde_json::Value;

/// A moment beside the present one: `now`, `now-30s`, `now+5m`. `None` where the text is something else.
pub(super) fn moment(text: &str) -> Option<i64> {
    let rest = text.strip_prefix("now")?;
    if rest.is_empty() {
        return Some(0);
    }
    let (number, unit) = rest.split_at_checked(rest.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    let plain = number.get(1..).is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    number.parse::<i64>().ok().filter(|_| plain && number.starts_with(['+', '-']))?.checked_mul(seconds)
}

/// The time so many seconds from another.
pub(super) fn after(now: i64, seconds: i64) -> Timestamp {
    Timestamp::from_seconds(now.saturating_add(seconds))
}

/// A JSON value at the beginning of a text, and what stands behind it.
pub(super) fn leading(text: &str) -> Result<(Value, &str), String> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    match values.next() {
        Some(Ok(value)) => Ok((value, text.get(values.byte_offset()..).unwrap_or_default().trim_start())),
        _ => Err("expected the claims of a token, as JSON".to_owned()),
    }
}

/// The first word, and what stands behind it.
pub(super) fn first(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    (word, rest.trim_start())
}

/// A name of a token: capital letters.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// The text with other words in place of some.
pub(super) fn replaced(text: &str, replace: impl Fn(&str) -> Option<String>) -> String {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let (before, tail) = rest.split_at_checked(start).unwrap_or((rest, ""));
        let end = tail.find(|c| !is_part(c)).unwrap_or(tail.len());
        let (word, tail) = tail.split_at_checked(end).unwrap_or((tail, ""));
        made.push_str(before);
        made.push_str(&replace(word).unwrap_or_else(|| word.to_owned()));
        rest = tail;
    }
    made + rest
}

/// The text with a mark in place of tokens that are written out: results end in logs.
pub(super) fn without_tokens(text: &str) -> String {
    let marked =
        |part: &str| if part.starts_with("eyJ") && part.len() > 16 { "eyJ…".to_owned() } else { part.to_owned() };
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.split_inclusive(|c: char| !is_part(c))
        .map(|piece| {
            let part = piece.trim_end_matches(|c: char| !is_part(c));
            marked(part) + piece.get(part.len()..).unwrap_or_default()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{moment, replaced, without_tokens};

    #[test]
    fn moments_are_read() {
        for (text, seconds) in
            [("now", Some(0)), ("now-5s", Some(-5)), ("now+2h", Some(7200)), ("now+1d", Some(86_400))]
        {
            assert_eq!(moment(text), seconds);
        }
        for text in ["", "nowhere", "now5s", "now+s", "now+5", "now+-5s", "now+5w", "tomorrow"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn words_are_replaced_whole() {
        let swap = |word: &str| (word == "TOKEN").then(|| "a.b.c".to_owned());
        assert_eq!(replaced("a=TOKEN; TOKENS=TOKEN", swap), "a=a.b.c; TOKENS=a.b.c");
        assert_eq!(replaced("Bearer TOKEN", swap), "Bearer a.b.c");
        let line = "GET /a?t=eyJhbGciOiJFUzI1NiJ9.e30.c2ln -> \"eyJhbGciOiJFUzI1NiJ9.e-30.c_2ln\" é eyJ";
        assert_eq!(without_tokens(line), "GET /a?t=eyJ… -> \"eyJ…\" é eyJ");
    }
}
