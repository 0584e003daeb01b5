//! `jotgate test`: what a policy does with tokens and requests, against what its authors have written down.

mod kit;
mod words;
mod token;
mod expected;
mod line;
mod change;
mod minter;
mod run;
mod results;

use super::arguments::Form;
use super::output::{CommandOutput, Screen, no_policy};
use crate::format::{Format, policy};
use jotgate::{PolicyError, Timestamp};
pub use kit::{TestIssuer, TestKit};
use line::Line;
use minter::Minter;
use results::Results;
use run::Runner;
use serde_json::Value;

/// Cases on their way: their files are read, one after the other.
#[derive(Debug)]
pub(super) struct Testing {
    kit: TestKit,
    document: String,
    /// What is still to be read, the next one last.
    wanted: Vec<String>,
    files: Vec<(String, Vec<Line>)>,
    now: Option<Timestamp>,
    verbose: bool,
    pub(super) form: Form,
}

impl Testing {
    pub(super) fn new(
        kit: TestKit, document: &str, mut cases: Vec<String>, now: Option<Timestamp>, verbose: bool, form: Form,
    ) -> Result<Self, PolicyError> {
        policy(document, Format::Json)?;
        cases.reverse();
        Ok(Self { kit, document: document.to_owned(), wanted: cases, files: Vec::new(), now, verbose, form })
    }

    /// The file to read next.
    pub(super) fn wanted(&self) -> Option<&str> {
        self.wanted.last().map(String::as_str)
    }

    pub(super) fn take(&mut self, content: &[u8]) -> Result<(), PolicyError> {
        let text = std::str::from_utf8(content).map_err(|_| PolicyError::new("", "is not UTF-8"))?;
        let path = self.wanted.pop().unwrap_or_default();
        let markdown = path.to_ascii_lowercase().ends_with(".md");
        let lines = line::read(text, markdown)
            .map_err(|(number, reason)| PolicyError::new(format!("line {number}"), reason))?;
        if lines.is_empty() {
            return Err(PolicyError::new("", "has no cases"));
        }
        self.files.push((path, lines));
        Ok(())
    }

    pub(super) fn output(&self, screen: Screen, now: Timestamp) -> CommandOutput {
        let mut results = Results::default();
        for (path, lines) in &self.files {
            match self.run(lines, now) {
                Ok(ran) => results.files.push((path.clone(), ran)),
                Err(error) => return no_policy(&error, path, self.form, screen),
            }
        }
        results.output(self.form, self.verbose, screen.colour)
    }

    fn run(&self, lines: &[Line], now: Timestamp) -> Result<Vec<run::Ran>, PolicyError> {
        // Dates of cases are whole seconds.
        let now = self.now.unwrap_or(now).as_millis().div_euclid(1000);
        let minter = Minter::new(self.kit, &self.document, &line::algorithms(lines), now)
            .map_err(|error| PolicyError::new("", error))?;
        let document: Value = serde_json::from_str(&self.document).unwrap_or_default();
        let mut runner = Runner::new(&minter, &document, now)?;
        let mut results = Vec::new();
        for line in lines {
            results.extend(runner.run(line)?);
        }
        Ok(results)
    }
}
