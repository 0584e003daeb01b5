//! `jotgate lint`.

use super::arguments::Form;
use super::output::{CommandOutput, EXIT_NO_POLICY, EXIT_REJECTED, Screen, in_form, no_policy, no_policy_document};
use super::report;
use crate::lint::{Linted, Severity, Warning};
use jotgate::PolicyError;
use jotgate::text::{Style, plain, styled};
use serde_json::json;

/// What a look at the document in the file `path` found; `located` gives mistakes their lines.
pub(super) fn output(
    linted: Linted, path: &str, form: Form, fail_on: Option<Severity>, screen: Screen,
    located: impl Fn(PolicyError) -> PolicyError,
) -> CommandOutput {
    match linted.wrong {
        Some(wrong) => with_mistakes(&located(wrong), &linted.warnings, path, form, screen),
        None => of_warnings(&linted.warnings, path, form, fail_on, screen),
    }
}

/// What is wrong, and what can be said all the same, where nothing but texts from elsewhere is missing.
fn with_mistakes(wrong: &PolicyError, warnings: &[Warning], path: &str, form: Form, screen: Screen) -> CommandOutput {
    let told = no_policy(wrong, path, form, screen);
    if warnings.is_empty() {
        return told;
    }
    match form {
        Form::Json | Form::Yaml => {
            let mut document = no_policy_document(wrong);
            if let Some(members) = document.as_object_mut() {
                members.insert("warnings".to_owned(), json!(warnings));
            }
            in_form(&document, form, EXIT_NO_POLICY)
        }
        _ => CommandOutput { stdout: text(warnings, path, screen.colour), ..told },
    }
}

fn of_warnings(
    warnings: &[Warning], path: &str, form: Form, fail_on: Option<Severity>, screen: Screen,
) -> CommandOutput {
    // The worst severity is the least in order.
    let fails = fail_on.is_some_and(|level| warnings.iter().any(|warning| warning.severity <= level));
    let stdout = match form {
        Form::Json => Warning::list_to_json(warnings) + "\n",
        Form::Yaml => report::yaml(&Warning::list_to_json(warnings)),
        _ => text(warnings, path, screen.colour),
    };
    CommandOutput { stdout, exit: if fails { EXIT_REJECTED } else { 0 }, ..CommandOutput::default() }
}

fn text(warnings: &[Warning], path: &str, colour: bool) -> String {
    let path = plain(path);
    if warnings.is_empty() {
        return format!("{path}: {}\n", styled("nothing to warn of", Style::Good, colour));
    }
    let count = |severity| warnings.iter().filter(|warning| warning.severity == severity).count();
    let counts: Vec<String> = [Severity::High, Severity::Medium, Severity::Low]
        .into_iter()
        .filter(|severity| count(*severity) > 0)
        .map(|severity| format!("{} {}", count(severity), severity.name()))
        .collect();
    let lines: String = warnings.iter().map(|warning| warning.to_text(colour)).collect();
    format!("{lines}\n{path}: {}\n", counts.join(", "))
}
