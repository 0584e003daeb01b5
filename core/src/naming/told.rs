//! What goes in beside a problem, and what comes out.

/// What is known of the options that were given, where options were.
#[derive(Clone, Copy, Debug, Default)]
pub struct Written<'a> {
    /// The names of those that were given. They say which of two names for one thing the author has used.
    pub given: &'a [&'a str],
    /// The names of all that there are, those included that are no part of the policy: one of them may have been meant. Empty
    /// where an option that does not exist cannot be given.
    pub known: &'a [&'a str],
}

/// A problem as its author reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Told {
    /// Where it is.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}
