//! JSON text that was read before, by the core or as it was written, as Python objects.
//!
//! Such a text is well-formed, so one pass builds the objects and checks nothing twice. Whatever does not read as expected
//! is left to `json.loads`, as are numbers that only Python can hold: what it says counts.

use crate::errors;
use crate::names::{self, Values};
use memchr::memchr2;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList};
use std::borrow::Cow;

/// The Python object of a JSON text that is known to be well-formed: exactly what `json.loads` makes of it.
pub(crate) fn from_json<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    match errors::guard(py, || Reader::new(py, text).whole())? {
        Ok(value) => Ok(value),
        Err(Stop::Raised(error)) => Err(error),
        Err(Stop::ForPython) => py.import("json")?.getattr("loads")?.call1((text,)),
    }
}

/// The Python number of a number that is known to be well-formed, without white space around.
pub(crate) fn number_from_json<'py>(py: Python<'py>, literal: &str) -> PyResult<Bound<'py, PyAny>> {
    number(py, literal).map_or_else(|| from_json(py, literal), Ok)
}

/// Why there is no object.
enum Stop {
    /// Python's own reader has to do it.
    ForPython,
    Raised(PyErr),
}

/// A value, or nothing where [`Reader::stop`] says why: a result that fits a register.
type Read<'py> = Option<Bound<'py, PyAny>>;

struct Reader<'a, 'py> {
    py: Python<'py>,
    text: &'a str,
    at: usize,
    /// How many levels of lists and dicts may yet be opened.
    levels: usize,
    /// The elements of the lists that are open, those of the innermost at the end: a list is made when its length is known.
    elements: Vec<Bound<'py, PyAny>>,
    values: Values<'py>,
    stop: Stop,
}

impl<'a, 'py> Reader<'a, 'py> {
    fn new(py: Python<'py>, text: &'a str) -> Self {
        let (elements, values) = (Vec::new(), Values::default());
        Self { py, text, at: 0, levels: DEEPEST, elements, values, stop: Stop::ForPython }
    }

    fn whole(mut self) -> Result<Bound<'py, PyAny>, Stop> {
        match self.value() {
            Some(value) if self.token().is_none() => Ok(value),
            _ => Err(self.stop),
        }
    }

    fn value(&mut self) -> Read<'py> {
        match self.token()? {
            b'"' => {
                let text = self.string()?;
                Some(self.values.string(self.py, &text).into_any())
            }
            b'{' => self.nested(Self::dict),
            b'[' => self.nested(Self::list),
            b't' => self.literal("true", PyBool::new(self.py, true).to_owned().into_any()),
            b'f' => self.literal("false", PyBool::new(self.py, false).to_owned().into_any()),
            b'n' => self.literal("null", self.py.None().into_bound(self.py)),
            _ => self.number(),
        }
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Read<'py>) -> Read<'py> {
        self.levels = self.levels.checked_sub(1)?;
        self.at += 1;
        let nested = read(self);
        self.at += 1;
        self.levels += 1;
        nested
    }

    /// What stands behind the opening brace, up to the closing one.
    fn dict(&mut self) -> Read<'py> {
        let dict = PyDict::new(self.py);
        while self.token()? != b'}' {
            let name = self.string()?;
            let name = names::name(self.py, &name);
            // The colon.
            self.token()?;
            self.at += 1;
            let value = self.value()?;
            if let Err(error) = dict.set_item(name, value) {
                self.stop = Stop::Raised(error);
                return None;
            }
            self.behind_comma();
        }
        Some(dict.into_any())
    }

    /// What stands behind the opening bracket, up to the closing one.
    fn list(&mut self) -> Read<'py> {
        let first = self.elements.len();
        while self.token()? != b']' {
            let element = self.value()?;
            self.elements.push(element);
            self.behind_comma();
        }
        match PyList::new(self.py, self.elements.drain(first..)) {
            Ok(list) => Some(list.into_any()),
            Err(error) => {
                self.stop = Stop::Raised(error);
                None
            }
        }
    }

    /// The text of the string that begins here.
    fn string(&mut self) -> Option<Cow<'a, str>> {
        let start = self.at + 1;
        let rest = self.text.as_bytes().get(start..)?;
        let len = memchr2(b'"', b'\\', rest)?;
        if rest.get(len) == Some(&b'\\') {
            return self.escaped_string(start + len);
        }
        self.at = start + len + 1;
        self.text.get(start..start + len).map(Cow::Borrowed)
    }

    #[cold]
    fn escaped_string(&mut self, mut escape: usize) -> Option<Cow<'a, str>> {
        let end = loop {
            // What is escaped may be a quote or a backslash itself.
            let behind = escape + 2;
            let next = behind + memchr2(b'"', b'\\', self.text.as_bytes().get(behind..)?)?;
            if self.text.as_bytes().get(next) == Some(&b'"') {
                break next + 1;
            }
            escape = next;
        };
        let quoted = self.text.get(self.at..end)?;
        self.at = end;
        serde_json::from_str(quoted).ok().map(Cow::Owned)
    }

    fn literal(&mut self, word: &str, value: Bound<'py, PyAny>) -> Read<'py> {
        self.at += word.len();
        Some(value)
    }

    fn number(&mut self) -> Read<'py> {
        let rest = self.text.get(self.at..)?;
        let is_part = |byte: u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let literal = rest.get(..rest.bytes().position(|byte| !is_part(byte)).unwrap_or(rest.len()))?;
        self.at += literal.len();
        number(self.py, literal)
    }

    /// The next byte that is no white space; nothing at the end.
    #[inline]
    fn token(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    fn behind_comma(&mut self) {
        if self.token() == Some(b',') {
            self.at += 1;
        }
    }
}

/// The Python number of a literal. Integers beyond 64 bits are integers in Python, however long, and left to it.
fn number<'py>(py: Python<'py>, literal: &str) -> Option<Bound<'py, PyAny>> {
    if let Ok(integer) = literal.parse::<i64>() {
        return Some(PyInt::new(py, integer).into_any());
    }
    let is_float = literal.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
    let float = literal.parse::<f64>().ok().filter(|float| is_float && float.is_finite())?;
    Some(PyFloat::new(py, float).into_any())
}

/// Levels of lists and dicts, more than a token of any policy may have.
const DEEPEST: usize = 128;
