//! The lines of a file of cases: the notation of the guide to the policy, without its test keys.

use super::expected::Expected;
use super::token::Described;
use super::words::{first, is_name, without_tokens};
use std::collections::BTreeSet;

/// A line that says something, and its number.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) said: Said,
}

#[derive(Debug)]
pub(super) enum Said {
    /// `TOKEN is {"sub": "alice"}`.
    Named(String, Described),
    /// `https://idp.example.com/jwks is down`, or `is up` again.
    Down(String, bool),
    Case(Box<Case>),
}

/// What is asked about, and what is to come of it.
#[derive(Debug)]
pub(super) struct Case {
    /// As it is written, on one line.
    pub(super) text: String,
    pub(super) note: String,
    pub(super) subject: Subject,
    pub(super) expected: Expected,
}

#[derive(Debug)]
pub(super) enum Subject {
    Token(Described),
    Request {
        method: String,
        target: String,
        /// The token in `Authorization: Bearer`.
        bearer: Option<Described>,
        fields: Vec<(String, String)>,
    },
    /// The policy, or the policy with a change to it.
    Policy(String),
}

/// Reads a file; an error has the number of its line.
pub(super) fn read(text: &str, markdown: bool) -> Result<Vec<Line>, (usize, String)> {
    let mut lines = Vec::new();
    for (number, line) in joined(text, markdown) {
        let (words, note) = line.split_once("  # ").unwrap_or((&line, ""));
        let said = said(words.trim(), note.trim()).map_err(|reason| (number, reason))?;
        lines.push(Line { number, said });
    }
    Ok(lines)
}

/// The algorithms that tokens of these lines are signed with, where they say it.
pub(super) fn algorithms(lines: &[Line]) -> Vec<String> {
    let described = lines.iter().filter_map(|line| match &line.said {
        Said::Named(_, described) => Some(described),
        Said::Down(..) => None,
        Said::Case(case) => match &case.subject {
            Subject::Token(described) => Some(described),
            Subject::Request { bearer, .. } => bearer.as_ref(),
            Subject::Policy(_) => None,
        },
    });
    described.filter_map(|described| described.algorithm.clone()).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The lines, those that go on with the one before together, each with its number. Of Markdown, those in the blocks `verdicts`.
fn joined(text: &str, markdown: bool) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let (mut inside, mut fresh) = (!markdown, true);
    for (index, line) in text.lines().enumerate() {
        if markdown && line.starts_with("```") {
            (inside, fresh) = (!inside && line.trim() == "```verdicts", true);
        } else if !inside || line.trim().is_empty() || line.starts_with('#') {
        } else if let (Some((_, last)), true) = (lines.last_mut(), line.starts_with(' ') && !fresh) {
            last.push('\n');
            last.push_str(line);
        } else {
            lines.push((index.saturating_add(1), line.to_owned()));
            fresh = false;
        }
    }
    lines
}

fn said(words: &str, note: &str) -> Result<Said, String> {
    let Some((left, right)) = words.split_once("->") else { return told(words) };
    let (left, right) = (left.trim(), right.trim());
    let expected = Expected::read(right)?;
    let subject = match expected {
        Expected::PolicyError(_) => Subject::Policy(left.to_owned()),
        _ => subject(left)?,
    };
    let left_alone = left.split('\n').map(str::trim).collect::<Vec<_>>().join(" ");
    let text = without_tokens(&format!("{left_alone} -> {}", right.lines().next().unwrap_or_default()));
    Ok(Said::Case(Box::new(Case { text, note: note.to_owned(), subject, expected })))
}

/// A line without an arrow: a token gets a name, or a URL gives no answers.
fn told(words: &str) -> Result<Said, String> {
    let (name, rest) = first(words);
    match first(rest) {
        ("is", "down") => Ok(Said::Down(name.to_owned(), true)),
        ("is", "up") => Ok(Said::Down(name.to_owned(), false)),
        ("is", token) if is_name(name) => Ok(Said::Named(name.to_owned(), described(token)?)),
        ("serves", _) => Err("what a URL serves is the command's own: say that it is down, or up".to_owned()),
        _ => Err("expected a case with an arrow, such as  {\"sub\": \"alice\"} -> accepted".to_owned()),
    }
}

fn subject(left: &str) -> Result<Subject, String> {
    let (method, rest) = first(left);
    if !is_name(method) || !rest.starts_with('/') {
        return described(left).map(Subject::Token);
    }
    let (target, rest) = first(rest);
    let rest = format!(" {rest}");
    let mut parts = rest.split(" | ");
    let bearer = parts.next().map(str::trim).filter(|head| !head.is_empty()).map(described).transpose()?;
    let field = |line: &str| {
        let (name, value) = line.trim().split_once(':').ok_or("behind a bar stands a field: X-Tenant: blue")?;
        Ok((name.to_owned(), value.trim_start().to_owned()))
    };
    let fields = parts.map(field).collect::<Result<_, String>>()?;
    Ok(Subject::Request { method: method.to_owned(), target: target.to_owned(), bearer, fields })
}

fn described(text: &str) -> Result<Described, String> {
    if is_name(text) {
        return Ok(Described { name: Some(text.to_owned()), ..Described::default() });
    }
    Described::read(text)
}
