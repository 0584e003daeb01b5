//! `jotgate lint`.

use super::arguments::Form;
use super::output::{CommandOutput, EXIT_REJECTED, Screen};
use super::report;
use crate::lint::{Severity, Warning};
use jotgate::text::{Style, plain, styled};

pub(super) fn output(
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
