//! An explanation in lines for people.

use super::{Check, CheckOutcome, Explanation, KeySource, date, span};
use crate::text::{Style, plain, styled};
use std::fmt::Write as _;

pub(super) fn write(explanation: &Explanation, colour: bool) -> String {
    let mut text = String::new();
    headline(&mut text, explanation, colour);
    let width = explanation.checks.iter().map(|check| plain(&check.check).chars().count()).max().unwrap_or(0);
    let of_claims = explanation.checks.iter().position(|check| check.check == "typ");
    for (index, check) in explanation.checks.iter().enumerate() {
        let looked_at = |check: &Check| check.outcome != CheckOutcome::Skipped;
        if Some(index) == of_claims && !explanation.verified && explanation.checks.iter().skip(index).any(looked_at) {
            let warning = "The signature was not verified: anyone can have written what the following checks look at.";
            let _ = writeln!(text, "\n  {}", styled(warning, Style::Warning, colour));
        }
        line(&mut text, check, width, colour);
    }
    if !explanation.key_sets.is_empty() {
        let _ = writeln!(text, "\n{}", styled("key sets of the issuer", Style::Strong, colour));
        explanation.key_sets.iter().for_each(|source| key_set(&mut text, source, colour));
    }
    text
}

fn headline(text: &mut String, explanation: &Explanation, colour: bool) {
    let style = match explanation.verdict {
        "accepted" | "skipped" => Style::Good,
        "rejected" => Style::Bad,
        _ => Style::Warning,
    };
    let mut verdict = explanation.verdict.to_owned();
    if let Some(code) = explanation.code {
        let _ = write!(verdict, ": {code}");
    }
    let _ = write!(text, "{}", styled(&verdict, style, colour));
    if let Some(claim) = &explanation.claim {
        let _ = write!(text, " ({})", plain(claim));
    }
    if let Some(detail) = explanation.detail {
        let _ = write!(text, " - {detail}");
    }
    let _ = write!(text, "\njudged for {}", date(explanation.at.as_numeric_date()));
    if let Some(issuer) = explanation.issuer {
        let _ = write!(text, ", by issuers[{issuer}]");
    }
    if let Some(route) = explanation.route {
        let _ = write!(text, ", on routes[{route}]");
    }
    if let Some(retry_at) = explanation.retry_at {
        let _ = write!(text, "; keys can be fetched again at {}", date(retry_at.as_numeric_date()));
    }
    text.push_str("\n\n");
}

fn line(text: &mut String, check: &Check, width: usize, colour: bool) {
    let (mark, style) = match check.outcome {
        CheckOutcome::Passed => ("ok    ", Style::Good),
        CheckOutcome::Failed => ("FAILED", Style::Bad),
        CheckOutcome::Skipped => ("-     ", Style::Faint),
    };
    let name = plain(&check.check);
    let _ = write!(text, "  {}  {name:width$}", styled(mark, style, colour));
    let indent = width.saturating_add(12);
    let mut details: Vec<String> = Vec::new();
    match (&check.found, &check.expected) {
        (Some(found), Some(expected)) => {
            details.push(plain(found));
            details.push(styled(&format!("expected: {}", plain(expected)), Style::Faint, colour));
        }
        (Some(found), None) => details.push(plain(found)),
        (None, Some(expected)) => details.push(styled(&format!("expected: {}", plain(expected)), Style::Faint, colour)),
        (None, None) => {}
    }
    if let Some(note) = &check.note {
        let style = if check.outcome == CheckOutcome::Failed { Style::Strong } else { Style::Faint };
        details.push(styled(&plain(note), style, colour));
    }
    // One line while everything is well; below each other where somebody has to compare.
    if check.outcome == CheckOutcome::Failed {
        let gap = format!("\n{}", " ".repeat(indent));
        let _ = write!(text, "  {}", details.join(&gap));
    } else if !details.is_empty() {
        let _ = write!(text, "  {}", details.join(&styled("; ", Style::Faint, colour)));
    }
    while text.ends_with(' ') {
        text.pop();
    }
    text.push('\n');
}

fn key_set(text: &mut String, source: &KeySource, colour: bool) {
    let _ = write!(text, "  {}", plain(&source.url));
    if let Some(uri) = &source.jwks_uri {
        let _ = write!(text, " -> {}", plain(uri));
    }
    let state = serde_json::to_value(source.state).unwrap_or_default();
    let _ = write!(text, "\n    {}", state.as_str().unwrap_or_default());
    if let Some(age) = source.age {
        let _ = write!(text, ", fetched {} ago", span(age));
    }
    let _ = write!(text, ", {} usable", counted(source.keys));
    if !source.kids.is_empty() {
        let kids: Vec<String> = source.kids.iter().map(|kid| format!("\"{}\"", plain(kid))).collect();
        let _ = write!(text, " ({})", kids.join(", "));
    }
    if source.skipped > 0 {
        let _ = write!(text, ", {} not", source.skipped);
    }
    text.push('\n');
    if let Some(problem) = source.last_error {
        let _ = writeln!(text, "    {}", styled(&format!("the last fetch failed: {problem}"), Style::Bad, colour));
    }
}

fn counted(keys: usize) -> String {
    if keys == 1 { "1 key".to_owned() } else { format!("{keys} keys") }
}
