//! Texts that are no Unicode. Strings of some languages can hold half of a surrogate pair, and those of others any bytes; what would
//! pass on to the policy as another character is refused.

use super::error::PolicyError;
use super::steps::{Step, path_of, walk};
use crate::{json, limits};
use serde_json::Value;

/// The text of a policy document, or of a requirement, from the bytes that a host was given.
///
/// Hosts whose strings can hold half of a surrogate pair hand on an octet FF in its place, or its three octets, which are no UTF-8
/// either (RFC 3629 section 3). An escape such as `\ud800` is refused by what reads the text (RFC 8259 section 8.2).
///
/// ```
/// let error = jotgate::policy_text(b"{\"version\": 1, \"issuers\": [{\"issuer\": \"a\xff\"}]}").unwrap_err();
/// assert_eq!(error.path(), "issuers[0].issuer");
/// ```
///
/// # Errors
///
/// The bytes are not UTF-8. The path is that of the field where the text is a JSON object, else a line and a column.
pub fn policy_text(bytes: &[u8]) -> Result<&str, PolicyError> {
    str::from_utf8(bytes).map_err(|error| {
        let place = place_behind(bytes.get(..error.valid_up_to()).unwrap_or_default());
        let path = path_to_mark(&marked(bytes)).unwrap_or_else(|| format!("line {}, column {}", place.0, place.1));
        refusal(path).located(|_| Some(place))
    })
}

/// What is said of a JSON text in which half of a surrogate pair is escaped.
pub(super) fn lone_escape(text: &str) -> Option<PolicyError> {
    path_to_mark(&marked_escapes(text)?).map(refusal)
}

fn refusal(path: String) -> PolicyError {
    PolicyError::new(path, "half of a surrogate pair, or bytes that are not UTF-8, are no character")
        .with_hint("write the text in UTF-8, and the octets of a secret as base64url or hex")
}

/// The text with a mark for everything that is not UTF-8.
fn marked(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(MARK);
        }
    }
    text
}

/// The text with a mark for each escape that is half of a pair, if there are any. Backslashes stand in texts alone.
fn marked_escapes(text: &str) -> Option<String> {
    let (mut made, mut rest, mut found) = (String::with_capacity(text.len()), text, false);
    while let Some((before, escape)) = rest.split_once('\\') {
        made.push_str(before);
        let (mark, length) = match (unit(escape), escape.get(5..).and_then(|next| unit(next.strip_prefix('\\')?))) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (false, 11),
            (Some(0xd800..=0xdfff), _) => (true, 5),
            _ => (false, escape.chars().next().map_or(0, char::len_utf8)),
        };
        let (escape, behind) = escape.split_at_checked(length)?;
        if mark {
            made.push(MARK);
        } else {
            made.push('\\');
            made.push_str(escape);
        }
        (rest, found) = (behind, found || mark);
    }
    made.push_str(rest);
    found.then_some(made)
}

/// The unit of UTF-16 behind the backslash of an escape.
fn unit(escape: &str) -> Option<u16> {
    let digits = escape.strip_prefix('u')?.get(..4)?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

/// Where in a JSON object the first mark stands: the path of the text, or of the object whose member has it in its name.
fn path_to_mark(text: &str) -> Option<String> {
    if text.len() > limits::POLICY_BYTES.saturating_mul(2) {
        return None;
    }
    json::object(text, limits::JSON_DEPTH_MAX).ok()?;
    let value: Value = serde_json::from_str(text).ok()?;
    let mut found = None;
    walk(&value, &mut Vec::new(), &mut |steps, value| {
        if found.is_some() {
            return;
        }
        found = match (steps.split_last(), value) {
            (Some((Step::Name(name), object)), _) if name.contains(MARK) => Some(path_of(object)),
            (_, Value::String(text)) if text.contains(MARK) => Some(path_of(steps)),
            _ => None,
        };
    });
    found
}

/// Line and column, from 1 on, behind a text.
fn place_behind(text: &[u8]) -> (u32, u32) {
    let text = String::from_utf8_lossy(text);
    let line = text.rsplit('\n').next().unwrap_or_default().chars().count();
    let [lines, columns] = [text.matches('\n').count(), line].map(|count| u32::try_from(count).unwrap_or(u32::MAX));
    (lines.saturating_add(1), columns.saturating_add(1))
}

/// A code point that is no character and never will be one (Unicode section 23.7).
const MARK: char = '\u{fdd0}';

#[cfg(test)]
mod tests {
    use super::{lone_escape, policy_text};
    use crate::strict_json;

    #[test]
    fn bytes_that_are_no_text_are_told_with_their_place() {
        for (bytes, path, line, column) in [
            (&b"{\"a\": 1,\n \"\xc3\xa9\": [\"x\", \"y\xed\xa0\x80\"]}"[..], "é[1]", 2, 15),
            (b"{\"a\": {\"b\xff\": 1}}", "a", 1, 10),
            (b"version: 1\nissuer: \xff", "line 2, column 9", 2, 9),
            (b"{\"a\": 1, \"a\": \"\xff\"}", "line 1, column 16", 1, 16),
        ] {
            let error = policy_text(bytes).unwrap_err();
            assert_eq!(error.path(), path);
            let places: Vec<_> = error.problems().map(|problem| (problem.line(), problem.column())).collect();
            assert_eq!(places, [(Some(line), Some(column))], "{error}");
            assert!(error.hint().is_some());
        }
        assert_eq!(policy_text("é\u{fdd0}".as_bytes()), Ok("é\u{fdd0}"));
    }

    #[test]
    fn an_escape_of_half_a_pair_is_told_with_its_path() {
        for (text, path) in [
            (r#"{"a": ["\ud83d\ude00", "\ud800"]}"#, "a[1]"),
            (r#"{"a": {"\udfff": 1}}"#, "a"),
            (r#"{"a": "\ud800\u0041"}"#, "a"),
            (r#"{"a": "\\\udc00"}"#, "a"),
        ] {
            let error = strict_json(text).unwrap_err();
            assert_eq!(error.path(), path, "{text}");
            assert!(error.message().contains("half of a surrogate pair"), "{error}");
            assert_eq!(error.problems().next().and_then(|problem| problem.line()), None);
        }
        for text in [r#"{"a": "\\ud800"}"#, r#"{"a": "\ud83d\ude00"}"#, r#"{"a": "\"#, r#"{"a": "\ud800"#, "\\é"] {
            assert_eq!(lone_escape(text), None, "{text}");
        }
    }
}
