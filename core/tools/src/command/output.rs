//! What the program prints, to what, and with which number it exits.

use super::arguments::Form;
use super::report;
use jotgate::text::{Style, plain, plain_json, styled};
use jotgate::{PolicyError, PolicyProblem};
use serde::Serialize;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// What the program prints to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Screen {
    /// Whether standard output shows colours: it is a terminal, and `NO_COLOR` is not set or empty.
    pub colour: bool,
    /// The same for standard error.
    pub error_colour: bool,
    /// Whether standard error is a terminal: it shows how far an audit has come.
    pub error_terminal: bool,
}

/// What the program leaves behind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CommandOutput {
    /// For standard output.
    pub stdout: String,
    /// For standard error.
    pub stderr: String,
    /// The exit status: 0 accepted, passed, or nothing to say; 1 rejected, failed, or something to say; 2 keys unavailable;
    /// 3 the policy, or another file, is wrong; 64 the arguments make no sense; 66 a log cannot be read; 69 a package is not
    /// installed.
    pub exit: u8,
}

/// What is printed when the file is no policy.
pub(super) fn no_policy(error: &PolicyError, path: &str, form: Form, screen: Screen) -> CommandOutput {
    if matches!(form, Form::Json | Form::Yaml) {
        return in_form(&no_policy_document(error), form, EXIT_NO_POLICY);
    }
    let mut problems = error.problems();
    let first = problems.next().map(|problem| plain(&problem.to_string())).unwrap_or_default();
    let mut message = format!("{}: {first}", plain(path));
    for problem in problems {
        // A line for each, which an editor or a person finds its way by.
        let _ = write!(message, "\n  {}: {}", plain(path), plain(&problem.to_string()));
    }
    complaint(&message, EXIT_NO_POLICY, screen)
}

pub(super) fn no_policy_document(error: &PolicyError) -> Value {
    json!({
        "verdict": "policy_error",
        "code": "policy_error",
        "path": error.path(),
        "message": error.message(),
        "hint": error.hint(),
        "problems": error.problems().map(told).collect::<Vec<_>>(),
    })
}

/// A document for other programs, as JSON or as YAML.
pub(super) fn in_form(document: &Value, form: Form, exit: u8) -> CommandOutput {
    let stdout = match form {
        Form::Yaml => report::yaml(&document.to_string()),
        _ => plain_json(&format!("{document}\n")),
    };
    CommandOutput { stdout, exit, ..CommandOutput::default() }
}

fn told(problem: &PolicyProblem) -> Value {
    json!({
        "path": problem.path(),
        "message": problem.message(),
        "hint": problem.hint(),
        "line": problem.line(),
        "column": problem.column(),
    })
}

/// One line on standard error, in the manner of command lines.
pub(super) fn complaint(message: &str, exit: u8, screen: Screen) -> CommandOutput {
    let name = styled("jotgate:", Style::Bad, screen.error_colour);
    CommandOutput { stderr: format!("{name} {message}\n"), exit, ..CommandOutput::default() }
}

pub(super) const EXIT_REJECTED: u8 = 1;
pub(super) const EXIT_UNAVAILABLE: u8 = 2;
pub(super) const EXIT_NO_POLICY: u8 = 3;
/// EX_NOINPUT and EX_UNAVAILABLE of sysexits.h.
pub(super) const EXIT_NO_INPUT: u8 = 66;
pub(super) const EXIT_NO_PACKAGE: u8 = 69;
/// EX_USAGE of sysexits.h: the numbers from 1 to 3 have meanings of their own.
pub(super) const EXIT_USAGE: u8 = 64;
