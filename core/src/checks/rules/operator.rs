//! What a claim rule can ask of a claim's value.

use crate::claims::pieces;
use crate::json::{self, Value};
use crate::pattern::Pattern;
use std::borrow::Cow;
use std::cmp::Ordering;

/// One condition. A value of a type that the operator is not made for fulfils none, not even [`Operator::NoneOf`].
#[derive(Debug)]
pub(super) enum Operator {
    /// Equal as JSON.
    Equals(serde_json::Value),
    /// One of ours is among theirs.
    AnyOf(Vec<Scalar<'static>>),
    /// All of ours are among theirs.
    AllOf(Vec<Scalar<'static>>),
    /// None of ours is among theirs.
    NoneOf(Vec<Scalar<'static>>),
    /// At the beginning of a text.
    Prefix(String),
    /// At the end of a text.
    Suffix(String),
    /// A text inside a text, or an element of a list.
    Contains(Scalar<'static>),
    /// By a regular expression, from the first character to the last.
    Matches(Pattern),
    /// At least this.
    Min(Number),
    /// At most this.
    Max(Number),
}

impl Operator {
    /// Whether a separator makes sense: the operator looks at the elements of a list.
    pub(super) fn takes_lists(&self) -> bool {
        matches!(self, Self::AnyOf(_) | Self::AllOf(_) | Self::NoneOf(_) | Self::Contains(_))
    }

    /// `separator` splits a text into the list of texts that is then looked at.
    pub(super) fn holds(&self, value: &Value<'_>, separator: Option<&str>) -> bool {
        match self {
            Self::Equals(ours) => equal(ours, value),
            Self::AnyOf(ours) => {
                scalars(value, separator).is_some_and(|theirs| theirs.iter().any(|their| ours.contains(their)))
            }
            Self::AllOf(ours) => {
                scalars(value, separator).is_some_and(|theirs| ours.iter().all(|our| theirs.contains(our)))
            }
            Self::NoneOf(ours) => {
                scalars(value, separator).is_some_and(|theirs| !theirs.iter().any(|their| ours.contains(their)))
            }
            Self::Contains(ours) => match (value, separator, ours) {
                (Value::String(_), None, Scalar::Text(ours)) => {
                    value.as_str().is_some_and(|text| text.contains(ours.as_ref()))
                }
                (Value::String(_), Some(_), _) | (Value::Array(_), ..) => {
                    scalars(value, separator).is_some_and(|theirs| theirs.contains(ours))
                }
                _ => false,
            },
            Self::Prefix(ours) => value.as_str().is_some_and(|text| text.starts_with(ours.as_str())),
            Self::Suffix(ours) => value.as_str().is_some_and(|text| text.ends_with(ours.as_str())),
            Self::Matches(pattern) => value.as_str().is_some_and(|text| pattern.matches(&text)),
            Self::Min(ours) => number(value).is_some_and(|theirs| theirs >= *ours),
            Self::Max(ours) => number(value).is_some_and(|theirs| theirs <= *ours),
        }
    }
}

/// A text, a number or a boolean: what lists of a policy hold.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar<'a> {
    Text(Cow<'a, str>),
    Number(Number),
    Bool(bool),
}

impl Scalar<'static> {
    /// From a policy document; `None` for a list or an object.
    pub(super) fn written(value: &serde_json::Value) -> Option<Self> {
        match value {
            serde_json::Value::String(text) => Some(Self::Text(Cow::Owned(text.clone()))),
            serde_json::Value::Number(number) => Number::parse(&number.to_string()).map(Self::Number),
            serde_json::Value::Bool(value) => Some(Self::Bool(*value)),
            _ => None,
        }
    }
}

/// A number of JSON. Integers compare exactly, beyond 2^53 too; everything else as doubles.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Integer(i128),
    Double(f64),
}

impl Number {
    /// Any number of JSON. An integer that fits 128 bits keeps every digit.
    pub(super) fn parse(literal: &str) -> Option<Self> {
        match literal.parse() {
            Ok(integer) => Some(Self::Integer(integer)),
            Err(_) => literal.parse().ok().map(Self::Double),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "only compared with a double, which has no more precision")]
    fn as_double(self) -> f64 {
        match self {
            Self::Integer(integer) => integer as f64,
            Self::Double(double) => double,
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => Some(a.cmp(b)),
            _ => self.as_double().partial_cmp(&other.as_double()),
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

/// The claim as a number. A text that reads like one is none: issuers that write `"7"` mean a text.
fn number(value: &Value<'_>) -> Option<Number> {
    match value {
        Value::Number(literal) => Number::parse(literal),
        _ => None,
    }
}

/// The claim as a value that can be compared; `null`, lists and objects are none.
fn scalar<'a>(value: &Value<'a>) -> Option<Scalar<'a>> {
    match value {
        Value::String(_) => value.as_str().map(Scalar::Text),
        Value::Number(literal) => Number::parse(literal).map(Scalar::Number),
        Value::Bool(value) => Some(Scalar::Bool(*value)),
        _ => None,
    }
}

/// The elements of a list, or the value as a list of one; `None` when not all of them are scalars.
fn scalars<'a>(value: &Value<'a>, separator: Option<&str>) -> Option<Vec<Scalar<'a>>> {
    match (value, separator) {
        (Value::Array(_), _) => value.as_array()?.iter().map(scalar).collect(),
        (Value::String(_), Some(separator)) => Some(pieces(value.as_str()?, separator).map(Scalar::Text).collect()),
        _ => scalar(value).map(|value| vec![value]),
    }
}

/// Equal as JSON: numbers by value, lists in order, objects by name. Recursion ends with the policy's own levels.
fn equal(ours: &serde_json::Value, theirs: &Value<'_>) -> bool {
    match (ours, theirs) {
        (serde_json::Value::Array(ours), Value::Array(_)) => theirs.as_array().is_some_and(|theirs| {
            ours.len() == theirs.len() && ours.iter().zip(&theirs).all(|(our, their)| equal(our, their))
        }),
        (serde_json::Value::Object(ours), Value::Object(text)) => json::object(text, usize::MAX).is_ok_and(|theirs| {
            ours.len() == theirs.len()
                && theirs.iter().all(|their| ours.get(their.name.as_ref()).is_some_and(|our| equal(our, &their.value)))
        }),
        _ => Scalar::written(ours).is_some_and(|ours| scalar(theirs) == Some(ours)),
    }
}
