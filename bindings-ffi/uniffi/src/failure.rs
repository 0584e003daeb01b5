//! Calls that fail, which no correct program sees.

use jotgate_edge::guard::guard;
use std::fmt;

/// Why a call gave nothing. A failure lets no token pass.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Error)]
pub enum CallFailure {
    /// A text that has to be UTF-8 is not, or a number names nothing.
    Argument {
        /// Which one, and what was expected.
        text: String,
    },
    /// A snapshot of key sets cannot be taken in.
    Snapshot {
        /// What is wrong with it.
        text: String,
    },
    /// A mistake in the library itself.
    Unexpected,
}

impl CallFailure {
    pub(crate) fn argument(text: &str) -> Self {
        Self::Argument { text: text.to_owned() }
    }
}

impl fmt::Display for CallFailure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument { text } | Self::Snapshot { text } => out.write_str(text),
            Self::Unexpected => out.write_str("the library failed: please report this"),
        }
    }
}

impl std::error::Error for CallFailure {}

/// Runs the body of a call; a panic becomes [`CallFailure::Unexpected`].
pub(crate) fn held<T>(body: impl FnOnce() -> Result<T, CallFailure>) -> Result<T, CallFailure> {
    guard(Err(CallFailure::Unexpected), body)
}

/// A text of these bytes.
pub(crate) fn text<'a>(bytes: &'a [u8], what: &str) -> Result<&'a str, CallFailure> {
    str::from_utf8(bytes).map_err(|_| CallFailure::argument(&format!("{what} is not UTF-8")))
}
