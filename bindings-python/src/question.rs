//! What Python asks: a token, or a request that has one somewhere.

use crate::errors;
use jotgate::{Question, RequestParts, Timestamp};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyMapping, PyString, PyTuple};
use std::borrow::Cow;
use std::time::SystemTime;

pub(crate) type HeaderFields<'py> = Vec<(Bound<'py, PyString>, Bound<'py, PyString>)>;

/// A request to ask about. Described in `_native.pyi`.
#[pyclass(frozen, module = "jotgate._native")]
pub(crate) struct Request {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
}

impl Request {
    /// Text that is no Unicode keeps its place as replacement characters: it cannot be part of a good token.
    ///
    /// Of the header fields and the query it takes what is read. Every field must be of text all the same, so that a mistake
    /// of the application shows with any policy.
    pub(crate) fn new(
        reads: &RequestParts, method: String, path: &Bound<'_, PyString>, query: &Bound<'_, PyAny>,
        headers: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let query = Text::of(query)?;
        let query = if reads.query { query.read() } else { String::new() };
        let mut request = Self { method, path: path.to_string_lossy().into_owned(), query, headers: Vec::new() };
        each_field(headers, |name, value| {
            let (name, value) = (Text::of(name)?, Text::of(value)?);
            if name.is_read(reads) {
                request.headers.push((name.read(), value.read()));
            }
            Ok(())
        })?;
        Ok(request)
    }

    pub(crate) fn with<T>(&self, ask: impl FnOnce(&jotgate::Request<'_>) -> T) -> T {
        let headers: Vec<(&str, &str)> = self.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        ask(&jotgate::Request::new(&self.method, &self.path).with_query(&self.query).with_headers(&headers))
    }
}

/// What a request holds: text, or bytes, each of which is the character of its number, as in Latin-1 (RFC 9110 section 5.5
/// leaves the rest undefined).
enum Text<'a, 'py> {
    Str(&'a Bound<'py, PyString>),
    Bytes(&'a [u8]),
}

impl<'a, 'py> Text<'a, 'py> {
    fn of(value: &'a Bound<'py, PyAny>) -> PyResult<Self> {
        if let Ok(text) = value.cast::<PyString>() {
            return Ok(Self::Str(text));
        }
        match value.cast::<PyBytes>() {
            Ok(bytes) => Ok(Self::Bytes(bytes.as_bytes())),
            Err(_) => {
                let found = value.get_type().name()?;
                Err(PyTypeError::new_err(format!("a part of a request must be str or bytes, not {found}")))
            }
        }
    }

    /// Whether it is the name of a header field that is read.
    fn is_read(&self, reads: &RequestParts) -> bool {
        match self {
            Self::Str(text) => reads.has_header(&text.to_string_lossy()),
            Self::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(name) => reads.has_header(name),
                // Names that are looked for are ASCII.
                Err(_) => reads.headers.is_none(),
            },
        }
    }

    fn read(&self) -> String {
        match self {
            Self::Str(text) => text.to_string_lossy().into_owned(),
            Self::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) if text.is_ascii() => text.to_owned(),
                _ => bytes.iter().copied().map(char::from).collect(),
            },
        }
    }
}

/// Calls `take` with name and value of each field: of any mapping with `items()`, or of pairs; None has none.
fn each_field<'py>(
    headers: &Bound<'py, PyAny>, mut take: impl FnMut(&Bound<'py, PyAny>, &Bound<'py, PyAny>) -> PyResult<()>,
) -> PyResult<()> {
    if headers.is_none() {
        return Ok(());
    }
    let mut take_pair = |pair: &Bound<'py, PyAny>| match pair.cast_exact::<PyTuple>() {
        Ok(pair) if pair.len() == 2 => take(&*pair.get_borrowed_item(0)?, &*pair.get_borrowed_item(1)?),
        _ => {
            let (name, value): (Bound<'py, PyAny>, Bound<'py, PyAny>) = pair_of(pair)?;
            take(&name, &value)
        }
    };
    if let Ok(list) = headers.cast_exact::<PyList>() {
        return list.iter().try_for_each(|pair| take_pair(&pair));
    }
    match headers.cast::<PyMapping>() {
        Ok(mapping) => mapping.items()?.iter().try_for_each(|pair| take_pair(&pair)),
        Err(_) => headers.try_iter()?.try_for_each(|pair| take_pair(&pair?)),
    }
}

/// Two things in anything that can be unpacked.
fn pair_of<'py>(pair: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let mut parts = pair.try_iter()?;
    match (parts.next().transpose()?, parts.next().transpose()?, parts.next()) {
        (Some(name), Some(value), None) => Ok((name, value)),
        _ => Err(PyValueError::new_err("a header field must be a pair of name and value")),
    }
}

/// Asks about a token in str or bytes, or about a [`Request`]; `as_of` is the time to judge it for, if that is not now.
pub(crate) fn ask<T>(
    question: &Bound<'_, PyAny>, as_of: Option<f64>, ask: impl FnOnce(Question<'_>) -> T,
) -> PyResult<T> {
    let py = question.py();
    let as_of = as_of.map(|as_of| timestamp(Some(as_of))).transpose()?;
    let at = |question: Question<'_>| ask(as_of.map_or(question, |as_of| question.as_of(as_of)));
    if let Ok(request) = question.cast::<Request>() {
        return errors::guard(py, || request.get().with(|request| at(Question::request(request))));
    }
    let token = token_bytes(question)?;
    errors::guard(py, || at(Question::token(&token)))
}

/// From seconds since the Unix epoch, as `time.time()` gives them; the system's clock where none is given.
pub(crate) fn timestamp(now: Option<f64>) -> PyResult<Timestamp> {
    let Some(seconds) = now else { return Ok(SystemTime::now().into()) };
    if !seconds.is_finite() {
        return Err(PyValueError::new_err("the time must be a finite number of seconds"));
    }
    #[expect(clippy::cast_possible_truncation, reason = "`as` saturates, and so does every use of a Timestamp")]
    Ok(Timestamp::from_millis((seconds * 1000.0).round() as i64))
}

/// The bytes of many tokens, borrowed, each as [`ask`] takes it. One of another type refuses them all, before any is judged.
pub(crate) fn tokens_bytes<'a>(tokens: &'a [Bound<'_, PyAny>]) -> PyResult<Vec<Cow<'a, [u8]>>> {
    let bytes = |(place, token): (usize, &'a Bound<'_, PyAny>)| {
        token_bytes(token).map_err(|error| match token.get_type().name() {
            Ok(found) => PyTypeError::new_err(format!("tokens[{place}] must be str or bytes, not {found}")),
            Err(_) => error,
        })
    };
    tokens.iter().enumerate().map(bytes).collect()
}

/// The token's bytes, borrowed. Text that is no Unicode (a lone surrogate) becomes text that is no token.
fn token_bytes<'a>(token: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, [u8]>> {
    if let Ok(text) = token.cast::<PyString>() {
        return Ok(match text.to_str() {
            Ok(text) => Cow::Borrowed(text.as_bytes()),
            Err(_) => Cow::Owned(text.to_string_lossy().into_owned().into_bytes()),
        });
    }
    match token.cast::<PyBytes>() {
        Ok(bytes) => Ok(Cow::Borrowed(bytes.as_bytes())),
        Err(_) => {
            Err(PyTypeError::new_err(format!("the token must be str or bytes, not {}", token.get_type().name()?)))
        }
    }
}
