//! Policy documents as text, and the tables of the core: nothing here needs a validator.

use crate::memory::{read, read_text, tell, tell_json};
use crate::{FAILED, NOTHING};
use jotgate::{Code, Names, PolicyError, ReferenceFailure, Written};
use jotgate_edge::{Mistake, Packed, Problem};
use jotgate_tools::{Format, Warning};
use serde_json::{Value, json};

/// The version of the package that this is a part of.
#[unsafe(no_mangle)]
pub extern "C" fn version() -> u32 {
    tell(env!("CARGO_PKG_VERSION"))
}

/// The core's table of codes, as JSON.
#[unsafe(no_mangle)]
pub extern "C" fn codes() -> u32 {
    let entry = |code: &Code| {
        let class = format!("{:?}", code.class()).to_lowercase();
        json!({ "number": code.number(), "name": code.name(), "class": class })
    };
    tell_json(&Code::ALL.iter().map(entry).collect())
}

/// The JSON Schema of policy documents.
#[unsafe(no_mangle)]
pub extern "C" fn schema() -> u32 {
    tell(jotgate::schema())
}

/// What a document in JSON leaves to the host to read, as a JSON list; or what is wrong with it, as JSON.
#[unsafe(no_mangle)]
pub extern "C" fn references(len: usize) -> u32 {
    let told = |policy: &str| match jotgate::references(policy) {
        Ok(wanted) => {
            let wanted = wanted.into_iter().map(
                |wanted| json!({ "kind": wanted.kind.name(), "name": wanted.name, "readBytes": wanted.read_bytes }),
            );
            tell_json(&wanted.collect())
        }
        Err(error) => tell_mistake(&Mistake::from(&error)),
    };
    read_text(len, told).unwrap_or(FAILED)
}

/// The document with what the host has read; or what is wrong, as JSON. Texts: the document, then of each reference how it is (`read`,
/// `missing` or `unreadable`) and what it is. Whether it is the document, the first byte says: that of a mistake is `!`.
#[unsafe(no_mangle)]
pub extern "C" fn fill_references(len: usize) -> u32 {
    read(len, |bytes| {
        let mut texts = Packed::new(bytes);
        let Some(Ok(policy)) = texts.text().map(str::from_utf8) else { return FAILED };
        let Some(pairs) = texts.pairs() else { return FAILED };
        let read = pairs.into_iter().map(|(how, content)| match how {
            b"read" => Ok(content.to_vec()),
            b"missing" => Err(ReferenceFailure::Missing),
            _ => Err(ReferenceFailure::Unreadable),
        });
        told(jotgate::fill_references(policy, &read.collect::<Vec<_>>()))
    })
}

/// The text of a document, of bytes that need not be one, told as `fill_references` tells.
#[unsafe(no_mangle)]
pub extern "C" fn policy_text(len: usize) -> u32 {
    read(len, |bytes| match Packed::new(bytes).text() {
        Some(text) => told(jotgate::policy_text(text).map(str::to_owned)),
        None => FAILED,
    })
}

/// A document as JSON text, as `fill_references` tells it; nothing when there is no such format. Texts: the document and its format.
#[unsafe(no_mangle)]
pub extern "C" fn policy_json(len: usize) -> u32 {
    read(len, |bytes| {
        let mut texts = Packed::new(bytes);
        let mut text = || texts.text().and_then(|text| str::from_utf8(text).ok());
        let (Some(document), Some(format)) = (text(), text()) else { return FAILED };
        let Some(format) = Format::from_name(format) else { return NOTHING };
        told(jotgate_tools::policy_json(document, format))
    })
}

/// A list of warnings about a document in JSON, told as `fill_references` tells.
#[unsafe(no_mangle)]
pub extern "C" fn lint(len: usize) -> u32 {
    let lint = |policy: &str| told(jotgate_tools::lint(policy).map(|warnings| Warning::list_to_json(&warnings)));
    read_text(len, lint).unwrap_or(FAILED)
}

/// What is wrong, in the names of the options, as JSON. Texts: path, message, where `has_hint` is 1 the hint, the names of so many options
/// that were given, and those of all that there are.
#[unsafe(no_mangle)]
pub extern "C" fn in_options(len: usize, has_hint: u32, count: usize) -> u32 {
    read(len, |bytes| {
        let mut texts = Packed::new(bytes);
        let mut text = || texts.text().map(String::from_utf8_lossy);
        let (Some(path), Some(message)) = (text(), text()) else { return FAILED };
        let hint = if has_hint == 1 { text() } else { None };
        let names: Vec<_> = std::iter::from_fn(text).collect();
        let names: Vec<&str> = names.iter().map(|name| &**name).collect();
        let Some((given, known)) = names.split_at_checked(count) else { return FAILED };
        let told = Names::NodeOptions.told(&path, &message, hint.as_deref(), Written { given, known });
        tell_json(&json!({ "path": told.path, "message": told.message, "hint": told.hint }))
    })
}

/// What is wrong with a document, as JSON.
pub(crate) fn tell_mistake(mistake: &Mistake) -> u32 {
    tell_json(&of_mistake(mistake))
}

fn told(result: Result<String, PolicyError>) -> u32 {
    match result {
        Ok(text) => tell(text),
        Err(error) => tell(format!("{MISTAKE}{}", of_mistake(&Mistake::from(&error)))),
    }
}

fn of_mistake(mistake: &Mistake) -> Value {
    let known = |number: u32| (number > 0).then_some(number);
    let one = |Problem { path, message, hint, line, column }: &Problem| json!({ "path": path, "message": message, "hint": hint, "line": known(*line), "column": known(*column) });
    let problems: Vec<Value> = mistake.problems.iter().map(one).collect();
    json!({ "path": mistake.path, "message": mistake.message, "hint": mistake.hint, "problems": problems })
}

/// What no JSON begins with.
const MISTAKE: char = '!';
