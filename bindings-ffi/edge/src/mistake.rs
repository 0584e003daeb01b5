//! What is wrong with a document.

use jotgate::PolicyError;
use jotgate_tools::ImportError;

/// Why a document was refused: where, what was expected, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where in the document, such as `issuers[0].audience`; empty when it is about the whole document.
    pub path: String,
    /// What is wrong and what was expected.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Mistake {
    /// A mistake that is not about one field of the document.
    #[must_use]
    pub fn of_call(message: &str) -> Self {
        Self { path: String::new(), message: message.to_owned(), hint: None }
    }
}

impl From<&PolicyError> for Mistake {
    fn from(error: &PolicyError) -> Self {
        Self::new(error.path(), error.message(), error.hint())
    }
}

impl From<&ImportError> for Mistake {
    fn from(error: &ImportError) -> Self {
        Self::new(error.path(), error.message(), error.hint())
    }
}

impl From<&jotgate_testing::Error> for Mistake {
    fn from(error: &jotgate_testing::Error) -> Self {
        Self::new("", error.message(), error.hint())
    }
}

impl Mistake {
    fn new(path: &str, message: &str, hint: Option<&str>) -> Self {
        Self { path: path.to_owned(), message: message.to_owned(), hint: hint.map(str::to_owned) }
    }
}
