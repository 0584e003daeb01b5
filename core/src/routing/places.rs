//! Which paths a route takes, and how exactly.

use super::template::{PathFit, Template};
use crate::document::PolicyError;
use crate::pattern::Pattern;
use crate::target::{fold, recased};
use std::borrow::Cow;
use std::cell::OnceCell;

/// The paths of a route.
#[derive(Debug)]
pub(super) enum Places {
    Any,
    Template(Template),
    Regex {
        exact: Pattern,
        /// In any letter case.
        lax: Pattern,
    },
}

/// A path in its normal form, with what several routes ask of it.
pub(super) struct Spelling<'p> {
    text: &'p str,
    folded: OnceCell<Cow<'p, str>>,
}

impl<'p> Spelling<'p> {
    pub(super) fn new(text: &'p str) -> Self {
        Self { text, folded: OnceCell::new() }
    }

    fn folded(&self) -> &str {
        self.folded.get_or_init(|| fold(self.text))
    }
}

impl Places {
    pub(super) fn compile(path: Option<String>, regex: Option<String>, at: &str) -> Result<Self, PolicyError> {
        match (path, regex) {
            (Some(_), Some(_)) => Err(PolicyError::new(at, "path excludes path_regex")),
            (Some(template), None) => Template::compile(&template, &format!("{at}.path")).map(Self::Template),
            (None, Some(regex)) => {
                let at = format!("{at}.path_regex");
                Ok(Self::Regex { exact: Pattern::whole(&regex, &at)?, lax: Pattern::whole_in_any_case(&regex, &at)? })
            }
            (None, None) => Ok(Self::Any),
        }
    }

    /// Whether the path is one of these as the policy writes them.
    pub(super) fn take(&self, path: &Spelling<'_>) -> bool {
        match self {
            Self::Any => true,
            Self::Template(template) => template.is(path.text),
            Self::Regex { exact, .. } => exact.matches(path.text),
        }
    }

    /// Whether a server may take the path for one of these that it is not.
    pub(super) fn may_take(&self, path: &Spelling<'_>) -> Option<PathFit> {
        match self {
            Self::Any => None,
            Self::Template(template) => template.may_be(path.folded()),
            Self::Regex { lax, .. } => may_match(lax, path).then_some(PathFit::OtherSpelling),
        }
    }

    /// Whether there is but one such path.
    pub(super) fn is_literal(&self) -> bool {
        matches!(self, Self::Template(template) if template.is_literal())
    }
}

/// Whether the pattern matches the path in some case, with a slash at the end or without. Letters beyond ASCII are escapes
/// here, of which each case is tried.
fn may_match(pattern: &Pattern, path: &Spelling<'_>) -> bool {
    let text = path.text;
    if with_and_without_slash(pattern, text) {
        return true;
    }
    text.contains('%')
        && (with_and_without_slash(pattern, path.folded())
            || with_and_without_slash(pattern, &recased(text, char::to_lowercase))
            || with_and_without_slash(pattern, &recased(text, char::to_uppercase)))
}

fn with_and_without_slash(pattern: &Pattern, text: &str) -> bool {
    pattern.matches(text)
        || match text.strip_suffix('/') {
            Some(without) => pattern.matches(without),
            None => pattern.matches(&format!("{text}/")),
        }
}
