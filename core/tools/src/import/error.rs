//! Why a text cannot be imported at all.

use crate::markup::MarkupError;
use std::fmt;

/// A text that no policy can be read from. It never holds a value of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    path: String,
    message: String,
    hint: Option<String>,
}

impl ImportError {
    pub(super) fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into(), hint: None }
    }

    pub(super) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// Where the mistake is: a path in the source or a line of it; empty for the text as a whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it, where there is something to say.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl From<MarkupError> for ImportError {
    fn from(error: MarkupError) -> Self {
        Self::new(error.place, error.message)
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ImportError {}
