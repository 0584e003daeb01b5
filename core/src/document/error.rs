//! What is wrong with a policy document, and where.

use crate::limits;
use std::fmt;

/// A policy document that cannot be used. Reported at construction, never for a token.
///
/// It tells all that is wrong, at most 20 things. The first of them is the error's own path, message and hint. Messages name
/// fields and what was expected, never key material.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    first: PolicyProblem,
    others: Vec<PolicyProblem>,
}

/// One thing that is wrong with a policy document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyProblem {
    path: String,
    message: String,
    hint: Option<String>,
    place: Option<(u32, u32)>,
}

impl PolicyError {
    /// For programs that read a policy from another form: the mistake at this path.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        let first = PolicyProblem { path: path.into(), message: message.into(), hint: None, place: None };
        Self { first, others: Vec::new() }
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { first: PolicyProblem { hint: Some(hint.into()), ..self.first }, ..self }
    }

    /// The same with the lines and columns, from 1 on, at which `place_of` finds the paths in the text of the document.
    #[must_use]
    pub fn located(mut self, place_of: impl Fn(&str) -> Option<(u32, u32)>) -> Self {
        for problem in std::iter::once(&mut self.first).chain(&mut self.others) {
            problem.place = problem.place.or_else(|| place_of(&problem.path));
        }
        self
    }

    /// Where the mistake is, as in `issuers[0].audience`, or as in `line 3, column 5` where the text itself could not be
    /// read; empty for the document as a whole.
    #[must_use]
    pub fn path(&self) -> &str {
        self.first.path()
    }

    /// What is wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        self.first.message()
    }

    /// What to do about it, where there is something to say.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.first.hint()
    }

    /// Everything that is wrong, this error's own path and message first; at most 20.
    pub fn problems(&self) -> impl Iterator<Item = &PolicyProblem> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// One error for all of them, as far as there are any.
    pub(super) fn of(problems: Vec<PolicyProblem>) -> Option<Self> {
        let mut problems = problems.into_iter();
        let first = problems.next()?;
        Some(Self { first, others: problems.take(limits::POLICY_PROBLEMS.saturating_sub(1)).collect() })
    }

    pub(super) fn into_problems(self) -> impl Iterator<Item = PolicyProblem> {
        std::iter::once(self.first).chain(self.others)
    }
}

impl PolicyProblem {
    /// Where it is, as [`PolicyError::path`] says.
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

    /// The line in the text of the document, from 1 on, where the text was at hand.
    #[must_use]
    pub fn line(&self) -> Option<u32> {
        self.place.map(|(line, _)| line)
    }

    /// The column in that line, in characters from 1 on.
    #[must_use]
    pub fn column(&self) -> Option<u32> {
        self.place.map(|(_, column)| column)
    }
}

impl fmt::Display for PolicyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place.map(|(line, column)| format!("line {line}, column {column}"));
        let places = [Some(self.path.as_str()).filter(|path| !path.is_empty()), place.as_deref()];
        match places {
            [Some(path), Some(place)] if path != place => write!(f, "{path}, {place}: ")?,
            [Some(place), _] | [None, Some(place)] => write!(f, "{place}: ")?,
            [None, None] => {}
        }
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

/// The first in a line of its own, and below it how many more there are, each in its line.
impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        if !self.others.is_empty() {
            write!(f, "\nand {} more:", self.others.len())?;
        }
        self.others.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for PolicyError {}
