//! Requests as Python has them: read where they lie, for one question, and kept as a whole for those that come later.

use jotgate::RequestParts;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::critical_section::with_critical_section;
use pyo3::types::{PyBytes, PyDict, PyList, PyMapping, PyString, PyTuple};
use std::borrow::Cow;

/// The parts of requests that the policy reads, in a form that is quick to ask.
pub(crate) struct Reads {
    /// The names of the header fields, in lower case; None for all fields.
    pub(crate) headers: Option<Box<[Box<str>]>>,
    pub(crate) query: bool,
}

impl From<RequestParts> for Reads {
    fn from(parts: RequestParts) -> Self {
        let names = |names: std::collections::BTreeSet<String>| names.into_iter().map(String::into_boxed_str).collect();
        Self { headers: parts.headers.map(names), query: parts.query }
    }
}

impl Reads {
    /// Whether a header field may be read whose name has so many characters. Those that are read are ASCII.
    fn has_length(&self, length: usize) -> bool {
        self.headers.as_ref().is_none_or(|names| names.iter().any(|read| read.len() == length))
    }

    /// Whether a header field of this name is read; names compare without case (RFC 9110 section 5.1).
    fn has_header(&self, name: &[u8]) -> bool {
        self.headers.as_ref().is_none_or(|names| names.iter().any(|read| read.as_bytes().eq_ignore_ascii_case(name)))
    }
}

/// The query where one is given. What is given as None is none, and a mistake.
pub(crate) struct Query<'py>(pub(crate) Option<Bound<'py, PyAny>>);

impl<'py> FromPyObject<'_, 'py> for Query<'py> {
    type Error = std::convert::Infallible;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> Result<Self, Self::Error> {
        Ok(Self(Some(value.to_owned())))
    }
}

/// A request that is kept, to ask about it again. Described in `_native.pyi`.
#[pyclass(frozen, module = "jotgate._native")]
pub(crate) struct Request {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
}

impl From<&jotgate::Request<'_>> for Request {
    fn from(request: &jotgate::Request<'_>) -> Self {
        let field = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self {
            method: request.method.to_owned(),
            path: request.path.to_owned(),
            query: request.query.to_owned(),
            headers: request.headers.iter().map(field).collect(),
        }
    }
}

impl Request {
    pub(crate) fn with<T>(&self, ask: impl FnOnce(&jotgate::Request<'_>) -> T) -> T {
        let headers: Vec<(&str, &str)> = self.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        ask(&jotgate::Request::new(&self.method, &self.path).with_query(&self.query).with_headers(&headers))
    }
}

/// What Python gives of a request.
pub(crate) struct Given<'a, 'py> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a Bound<'py, PyString>,
    pub(crate) query: &'a Bound<'py, PyAny>,
    pub(crate) headers: &'a Bound<'py, PyAny>,
}

impl Given<'_, '_> {
    /// Hands `ask` what is read of it. Texts and bytes do not change, and are held meanwhile: nothing of them is copied.
    ///
    /// Text that is no Unicode keeps its place as replacement characters: it cannot be part of a good token.
    pub(crate) fn with<T>(&self, reads: &Reads, ask: impl FnOnce(&jotgate::Request<'_>) -> PyResult<T>) -> PyResult<T> {
        let query = Text::of(self.query)?;
        let query = if reads.query { query.read() } else { Cow::Borrowed("") };
        let (first, more) = read_fields(reads, self.headers)?;
        let path = self.path.to_string_lossy();
        let request = jotgate::Request::new(self.method, &path).with_query(&query);
        // Most policies read one field, and most requests have it once.
        if more.is_empty() {
            let Some((name, value)) = &first else { return ask(&request) };
            let (name, value) = (Text::of(name)?.read(), Text::of(value)?.read());
            return ask(&request.with_headers(&[(&name, &value)]));
        }
        let fields = first.iter().chain(&more);
        let texts = fields.map(|(name, value)| Ok((Text::of(name)?.read(), Text::of(value)?.read())));
        let texts = texts.collect::<PyResult<Vec<_>>>()?;
        let headers: Vec<(&str, &str)> = texts.iter().map(|(name, value)| (&**name, &**value)).collect();
        ask(&request.with_headers(&headers))
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
        // Asked beforehand, because a cast that fails makes its error.
        let text = match is_bytes(value) {
            true => value.cast::<PyBytes>().map(|bytes| Self::Bytes(bytes.as_bytes())),
            false => value.cast::<PyString>().map(Self::Str),
        };
        text.map_err(|_| no_text(value))
    }

    /// Whether it is the name of a header field that is read.
    fn is_read(&self, reads: &Reads) -> bool {
        match self {
            // Hardly any name has the length of another one, and a length is had for less than the text.
            Self::Str(text) if text.len().is_ok_and(|length| !reads.has_length(length)) => false,
            Self::Str(text) => reads.has_header(text.to_string_lossy().as_bytes()),
            Self::Bytes(bytes) => reads.has_header(bytes),
        }
    }

    fn read(&self) -> Cow<'a, str> {
        match self {
            Self::Str(text) => text.to_string_lossy(),
            Self::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) if text.is_ascii() => Cow::Borrowed(text),
                _ => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
            },
        }
    }
}

/// Mostly one or two comparisons.
fn is_bytes(value: &Bound<'_, PyAny>) -> bool {
    if value.is_exact_instance_of::<PyString>() {
        return false;
    }
    value.is_exact_instance_of::<PyBytes>() || value.is_instance_of::<PyBytes>()
}

fn no_text(value: &Bound<'_, PyAny>) -> PyErr {
    match value.get_type().name() {
        Ok(found) => PyTypeError::new_err(format!("a part of a request must be str or bytes, not {found}")),
        Err(error) => error,
    }
}

type Field<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

/// The first one has a place of its own, since mostly it is the only one.
type Fields<'py> = (Option<Field<'py>>, Vec<Field<'py>>);

/// The header fields that are read, in their order. Every field must be of text all the same, so that a mistake of the
/// application shows with any policy.
fn read_fields<'py>(reads: &Reads, headers: &Bound<'py, PyAny>) -> PyResult<Fields<'py>> {
    let (mut first, mut more) = (None, Vec::new());
    each_field(headers, |name, value| {
        let is_read = Text::of(name)?.is_read(reads);
        if !is_bytes(value) && !value.is_instance_of::<PyString>() {
            return Err(no_text(value));
        }
        if is_read {
            let field = (name.clone(), value.clone());
            match first {
                None => first = Some(field),
                Some(_) => more.push(field),
            }
        }
        Ok(())
    })?;
    Ok((first, more))
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
    if let Ok(dict) = headers.cast_exact::<PyDict>() {
        // Nothing of Python runs meanwhile, and no other thread changes it: a dict that changes under its iterator is a panic.
        return with_critical_section(dict, || dict.iter().try_for_each(|(name, value)| take(&name, &value)));
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
