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
    let reader = || Reader { py, text, elements: Vec::new(), values: Values::default() };
    match errors::guard(py, || reader().whole())? {
        Ok(value) => Ok(value),
        Err(Stop::Raised(error)) => Err(error),
        Err(Stop::ForPython) => py.import("json")?.getattr("loads")?.call1((text,)),
    }
}

/// Why there is no object.
enum Stop {
    /// Python's own reader has to do it.
    ForPython,
    Raised(PyErr),
}

impl From<PyErr> for Stop {
    fn from(error: PyErr) -> Self {
        Self::Raised(error)
    }
}

/// A value, and the place behind it. All functions get and give places, so that these stay in registers.
type Read<'py> = Result<(Bound<'py, PyAny>, usize), Stop>;

struct Reader<'a, 'py> {
    py: Python<'py>,
    text: &'a str,
    /// The elements of the lists that are open, those of the innermost at the end: a list is made when its length is known.
    elements: Vec<Bound<'py, PyAny>>,
    values: Values<'py>,
}

impl<'a, 'py> Reader<'a, 'py> {
    fn whole(&mut self) -> Result<Bound<'py, PyAny>, Stop> {
        let (value, end) = self.value(self.behind_space(0), DEEPEST)?;
        if self.behind_space(end) == self.text.len() { Ok(value) } else { Err(Stop::ForPython) }
    }

    fn value(&mut self, at: usize, levels: usize) -> Read<'py> {
        match self.byte(at) {
            b'"' => {
                let (text, end) = self.string(at)?;
                Ok((self.values.string(self.py, &text).into_any(), end))
            }
            b'{' => self.dict(at, levels.checked_sub(1).ok_or(Stop::ForPython)?),
            b'[' => self.list(at, levels.checked_sub(1).ok_or(Stop::ForPython)?),
            b't' => Ok((PyBool::new(self.py, true).to_owned().into_any(), at + "true".len())),
            b'f' => Ok((PyBool::new(self.py, false).to_owned().into_any(), at + "false".len())),
            b'n' => Ok((self.py.None().into_bound(self.py), at + "null".len())),
            _ => self.number(at),
        }
    }

    fn dict(&mut self, at: usize, levels: usize) -> Read<'py> {
        let dict = PyDict::new(self.py);
        let mut at = self.behind_space(at + 1);
        if self.byte(at) == b'}' {
            return Ok((dict.into_any(), at + 1));
        }
        loop {
            let (name, end) = self.string(at)?;
            let colon = self.behind_space(end);
            let (value, end) = self.value(self.behind_space(colon + 1), levels)?;
            dict.set_item(names::name(self.py, &name), value)?;
            at = self.behind_space(end);
            match self.byte(at) {
                b',' => at = self.behind_space(at + 1),
                b'}' => return Ok((dict.into_any(), at + 1)),
                _ => return Err(Stop::ForPython),
            }
        }
    }

    fn list(&mut self, at: usize, levels: usize) -> Read<'py> {
        let mut at = self.behind_space(at + 1);
        let first = self.elements.len();
        while self.byte(at) != b']' {
            let (element, end) = self.value(at, levels)?;
            self.elements.push(element);
            at = self.behind_space(end);
            if self.byte(at) == b',' {
                at = self.behind_space(at + 1);
            }
        }
        Ok((PyList::new(self.py, self.elements.drain(first..))?.into_any(), at + 1))
    }

    /// The text of the string whose quote stands here.
    fn string(&self, at: usize) -> Result<(Cow<'a, str>, usize), Stop> {
        let start = at + 1;
        let rest = self.text.as_bytes().get(start..).ok_or(Stop::ForPython)?;
        let end = start + memchr2(b'"', b'\\', rest).ok_or(Stop::ForPython)?;
        if self.byte(end) == b'\\' {
            return self.escaped_string(at, end);
        }
        Ok((Cow::Borrowed(self.text.get(start..end).ok_or(Stop::ForPython)?), end + 1))
    }

    #[cold]
    fn escaped_string(&self, at: usize, mut escape: usize) -> Result<(Cow<'a, str>, usize), Stop> {
        let end = loop {
            // What is escaped may be a quote or a backslash itself.
            let behind = escape + 2;
            let rest = self.text.as_bytes().get(behind..).ok_or(Stop::ForPython)?;
            let next = behind + memchr2(b'"', b'\\', rest).ok_or(Stop::ForPython)?;
            if self.byte(next) == b'"' {
                break next + 1;
            }
            escape = next;
        };
        let quoted = self.text.get(at..end).ok_or(Stop::ForPython)?;
        let text: String = serde_json::from_str(quoted).map_err(|_| Stop::ForPython)?;
        Ok((Cow::Owned(text), end))
    }

    fn number(&self, at: usize) -> Read<'py> {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let end = at + rest.iter().position(|byte| !is_part(byte)).unwrap_or(rest.len());
        let literal = self.text.get(at..end).unwrap_or_default();
        if let Ok(integer) = literal.parse::<i64>() {
            return Ok((PyInt::new(self.py, integer).into_any(), end));
        }
        // Integers beyond 64 bits are integers in Python, however long.
        let is_float = literal.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
        match literal.parse::<f64>() {
            Ok(float) if is_float && float.is_finite() => Ok((PyFloat::new(self.py, float).into_any(), end)),
            _ => Err(Stop::ForPython),
        }
    }

    /// The byte that stands there; behind the end there are zeros, which are part of nothing.
    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    fn behind_space(&self, mut at: usize) -> usize {
        while matches!(self.byte(at), b' ' | b'\t' | b'\n' | b'\r') {
            at += 1;
        }
        at
    }
}

/// Levels of lists and dicts, more than a token of any policy may have.
const DEEPEST: usize = 128;
