//! Texts that come again and again, as Python strings that are made once.

use pyo3::prelude::*;
use pyo3::types::PyString;
use std::sync::OnceLock;

struct Kept {
    text: Box<str>,
    mark: Mark,
    string: Py<PyString>,
}

/// The Python string of a member name, from a fixed table or made anew: every token of an issuer brings the same names. One of
/// the table is interned, as names in programs are, so that looking it up in a dict compares no texts.
///
/// A slot keeps the first name that falls on it, for as long as the process lives. Names come from verified tokens
/// alone, so only an issuer of the policy could crowd the table, and all that would cost is its gain.
pub(crate) fn name<'py>(py: Python<'py>, text: &str) -> Bound<'py, PyString> {
    static TABLE: [OnceLock<Kept>; SLOTS] = [const { OnceLock::new() }; SLOTS];
    let mark = Mark::of(text);
    let Some(slot) = TABLE.get(mark.slot(SLOTS)).filter(|_| text.len() <= LONGEST) else {
        return PyString::new(py, text);
    };
    if let Some(kept) = slot.get() {
        let same = kept.mark == mark && (mark.is_all() || *kept.text == *text);
        return if same { kept.string.bind(py).clone() } else { PyString::new(py, text) };
    }
    let made = PyString::intern(py, text);
    // Another thread may have been faster; then this string is simply not kept.
    let _ = slot.set(Kept { text: text.into(), mark, string: made.clone().unbind() });
    made
}

/// Short texts of one token, in which lists of rights and roles say the same many times. They are no longer kept than it is
/// read: values are nobody else's.
#[derive(Default)]
pub(crate) struct Values<'py>(Vec<Option<(Mark, Bound<'py, PyString>)>>);

impl<'py> Values<'py> {
    pub(crate) fn string(&mut self, py: Python<'py>, text: &str) -> Bound<'py, PyString> {
        let mark = Mark::of(text);
        if !mark.is_all() {
            return PyString::new(py, text);
        }
        if self.0.is_empty() {
            self.0.resize(FEW, None);
        }
        match self.0.get_mut(mark.slot(FEW)) {
            Some(Some((known, string))) if *known == mark => string.clone(),
            Some(slot) => slot.insert((mark, PyString::new(py, text))).1.clone(),
            None => PyString::new(py, text),
        }
    }
}

/// Both ends of a text, and its length: all there is to a short one.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Mark {
    first: u64,
    last: u64,
    len: usize,
}

impl Mark {
    fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let (first, last) = match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => match (bytes.first_chunk(), bytes.last_chunk()) {
                (Some(first), Some(last)) => (u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into()),
                _ => (bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)), 0),
            },
        };
        Self { first, last, len: bytes.len() }
    }

    /// Whether another text with the same ends and the same length is the same.
    fn is_all(&self) -> bool {
        self.len <= 2 * size_of::<u64>()
    }

    /// Good enough for texts that nobody gains from crowding.
    fn slot(&self, slots: usize) -> usize {
        let mixed = (self.first ^ self.last.rotate_left(29) ^ self.len as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 32) as usize % slots
    }
}

const SLOTS: usize = 512;
const LONGEST: usize = 64;
const FEW: usize = 32;
