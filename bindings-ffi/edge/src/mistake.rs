//! What is wrong with a document.

use jotgate::{Names, PolicyError, PolicyProblem, Written};
use jotgate_tools::{Format, ImportError};

/// Why a document was refused: where, what was expected, and what to do. It is the first of the problems.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where in the document, such as `issuers[0].audience`; empty when it is about the whole document.
    pub path: String,
    /// What is wrong and what was expected.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Everything that is wrong, this first.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where in the document; empty when it is about the whole document.
    pub path: String,
    /// What is wrong and what was expected.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The line in the document's text, from 1 on, or 0.
    pub line: u32,
    /// The column in that line, from 1 on, or 0.
    pub column: u32,
}

impl Mistake {
    /// A mistake that is not about one field of the document.
    #[must_use]
    pub fn of_call(message: &str) -> Self {
        Self::new("", message, None)
    }

    /// The same with lines and columns, in the text that the document was read from.
    #[must_use]
    pub fn located(mut self, text: &str, format: Format) -> Self {
        let paths: Vec<&str> = self.problems.iter().map(|problem| problem.path.as_str()).collect();
        let places = jotgate_tools::places(text, format, &paths);
        for (problem, place) in self.problems.iter_mut().zip(places) {
            if let (0, Some((line, column))) = (problem.line, place) {
                (problem.line, problem.column) = (line, column);
            }
        }
        self
    }
}

impl Mistake {
    /// The same in the names that the author has written.
    #[must_use]
    pub fn in_names(mut self, names: Names) -> Self {
        for problem in &mut self.problems {
            let (message, hint) = (&problem.message, problem.hint.as_deref());
            let told = names.told(&problem.path, message, hint, Written::default());
            (problem.path, problem.message, problem.hint) = (told.path, told.message, told.hint);
        }
        if let Some(Problem { path, message, hint, .. }) = self.problems.first().cloned() {
            (self.path, self.message, self.hint) = (path, message, hint);
        }
        self
    }
}

impl From<&PolicyError> for Mistake {
    fn from(error: &PolicyError) -> Self {
        let problems = error.problems().map(Problem::from).collect();
        Self { problems, ..Self::new(error.path(), error.message(), error.hint()) }
    }
}

impl From<&PolicyProblem> for Problem {
    fn from(problem: &PolicyProblem) -> Self {
        Self {
            path: problem.path().to_owned(),
            message: problem.message().to_owned(),
            hint: problem.hint().map(str::to_owned),
            line: problem.line().unwrap_or_default(),
            column: problem.column().unwrap_or_default(),
        }
    }
}

impl From<&ImportError> for Mistake {
    fn from(error: &ImportError) -> Self {
        Self::new(error.path(), error.message(), error.hint())
    }
}

#[cfg(feature = "testing")]
impl From<&jotgate_testing::Error> for Mistake {
    fn from(error: &jotgate_testing::Error) -> Self {
        Self::new("", error.message(), error.hint())
    }
}

impl Mistake {
    fn new(path: &str, message: &str, hint: Option<&str>) -> Self {
        let (path, message, hint) = (path.to_owned(), message.to_owned(), hint.map(str::to_owned));
        let first = Problem { path: path.clone(), message: message.clone(), hint: hint.clone(), line: 0, column: 0 };
        Self { path, message, hint, problems: vec![first] }
    }
}
