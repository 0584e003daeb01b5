//! The options of all commands: one table of their names and of the commands that they stand with.

use super::topic::Topic::{self, Audit, Explain, Import, Keys, Lint, Schema, Test, Validate};
use lexopt::Arg::{Long, Short, Value};
use lexopt::{Parser, ValueExt as _};

/// An option, and the commands that take it.
struct Known {
    name: &'static str,
    short: Option<char>,
    has_value: bool,
    with: &'static [Topic],
}

/// Everything that stands on a command line, before it is known what goes together.
#[derive(Default)]
pub(super) struct Given {
    pub(super) words: Vec<String>,
    /// In their order; the value is empty where the option has none.
    options: Vec<(&'static str, String)>,
}

impl Given {
    pub(super) fn read(arguments: Vec<String>) -> Result<Self, String> {
        let mut given = Self::default();
        let mut parser = Parser::from_args(arguments);
        while let Some(argument) = parser.next().map_err(told)? {
            let known = match &argument {
                Short(letter) => OPTIONS.iter().find(|known| known.short == Some(*letter)),
                Long(name) => OPTIONS.iter().find(|known| known.name == *name),
                Value(_) => None,
            };
            match (argument, known) {
                (Value(word), _) => given.words.push(word.string().map_err(told)?),
                (option, None) => return Err(told(option.unexpected())),
                (_, Some(known)) if known.has_value => {
                    let value = parser.value().and_then(|value| value.string()).map_err(told)?;
                    given.options.push((known.name, value));
                }
                (_, Some(known)) => given.options.push((known.name, String::new())),
            }
        }
        Ok(given)
    }

    /// The value of an option; the last where it stands there several times.
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        self.options.iter().rev().find(|(given, _)| *given == name).map(|(_, value)| value.as_str())
    }

    /// All values of an option.
    pub(super) fn all(&self, name: &str) -> Vec<String> {
        self.options.iter().filter(|(given, _)| *given == name).map(|(_, value)| value.clone()).collect()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.one(name).is_some()
    }

    /// That every option stands with this command.
    pub(super) fn check(&self, topic: Topic) -> Result<(), String> {
        let foreign = |known: &&Known| self.has(known.name) && !known.with.is_empty() && !known.with.contains(&topic);
        match OPTIONS.iter().find(foreign) {
            None => Ok(()),
            Some(known) => {
                let commands: Vec<&str> = known.with.iter().map(|topic| topic.name()).collect();
                Err(format!("--{} stands with {}", known.name, commands.join(", ")))
            }
        }
    }
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

const fn flag(name: &'static str, short: Option<char>, with: &'static [Topic]) -> Known {
    Known { name, short, has_value: false, with }
}

const fn value(name: &'static str, short: Option<char>, with: &'static [Topic]) -> Known {
    Known { name, short, has_value: true, with }
}

/// Commands that fetch.
const FETCHING: &[Topic] = &[Validate, Explain, Audit, Keys];
/// An option without commands stands with all of them.
const OPTIONS: &[Known] = &[
    value("policy", Some('p'), &[Validate, Explain, Audit, Lint]),
    value("now", None, &[Validate, Explain, Audit, Test]),
    value("request", Some('r'), &[Validate, Explain]),
    value("header", Some('H'), &[Validate, Explain]),
    flag("short", Some('s'), &[Explain]),
    flag("count", Some('c'), &[Validate]),
    value("fail-on", None, &[Lint, Audit]),
    value("tokens", None, &[Audit]),
    value("column", None, &[Audit]),
    value("scheme", None, &[Audit]),
    value("time-column", None, &[Audit]),
    value("claims", None, &[Audit]),
    value("keep", None, &[Audit]),
    value("out", None, &[Audit]),
    value("threads", None, &[Audit]),
    flag("quiet", Some('q'), &[Audit]),
    value("file", None, &[Import]),
    value("set", None, &[Import, Test]),
    flag("verbose", Some('v'), &[Test]),
    value("cacert", None, FETCHING),
    value("cert", None, FETCHING),
    value("key", None, FETCHING),
    value("proxy", None, FETCHING),
    value("timeout", None, FETCHING),
    value("format", None, &[Validate, Explain, Audit, Lint, Import, Test, Keys, Schema]),
    flag("json", None, &[Validate, Explain, Audit, Lint, Import, Test, Keys]),
    flag("help", Some('h'), &[]),
    flag("version", Some('V'), &[]),
];
