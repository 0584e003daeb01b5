//! A verified JSON object as Python objects: exactly what `json.loads` makes of it, in less than half the time.

use crate::errors;
use crate::names;
use jotgate::{Claims, Member};
use pyo3::exceptions::PyRecursionError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// The dict of a JSON object that the core has checked. A new one every time, so the caller may change it.
pub(crate) fn dict_from_json<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyDict>> {
    Ok(from_json(py, text)?.cast_into::<PyDict>()?)
}

/// The dict of all claims. A new one every time, as above.
pub(crate) fn dict_of<'py>(py: Python<'py>, claims: Claims<'_>) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for member in claims.members() {
        dict.set_item(names::name(py, &member.name()), value_of(py, member)?)?;
    }
    Ok(dict)
}

/// The value of one claim. The core knows where it stands, and nothing else of the token is read.
pub(crate) fn value_of<'py>(py: Python<'py>, member: Member<'_>) -> PyResult<Bound<'py, PyAny>> {
    match member.as_str() {
        Some(text) => Ok(PyString::new(py, &text).into_any()),
        None => from_json(py, member.json()),
    }
}

/// The Python object of a JSON text that the core has checked.
fn from_json<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    let parsed = errors::guard(py, || Value(py).deserialize(&mut serde_json::Deserializer::from_str(text)))?;
    match parsed {
        Ok(value) => Ok(value),
        // Numbers that only Python can hold, or nesting beyond what this parser follows: Python's own does those.
        Err(_) => py.import("json")?.getattr("loads")?.call1((text,)),
    }
}

/// A copy that shares nothing that can be changed: claims of a verified token must read the same for everyone. Raises
/// RecursionError for what contains itself, which only the application's own claims can.
pub(crate) fn copy_of<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    copy_within(value, DEEPEST)
}

fn copy_within<'py>(value: &Bound<'py, PyAny>, levels: usize) -> PyResult<Bound<'py, PyAny>> {
    let py = value.py();
    if let Ok(list) = value.cast::<PyList>() {
        let levels = deeper(levels)?;
        let copies = list.iter().map(|item| copy_within(&item, levels)).collect::<PyResult<Vec<_>>>()?;
        return Ok(PyList::new(py, copies)?.into_any());
    }
    if let Ok(dict) = value.cast::<PyDict>() {
        let levels = deeper(levels)?;
        let copy = PyDict::new(py);
        // The members of this moment: another thread, or the hash of a key, may change the dict meanwhile, and a dict that
        // changes under its iterator is a panic.
        for (name, item) in dict.copy()?.iter() {
            copy.set_item(name, copy_within(&item, levels)?)?;
        }
        return Ok(copy.into_any());
    }
    Ok(value.clone())
}

fn deeper(levels: usize) -> PyResult<usize> {
    levels.checked_sub(1).ok_or_else(|| PyRecursionError::new_err("claims are nested too deeply"))
}

struct Value<'py>(Python<'py>);

impl<'de, 'py> DeserializeSeed<'de> for Value<'py> {
    type Value = Bound<'py, PyAny>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, 'py> Visitor<'de> for Value<'py> {
    type Value = Bound<'py, PyAny>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(self.0.None().into_bound(self.0))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(PyBool::new(self.0, value).to_owned().into_any())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(PyInt::new(self.0, value).into_any())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(PyInt::new(self.0, value).into_any())
    }

    /// serde_json reads an integer beyond 64 bits, and `-0`, as a float; Python keeps both as integers. Here the two
    /// kinds of number look alike, so a float that could be one of those is left to Python.
    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        if value.abs() >= I64_LIMIT || (value == 0.0 && value.is_sign_negative()) {
            return Err(E::custom("a number for json.loads"));
        }
        Ok(PyFloat::new(self.0, value).into_any())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(PyString::new(self.0, value).into_any())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let list = PyList::empty(self.0);
        while let Some(item) = items.next_element_seed(Value(self.0))? {
            list.append(item).map_err(A::Error::custom)?;
        }
        Ok(list.into_any())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let dict = PyDict::new(self.0);
        while let Some(name) = members.next_key_seed(Name(self.0))? {
            dict.set_item(name, members.next_value_seed(Value(self.0))?).map_err(A::Error::custom)?;
        }
        Ok(dict.into_any())
    }
}

struct Name<'py>(Python<'py>);

impl<'de, 'py> DeserializeSeed<'de> for Name<'py> {
    type Value = Bound<'py, PyString>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'py> Visitor<'_> for Name<'py> {
    type Value = Bound<'py, PyString>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(names::name(self.0, value))
    }
}

/// 2^63, below the smallest integer that serde_json cannot read as one.
const I64_LIMIT: f64 = 9_223_372_036_854_775_808.0;

/// Levels of lists and dicts, more than a token of any policy may have.
const DEEPEST: usize = 128;
