//! An explanation in lines for people.

use super::explanation::{Check, CheckOutcome, Explanation, KeySource};
use super::facts::{date, span};
use crate::checklist::CheckName;
use crate::text::{Style, plain, styled};
use std::fmt::Write as _;

impl Explanation {
    /// The explanation in lines for people: the verdict, the checks and the key sets. With `colour` it holds ANSI escape
    /// sequences; without, it is plain. Whatever a token brings is escaped, so that it cannot steer a terminal.
    #[must_use]
    pub fn to_text(&self, colour: bool) -> String {
        write(self, colour)
    }

    /// The verdict and what failed, without what passed: [`Explanation::to_text`] in a few lines.
    #[must_use]
    pub fn to_short_text(&self, colour: bool) -> String {
        let mut text = String::new();
        verdict(&mut text, self, colour);
        text.push('\n');
        let failed = || self.checks.iter().filter(|check| check.outcome == CheckOutcome::Failed);
        let width = failed().map(|check| plain(&check.check).chars().count()).max().unwrap_or(0);
        let unverified = |check: &Check| !self.verified && is_of_contents(self, check);
        failed().for_each(|check| line(&mut text, check, unverified(check), width, colour));
        text
    }
}

/// Whether the check looks at what the token says, not at what it is.
fn is_of_contents(explanation: &Explanation, check: &Check) -> bool {
    let from = explanation.checks.iter().position(|check| check.check == CheckName::Typ.name());
    let at = explanation.checks.iter().position(|other| other.check == check.check);
    check.check == CheckName::Issuer.name() || from.is_some_and(|from| at.is_some_and(|at| at >= from))
}

fn write(explanation: &Explanation, colour: bool) -> String {
    let mut text = String::new();
    headline(&mut text, explanation, colour);
    let checks = &explanation.checks;
    let width = checks.iter().map(|check| plain(&check.check).chars().count()).max().unwrap_or(0);
    for check in checks.iter().filter(|check| !check.is_unreached()) {
        line(&mut text, check, !explanation.verified && is_of_contents(explanation, check), width, colour);
    }
    let unreached: Vec<&str> =
        checks.iter().filter(|check| check.is_unreached()).map(|check| check.check.as_str()).collect();
    if !unreached.is_empty() {
        let _ = writeln!(text, "  {}", styled(&format!("not reached: {}", unreached.join(", ")), Style::Faint, colour));
    }
    if !explanation.key_sets.is_empty() {
        let _ = writeln!(text, "\n{}", styled("key sets of the issuer", Style::Strong, colour));
        explanation.key_sets.iter().for_each(|source| key_set(&mut text, source, colour));
    }
    text
}

/// The verdict first, then when, by which entry and on which route; and a warning where nothing of it is to be believed.
fn headline(text: &mut String, explanation: &Explanation, colour: bool) {
    verdict(text, explanation, colour);
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
    text.push('\n');
    let looked_at = |check: &Check| check.check == CheckName::Issuer.name() && !check.is_unreached();
    if !explanation.verified && explanation.checks.iter().any(looked_at) {
        let warning = "The signature was not verified: anyone can have written what the checks in brackets look at.";
        let _ = writeln!(text, "{}", styled(warning, Style::Warning, colour));
    }
    text.push('\n');
}

/// The verdict with its code and the claim that this is about, in one line without its end.
fn verdict(text: &mut String, explanation: &Explanation, colour: bool) {
    // Colours only underline what the words say: without them nothing is lost.
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
}

/// One check. What stands in brackets was looked at in a token that anybody can have written.
fn line(text: &mut String, check: &Check, unverified: bool, width: usize, colour: bool) {
    let (mark, style) = match (check.outcome, unverified) {
        (CheckOutcome::Passed, false) => ("ok      ", Style::Good),
        (CheckOutcome::Passed, true) => ("(ok)    ", Style::Warning),
        (CheckOutcome::Failed, false) => ("FAILED  ", Style::Bad),
        (CheckOutcome::Failed, true) => ("(FAILED)", Style::Bad),
        (CheckOutcome::Skipped, _) => ("-       ", Style::Faint),
    };
    let name = plain(&check.check);
    let _ = write!(text, "  {}  {name:width$}", styled(mark, style, colour));
    let faint = |text: &str| styled(text, Style::Faint, colour);
    let (found, expected) = (check.found.as_deref().map(plain), check.expected.as_deref().map(plain));
    let note = check.note.as_deref().map(plain);
    // What was found comes first: it is what the reader knows.
    let details = match check.outcome {
        // Below each other, for whoever has to compare.
        CheckOutcome::Failed => {
            let expected = expected.map(|expected| faint(&format!("expected: {expected}")));
            let note = note.map(|note| styled(&note, Style::Strong, colour));
            let gap = format!("\n{}", " ".repeat(width.saturating_add(14)));
            [found, expected, note].into_iter().flatten().collect::<Vec<_>>().join(&gap)
        }
        _ => {
            let first = found.or(expected);
            let note = note.map(|note| faint(&note));
            [first, note].into_iter().flatten().collect::<Vec<_>>().join(&faint("; "))
        }
    };
    let _ = write!(text, "  {details}");
    text.truncate(text.trim_end_matches(' ').len());
    text.push('\n');
}

/// One source of keys, as `health` has it.
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
    for key in &source.skipped_keys {
        let name = named(key.index, key.kid.as_deref());
        let said = format!("skipped {name}: {} ({})", key.detail, key.reason);
        let _ = writeln!(text, "    {}", styled(&said, Style::Warning, colour));
    }
    for key in &source.lenient_keys {
        let name = named(key.index, key.kid.as_deref());
        let said = format!("taken as it is, {name}: {} ({})", key.detail, key.reason);
        let _ = writeln!(text, "    {}", styled(&said, Style::Faint, colour));
    }
    if let Some(problem) = source.last_error {
        let hint = source.last_error_hint.as_deref().map(plain).unwrap_or_default();
        let cause = source.last_error_cause.as_ref().map(|cause| format!(" ({cause})")).unwrap_or_default();
        let said = format!("the last fetch failed: {problem}{cause}: {hint}");
        let _ = writeln!(text, "    {}", styled(&said, Style::Bad, colour));
    }
}

/// A key by its place in the set and its id.
fn named(index: usize, kid: Option<&str>) -> String {
    match kid {
        Some(kid) => format!("keys[{index}] \"{}\"", plain(kid)),
        None => format!("keys[{index}]"),
    }
}

fn counted(keys: usize) -> String {
    if keys == 1 { "1 key".to_owned() } else { format!("{keys} keys") }
}
