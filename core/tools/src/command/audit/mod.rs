//! `jotgate audit`: the tokens of logs, judged part by part and counted by what came of them. It prints no token.

mod lines;
mod report;
mod round;

use super::arguments::{Audit, FailOn};
use super::judge::with_timeout;
use super::output::{CommandOutput, EXIT_NO_INPUT, EXIT_REJECTED, EXIT_UNAVAILABLE, Screen, complaint};
use crate::store::JavaStores;
use jotgate::text::plain;
use jotgate::{FetchRequest, Policy, PolicyError, Question, Report, Timestamp, Validator, Verdict, Work, WorkId};
use lines::Lines;
pub use report::AuditReport;
use round::Round;
use serde_json::Value;
use std::collections::VecDeque;
use std::time::Duration;

/// Judges many questions over the processors of a machine: `jotgate_host::validate_many`. The number is the most threads, and 0 all.
pub type BatchJudge = fn(&Validator, &[Question<'_>], Timestamp, usize) -> Vec<Verdict>;

/// Logs on their way.
#[derive(Debug)]
pub(super) struct Auditing {
    validator: Validator,
    pub(super) audit: Audit,
    judge: Option<BatchJudge>,
    /// Which of the logs is read.
    place: usize,
    lines: Lines,
    round: Option<Round>,
    fetches: VecDeque<FetchRequest>,
    report: AuditReport,
    begun: Option<Timestamp>,
    /// When progress was shown last.
    shown: Option<Timestamp>,
}

/// What is to be done next.
pub(super) enum Next {
    /// Read the next part of a log, and show how far it has come.
    Read {
        path: Option<String>,
        progress: String,
    },
    Fetch(FetchRequest),
    Done,
}

impl Auditing {
    pub(super) fn new(document: &str, audit: Audit, judge: Option<BatchJudge>) -> Result<Self, PolicyError> {
        let policy = Policy::from_json_with(&with_timeout(document, &audit.network), &JavaStores)?;
        Ok(Self {
            // Nobody can be asked about clients here: as for `validate`, all of them are known.
            validator: Validator::new(policy, 0).with_client_lookup(),
            judge,
            place: 0,
            lines: Lines::default(),
            round: None,
            fetches: VecDeque::new(),
            report: AuditReport::new(issuers(document)),
            begun: None,
            shown: None,
            audit,
        })
    }

    pub(super) fn next(&mut self, now: Timestamp, screen: Screen) -> Next {
        self.begun.get_or_insert(now);
        loop {
            if let Some(request) = self.fetches.pop_front() {
                return Next::Fetch(request);
            }
            if let Some(mut round) = self.round.take() {
                if self.judged(&mut round, now) {
                    self.round = Some(round);
                }
                continue;
            }
            let ended = self.place >= self.audit.logs.len();
            if let Some(text) = self.lines.take() {
                self.round = Some(Round::read(text, &self.audit, &mut self.report));
            } else if ended {
                return Next::Done;
            } else {
                return Next::Read { path: self.log(), progress: self.progress(now, screen) };
            }
        }
    }

    /// Whether a log is read, and not a key set fetched.
    pub(super) fn is_reading(&self) -> bool {
        self.round.is_none()
    }

    /// Takes a part of the log that is read; an empty one is its end.
    pub(super) fn take(&mut self, part: &[u8]) {
        if part.is_empty() {
            self.place = self.place.saturating_add(1);
            self.lines.end();
        } else {
            self.lines.add(part);
        }
    }

    /// What is said where a log cannot be read.
    pub(super) fn unreadable(&self, reason: &str, screen: Screen) -> CommandOutput {
        let name = self.log().unwrap_or_else(|| "standard input".to_owned());
        let told = complaint(&format!("{}: {}", plain(&name), plain(reason)), EXIT_NO_INPUT, screen);
        CommandOutput { stderr: self.cleared() + &told.stderr, ..told }
    }

    pub(super) fn report(&mut self, id: WorkId, report: Report<'_>, now: Timestamp) {
        // Only what a store has can be refused, and there is no store.
        let _ = self.validator.report(id, report, now);
    }

    pub(super) fn output(&self, now: Timestamp) -> CommandOutput {
        let took = self.begun.map_or(Duration::ZERO, |begun| now.since(begun));
        let stdout = self.report.told(self.audit.form, took.as_secs_f64(), self.audit.scheme.is_some());
        let rejected = self.report.rows_of("rejected") > 0 && self.audit.fail_on == FailOn::Rejected;
        let unavailable = self.report.rows_of("unavailable") > 0 && self.audit.fail_on != FailOn::Never;
        let output = CommandOutput { stdout, stderr: self.cleared(), exit: 0 };
        if self.report.rows() > 0 && self.report.judged() == 0 {
            let hint = match self.audit.time_column {
                Some(_) => "no row has a token and a time: see --column and --time-column",
                None => "no row has a text where the token is looked for: name its member with --column",
            };
            return CommandOutput {
                stderr: output.stderr + &format!("jotgate: {hint}\n"),
                exit: EXIT_NO_INPUT,
                ..output
            };
        }
        match (rejected, unavailable) {
            // A refusal says more than that nobody can say.
            (true, _) => CommandOutput { exit: EXIT_REJECTED, ..output },
            (false, true) => CommandOutput { exit: EXIT_UNAVAILABLE, ..output },
            (false, false) => output,
        }
    }

    /// Whether some of the round have to wait for keys that are fetched now.
    fn judged(&mut self, round: &mut Round, now: Timestamp) -> bool {
        let judge = |questions: &[Question<'_>]| match self.judge {
            Some(judge) => judge(&self.validator, questions, now, self.audit.threads),
            None => questions.iter().map(|question| self.validator.validate(*question, now)).collect(),
        };
        round.judge(judge, &mut self.report);
        let work = std::iter::from_fn(|| self.validator.poll_work(now));
        self.fetches.extend(work.filter_map(|work| match work {
            Work::Fetch(request) => Some(request),
            // There is no store to load from or to save to.
            _ => None,
        }));
        if round.is_done() || !self.fetches.is_empty() {
            return !round.is_done();
        }
        round.give_up(&mut self.report);
        false
    }

    /// The log that is read; `None` for standard input.
    fn log(&self) -> Option<String> {
        self.audit.logs.get(self.place).filter(|path| *path != "-").cloned()
    }

    fn progress(&mut self, now: Timestamp, screen: Screen) -> String {
        let due = self.shown.is_none_or(|shown| now.since(shown) >= SHOWN_EVERY);
        let (Some(begun), true) = (self.begun, screen.error_terminal && !self.audit.quiet && due) else {
            return String::new();
        };
        let rows = self.report.rows();
        if rows == 0 {
            return String::new();
        }
        self.shown = Some(now);
        let millis = now.since(begun).as_millis().max(1);
        let speed = u128::from(rows).saturating_mul(1000).checked_div(millis).unwrap_or_default();
        let speed = u64::try_from(speed).unwrap_or(u64::MAX);
        format!("\r{}, {} a second{CLEAR}", report::rows(rows), report::grouped(speed))
    }

    /// What takes the progress away that was shown.
    fn cleared(&self) -> String {
        if self.shown.is_some() { format!("\r{CLEAR}") } else { String::new() }
    }
}

/// The issuers by their places, as the policy writes them.
fn issuers(document: &str) -> Vec<String> {
    let policy: Value = serde_json::from_str(document).unwrap_or_default();
    let name = |entry: &Value| match entry.get("issuer") {
        Some(Value::String(name)) => name.clone(),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    };
    policy.get("issuers").and_then(Value::as_array).into_iter().flatten().map(name).collect()
}

const SHOWN_EVERY: Duration = Duration::from_millis(200);
/// Takes the rest of a line of a terminal away.
const CLEAR: &str = "\u{1b}[K";
