//! All that is wrong with a document, gathered on the way through it: an author mends it once, and not once for each mistake.

use super::error::{PolicyError, PolicyProblem};
use crate::limits;

/// What was found so far.
#[derive(Debug, Default)]
pub(crate) struct Mistakes {
    problems: Vec<PolicyProblem>,
    /// Paths whose value is not the author's: what is said about these would follow from a mistake that is told already.
    mended: Vec<String>,
}

impl Mistakes {
    /// The value, unless something is wrong with it.
    pub(crate) fn keep<T>(&mut self, result: Result<T, PolicyError>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    /// Takes what is wrong, unless it follows from what is known.
    pub(crate) fn add(&mut self, error: PolicyError) {
        let news: Vec<_> = error.into_problems().filter(|problem| !self.follows(problem.path())).collect();
        self.take(news);
    }

    /// The same for what is wrong in the form of the document, where no field depends on another.
    pub(super) fn add_form(&mut self, error: PolicyError) {
        let news: Vec<_> = error.into_problems().filter(|problem| !self.touches_mended(problem.path())).collect();
        self.take(news);
    }

    /// From now on nothing is said about this path, about what is in it and what it is in.
    pub(super) fn mend(&mut self, path: String) {
        self.mended.push(path);
    }

    /// Whether the document is the author's own in every place.
    pub(crate) fn nothing_mended(&self) -> bool {
        self.mended.is_empty()
    }

    /// How many more would be told.
    pub(super) fn room(&self) -> usize {
        limits::POLICY_PROBLEMS.saturating_sub(self.problems.len())
    }

    /// The end: what was made, which is there where nothing is wrong; or all that is wrong.
    pub(crate) fn finish<T>(self, made: Option<T>) -> Result<T, PolicyError> {
        match (PolicyError::of(self.problems), made) {
            (None, Some(made)) => Ok(made),
            (Some(error), _) => Err(error),
            (None, None) => Err(PolicyError::new("", "the document cannot be read")),
        }
    }

    fn take(&mut self, news: Vec<PolicyProblem>) {
        self.problems.extend(news);
        self.problems.truncate(limits::POLICY_PROBLEMS);
    }

    fn follows(&self, path: &str) -> bool {
        let depends = |mended: &String| key_field(mended).is_some_and(|entry| key_field(path) == Some(entry));
        self.touches_mended(path) || self.mended.iter().any(depends)
    }

    fn touches_mended(&self, path: &str) -> bool {
        self.mended.iter().any(|mended| is_within(path, mended) || is_within(mended, path))
    }
}

/// Every value, or all that is wrong with them.
pub(crate) fn all<T>(results: impl IntoIterator<Item = Result<T, PolicyError>>) -> Result<Vec<T>, PolicyError> {
    let mut mistakes = Mistakes::default();
    let values = results.into_iter().filter_map(|result| mistakes.keep(result)).collect();
    mistakes.finish(Some(values))
}

/// Whether `path` is `outer` or leads to something in it.
fn is_within(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer).is_some_and(|rest| outer.is_empty() || rest.is_empty() || rest.starts_with(['.', '[']))
}

/// The entry of a field that says which keys and algorithms an issuer has: what one of these fields may be depends on the others.
fn key_field(path: &str) -> Option<&str> {
    let (entry, rest) = path.strip_prefix("issuers[")?.split_once("].")?;
    let field = rest.split(['.', '[']).next()?;
    ["issuer", "tenants", "keys", "algorithms", "profile", "jwks"].contains(&field).then_some(entry)
}

#[cfg(test)]
mod tests {
    use super::{Mistakes, all, is_within, key_field};
    use crate::document::PolicyError;

    #[test]
    fn what_follows_from_a_mistake_is_not_told() {
        let mut mistakes = Mistakes::default();
        mistakes.mend("issuers[1].keys.jwks_uri".to_owned());
        for path in ["issuers[1].keys", "issuers[1].keys.jwks_uri[2]", "issuers[1].algorithms[0]", "issuers"] {
            assert!(mistakes.follows(path), "{path}");
        }
        for path in ["issuers[0].keys", "issuers[1].leeway", "issuers[10].keys", "routes"] {
            assert!(!mistakes.follows(path), "{path}");
        }
        assert!(!is_within("issuers[0].keys_of", "issuers[0].keys"));
        assert_eq!(key_field("issuers[3].keys.pem"), Some("3"));
    }

    #[test]
    fn there_is_an_end_to_what_is_told() {
        let error = all((0..100).map(|index| Err::<(), _>(PolicyError::new(format!("a[{index}]"), "wrong"))));
        let error = error.expect_err("all are wrong");
        assert_eq!(error.problems().count(), 20);
        assert_eq!(error.path(), "a[0]");
        assert!(error.to_string().starts_with("a[0]: wrong\nand 19 more:\n  a[1]: wrong\n"), "{error}");
        assert_eq!(all([Ok(1), Ok(2)]), Ok(vec![1, 2]));
    }
}
