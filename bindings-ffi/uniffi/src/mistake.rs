//! What is wrong with a document.

use jotgate_edge::Mistake;
use jotgate_edge::guard::guard;
use std::fmt;

/// Why a policy document, a requirement, or what the test kit was asked for, is refused.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Error)]
pub enum PolicyMistake {
    /// The first of the problems, and all of them.
    Refused {
        /// Where in the document, such as `issuers[0].audience`; empty when it is about the whole document.
        path: String,
        /// What is wrong and what was expected.
        text: String,
        /// What to do about it.
        hint: Option<String>,
        /// Everything that is wrong, this first.
        problems: Vec<Problem>,
    },
    /// A mistake in the library itself.
    Unexpected,
}

/// One thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Problem {
    /// Where in the document; empty when it is about the whole document.
    pub path: String,
    /// What is wrong and what was expected.
    pub text: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The line in the document's text, from 1 on, or 0.
    pub line: u32,
    /// The column in that line, from 1 on, or 0.
    pub column: u32,
}

impl From<Mistake> for PolicyMistake {
    fn from(mistake: Mistake) -> Self {
        let problems = mistake.problems.into_iter().map(|problem| Problem {
            path: problem.path,
            text: problem.message,
            hint: problem.hint,
            line: problem.line,
            column: problem.column,
        });
        Self::Refused { path: mistake.path, text: mistake.message, hint: mistake.hint, problems: problems.collect() }
    }
}

impl fmt::Display for PolicyMistake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { path, text, .. } if path.is_empty() => out.write_str(text),
            Self::Refused { path, text, .. } => write!(out, "{path}: {text}"),
            Self::Unexpected => out.write_str("the library failed: please report this"),
        }
    }
}

impl std::error::Error for PolicyMistake {}

/// Runs the body of a call that reads a document; a panic becomes [`PolicyMistake::Unexpected`].
pub(crate) fn read<T>(body: impl FnOnce() -> Result<T, Mistake>) -> Result<T, PolicyMistake> {
    guard(Err(PolicyMistake::Unexpected), || body().map_err(PolicyMistake::from))
}

/// The text of a policy document.
pub(crate) fn policy_text(bytes: &[u8]) -> Result<&str, Mistake> {
    jotgate::policy_text(bytes).map_err(|error| Mistake::from(&error))
}

/// A text of these bytes.
pub(crate) fn document<'a>(bytes: &'a [u8], what: &str) -> Result<&'a str, Mistake> {
    str::from_utf8(bytes).map_err(|_| Mistake::of_call(&format!("{what} is not UTF-8")))
}
