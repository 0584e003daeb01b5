//! Refusals as exceptions. The same few come again and again, and what is kept of them is what an exception is made of.

use jotgate::{ClaimName, Rejection};
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyTuple, PyType};
use std::sync::OnceLock;

struct Kept {
    rejection: Rejection,
    /// The class of the exception, and its `args`.
    parts: Py<PyTuple>,
}

/// An exception with its `args` and nothing else: `InvalidToken` makes attributes of them for whoever reads one.
pub(crate) fn exception<'py>(
    py: Python<'py>, rejection: &Rejection, class: impl FnOnce() -> PyResult<Bound<'py, PyType>>,
) -> PyResult<Bound<'py, PyAny>> {
    static NEW: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let new = NEW.get_or_try_init(py, || Ok::<_, PyErr>(py.get_type::<PyException>().getattr("__new__")?.unbind()))?;
    new.bind(py).call1(parts(py, rejection, class)?)
}

/// From a fixed table, or made anew. A slot keeps the first refusal that falls on it, for as long as the process lives.
///
/// A refusal is made of the policy's words and of fixed ones, so no token can crowd the table; all that policies could crowd is
/// its gain.
fn parts<'py>(
    py: Python<'py>, rejection: &Rejection, class: impl FnOnce() -> PyResult<Bound<'py, PyType>>,
) -> PyResult<Bound<'py, PyTuple>> {
    static TABLE: [OnceLock<Kept>; SLOTS] = [const { OnceLock::new() }; SLOTS];
    let make = || {
        let claim = rejection.claim.as_ref().map(ClaimName::as_str);
        (class()?, rejection.detail, claim, rejection.issuer, rejection.route).into_pyobject(py)
    };
    let Some(slot) = TABLE.get(slot(rejection)) else { return make() };
    if let Some(kept) = slot.get() {
        return if kept.rejection == *rejection { Ok(kept.parts.bind(py).clone()) } else { make() };
    }
    let made = make()?;
    // Another thread may have been faster; then these parts are simply not kept.
    let _ = slot.set(Kept { rejection: rejection.clone(), parts: made.clone().unbind() });
    Ok(made)
}

/// Details are fixed words of the core, so that where they stand tells them apart.
fn slot(rejection: &Rejection) -> usize {
    let entry = |entry: Option<usize>| entry.map_or(0, |entry| entry.wrapping_add(1)) as u64;
    let policy =
        entry(rejection.issuer) ^ entry(rejection.route).rotate_left(32) ^ u64::from(rejection.code.number()) << 16;
    let mixed = (rejection.detail.as_ptr().addr() as u64 ^ policy).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as usize % SLOTS
}

const SLOTS: usize = 128;
