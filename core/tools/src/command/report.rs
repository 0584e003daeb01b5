//! What is said of a token in few words, and the forms of it for other programs.

use crate::markup::yaml_text;
use jotgate::text::{Style, plain, plain_json, styled};
use jotgate::{CheckOutcome, Explanation, Forward};
use serde::Serialize;
use serde_json::Value;
use std::fmt::Write as _;

/// The verdict in the words in which a test says what it expects: `rejected expired (exp)`.
pub(super) fn words(explanation: &Explanation) -> String {
    let mut words = explanation.verdict.to_owned();
    if explanation.verdict == "rejected" {
        let _ = write!(words, " {}", explanation.code.map(|code| code.name()).unwrap_or_default());
    }
    if let Some(claim) = &explanation.claim {
        let _ = write!(words, " ({})", plain(claim));
    }
    words
}

pub(super) fn verdict(explanation: &Explanation, colour: bool) -> String {
    let style = match explanation.verdict {
        "accepted" | "skipped" => Style::Good,
        "rejected" => Style::Bad,
        _ => Style::Warning,
    };
    styled(&words(explanation), style, colour)
}

/// The verdict, and why where it is none to be glad of.
pub(super) fn line(explanation: &Explanation, colour: bool) -> String {
    let why = why(explanation).map(|why| format!(": {why}")).unwrap_or_default();
    format!("{}{why}", verdict(explanation, colour))
}

/// What the check that failed first found and says.
pub(super) fn why(explanation: &Explanation) -> Option<String> {
    let failed = |check: &&jotgate::Check| check.outcome == CheckOutcome::Failed && check.code == explanation.code;
    match explanation.checks.iter().find(failed) {
        Some(check) => {
            let expected = check.expected.as_deref().map(|expected| format!("expected {}", plain(expected)));
            let found = check.found.as_deref().map(|found| format!("found {}", plain(found)));
            let parts = [found, expected, check.note.as_deref().map(plain)];
            Some(format!("{}: {}", plain(&check.check), parts.into_iter().flatten().collect::<Vec<_>>().join("; ")))
        }
        None => explanation.detail.map(str::to_owned),
    }
}

/// How a request goes on to the application.
pub(super) fn forward(forward: &Forward, colour: bool) -> String {
    let mut text = format!("\n{}\n", styled("what goes on to the application", Style::Strong, colour));
    if forward.remove.is_empty() && forward.set.is_empty() && forward.query.is_none() {
        text += "  the request as it is\n";
    }
    if !forward.remove.is_empty() {
        let names: Vec<String> = forward.remove.iter().map(|name| plain(name)).collect();
        let _ = writeln!(text, "  without  {}", names.join(", "));
    }
    for (name, value) in &forward.set {
        let _ = writeln!(text, "  with     {}: {}", plain(name), plain(&cut(value)));
    }
    match forward.query.as_deref() {
        None => {}
        Some("") => text += "  without  its query\n",
        Some(_) => text += "  with     the query without the token\n",
    }
    text
}

/// The verdict as one line of JSON, perhaps with the checks that failed.
pub(super) fn verdict_json(explanation: &Explanation, with_failed: bool) -> String {
    #[derive(Serialize)]
    struct Told<'e> {
        verdict: &'e str,
        code: Option<&'e str>,
        claim: Option<&'e str>,
        detail: Option<&'e str>,
        issuer: Option<usize>,
        route: Option<usize>,
        verified: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        failed: Option<Vec<&'e jotgate::Check>>,
    }
    let failed = || explanation.checks.iter().filter(|check| check.outcome == CheckOutcome::Failed);
    let told = Told {
        verdict: explanation.verdict,
        code: explanation.code.map(|code| code.name()),
        claim: explanation.claim.as_deref(),
        detail: explanation.detail,
        issuer: explanation.issuer,
        route: explanation.route,
        verified: explanation.verified,
        failed: with_failed.then(|| failed().collect()),
    };
    plain_json(&serde_json::to_string(&told).unwrap_or_default())
}

/// The explanation as one line of JSON; `forward` says how the request goes on, where there is one and the policy says it.
pub(super) fn with_forward(explanation: &Explanation, forward: Option<&Forward>) -> String {
    #[derive(Serialize)]
    struct Told<'e> {
        #[serde(flatten)]
        explanation: &'e Explanation,
        forward: Changes<'e>,
    }
    #[derive(Serialize)]
    struct Changes<'e> {
        remove: &'e [String],
        set: Vec<(&'e str, String)>,
        query_changed: bool,
    }
    let Some(forward) = forward else { return explanation.to_json() };
    let set = forward.set.iter().map(|(name, value)| (name.as_str(), cut(value))).collect();
    let forward = Changes { remove: &forward.remove, set, query_changed: forward.query.is_some() };
    plain_json(&serde_json::to_string(&Told { explanation, forward }).unwrap_or_default())
}

/// JSON as YAML.
pub(super) fn yaml(json: &str) -> String {
    serde_json::from_str::<Value>(json).map(|value| yaml_text(&value)).unwrap_or_default()
}

/// As long as an explanation shows values.
fn cut(value: &str) -> String {
    match value.char_indices().nth(160) {
        None => value.to_owned(),
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
    }
}
