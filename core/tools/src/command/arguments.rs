//! What a command line asks for.

use crate::import::Product;
use crate::lint::Severity;
use der::DateTime;
use jotgate::Timestamp;
use lexopt::Arg::{Long, Short, Value};
use lexopt::{Parser, ValueExt as _};
use std::str::FromStr as _;

/// What to do.
#[derive(Debug)]
pub(super) enum Task {
    Explain {
        policy: String,
        /// `None` to read it from standard input.
        token: Option<String>,
        as_of: Option<Timestamp>,
        json: bool,
    },
    Lint {
        policy: String,
        json: bool,
        /// The mildest warning that counts as a failure; `None` when none does.
        fail_on: Option<Severity>,
    },
    Import {
        product: Product,
        source: String,
        /// Files that the source names.
        files: Vec<String>,
        /// Values of its templates, by their names.
        values: Vec<(String, String)>,
        json: bool,
    },
    Help(Topic),
    Version,
}

/// What help is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    All,
    Explain,
    Lint,
    Import,
}

/// What is wrong with the arguments. It never quotes a value, which may be a token.
pub(super) struct Problem {
    pub(super) message: String,
    pub(super) topic: Topic,
}

impl Task {
    /// The file that the task begins with.
    pub(super) fn file(&self) -> Option<&str> {
        match self {
            Self::Explain { policy, .. } | Self::Lint { policy, .. } => Some(policy),
            Self::Import { source, .. } => Some(source),
            Self::Help(_) | Self::Version => None,
        }
    }

    pub(super) fn is_json(&self) -> bool {
        match self {
            Self::Explain { json, .. } | Self::Lint { json, .. } | Self::Import { json, .. } => *json,
            Self::Help(_) | Self::Version => false,
        }
    }
}

/// Everything that may stand on a command line, before it is known what goes together.
#[derive(Default)]
struct Given {
    words: Vec<String>,
    policy: Option<String>,
    now: Option<String>,
    fail_on: Option<String>,
    files: Vec<String>,
    values: Vec<String>,
    json: bool,
    help: bool,
    version: bool,
}

pub(super) fn parse(arguments: Vec<String>) -> Result<Task, Problem> {
    // Its options are those of the package that has it.
    if arguments.first().is_some_and(|command| command == "audit") {
        return Err(Problem { message: NO_AUDIT.to_owned(), topic: Topic::All });
    }
    let given = read(arguments).map_err(|message| Problem { message, topic: Topic::All })?;
    let mut words = given.words.iter().map(String::as_str);
    let command = words.next();
    let topic = match command {
        Some("explain") => Topic::Explain,
        Some("lint") => Topic::Lint,
        Some("import") => Topic::Import,
        _ => Topic::All,
    };
    if given.help || command == Some("help") {
        return Ok(Task::Help(topic));
    }
    if given.version {
        return Ok(Task::Version);
    }
    let words: Vec<&str> = words.collect();
    let task = match topic {
        Topic::Explain => explain(&given, &words),
        Topic::Lint => lint(&given, &words),
        Topic::Import => import(&given, &words),
        Topic::All if command.is_none() => Err("expected a command: explain, lint or import".to_owned()),
        Topic::All => Err("unknown command: expected explain, lint or import".to_owned()),
    };
    task.map_err(|message| Problem { message, topic })
}

fn read(arguments: Vec<String>) -> Result<Given, String> {
    let mut given = Given::default();
    let mut parser = Parser::from_args(arguments);
    while let Some(argument) = parser.next().map_err(told)? {
        match argument {
            Short('p') | Long("policy") => given.policy = Some(text(&mut parser)?),
            Long("now") => given.now = Some(text(&mut parser)?),
            Long("fail-on") => given.fail_on = Some(text(&mut parser)?),
            Long("file") => given.files.push(text(&mut parser)?),
            Long("set") => given.values.push(text(&mut parser)?),
            Long("json") => given.json = true,
            Short('h') | Long("help") => given.help = true,
            Short('V') | Long("version") => given.version = true,
            Value(word) => given.words.push(word.string().map_err(told)?),
            option => return Err(told(option.unexpected())),
        }
    }
    Ok(given)
}

fn text(parser: &mut Parser) -> Result<String, String> {
    parser.value().and_then(|value| value.string()).map_err(told)
}

/// An error without the value that it is about.
fn told(error: lexopt::Error) -> String {
    match error {
        lexopt::Error::MissingValue { option: Some(option) } => format!("{option} needs a value"),
        lexopt::Error::UnexpectedOption(option) => format!("unknown option {option}"),
        lexopt::Error::UnexpectedValue { option, .. } => format!("{option} takes no value"),
        lexopt::Error::NonUnicodeValue(_) => "an argument is not UTF-8".to_owned(),
        _ => "the arguments make no sense".to_owned(),
    }
}

fn explain(given: &Given, words: &[&str]) -> Result<Task, String> {
    refuse(given.fail_on.is_some(), "--fail-on stands with lint")?;
    refuse(!given.files.is_empty(), "--file stands with import")?;
    refuse(!given.values.is_empty(), "--set stands with import")?;
    let token = match words {
        [] => return Err("expected a token, or - to read it from standard input".to_owned()),
        ["-"] => None,
        [token] => Some((*token).to_owned()),
        _ => return Err("expected one token: quote it if it is several words".to_owned()),
    };
    let policy = given.policy.clone().ok_or("expected --policy FILE")?;
    let as_of = given.now.as_deref().map(time).transpose()?;
    Ok(Task::Explain { policy, token, as_of, json: given.json })
}

fn lint(given: &Given, words: &[&str]) -> Result<Task, String> {
    refuse(given.now.is_some(), "--now stands with explain")?;
    refuse(!given.files.is_empty(), "--file stands with import")?;
    refuse(!given.values.is_empty(), "--set stands with import")?;
    let policy = match (words, &given.policy) {
        ([file], None) => (*file).to_owned(),
        ([], Some(file)) => file.clone(),
        _ => return Err("expected one policy file".to_owned()),
    };
    let fail_on = match given.fail_on.as_deref() {
        None | Some("medium") => Some(Severity::Medium),
        Some("high") => Some(Severity::High),
        Some("low") => Some(Severity::Low),
        Some("never") => None,
        Some(_) => return Err("--fail-on is one of high, medium, low and never".to_owned()),
    };
    Ok(Task::Lint { policy, json: given.json, fail_on })
}

fn import(given: &Given, words: &[&str]) -> Result<Task, String> {
    refuse(given.now.is_some(), "--now stands with explain")?;
    refuse(given.fail_on.is_some(), "--fail-on stands with lint")?;
    refuse(given.policy.is_some(), "--policy stands with explain")?;
    let read = match words {
        [name, source] => Product::from_name(name).map(|product| (product, *source)),
        _ => None,
    };
    let (product, source) = read.ok_or_else(|| format!("expected {}, and one file", names(" or ")))?;
    refuse(product.files().is_none() && !given.files.is_empty(), "this product's policy names no further files")?;
    let values = given.values.iter().map(|value| named(value)).collect::<Result<_, _>>()?;
    Ok(Task::Import { product, source: source.to_owned(), files: given.files.clone(), values, json: given.json })
}

/// A name and its value.
fn named(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("--set is a name and its value: NAME=value".to_owned()),
    }
}

/// The names of all products.
pub(super) fn names(between: &str) -> String {
    Product::ALL.iter().map(|product| product.name()).collect::<Vec<_>>().join(between)
}

fn refuse(given: bool, message: &str) -> Result<(), String> {
    if given { Err(message.to_owned()) } else { Ok(()) }
}

/// Unix seconds, perhaps with a fraction, or a date in UTC as RFC 3339 writes it.
fn time(text: &str) -> Result<Timestamp, String> {
    if let Ok(date) = DateTime::from_str(text) {
        return Ok(Timestamp::from_millis(date.unix_duration().as_millis().try_into().unwrap_or(i64::MAX)));
    }
    let plain = |c: char| c.is_ascii_digit() || c == '.' || c == '-';
    let seconds: f64 = text.parse().ok().filter(|_| text.chars().all(plain)).ok_or(
        "--now is a number of Unix seconds, such as 1800000000, or a date in UTC, such as 2027-01-15T08:00:00Z",
    )?;
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    Ok(Timestamp::from_millis((seconds * 1000.0).round() as i64))
}

const NO_AUDIT: &str = "audit is a command of the Python package: pip install 'jotgate-arrow[audit]'";
