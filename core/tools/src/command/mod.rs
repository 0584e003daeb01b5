//! The command line, without its I/O: what every package's `jotgate` program does and prints.
//!
//! A program hands in its arguments, does what each step asks for (read a file, read standard input, fetch a URL), and at
//! the end writes two texts and exits with a number. It decides nothing and prints nothing of its own.

mod topic;
mod options;
mod network;
mod asked;
mod arguments;
mod report;
mod output;
mod step;
mod tokens;
mod counts;
mod judge;
mod moment;
mod audit;
mod lint;
mod import;
mod jwk;
mod keys;
mod usage;
mod test;

use crate::format::{Format, located, policy_json};
use crate::lint::{Linted, lint_filled};
use arguments::{Form, Task, Tokens};
pub use audit::{AuditReport, BatchJudge};
use audit::{Auditing, Next};
use import::Importing;
use jotgate::text::plain;
use jotgate::{
    FetchRequest, PolicyError, Reference, ReferenceFailure, Report, Timestamp, WorkId, fill_references, references,
};
use judge::Judge;
use keys::Showing;
pub use network::Network;
pub use output::{CommandOutput, Screen};
use output::{EXIT_NO_PACKAGE, EXIT_USAGE, complaint, no_policy};
use std::path::Path;
pub use step::CommandStep;
use test::Testing;
pub use test::{TestIssuer, TestKit};

/// One run of the program `jotgate`, driven by a host that has files, a network and a screen.
///
/// ```
/// use jotgate::Timestamp;
/// use jotgate_tools::{Command, CommandStep, Screen};
///
/// let arguments = ["lint", "policy.yaml"].map(String::from);
/// let mut command = Command::new(arguments, Screen::default());
/// let now = Timestamp::from_seconds(1_800_000_000);
/// let output = loop {
///     match command.step(now) {
///         CommandStep::ReadFile { path } => {
///             assert_eq!(path, "policy.yaml");
///             command.provide(Err("no such file"));
///         }
///         CommandStep::ReadInput => command.provide(Ok(b"")),
///         CommandStep::Fetch { request, .. } => {
///             command.report(request.id, jotgate::Report::failed(jotgate::WorkFailure::Connection), now);
///         }
///         CommandStep::Done(output) => break output,
///         _ => unreachable!(),
///     }
/// };
/// assert_eq!(output.exit, 3);
/// assert_eq!(output.stderr, "jotgate: policy.yaml: cannot be read: no such file\n");
/// ```
#[derive(Debug)]
pub struct Command {
    screen: Screen,
    kit: Option<TestKit>,
    texts: Option<TextReader>,
    batches: Option<BatchJudge>,
    state: State,
}

/// Reads a text that a policy leaves to its host: `jotgate_host::read_text`. The folder is that of the policy file.
pub type TextReader = fn(&Path, &Reference) -> Result<Vec<u8>, ReferenceFailure>;

#[derive(Debug)]
enum State {
    Begin(Task),
    /// A file was asked for.
    Reading(Task, String),
    /// A file that the source of an import names was asked for.
    Importing(Box<Importing>),
    /// Standard input was asked for, with the policy at hand.
    ReadingTokens(Box<Judge>),
    Judging(Box<Judge>),
    Showing(Box<Showing>),
    /// Logs are read and judged, part by part.
    Auditing(Box<Auditing>),
    /// The package for columns was asked for.
    AuditColumns,
    /// Files of cases are read, and then run.
    Testing(Box<Testing>),
    Done(CommandOutput),
}

impl Command {
    /// A run with these arguments, without the program's own name.
    pub fn new(arguments: impl IntoIterator<Item = String>, screen: Screen) -> Self {
        let state = match arguments::parse(arguments.into_iter().collect()) {
            Ok(task) => State::Begin(task),
            Err(problem) => State::Done(usage::refused(&problem, screen)),
        };
        Self { screen, kit: None, texts: None, batches: None, state }
    }

    /// The same run, with who mints the tokens of `test`. Without a kit there is no such command.
    #[must_use]
    pub fn with_test_kit(self, kit: TestKit) -> Self {
        Self { kit: Some(kit), ..self }
    }

    /// The same run, with who reads the texts of policies that lie in variables and files. Without, such a policy is an error.
    #[must_use]
    pub fn with_texts(self, texts: TextReader) -> Self {
        Self { texts: Some(texts), ..self }
    }

    /// The same run, with who judges the tokens of `audit` over several threads. Without, one does.
    #[must_use]
    pub fn with_batches(self, batches: BatchJudge) -> Self {
        Self { batches: Some(batches), ..self }
    }

    /// What to do next. `now` is the present time; a step that was not answered comes again.
    #[must_use]
    pub fn step(&mut self, now: Timestamp) -> CommandStep {
        let (state, step) = match std::mem::replace(&mut self.state, State::Done(CommandOutput::default())) {
            State::Begin(task) => self.begin(task, now),
            State::Reading(task, path) => {
                let step = CommandStep::ReadFile { path: path.clone() };
                (State::Reading(task, path), step)
            }
            State::Importing(importing) => match importing.wanted() {
                Some(path) => {
                    let path = path.to_owned();
                    (State::Importing(importing), CommandStep::ReadFile { path })
                }
                None => done(self.imported(&importing)),
            },
            State::ReadingTokens(judge) => (State::ReadingTokens(judge), CommandStep::ReadInput),
            State::Judging(mut judge) => match judge.fetch(now) {
                Some(request) => {
                    let step = fetch(request, &judge.judging.network);
                    (State::Judging(judge), step)
                }
                None => done(judge.output(self.screen, now)),
            },
            State::Showing(showing) => self.shown(showing, now),
            State::Auditing(auditing) => self.audited(auditing, now),
            State::AuditColumns => (State::AuditColumns, CommandStep::AuditColumns),
            State::Testing(testing) => match testing.wanted() {
                Some(path) => {
                    let path = path.to_owned();
                    (State::Testing(testing), CommandStep::ReadFile { path })
                }
                None => done(testing.output(self.screen, now)),
            },
            State::Done(output) => done(output),
        };
        self.state = state;
        step
    }

    /// Hands in what was read, or why it could not be, in a few words.
    pub fn provide(&mut self, content: Result<&[u8], &str>) {
        let state = match std::mem::replace(&mut self.state, State::Done(CommandOutput::default())) {
            State::Reading(task, path) => match content {
                Ok(content) => self.with_file(task, &path, content),
                Err(reason) => State::Done(self.unreadable(task.form(), &path, &format!("cannot be read: {reason}"))),
            },
            State::Importing(mut importing) => match content {
                Ok(content) => {
                    importing.take(content);
                    State::Importing(importing)
                }
                Err(reason) => {
                    let path = importing.wanted().unwrap_or_default();
                    State::Done(self.unreadable(importing.form, path, &format!("cannot be read: {reason}")))
                }
            },
            State::ReadingTokens(judge) => match content.map_err(str::to_owned).and_then(tokens::read) {
                Ok(tokens) => State::Judging(Box::new(judge.with_tokens(tokens))),
                Err(reason) => {
                    State::Done(complaint(&format!("standard input: {}", plain(&reason)), EXIT_USAGE, self.screen))
                }
            },
            State::Testing(mut testing) => {
                let path = testing.wanted().unwrap_or_default().to_owned();
                let taken = match content {
                    Ok(content) => testing.take(content),
                    Err(reason) => Err(PolicyError::new("", format!("cannot be read: {reason}"))),
                };
                match taken {
                    Ok(()) => State::Testing(testing),
                    Err(error) => State::Done(no_policy(&error, &path, testing.form, self.screen)),
                }
            }
            State::Auditing(mut auditing) => match (content, auditing.is_reading()) {
                (Ok(part), _) => {
                    auditing.take(part);
                    State::Auditing(auditing)
                }
                (Err(reason), true) => State::Done(auditing.unreadable(reason, self.screen)),
                (Err(reason), false) => State::Done(complaint(&plain(reason), EXIT_USAGE, self.screen)),
            },
            State::AuditColumns => State::Done(complaint(NO_COLUMNS, EXIT_NO_PACKAGE, self.screen)),
            // What the user says of the network makes no sense to the host.
            State::Judging(_) | State::Showing(_) => match content {
                Err(reason) => State::Done(complaint(&plain(reason), EXIT_USAGE, self.screen)),
                Ok(_) => State::Done(CommandOutput::default()),
            },
            other => other,
        };
        self.state = state;
    }

    /// Hands in what a URL answered, or that it did not.
    pub fn report(&mut self, id: WorkId, report: Report<'_>, now: Timestamp) {
        match &mut self.state {
            State::Judging(judge) => {
                // Only what a store has can be refused, and there is no store.
                let _ = judge.validator.report(id, report, now);
            }
            State::Showing(showing) => showing.report(id, report, now),
            State::Auditing(auditing) => auditing.report(id, report, now),
            _ => {}
        }
    }

    fn begin(&self, task: Task, now: Timestamp) -> (State, CommandStep) {
        if let Some(path) = task.file() {
            let path = path.to_owned();
            return (State::Reading(task, path.clone()), CommandStep::ReadFile { path });
        }
        match task {
            Task::Keys { place, form, network } => match Showing::of_url(&place, form, network) {
                Ok(showing) => self.shown(Box::new(showing), now),
                Err(error) => done(no_policy(&error, &place, form, self.screen)),
            },
            Task::AuditColumns => (State::AuditColumns, CommandStep::AuditColumns),
            task => done(usage::answer(&task)),
        }
    }

    fn shown(&self, mut showing: Box<Showing>, now: Timestamp) -> (State, CommandStep) {
        match showing.fetch(now) {
            Some(request) => {
                let step = fetch(request, &showing.network);
                (State::Showing(showing), step)
            }
            None => done(showing.output(self.screen, now)),
        }
    }

    fn audited(&self, mut auditing: Box<Auditing>, now: Timestamp) -> (State, CommandStep) {
        let step = match auditing.next(now, self.screen) {
            Next::Read { path, progress } => CommandStep::ReadPart { path, most: PART, progress },
            Next::Fetch(request) => fetch(request, &auditing.audit.network),
            Next::Done => return done(auditing.output(now)),
        };
        (State::Auditing(auditing), step)
    }

    fn with_file(&self, task: Task, path: &str, content: &[u8]) -> State {
        let form = task.form();
        let Ok(text) = std::str::from_utf8(content) else {
            return State::Done(self.unreadable(form, path, "is not UTF-8"));
        };
        let made = match task {
            Task::Judge { tokens, judging, .. } => {
                self.policy_of(path, text).and_then(|policy| Judge::new(&policy, judging)).map(|judge| match tokens {
                    Tokens::Input => State::ReadingTokens(Box::new(judge)),
                    Tokens::None => State::Judging(Box::new(judge)),
                    Tokens::Given(token) => {
                        State::Judging(Box::new(judge.with_tokens(vec![token.trim().as_bytes().to_vec()])))
                    }
                })
            }
            Task::Lint { fail_on, .. } => self.linted(path, text).map(|linted| {
                State::Done(lint::output(linted, path, form, fail_on, self.screen, |error| placed(error, path, text)))
            }),
            Task::Import { product, files, values, .. } => {
                Ok(State::Importing(Box::new(Importing::new(product, path, text, files, values, form))))
            }
            Task::Keys { network, .. } => {
                let document = || self.policy_of(path, text);
                Showing::of_file(path, text, document, form, network).map(|showing| State::Showing(Box::new(showing)))
            }
            Task::Test { cases, values, now, verbose, .. } => match self.kit {
                Some(kit) => self
                    .policy_with(path, text, &values)
                    .and_then(|policy| Testing::new(kit, &policy, cases, now, verbose, form))
                    .map(|testing| State::Testing(Box::new(testing))),
                None => Ok(State::Done(complaint(NO_TEST, EXIT_USAGE, self.screen))),
            },
            Task::Audit { audit, .. } => self
                .policy_of(path, text)
                .and_then(|policy| Auditing::new(&policy, audit, self.batches))
                .map(|auditing| State::Auditing(Box::new(auditing))),
            Task::Schema { .. } | Task::AuditColumns | Task::Help(_) | Task::Version => {
                Ok(State::Done(usage::answer(&task)))
            }
        };
        made.unwrap_or_else(|error| State::Done(no_policy(&placed(error, path, text), path, form, self.screen)))
    }

    /// The policy in a file as JSON, with the texts that lie elsewhere.
    fn policy_of(&self, path: &str, text: &str) -> Result<String, PolicyError> {
        self.policy_with(path, text, &[])
    }

    /// The same with these values in place of what lies elsewhere, by their names.
    fn policy_with(&self, path: &str, text: &str, values: &[(String, String)]) -> Result<String, PolicyError> {
        let document = document_of(path, text)?;
        let read = |folder: &Path, wanted: &Reference| match values.iter().find(|(name, _)| *name == wanted.name) {
            Some((_, value)) => Ok(value.clone().into_bytes()),
            None => self.texts.map_or(Err(ReferenceFailure::Missing), |read| read(folder, wanted)),
        };
        match self.texts {
            None if values.is_empty() => Ok(document),
            _ => fill_references(&document, &texts_of(path, &document, read)?),
        }
    }

    /// What is to be said of the policy in a file; texts that are not there keep nothing else from being said.
    fn linted(&self, path: &str, text: &str) -> Result<Linted, PolicyError> {
        let document = document_of(path, text)?;
        match self.texts {
            Some(read) => Ok(lint_filled(&document, &texts_of(path, &document, read)?)),
            None => crate::lint(&document).map(|warnings| Linted { warnings, wrong: None }),
        }
    }

    fn imported(&self, importing: &Importing) -> CommandOutput {
        match importing.read() {
            Ok(import) => import::output(&import, &importing.source, importing.form, self.screen),
            Err(error) => no_policy(&error, &importing.source, importing.form, self.screen),
        }
    }

    fn unreadable(&self, form: Form, path: &str, reason: &str) -> CommandOutput {
        no_policy(&PolicyError::new("", reason), path, form, self.screen)
    }
}

fn fetch(request: FetchRequest, network: &Network) -> CommandStep {
    CommandStep::Fetch { request, network: network.clone() }
}

fn done(output: CommandOutput) -> (State, CommandStep) {
    (State::Done(output.clone()), CommandStep::Done(output))
}

/// The document of a file as JSON.
fn document_of(path: &str, text: &str) -> Result<String, PolicyError> {
    let format = format_of(path).ok_or_else(|| {
        PolicyError::new("", "the end of the file's name does not say how it is written")
            .with_hint("name it .json, .yaml, .yml or .toml")
    })?;
    policy_json(text, format)
}

/// What the document in a file leaves to the host to read.
fn texts_of(
    path: &str, document: &str, read: impl Fn(&Path, &Reference) -> Result<Vec<u8>, ReferenceFailure>,
) -> Result<Vec<Result<Vec<u8>, ReferenceFailure>>, PolicyError> {
    let folder = Path::new(path).parent().unwrap_or(Path::new(""));
    Ok(references(document)?.iter().map(|wanted| read(folder, wanted)).collect())
}

/// The error with its lines in the text of the file.
fn placed(error: PolicyError, path: &str, text: &str) -> PolicyError {
    match format_of(path) {
        Some(format) => located(error, text, format),
        None => error,
    }
}

/// How a document is written, by the end of the file's name.
fn format_of(path: &str) -> Option<Format> {
    path.rsplit_once('.').and_then(|(_, extension)| Format::from_name(extension))
}

/// Bytes of a log that are read at once.
const PART: usize = 1024 * 1024;
const NO_COLUMNS: &str = "audit of .parquet, .csv and .arrow, and its options --claims, --keep and --out, need the package jotgate-arrow for Python: pip install 'jotgate-arrow[audit]'";
const NO_TEST: &str = "test is a command of the packages for Python and Node";
