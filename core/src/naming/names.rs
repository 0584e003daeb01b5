//! In whose names a problem is told.

use super::cases::{camel, go};
use super::tables;
use super::told::{Told, Written};
use super::words::{in_words, names_field, spelled};
use crate::document::PolicyProblem;

/// The names in which an author has written a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[repr(u32)]
pub enum Names {
    /// The document's own.
    Document = 0,
    /// The arguments of Python's `Validator`.
    PythonOptions = 1,
    /// The options of Node's `createValidator`.
    NodeOptions = 2,
    /// The methods of Java's `JwtValidatorBuilder`.
    JavaOptions = 3,
    /// The methods of the parts of Java's `PolicyDocument`.
    JavaDocument = 4,
    /// The fields of Go's `Policy`.
    GoDocument = 5,
    /// The options of Ruby's `Validator`.
    RubyOptions = 6,
}

impl Names {
    /// The names of a stable number.
    #[must_use]
    pub const fn from_number(number: u32) -> Option<Self> {
        Some(match number {
            0 => Self::Document,
            1 => Self::PythonOptions,
            2 => Self::NodeOptions,
            3 => Self::JavaOptions,
            4 => Self::JavaDocument,
            5 => Self::GoDocument,
            6 => Self::RubyOptions,
            _ => return None,
        })
    }

    /// The problem in these names.
    ///
    /// ```
    /// use jotgate::{Names, Policy, Written};
    ///
    /// let error = Policy::from_json(r#"{"version": 1, "issuers": [{
    ///     "issuer": "https://idp.example.com/", "audience": "orders", "leeway": "1h"
    /// }]}"#).unwrap_err();
    /// let problem = error.problems().next().unwrap();
    /// assert_eq!(problem.path(), "issuers[0].leeway");
    /// assert_eq!(Names::JavaOptions.tell(problem, Written::default()).path, "acceptLeeway");
    /// assert_eq!(Names::GoDocument.tell(problem, Written::default()).path, "Issuers[0].Leeway");
    /// ```
    #[must_use]
    pub fn tell(self, problem: &PolicyProblem, written: Written<'_>) -> Told {
        self.told(problem.path(), problem.message(), problem.hint(), written)
    }

    /// As [`Names::tell`], for a host that keeps texts.
    #[must_use]
    pub fn told(self, path: &str, message: &str, hint: Option<&str>, written: Written<'_>) -> Told {
        let document = |name: fn(&str) -> String| Told {
            path: spelled(path, name),
            message: message.to_owned(),
            hint: hint.map(|hint| in_words(hint, |word| names_field(word).then(|| spelled(word, name)))),
        };
        match self {
            Self::Document => {
                Told { path: path.to_owned(), message: message.to_owned(), hint: hint.map(str::to_owned) }
            }
            Self::JavaDocument => document(camel),
            Self::GoDocument => document(go),
            Self::PythonOptions => tables::PYTHON.told(path, message, hint, written),
            Self::NodeOptions => tables::NODE.told(path, message, hint, written),
            Self::JavaOptions => tables::JAVA.told(path, message, hint, written),
            Self::RubyOptions => tables::RUBY.told(path, message, hint, written),
        }
    }
}
