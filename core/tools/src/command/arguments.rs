//! What a command line asks for.

use super::asked::Asked;
use super::network::Network;
use super::options::Given;
use super::topic::Topic;
use crate::import::Product;
use crate::lint::Severity;
use der::DateTime;
use jotgate::Timestamp;
use std::str::FromStr as _;

/// What to do.
#[derive(Debug)]
pub(super) enum Task {
    /// `validate` and `explain`.
    Judge {
        policy: String,
        tokens: Tokens,
        judging: Judging,
    },
    Lint {
        policy: String,
        form: Form,
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
        form: Form,
    },
    Keys {
        /// A file or a URL.
        place: String,
        form: Form,
        network: Network,
    },
    Test {
        policy: String,
        cases: Vec<String>,
        /// What variables and files hold for these cases.
        values: Vec<(String, String)>,
        now: Option<Timestamp>,
        verbose: bool,
        form: Form,
    },
    Schema {
        form: Form,
    },
    Audit {
        policy: String,
        audit: Audit,
    },
    /// An audit that takes a package.
    AuditColumns,
    Help(Topic),
    Version,
}

/// Which logs are audited, and how.
#[derive(Debug)]
pub(super) struct Audit {
    /// Files, and `-` for standard input.
    pub(super) logs: Vec<String>,
    /// The member of objects that has the token.
    pub(super) column: Option<String>,
    pub(super) scheme: Option<String>,
    pub(super) as_of: Option<Timestamp>,
    /// The member of objects that has the time to judge the token for.
    pub(super) time_column: Option<String>,
    pub(super) fail_on: FailOn,
    /// 0 for all.
    pub(super) threads: usize,
    pub(super) quiet: bool,
    pub(super) form: Form,
    pub(super) network: Network,
}

/// What the exit status of an audit tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FailOn {
    Rejected,
    Unavailable,
    Never,
}

/// The tokens to judge.
#[derive(Debug)]
pub(super) enum Tokens {
    Given(String),
    /// Standard input has them.
    Input,
    /// The request alone.
    None,
}

/// How tokens are judged, and what is said of them.
#[derive(Debug)]
pub(super) struct Judging {
    pub(super) manner: Manner,
    pub(super) asked: Option<Asked>,
    pub(super) as_of: Option<Timestamp>,
    pub(super) form: Form,
    pub(super) network: Network,
}

/// How much is said of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// How many tokens came to each verdict.
    Count,
    Verdict,
    Short,
    Full,
}

/// In which form results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Json,
    Yaml,
    /// Of `test` alone: the XML in which systems of continuous integration read what came of tests.
    Junit,
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
            Self::Judge { policy, .. } | Self::Lint { policy, .. } | Self::Test { policy, .. } => Some(policy),
            Self::Audit { policy, .. } => Some(policy),
            Self::Import { source, .. } => Some(source),
            Self::Keys { place, .. } if is_url(place) => None,
            Self::Keys { place, .. } => Some(place),
            Self::Schema { .. } | Self::AuditColumns | Self::Help(_) | Self::Version => None,
        }
    }

    pub(super) fn form(&self) -> Form {
        match self {
            Self::Judge { judging: Judging { form, .. }, .. } => *form,
            Self::Lint { form, .. } | Self::Import { form, .. } | Self::Test { form, .. } => *form,
            Self::Keys { form, .. } | Self::Schema { form } => *form,
            Self::Audit { audit, .. } => audit.form,
            Self::AuditColumns | Self::Help(_) | Self::Version => Form::Text,
        }
    }
}

pub(super) fn parse(arguments: Vec<String>) -> Result<Task, Problem> {
    let given = Given::read(arguments).map_err(|message| Problem { message, topic: Topic::All })?;
    let mut words = given.words.iter().map(String::as_str);
    let command = words.next();
    let topic = command.and_then(Topic::from_name).unwrap_or(Topic::All);
    let words: Vec<&str> = words.collect();
    if given.has("help") {
        return Ok(Task::Help(topic));
    }
    if command == Some("help") {
        return Ok(Task::Help(words.first().and_then(|name| Topic::from_name(name)).unwrap_or(Topic::All)));
    }
    if given.has("version") {
        return Ok(Task::Version);
    }
    let task = given.check(topic).and_then(|()| match topic {
        Topic::Validate | Topic::Explain => judge(&given, &words, topic),
        Topic::Lint => lint(&given, &words),
        Topic::Import => import(&given, &words),
        Topic::Keys => keys(&given, &words),
        Topic::Test => test(&given, &words),
        Topic::Schema => schema(&given, &words),
        Topic::Audit => audit(&given, &words),
        Topic::All if command.is_none() => Err(format!("expected a command: {}", Topic::names())),
        Topic::All => Err(format!("unknown command: expected {}", Topic::names())),
    });
    task.map_err(|message| Problem { message, topic })
}

/// Whether this names a place in the network.
pub(super) fn is_url(place: &str) -> bool {
    place.starts_with("https://") || place.starts_with("http://")
}

fn judge(given: &Given, words: &[&str], topic: Topic) -> Result<Task, String> {
    let asked = match given.one("request") {
        Some(line) => Some(Asked::read(line, &given.all("header"))?),
        None => None,
    };
    refuse(asked.is_none() && given.has("header"), "--header stands with --request")?;
    let tokens = match words {
        [] if asked.is_some() => Tokens::None,
        [] => return Err("expected a token, or - to read tokens from standard input".to_owned()),
        ["-"] => Tokens::Input,
        [token] => Tokens::Given((*token).to_owned()),
        _ => {
            return Err(
                "expected one token: quote it if it is several words, or give several on standard input".to_owned()
            );
        }
    };
    let policy = given.one("policy").ok_or("expected --policy FILE")?.to_owned();
    let manner = match topic {
        Topic::Validate if given.has("count") => Manner::Count,
        Topic::Validate => Manner::Verdict,
        _ if given.has("short") => Manner::Short,
        _ => Manner::Full,
    };
    let as_of = given.one("now").map(time).transpose()?;
    let (form, network) = (form(given, &YAML_TOO)?, Network::read(given)?);
    Ok(Task::Judge { policy, tokens, judging: Judging { manner, asked, as_of, form, network } })
}

fn lint(given: &Given, words: &[&str]) -> Result<Task, String> {
    let policy = match (words, given.one("policy")) {
        ([file], None) => (*file).to_owned(),
        ([], Some(file)) => file.to_owned(),
        _ => return Err("expected one policy file".to_owned()),
    };
    let fail_on = match given.one("fail-on") {
        None | Some("medium") => Some(Severity::Medium),
        Some("high") => Some(Severity::High),
        Some("low") => Some(Severity::Low),
        Some("never") => None,
        Some(_) => return Err("--fail-on is one of high, medium, low and never".to_owned()),
    };
    Ok(Task::Lint { policy, form: form(given, &YAML_TOO)?, fail_on })
}

fn import(given: &Given, words: &[&str]) -> Result<Task, String> {
    let read = match words {
        [name, source] => Product::from_name(name).map(|product| (product, *source)),
        _ => None,
    };
    let (product, source) = read.ok_or_else(|| format!("expected {}, and one file", names(" or ")))?;
    let files = given.all("file");
    refuse(product.files().is_none() && !files.is_empty(), "this product's policy names no further files")?;
    let values = given.all("set").iter().map(|value| named(value)).collect::<Result<_, _>>()?;
    Ok(Task::Import { product, source: source.to_owned(), files, values, form: form(given, &YAML_TOO)? })
}

fn keys(given: &Given, words: &[&str]) -> Result<Task, String> {
    let [place] = words else { return Err("expected one policy, key set or URL".to_owned()) };
    Ok(Task::Keys { place: (*place).to_owned(), form: form(given, &YAML_TOO)?, network: Network::read(given)? })
}

fn test(given: &Given, words: &[&str]) -> Result<Task, String> {
    let [policy, cases @ ..] = words else { return Err("expected a policy and files with cases".to_owned()) };
    refuse(cases.is_empty(), "expected a policy, and a file with cases behind it")?;
    Ok(Task::Test {
        policy: (*policy).to_owned(),
        cases: cases.iter().map(|file| (*file).to_owned()).collect(),
        values: given.all("set").iter().map(|value| named(value)).collect::<Result<_, _>>()?,
        now: given.one("now").map(time).transpose()?,
        verbose: given.has("verbose"),
        form: form(given, &["text", "json", "yaml", "junit"])?,
    })
}

fn schema(given: &Given, words: &[&str]) -> Result<Task, String> {
    refuse(!words.is_empty(), "schema takes no arguments")?;
    let form = if given.has("format") { form(given, &["json", "yaml"])? } else { Form::Json };
    Ok(Task::Schema { form })
}

fn audit(given: &Given, words: &[&str]) -> Result<Task, String> {
    let policy = given.one("policy").ok_or("expected --policy FILE")?.to_owned();
    let logs = given.all("tokens");
    refuse(logs.is_empty(), "expected --tokens FILE, or --tokens - for standard input")?;
    refuse(!words.is_empty(), "there are arguments that are no options: each log stands behind a --tokens of its own")?;
    refuse(given.has("now") && given.has("time-column"), "--now and --time-column exclude each other")?;
    let text = |name: &str| given.one(name).map(str::to_owned);
    let scheme = text("scheme");
    let is_word = |word: &String| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic());
    refuse(scheme.as_ref().is_some_and(|scheme| !is_word(scheme)), "--scheme is one word, such as Bearer")?;
    let threads = given.one("threads").map(|number| number.parse::<usize>().ok().filter(|number| *number > 0));
    let threads = threads.map(|number| number.ok_or("--threads is a number from 1 on")).transpose()?;
    let fail_on = match given.one("fail-on") {
        None | Some("rejected") => FailOn::Rejected,
        Some("unavailable") => FailOn::Unavailable,
        Some("never") => FailOn::Never,
        Some(_) => return Err("--fail-on is one of rejected, unavailable and never".to_owned()),
    };
    let audit = Audit {
        column: text("column"),
        scheme,
        as_of: given.one("now").map(time).transpose()?,
        time_column: text("time-column"),
        fail_on,
        threads: threads.unwrap_or_default(),
        quiet: given.has("quiet"),
        form: form(given, &YAML_TOO)?,
        network: Network::read(given)?,
        logs,
    };
    let of_columns = ["claims", "keep", "out"].into_iter().any(|name| given.has(name));
    if !of_columns && !audit.logs.iter().any(|log| has_columns(log)) {
        return Ok(Task::Audit { policy, audit });
    }
    refuse(audit.logs.len() > 1, "logs with columns, and logs for --out, are read one at a time")?;
    refuse(audit.network != Network::default(), "the options of the network stand with logs of lines and of NDJSON")?;
    Ok(Task::AuditColumns)
}

/// Whether a log is read by the package for columns.
fn has_columns(log: &str) -> bool {
    let end = log.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
    end.is_some_and(|end| ["parquet", "csv", "arrow"].contains(&end.as_str()))
}

fn form(given: &Given, known: &[&str]) -> Result<Form, String> {
    match given.one("format") {
        None if given.has("json") => Ok(Form::Json),
        None => Ok(Form::Text),
        Some(_) if given.has("json") => Err("--json is --format json: give one of them".to_owned()),
        Some(name) => match name {
            "text" if known.contains(&"text") => Ok(Form::Text),
            "json" => Ok(Form::Json),
            "yaml" => Ok(Form::Yaml),
            "junit" if known.contains(&"junit") => Ok(Form::Junit),
            _ => Err(format!("--format is one of {}", known.join(", "))),
        },
    }
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

const YAML_TOO: [&str; 3] = ["text", "json", "yaml"];
