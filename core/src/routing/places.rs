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
        /// In any letter case, where that counts.
        lax: Option<Pattern>,
    },
}

/// A path in its normal form, with what several routes ask of it.
pub(super) struct Spelling<'p> {
    text: &'p str,
    folded: OnceCell<Cow<'p, str>>,
    /// The text with a slash at the end where it has none, and without where it has one.
    other_end: OnceCell<Cow<'p, str>>,
}

impl<'p> Spelling<'p> {
    pub(super) fn new(text: &'p str) -> Self {
        Self { text, folded: OnceCell::new(), other_end: OnceCell::new() }
    }

    fn folded(&self) -> &str {
        self.folded.get_or_init(|| fold(self.text))
    }

    fn other_end(&self) -> &str {
        self.other_end.get_or_init(|| other_end(self.text))
    }
}

impl Places {
    /// `lax` says whether the route takes other spellings too.
    pub(super) fn compile(
        path: Option<String>, regex: Option<String>, lax: bool, at: &str,
    ) -> Result<Self, PolicyError> {
        match (path, regex) {
            (Some(_), Some(_)) => Err(PolicyError::new(at, "path excludes path_regex")),
            (Some(template), None) => Template::compile(&template, &format!("{at}.path")).map(Self::Template),
            (None, Some(regex)) => {
                let at = format!("{at}.path_regex");
                let exact = Pattern::whole(&regex, &at)?;
                let lax = if lax { Some(Pattern::whole_in_any_case(&regex, &at)?) } else { None };
                Ok(Self::Regex { exact, lax })
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
            Self::Regex { lax, .. } => may_match(lax.as_ref()?, path).then_some(PathFit::OtherSpelling),
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
    let either = |text: &str| pattern.matches(text) || pattern.matches(&other_end(text));
    pattern.matches(text)
        || pattern.matches(path.other_end())
        || (text.contains('%')
            && (either(path.folded())
                || either(&recased(text, char::to_lowercase))
                || either(&recased(text, char::to_uppercase))))
}

fn other_end(text: &str) -> Cow<'_, str> {
    match text.strip_suffix('/') {
        Some(without) => Cow::Borrowed(without),
        None => Cow::Owned(format!("{text}/")),
    }
}
