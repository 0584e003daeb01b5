//! How many tokens came to each verdict: an audit in few words.

use super::arguments::Form;
use super::report;
use jotgate::Explanation;
use jotgate::text::plain_json;
use serde::Serialize;
use std::collections::BTreeMap;

/// By the words of the verdict.
#[derive(Default)]
pub(super) struct Counts(BTreeMap<String, Counted>);

#[derive(Clone, Serialize)]
struct Counted {
    verdict: &'static str,
    code: Option<&'static str>,
    claim: Option<String>,
    count: usize,
}

impl Counts {
    pub(super) fn add(&mut self, explanation: &Explanation) {
        let none = || Counted {
            verdict: explanation.verdict,
            code: explanation.code.map(|code| code.name()),
            claim: explanation.claim.clone(),
            count: 0,
        };
        let counted = self.0.entry(report::words(explanation)).or_insert_with(none);
        counted.count = counted.count.saturating_add(1);
    }

    /// The most frequent verdict first.
    pub(super) fn output(&self, form: Form) -> String {
        let mut sorted: Vec<(&String, &Counted)> = self.0.iter().collect();
        sorted.sort_by_key(|(_, counted)| std::cmp::Reverse(counted.count));
        let told: Vec<&Counted> = sorted.iter().map(|(_, counted)| *counted).collect();
        let json = plain_json(&serde_json::to_string(&told).unwrap_or_default());
        match form {
            Form::Json => json + "\n",
            Form::Yaml => report::yaml(&json),
            _ => sorted.iter().map(|(words, counted)| format!("{:>9}  {words}\n", counted.count)).collect(),
        }
    }
}
