//! The functions that expressions may call: those of the CEL standard library whose cost the size of their arguments
//! bounds, and `lowerAscii` and `split` of its strings extension.

use super::no_value::NoValue;
use super::value::Value;
use std::sync::Arc;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Contains,
    StartsWith,
    EndsWith,
    LowerAscii,
    Split,
    Size,
    Int,
    Double,
    Text,
}

/// How a function is written.
#[derive(Clone, Copy)]
pub(super) enum Style {
    /// `text.name(…)`
    Member,
    /// `name(…)`
    Global,
    Both,
}

impl Function {
    /// Name, style, and the number of arguments with the receiver among them.
    pub(super) const ALL: [(&'static str, Self, Style, usize); 9] = [
        ("contains", Self::Contains, Style::Member, 2),
        ("startsWith", Self::StartsWith, Style::Member, 2),
        ("endsWith", Self::EndsWith, Style::Member, 2),
        ("lowerAscii", Self::LowerAscii, Style::Member, 1),
        ("split", Self::Split, Style::Member, 2),
        ("size", Self::Size, Style::Both, 1),
        ("int", Self::Int, Style::Global, 1),
        ("double", Self::Double, Style::Global, 1),
        ("string", Self::Text, Style::Global, 1),
    ];

    /// Takes time in proportion to the texts and lists among the arguments, which the caller has paid for.
    pub(super) fn call<'a>(self, arguments: &[Value<'a>]) -> Result<Value<'a>, NoValue> {
        let text = |index: usize| arguments.get(index).and_then(Value::as_text).ok_or(NoValue::Fault);
        match self {
            Self::Contains => Ok(Value::Bool(text(0)?.contains(text(1)?))),
            Self::StartsWith => Ok(Value::Bool(text(0)?.starts_with(text(1)?))),
            Self::EndsWith => Ok(Value::Bool(text(0)?.ends_with(text(1)?))),
            Self::LowerAscii => Ok(Value::Made(text(0)?.to_ascii_lowercase().into())),
            Self::Split => match (text(0)?, text(1)?) {
                (_, "") => Err(NoValue::Fault),
                (whole, separator) => Ok(Value::List(whole.split(separator).map(made).collect())),
            },
            Self::Size => size(arguments.first().ok_or(NoValue::Fault)?),
            Self::Int => integer(arguments.first().ok_or(NoValue::Fault)?),
            Self::Double => double(arguments.first().ok_or(NoValue::Fault)?),
            Self::Text => string(arguments.first().ok_or(NoValue::Fault)?),
        }
    }
}

fn made<'a>(text: &str) -> Value<'a> {
    Value::Made(Arc::from(text))
}

/// Code points of a text, elements of a list, members of an object.
fn size<'a>(value: &Value<'a>) -> Result<Value<'a>, NoValue> {
    let size = match value {
        Value::Text(_) | Value::Made(_) => value.as_text().map(|text| text.chars().count()),
        Value::List(_) | Value::Array(_) => value.elements().map(|elements| elements.len()),
        _ => value.members().map(|members| members.len()),
    };
    size.and_then(|size| i64::try_from(size).ok()).map(Value::Int).ok_or(NoValue::Fault)
}

/// A double loses its fraction; one that no integer of 64 bits can hold is an error.
#[expect(clippy::cast_possible_truncation, reason = "the fraction is meant to go, and the range was checked")]
fn integer<'a>(value: &Value<'a>) -> Result<Value<'a>, NoValue> {
    match value {
        Value::Int(integer) => Some(*integer),
        Value::Double(double) if double.abs() < INT_LIMIT => Some(*double as i64),
        _ => value.as_text().and_then(|text| text.parse().ok()),
    }
    .map(Value::Int)
    .ok_or(NoValue::Fault)
}

#[expect(clippy::cast_precision_loss, reason = "what the conversion is asked for")]
fn double<'a>(value: &Value<'a>) -> Result<Value<'a>, NoValue> {
    match value {
        Value::Int(integer) => Some(*integer as f64),
        Value::Double(double) => Some(*double),
        _ => value.as_text().and_then(|text| text.parse().ok()),
    }
    .map(Value::Double)
    .ok_or(NoValue::Fault)
}

/// Doubles have no one spelling that all languages share, so they have none here.
fn string<'a>(value: &Value<'a>) -> Result<Value<'a>, NoValue> {
    match value {
        Value::Text(_) | Value::Made(_) => Ok(value.clone()),
        Value::Int(integer) => Ok(made(&integer.to_string())),
        Value::Bool(value) => Ok(made(if *value { "true" } else { "false" })),
        _ => Err(NoValue::Fault),
    }
}

/// 2^63: doubles below it in absolute value have an integer part that fits.
const INT_LIMIT: f64 = 9_223_372_036_854_775_808.0;
