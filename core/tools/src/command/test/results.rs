//! What came of all cases, in the manner of test runners.

use super::run::{Failure, Ran};
use crate::command::arguments::Form;
use crate::command::output::{CommandOutput, EXIT_REJECTED};
use crate::command::report;
use jotgate::text::{Style, plain, plain_json, styled};
use serde::Serialize;

/// By the file that they stand in.
#[derive(Default)]
pub(super) struct Results {
    pub(super) files: Vec<(String, Vec<Ran>)>,
}

#[derive(Serialize)]
struct Told<'r> {
    passed: usize,
    failed: usize,
    cases: Vec<ToldCase<'r>>,
}

#[derive(Serialize)]
struct ToldCase<'r> {
    file: &'r str,
    line: usize,
    case: &'r str,
    note: &'r str,
    passed: bool,
    expected: &'r str,
    got: &'r str,
    why: Option<&'r str>,
}

impl Results {
    pub(super) fn output(&self, form: Form, verbose: bool, colour: bool) -> CommandOutput {
        let stdout = match form {
            Form::Text => self.text(verbose, colour),
            Form::Json => self.json() + "\n",
            Form::Yaml => report::yaml(&self.json()),
            Form::Junit => self.junit(),
        };
        let exit = if self.failed() > 0 { EXIT_REJECTED } else { 0 };
        CommandOutput { stdout, exit, ..CommandOutput::default() }
    }

    fn all(&self) -> impl Iterator<Item = (&str, &Ran)> {
        self.files.iter().flat_map(|(file, cases)| cases.iter().map(move |case| (file.as_str(), case)))
    }

    fn failed(&self) -> usize {
        self.all().filter(|(_, case)| case.failure.is_some()).count()
    }

    fn passed(&self) -> usize {
        self.all().filter(|(_, case)| case.failure.is_none()).count()
    }

    fn text(&self, verbose: bool, colour: bool) -> String {
        let mut text = String::new();
        for (file, case) in self.all() {
            let place = format!("{}:{}", plain(file), case.line);
            match &case.failure {
                None if verbose => {
                    text += &format!("{}  {place}  {}\n", styled("ok    ", Style::Good, colour), plain(&case.case));
                }
                None => {}
                Some(failure) => text += &failed(&place, case, failure, colour),
            }
        }
        if !text.is_empty() {
            text.push('\n');
        }
        let (passed, failed) = (self.passed(), self.failed());
        let style = if failed > 0 { Style::Bad } else { Style::Good };
        text + &styled(&format!("{passed} passed, {failed} failed"), style, colour) + "\n"
    }

    fn json(&self) -> String {
        let case = |(file, ran)| {
            let ran: &Ran = ran;
            let got = ran.failure.as_ref().map_or(ran.expected.as_str(), |failure| &failure.got);
            let why = ran.failure.as_ref().and_then(|failure| failure.why.as_deref());
            let passed = ran.failure.is_none();
            let (case, note, expected) = (ran.case.as_str(), ran.note.as_str(), ran.expected.as_str());
            ToldCase { file, line: ran.line, case, note, passed, expected, got, why }
        };
        let told = Told { passed: self.passed(), failed: self.failed(), cases: self.all().map(case).collect() };
        plain_json(&serde_json::to_string(&told).unwrap_or_default())
    }

    fn junit(&self) -> String {
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"{}\" failures=\"{}\">\n",
            self.passed().saturating_add(self.failed()),
            self.failed()
        );
        for (file, cases) in &self.files {
            let failed = cases.iter().filter(|case| case.failure.is_some()).count();
            let file = escaped(file);
            text += &format!("  <testsuite name=\"{file}\" tests=\"{}\" failures=\"{failed}\">\n", cases.len());
            for case in cases {
                let name = escaped(&case.case);
                text += &format!("    <testcase classname=\"{file}\" name=\"line {}: {name}\"", case.line);
                text += &match &case.failure {
                    None => "/>\n".to_owned(),
                    Some(failure) => {
                        let message = format!("expected {}, got {}", case.expected, failure.got);
                        let why = failure.why.as_deref().unwrap_or_default();
                        let (message, why) = (escaped(&message), escaped(why));
                        format!(">\n      <failure message=\"{message}\">{why}</failure>\n    </testcase>\n")
                    }
                };
            }
            text += "  </testsuite>\n";
        }
        text + "</testsuites>\n"
    }
}

fn failed(place: &str, case: &Ran, failure: &Failure, colour: bool) -> String {
    let mark = styled("FAILED", Style::Bad, colour);
    let mut text = format!("{mark}  {place}  {}\n", plain(&case.case));
    if !case.note.is_empty() {
        text += &format!("        note:     {}\n", plain(&case.note));
    }
    text += &format!("        expected: {}\n", plain(&case.expected));
    text += &format!("        got:      {}\n", styled(&plain(&failure.got), Style::Strong, colour));
    if let Some(why) = &failure.why {
        text += &format!("        why:      {}\n", plain(why));
    }
    text
}

fn escaped(text: &str) -> String {
    plain(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
