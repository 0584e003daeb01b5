//! Member names as Python strings, made once: every token of an issuer brings the same names.

use pyo3::prelude::*;
use pyo3::types::PyString;
use std::sync::OnceLock;

/// The Python string of a member name, from a fixed table or made anew.
///
/// A slot keeps the first name that falls on it, for as long as the process lives. Names come from verified tokens
/// alone, so only an issuer of the policy could crowd the table, and all that would cost is its gain.
pub(crate) fn name<'py>(py: Python<'py>, text: &str) -> Bound<'py, PyString> {
    static TABLE: [OnceLock<Py<PyString>>; SLOTS] = [const { OnceLock::new() }; SLOTS];
    let Some(slot) = TABLE.get(slot_of(text)).filter(|_| text.len() <= LONGEST) else {
        return PyString::new(py, text);
    };
    if let Some(known) = slot.get() {
        let known = known.bind(py);
        return if known.to_str().is_ok_and(|known| known == text) { known.clone() } else { PyString::new(py, text) };
    }
    let made = PyString::new(py, text);
    // Another thread may have been faster; then this string is simply not kept.
    let _ = slot.set(made.clone().unbind());
    made
}

/// FNV-1a: short, and good enough for names that nobody gains from crowding.
fn slot_of(text: &str) -> usize {
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash ^ (hash >> 16)) as usize % SLOTS
}

const SLOTS: usize = 512;
const LONGEST: usize = 64;
