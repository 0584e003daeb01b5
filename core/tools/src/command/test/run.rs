//! Cases, run.

use super::change::changed;
use super::expected::{Answered, Expected};
use super::line::{Case, Line, Said, Subject};
use super::minter::{Made, Minter};
use super::token::Described;
use super::words::{after, is_name, replaced, without_tokens};
use crate::command::asked::Asked;
use crate::command::judge::settled;
use crate::command::report;
use crate::format::{Format, policy};
use jotgate::{Answer, WorkFailure};
use jotgate::{Code, Denial, Explanation, Forward, PolicyError, Question, Report, Timestamp, Validator, Verdict, Work};
use serde_json::Value;
use std::collections::BTreeMap;

/// What came of a case.
pub(super) struct Ran {
    pub(super) line: usize,
    pub(super) case: String,
    pub(super) note: String,
    pub(super) expected: String,
    /// `None` where it came as expected.
    pub(super) failure: Option<Failure>,
}

/// What came in place of what was expected, and why.
pub(super) struct Failure {
    pub(super) got: String,
    pub(super) why: Option<String>,
}

/// What the lines so far have said.
pub(super) struct Runner<'m> {
    minter: &'m Minter,
    document: &'m Value,
    now: i64,
    down: Vec<String>,
    named: BTreeMap<String, Made>,
    validator: Validator,
}

/// Everything that is known of a verdict.
struct Judged {
    explanation: Explanation,
    claims: Option<Value>,
    forward: Option<Forward>,
    answer: Option<Answer>,
}

impl<'m> Runner<'m> {
    pub(super) fn new(minter: &'m Minter, document: &'m Value, now: i64) -> Result<Self, PolicyError> {
        let validator = validator(minter, &[])?;
        Ok(Self { minter, document, now, down: Vec::new(), named: BTreeMap::new(), validator })
    }

    /// What came of a line, where it is a case; an error where it makes no sense.
    pub(super) fn run(&mut self, line: &Line) -> Result<Option<Ran>, PolicyError> {
        let in_line = |reason: String| PolicyError::new(format!("line {}", line.number), reason);
        match &line.said {
            Said::Named(name, described) => {
                let made = self.made(described).map_err(in_line)?;
                self.named.insert(name.clone(), made);
                Ok(None)
            }
            Said::Down(url, down) => {
                if !self.minter.fetches(url) {
                    return Err(in_line("the policy fetches nothing from this URL".to_owned()));
                }
                self.down.retain(|other| other != url);
                self.down.extend(down.then(|| url.clone()));
                self.validator = validator(self.minter, &self.down)?;
                Ok(None)
            }
            Said::Case(case) => self.case(line.number, case).map(Some).map_err(in_line),
        }
    }

    fn case(&self, line: usize, case: &Case) -> Result<Ran, String> {
        let failure = match &case.subject {
            Subject::Policy(words) => self.of_policy(words, &case.expected)?,
            Subject::Token(described) => {
                let made = self.made(described)?;
                let judged = self.judge(&made, None)?;
                failure(&case.expected, &judged, None, self.minter)
            }
            Subject::Request { method, target, bearer, fields } => {
                let (made, asked) = self.asked(method, target, bearer.as_ref(), fields)?;
                let judged = self.judge(&made, Some(&asked))?;
                failure(&case.expected, &judged, Some(&asked), self.minter)
            }
        };
        let (text, note) = (case.text.clone(), case.note.clone());
        Ok(Ran { line, case: text, note, expected: case.expected.words(), failure })
    }

    fn made(&self, described: &Described) -> Result<Made, String> {
        match &described.name {
            Some(name) => self.named.get(name).cloned().ok_or_else(|| format!("no line before says what {name} is")),
            None => self.minter.make(described),
        }
    }

    fn of_policy(&self, words: &str, expected: &Expected) -> Result<Option<Failure>, String> {
        let Expected::PolicyError(path) = expected else { return Ok(None) };
        let error = policy(&changed(self.document, words)?.to_string(), Format::Json).err();
        Ok(match error {
            Some(error) if error.path() == path => None,
            Some(error) => Some(Failure {
                got: format!("policy error at {}", error.path()),
                why: Some(error.message().to_owned()),
            }),
            None => Some(Failure { got: "a policy".to_owned(), why: None }),
        })
    }

    /// The request with its tokens, and one of these.
    fn asked(
        &self, method: &str, target: &str, bearer: Option<&Described>, fields: &[(String, String)],
    ) -> Result<(Made, Asked), String> {
        let with_tokens = |text: &str| replaced(text, |word| self.named.get(word).map(|made| made.text.clone()));
        let mut lines: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}: {}", with_tokens(value))).collect();
        let made = match bearer {
            Some(described) => {
                let made = self.made(described)?;
                lines.insert(0, format!("Authorization: Bearer {}", made.text));
                made
            }
            None => {
                let texts = fields.iter().map(|(_, value)| value.as_str()).chain([target]);
                let words = texts.flat_map(|text| text.split(|c: char| !c.is_ascii_uppercase() && c != '_'));
                let named = words.filter(|word| is_name(word)).find_map(|word| self.named.get(word));
                named.cloned().unwrap_or_default()
            }
        };
        let asked = Asked::read(&format!("{method} {}", with_tokens(target)), &lines)?;
        Ok((made, asked))
    }

    fn judge(&self, made: &Made, asked: Option<&Asked>) -> Result<Judged, String> {
        let now = after(self.now, made.at);
        match asked {
            Some(asked) => asked.ask(|request| {
                let judged = judged(&self.validator, Question::request(request), now)?;
                let accepted = matches!(judged.explanation.verdict, "accepted" | "skipped");
                let payload = judged.claims.as_ref().map(ToString::to_string);
                let forward = accepted.then(|| self.validator.forward_claims(payload.as_deref(), request));
                Ok(Judged { forward, ..judged })
            }),
            None => judged(&self.validator, Question::token(made.text.as_bytes()), now),
        }
    }
}

/// A validator of the policy with our keys. What it would fetch is down.
fn validator(minter: &Minter, down: &[String]) -> Result<Validator, PolicyError> {
    let text = minter.policy(down).map_err(|error| PolicyError::new("", error))?;
    Ok(Validator::new(policy(&text, Format::Json)?, 0).with_client_lookup())
}

fn judged(validator: &Validator, question: Question<'_>, now: Timestamp) -> Result<Judged, String> {
    let mut verdict = settled(validator.validate(question, now));
    while let Verdict::KeysNeeded(_) = verdict {
        let work: Vec<Work> = std::iter::from_fn(|| validator.poll_work(now)).collect();
        if work.is_empty() {
            break;
        }
        for work in work {
            let _ = validator.report(work.id(), Report::failed(WorkFailure::Connection), now);
        }
        verdict = settled(validator.validate(question, now));
    }
    let explanation = validator.explain(question, now);
    let claims = match &verdict {
        Verdict::Accepted(verified) => serde_json::from_str(verified.payload()).ok(),
        _ => None,
    };
    let denial = match &verdict {
        Verdict::Rejected(rejection) => Some(Denial::from(rejection)),
        Verdict::Accepted(_) | Verdict::Skipped(_) => None,
        _ => Some(Denial::new(Code::KeysUnavailable)),
    };
    let answer = denial.map(|denial| validator.answer(&denial));
    Ok(Judged { explanation, claims, forward: None, answer })
}

/// What came of it, where it is not what was expected.
fn failure(expected: &Expected, judged: &Judged, asked: Option<&Asked>, minter: &Minter) -> Option<Failure> {
    let explanation = &judged.explanation;
    let found = report::words(explanation);
    let as_expected = match expected {
        Expected::Accepted(None) => explanation.verdict == "accepted",
        Expected::Accepted(Some(claims)) => {
            let wanted = Value::Object(minter.claims(claims));
            if explanation.verdict == "accepted" && judged.claims.as_ref() != Some(&wanted) {
                let seen = judged.claims.clone().unwrap_or_default();
                return Some(Failure { got: format!("accepted as {seen}"), why: None });
            }
            explanation.verdict == "accepted"
        }
        Expected::Rejected { code, claim } => {
            explanation.verdict == "rejected" && explanation.code == Some(*code) && explanation.claim == *claim
        }
        Expected::Unavailable => explanation.verdict == "unavailable",
        Expected::Skipped => explanation.verdict == "skipped",
        Expected::Answered(answered) => return answered_otherwise(answered, judged, asked),
        Expected::PolicyError(_) => true,
    };
    (!as_expected).then(|| Failure { got: found, why: report::why(explanation) })
}

fn answered_otherwise(expected: &Answered, judged: &Judged, asked: Option<&Asked>) -> Option<Failure> {
    let explanation = &judged.explanation;
    let status = judged.answer.as_ref().map_or(200, |answer| answer.status);
    let code = judged.answer.as_ref().and(explanation.code);
    let without_claims = judged.answer.is_none() && judged.claims.is_none();
    let got = match code {
        Some(code) => format!("{status} {code}"),
        None if without_claims => format!("{status} without claims"),
        None => status.to_string(),
    };
    let why = report::why(explanation);
    let same_code = expected.code.is_none() || expected.code == code;
    if status != expected.status || !same_code || (expected.without_claims && !without_claims) {
        return Some(Failure { got, why });
    }
    for (name, wanted) in &expected.fields {
        let found = match (&judged.answer, &judged.forward, asked) {
            (Some(answer), ..) => {
                let field = answer.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
                field.map(|(_, value)| value.clone())
            }
            (None, Some(forward), Some(asked)) => asked.seen(name, forward),
            _ => None,
        };
        if !same_field(wanted.as_deref(), found.as_deref()) {
            let found = found.as_deref().map_or_else(|| "nothing".to_owned(), without_tokens);
            return Some(Failure { got: format!("{got} with {name}: {found}"), why: None });
        }
    }
    let body = judged.answer.as_ref().and_then(|answer| serde_json::from_str::<Value>(&answer.body).ok());
    match (&expected.body, body) {
        (Some(wanted), Some(found)) if *wanted != found => {
            Some(Failure { got: format!("{got} with {found}"), why: None })
        }
        _ => None,
    }
}

/// A number of seconds may be said by its bounds: `1 to 30`.
fn same_field(wanted: Option<&str>, found: Option<&str>) -> bool {
    let bounds = wanted.and_then(|wanted| wanted.split_once(" to "));
    let bounds = bounds.and_then(|(least, most)| Some((least.parse::<u64>().ok()?, most.parse::<u64>().ok()?)));
    match (bounds, found.and_then(|found| found.parse::<u64>().ok())) {
        (Some((least, most)), Some(found)) => (least..=most).contains(&found),
        _ => wanted == found,
    }
}
