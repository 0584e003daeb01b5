//! YAML and TOML, read as strictly as JSON is: no member twice, no two readings of one text, bounded in depth.
//!
//! Both end as the value that the same document in JSON would be. What JSON has no word for (dates, infinities, keys that
//! are no text, anchors, tags) is refused.

pub(crate) mod places;
pub(crate) mod toml;
pub(crate) mod yaml;
mod written;

use std::fmt;
pub(crate) use written::yaml_text;

/// Why a text could not be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MarkupError {
    /// A path such as `a.b[0]`, or `line 3, column 5`; empty for the text as a whole.
    pub(crate) place: String,
    /// Fixed words: a document may hold secrets.
    pub(crate) message: &'static str,
    /// Line and column, where the place is one.
    pub(crate) line: Option<(u32, u32)>,
}

impl MarkupError {
    fn at_line(line: usize, column: usize, message: &'static str) -> Self {
        let place = format!("line {line}, column {column}");
        let line = u32::try_from(line).ok().zip(u32::try_from(column).ok());
        Self { place, message, line }
    }
}

impl fmt::Display for MarkupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() { f.write_str(self.message) } else { write!(f, "{}: {}", self.place, self.message) }
    }
}

const TOO_DEEP: &str = "nested too deeply";
