//! The values of an expression, borrowed from the token wherever that can be.

use crate::claims::{Payload, pieces};
use crate::json::{self, Member};
use crate::request::Request;
use std::borrow::Cow;
use std::sync::Arc;

/// A value; cheap to clone, whatever its size.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(&'a str),
    /// A text that stands nowhere as it is: unescaped, joined, or a literal of the expression.
    Made(Arc<str>),
    List(Arc<[Value<'a>]>),
    /// A list of the token as JSON; read when it is looked into.
    Array(&'a str),
    /// An object of the token as JSON; read when it is looked into.
    Object(&'a str),
    /// The claims as a whole.
    Members(Payload<'a>),
    /// The headers, query parameters or cookies of a request, looked up by name.
    Fields(Fields, &'a Request<'a>),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Fields {
    Headers,
    Query,
    Cookies,
}

impl<'a> Value<'a> {
    /// Integers that fit 64 bits are integers, all other numbers doubles.
    pub(super) fn of_json(value: json::Value<'a>) -> Self {
        match value {
            json::Value::Null => Self::Null,
            json::Value::Bool(value) => Self::Bool(value),
            json::Value::Number(literal) => match literal.parse() {
                Ok(integer) => Self::Int(integer),
                Err(_) => literal.parse().map_or(Self::Null, Self::Double),
            },
            json::Value::String(_) => value.as_str().map_or(Self::Null, Self::of_text),
            json::Value::Array(text) => Self::Array(text),
            json::Value::Object(text) => Self::Object(text),
        }
    }

    /// The claim of a rule; with a separator, a text is the list of its pieces.
    pub(super) fn of_claim(value: json::Value<'a>, separator: Option<&str>) -> Self {
        match (value.as_str(), separator) {
            (Some(text), Some(separator)) => Self::List(pieces(text, separator).map(Self::of_text).collect()),
            _ => Self::of_json(value),
        }
    }

    pub(super) fn of_text(text: Cow<'a, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Self::Text(text),
            Cow::Owned(text) => Self::Made(text.into()),
        }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Made(text) => Some(text),
            _ => None,
        }
    }

    /// Bytes that have to be read before the value can be looked into.
    pub(super) fn unread_bytes(&self) -> usize {
        match self {
            Self::Array(text) | Self::Object(text) => text.len(),
            Self::Fields(Fields::Query, request) => request.query.len(),
            Self::Fields(Fields::Cookies, request) => request.header("cookie").map(str::len).sum(),
            _ => 0,
        }
    }

    /// The elements of a list; `None` for every other value.
    pub(super) fn elements(&self) -> Option<Arc<[Value<'a>]>> {
        match self {
            Self::List(elements) => Some(Arc::clone(elements)),
            Self::Array(text) => {
                json::Value::Array(text).as_array().map(|elements| elements.into_iter().map(Self::of_json).collect())
            }
            _ => None,
        }
    }

    /// The members of an object; `None` for every other value.
    pub(super) fn members(&self) -> Option<Vec<Member<'a>>> {
        match self {
            Self::Members(payload) => Some(payload.members().collect()),
            Self::Object(text) => json::object(text, usize::MAX).ok(),
            _ => None,
        }
    }
}
