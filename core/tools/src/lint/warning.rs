//! A warning, and how bad it is.

use jotgate::text::{Style, plain, plain_json, styled};
use serde::Serialize;

/// Something that a policy allows and that is seldom meant.
///
/// Codes and paths are stable; messages and hints may change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Warning {
    /// The stable name of the rule, such as `any_audience`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Where it is, as in `issuers[0].audience`.
    pub path: String,
    /// What it means.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// How bad it is when what a warning is about was not meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Severity {
    /// Tokens may pass that nobody wants to pass.
    High,
    /// One more mistake elsewhere, and such tokens pass.
    Medium,
    /// It could be clearer or tighter.
    Low,
}

impl Severity {
    /// The name, as JSON has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

impl Warning {
    pub(super) fn new(
        code: &'static str, severity: Severity, path: impl Into<String>, message: &str, hint: &str,
    ) -> Self {
        Self { code, severity, path: path.into(), message: message.to_owned(), hint: hint.to_owned() }
    }

    /// The warnings as a JSON list, the same in every language.
    #[must_use]
    pub fn list_to_json(warnings: &[Self]) -> String {
        plain_json(&serde_json::to_string(warnings).unwrap_or_default())
    }

    /// The warning in two lines for people. With `colour` it holds ANSI escape sequences.
    #[must_use]
    pub fn to_text(&self, colour: bool) -> String {
        let style = match self.severity {
            Severity::High => Style::Bad,
            Severity::Medium => Style::Warning,
            Severity::Low => Style::Faint,
        };
        let severity = styled(&format!("{:6}", self.severity.name()), style, colour);
        let path = styled(&plain(&self.path), Style::Strong, colour);
        let hint = styled(&self.hint, Style::Faint, colour);
        format!("{severity}  {path}: {} [{}]\n        {hint}\n", plain(&self.message), self.code)
    }
}
