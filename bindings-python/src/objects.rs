//! The claims of a verified token as Python objects, and copies of such objects.

use crate::names;
use crate::reader::{from_json, number_from_json};
use jotgate::{Claims, Member, ValueKind};
use pyo3::exceptions::PyRecursionError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

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

/// A dict with the names of all claims.
pub(crate) fn names_of<'py>(py: Python<'py>, claims: Claims<'_>) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for member in claims.members() {
        dict.set_item(names::name(py, &member.name()), py.None())?;
    }
    Ok(dict)
}

/// The value of one claim. The core knows where it stands, and nothing else of the token is read.
pub(crate) fn value_of<'py>(py: Python<'py>, member: Member<'_>) -> PyResult<Bound<'py, PyAny>> {
    match (member.kind(), member.as_str()) {
        (_, Some(text)) => Ok(PyString::new(py, &text).into_any()),
        (ValueKind::Number, _) => number_from_json(py, member.json()),
        _ => from_json(py, member.json()),
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

/// Levels of lists and dicts, more than a token of any policy may have.
const DEEPEST: usize = 128;
