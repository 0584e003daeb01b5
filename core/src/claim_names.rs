//! The names of claims that verdicts show: those of a policy, which live as long as it does.

use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// All names of claims that a policy looks for or gives, and those before it in its line. The policy keeps this, so whatever it has
/// handed out lives as long as the policy does, and hosts may point to it for as long.
#[derive(Debug, Default)]
pub(crate) struct ClaimNames(BTreeSet<PolicyName>);

impl ClaimNames {
    /// The only way to a [`PolicyName`]. It takes the names for writing, and that nobody can once the policy is made: so no
    /// token's text becomes one.
    pub(crate) fn keep(&mut self, name: &str) -> PolicyName {
        if let Some(known) = self.0.get(name) {
            return known.clone();
        }
        let new = PolicyName(Arc::from(name));
        self.0.insert(new.clone());
        new
    }

    /// Keeps what another policy has kept, in whose place this one comes: a host may still hold what that has said of a token.
    pub(crate) fn keep_all(&mut self, others: &Self) {
        self.0.extend(others.0.iter().cloned());
    }

    /// The name that was kept, where it was.
    pub(crate) fn find(&self, name: &str) -> Option<&PolicyName> {
        self.0.get(name)
    }
}

/// The name of a claim that a policy spells out, or that stands for it where it says nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PolicyName(Arc<str>);

impl Deref for PolicyName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for PolicyName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for PolicyName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PolicyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::ClaimNames;

    #[test]
    fn a_name_is_kept_once() {
        let mut names = ClaimNames::default();
        let (first, second) = (names.keep("scope"), names.keep(&String::from("scope")));
        assert!(std::ptr::eq(&raw const *first, &raw const *second));
        assert_ne!(names.keep("scp"), first);
    }

    #[test]
    fn what_another_policy_has_kept_is_kept_once_too() {
        let (mut before, mut names) = (ClaimNames::default(), ClaimNames::default());
        before.keep("scope");
        before.keep("may");
        let own = names.keep("scope");
        names.keep_all(&before);
        assert!(names.find("scope").is_some_and(|name| std::ptr::eq(&raw const **name, &raw const *own)));
        assert_eq!(names.find("may").map(ToString::to_string).as_deref(), Some("may"));
    }
}
