//! Some lines of a log, judged together.

use super::report::AuditReport;
use crate::command::arguments::Audit;
use crate::command::judge::settled;
use crate::command::moment::moment;
use jotgate::{Question, Timestamp, Verdict};
use serde_json::{Map, Value};
use std::ops::Range;

/// Tokens that have no verdict yet.
#[derive(Debug)]
pub(super) struct Round {
    text: Vec<u8>,
    waiting: Vec<Row>,
    scheme: Option<String>,
}

/// A token and the time to judge it for.
#[derive(Debug)]
struct Row {
    token: Token,
    /// Whether it is the value of a header field of this scheme.
    in_field: bool,
    as_of: Option<Timestamp>,
}

#[derive(Debug)]
enum Token {
    /// A line of the text.
    Line(Range<usize>),
    /// A text of an object.
    Member(String),
}

impl Round {
    /// Finds the tokens of these lines; a line without one is counted at once. Empty lines are none.
    pub(super) fn read(text: Vec<u8>, audit: &Audit, report: &mut AuditReport) -> Self {
        let mut waiting = Vec::new();
        let mut start: usize = 0;
        for line in text.split(|byte| *byte == b'\n') {
            let end = start.saturating_add(line.len());
            let from = start.saturating_add(line.len().saturating_sub(line.trim_ascii_start().len()));
            let trimmed = line.trim_ascii();
            let row = match trimmed.first() {
                None => None,
                Some(b'{') => Some(member(trimmed, audit)),
                // A line that is a token has no time beside it.
                Some(_) if audit.time_column.is_some() => Some(None),
                Some(_) => {
                    let token = Token::Line(from..from.saturating_add(trimmed.len()));
                    Some(Some(Row { token, in_field: audit.scheme.is_some(), as_of: audit.as_of }))
                }
            };
            match row {
                Some(Some(row)) => waiting.push(row),
                Some(None) => report.not_judged(),
                None => {}
            }
            start = end.saturating_add(1);
        }
        let scheme = audit.scheme.clone();
        Self { text, waiting, scheme }
    }

    pub(super) fn is_done(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Asks about all that have no verdict, and counts those that get one.
    pub(super) fn judge(&mut self, judge: impl FnOnce(&[Question<'_>]) -> Vec<Verdict>, report: &mut AuditReport) {
        let scheme = self.scheme.as_deref().unwrap_or(BEARER);
        let questions: Vec<Option<Question<'_>>> =
            self.waiting.iter().map(|row| row.question(&self.text, scheme)).collect();
        let asked: Vec<Question<'_>> = questions.iter().flatten().copied().collect();
        let mut verdicts = judge(&asked).into_iter();
        let mut counted = Vec::with_capacity(questions.len());
        for question in &questions {
            counted.push(match question {
                Some(_) => verdicts.next().is_some_and(|verdict| count(verdict, report)),
                // As of a request whose field has another scheme.
                None => {
                    report.judged_as("rejected", Some("missing_token"), None, 1);
                    true
                }
            });
        }
        let mut counted = counted.into_iter();
        self.waiting.retain(|_| !counted.next().unwrap_or(false));
    }

    /// Nobody can say of those that are left.
    pub(super) fn give_up(&mut self, report: &mut AuditReport) {
        let left = u64::try_from(self.waiting.len()).unwrap_or(u64::MAX);
        report.judged_as("unavailable", Some("keys_unavailable"), None, left);
        self.waiting.clear();
    }
}

impl Row {
    fn question<'r>(&'r self, text: &'r [u8], scheme: &str) -> Option<Question<'r>> {
        let token = match &self.token {
            Token::Line(place) => text.get(place.clone()).unwrap_or_default(),
            Token::Member(token) => token.as_bytes(),
        };
        let question = if self.in_field { Question::credentials(token, scheme)? } else { Question::token(token) };
        Some(match self.as_of {
            Some(as_of) => question.as_of(as_of),
            None => question,
        })
    }
}

/// Counts a verdict, unless there is none yet.
fn count(verdict: Verdict, report: &mut AuditReport) -> bool {
    let (word, code, issuer) = match settled(verdict) {
        Verdict::Accepted(verified) => ("accepted", None, Some(verified.issuer_index())),
        Verdict::Rejected(rejection) => ("rejected", Some(rejection.code.name()), rejection.issuer),
        Verdict::KeysUnavailable(keys) => ("unavailable", Some("keys_unavailable"), Some(keys.issuer)),
        // No question is about a request.
        Verdict::Skipped(_) => ("accepted", None, None),
        _ => return false,
    };
    report.judged_as(word, code, issuer, 1);
    true
}

/// The token in an object, and its time; nothing where one of them is not there.
fn member(line: &[u8], audit: &Audit) -> Option<Row> {
    let object: Map<String, Value> = serde_json::from_slice(line).ok()?;
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    let (name, token) = match &audit.column {
        Some(name) => (name.as_str(), text(name)?),
        None => MEMBERS.iter().find_map(|name| Some((*name, text(name)?)))?,
    };
    let as_of = match &audit.time_column {
        Some(name) => Some(moment(object.get(name)?)?),
        None => audit.as_of,
    };
    // The field of that name has a scheme in front of the token.
    let in_field = audit.scheme.is_some() || (audit.column.is_none() && name == "authorization");
    Some(Row { token: Token::Member(token.to_owned()), in_field, as_of })
}

const BEARER: &str = "Bearer";
/// Where logs have tokens, unless `--column` says it.
const MEMBERS: [&str; 3] = ["token", "access_token", "authorization"];
