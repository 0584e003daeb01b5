//! The command line, without its I/O: what every package's `jotgate` program does and prints.
//!
//! A program hands in its arguments, does what each step asks for (read a file, read standard input, fetch a URL), and at
//! the end writes two texts and exits with a number. It decides nothing and prints nothing of its own.

mod arguments;
mod explain;
mod import;
mod lint;
mod output;
mod step;
mod usage;

use crate::format::{Format, policy_json};
use arguments::Task;
use explain::Explaining;
use import::Importing;
use jotgate::text::plain;
use jotgate::{PolicyError, Report, Timestamp, WorkId};
pub use output::{CommandOutput, Screen};
use output::{EXIT_USAGE, complaint, no_policy};
pub use step::CommandStep;

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
///         CommandStep::Fetch(request) => command.report(request.id, jotgate::Report::failed(jotgate::WorkFailure::Connection), now),
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
    state: State,
}

#[derive(Debug)]
enum State {
    Begin(Task),
    /// A file was asked for.
    Reading(Task, String),
    /// A file that the source of an import names was asked for.
    Importing(Box<Importing>),
    /// Standard input was asked for, with the policy at hand.
    ReadingToken(Box<Explaining>),
    Explaining(Box<Explaining>),
    Done(CommandOutput),
}

impl Command {
    /// A run with these arguments, without the program's own name.
    pub fn new(arguments: impl IntoIterator<Item = String>, screen: Screen) -> Self {
        let state = match arguments::parse(arguments.into_iter().collect()) {
            Ok(task) => State::Begin(task),
            Err(problem) => State::Done(usage::refused(&problem, screen)),
        };
        Self { screen, state }
    }

    /// What to do next. `now` is the present time; a step that was not answered comes again.
    #[must_use]
    pub fn step(&mut self, now: Timestamp) -> CommandStep {
        let (state, step) = match std::mem::replace(&mut self.state, State::Done(CommandOutput::default())) {
            State::Begin(task) => match task.file() {
                Some(path) => {
                    let path = path.to_owned();
                    (State::Reading(task, path.clone()), CommandStep::ReadFile { path })
                }
                None => done(usage::answer(&task)),
            },
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
            State::ReadingToken(explaining) => (State::ReadingToken(explaining), CommandStep::ReadInput),
            State::Explaining(mut explaining) => match explaining.fetch(now) {
                Some(request) => (State::Explaining(explaining), CommandStep::Fetch(request)),
                None => done(explaining.output(self.screen, now)),
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
                Err(reason) => {
                    State::Done(self.unreadable(task.is_json(), &path, &format!("cannot be read: {reason}")))
                }
            },
            State::Importing(mut importing) => match content {
                Ok(content) => {
                    importing.take(content);
                    State::Importing(importing)
                }
                Err(reason) => {
                    let path = importing.wanted().unwrap_or_default();
                    State::Done(self.unreadable(importing.json, path, &format!("cannot be read: {reason}")))
                }
            },
            State::ReadingToken(explaining) => match content {
                Ok(token) => State::Explaining(Box::new(explaining.with_token(token))),
                Err(reason) => {
                    State::Done(complaint(&format!("standard input: {}", plain(reason)), EXIT_USAGE, self.screen))
                }
            },
            other => other,
        };
        self.state = state;
    }

    /// Hands in what a URL answered, or that it did not.
    pub fn report(&mut self, id: WorkId, report: Report<'_>, now: Timestamp) {
        if let State::Explaining(explaining) = &mut self.state {
            // Only what a store has can be refused, and there is no store.
            let _ = explaining.validator.report(id, report, now);
        }
    }

    fn with_file(&self, task: Task, path: &str, content: &[u8]) -> State {
        let Ok(text) = std::str::from_utf8(content) else {
            return State::Done(self.unreadable(task.is_json(), path, "is not UTF-8"));
        };
        let made = match task {
            Task::Explain { token, as_of, json, .. } => {
                let policy = policy_of(path, text).and_then(|policy| Explaining::new(&policy, as_of, json));
                return match (policy, token) {
                    (Ok(explaining), Some(token)) => {
                        State::Explaining(Box::new(explaining.with_token(token.as_bytes())))
                    }
                    (Ok(explaining), None) => State::ReadingToken(Box::new(explaining)),
                    (Err(error), _) => State::Done(no_policy(&error, path, json, self.screen)),
                };
            }
            Task::Lint { json, fail_on, .. } => match policy_of(path, text).and_then(|policy| crate::lint(&policy)) {
                Ok(warnings) => lint::output(&warnings, path, json, fail_on, self.screen),
                Err(error) => no_policy(&error, path, json, self.screen),
            },
            Task::Import { product, files, values, json, .. } => {
                return State::Importing(Box::new(Importing::new(product, path, text, files, values, json)));
            }
            Task::Help(_) | Task::Version => usage::answer(&task),
        };
        State::Done(made)
    }

    fn imported(&self, importing: &Importing) -> CommandOutput {
        match importing.read() {
            Ok(import) => import::output(&import, &importing.source, importing.json, self.screen),
            Err(error) => no_policy(&error, &importing.source, importing.json, self.screen),
        }
    }

    fn unreadable(&self, json: bool, path: &str, reason: &str) -> CommandOutput {
        no_policy(&PolicyError::new("", reason), path, json, self.screen)
    }
}

fn done(output: CommandOutput) -> (State, CommandStep) {
    (State::Done(output.clone()), CommandStep::Done(output))
}

/// The document of a file as JSON; the end of the file's name says how it is written.
fn policy_of(path: &str, text: &str) -> Result<String, PolicyError> {
    let extension = path.rsplit_once('.').map(|(_, extension)| extension).unwrap_or_default();
    let format = Format::from_name(extension).ok_or_else(|| {
        PolicyError::new("", "the end of the file's name does not say how it is written")
            .with_hint("name it .json, .yaml, .yml or .toml")
    })?;
    policy_json(text, format)
}
