//! Text that ends on somebody's screen: nothing of it may steer a terminal, and no value is longer than a line.

use crate::limits;
use std::fmt::Write as _;

/// The text with everything escaped that a terminal would obey or that would change how the rest reads: control
/// characters of both ranges, line separators, and the marks that turn the direction of writing.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if steers(c) {
            // Writing to a string cannot fail.
            let _ = write!(plain, "\\u{{{:x}}}", u32::from(c));
        } else {
            plain.push(c);
        }
    }
    plain
}

/// JSON text in which the same characters are escaped as JSON does it. Outside of strings JSON has none of them but line
/// feeds, which stay.
#[must_use]
pub fn plain_json(json: &str) -> String {
    let mut plain = String::with_capacity(json.len());
    let mut units = [0; 2];
    for c in json.chars() {
        if c != '\n' && steers(c) {
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(plain, "\\u{unit:04x}");
            }
        } else {
            plain.push(c);
        }
    }
    plain
}

/// The beginning of a value that may be long, with a mark where it was cut.
pub(crate) fn cut(text: &str) -> String {
    match text.char_indices().nth(limits::VALUE_CHARS_TOLD) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

/// Several values in one line, the first of them when there are many.
pub(crate) fn listed<S: AsRef<str>>(values: impl IntoIterator<Item = S>) -> String {
    let mut values = values.into_iter();
    let mut told: Vec<String> = values.by_ref().take(limits::VALUES_TOLD).map(|value| cut(value.as_ref())).collect();
    let more = values.count();
    if more > 0 {
        told.push(format!("and {more} more"));
    }
    told.join(", ")
}

/// How a piece of text stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Style {
    /// What is as it should be.
    Good,
    /// What is wrong.
    Bad,
    /// What somebody should look at.
    Warning,
    /// What need not be read first.
    Faint,
    /// What names the matter.
    Strong,
}

/// The text in a style, or as it is where there are no colours.
#[must_use]
pub fn styled(text: &str, style: Style, colour: bool) -> String {
    if !colour {
        return text.to_owned();
    }
    let number = match style {
        Style::Good => "32",
        Style::Bad => "1;31",
        Style::Warning => "33",
        Style::Faint => "2",
        Style::Strong => "1",
    };
    format!("\u{1b}[{number}m{text}\u{1b}[0m")
}

fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::{cut, listed, plain, plain_json};

    #[test]
    fn nothing_steers_a_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\n\u{9b}c\u{202e}d\u{7f}é"), "a\\u{1b}[2Jb\\u{a}\\u{9b}c\\u{202e}d\\u{7f}é");
        let told = plain_json("{\n \"a\": \"\u{9b}\u{202e}é\u{e0041}\"}");
        assert_eq!(told, "{\n \"a\": \"\\u009b\\u202eé\\udb40\\udc41\"}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&told).unwrap()["a"], "\u{9b}\u{202e}é\u{e0041}");
    }

    #[test]
    fn long_values_and_lists_are_cut() {
        assert_eq!(cut("short"), "short");
        assert_eq!(cut(&"é".repeat(500)).chars().count(), crate::limits::VALUE_CHARS_TOLD + 1);
        assert_eq!(listed(["a", "b"]), "a, b");
        assert!(listed(vec!["x"; 50]).ends_with(", and 42 more"));
    }
}
