//! A column of tokens as it came in.

use super::outcome::AsOf;
use crate::arrow::{Foreign, Text, Texts, Times};
use crate::question::timestamp;
use jotgate::Timestamp;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

type Capsules = (Py<PyCapsule>, Py<PyCapsule>);

/// An array of tokens, and for which times they are judged. Described in `_native.pyi`.
#[pyclass(frozen, module = "jotgate._native")]
pub(crate) struct Column {
    tokens: Capsules,
    times: Option<Capsules>,
    as_of: Option<Timestamp>,
    scheme: Option<String>,
}

#[pymethods]
impl Column {
    #[new]
    #[pyo3(signature = (tokens, *, times=None, as_of=None, scheme=None))]
    fn new(
        py: Python<'_>, tokens: Capsules, times: Option<Capsules>, as_of: Option<f64>, scheme: Option<String>,
    ) -> PyResult<Self> {
        let as_of = as_of.map(|as_of| timestamp(Some(as_of))).transpose()?;
        let column = Self { tokens, times, as_of, scheme };
        column.read(py, |rows| match &rows.times {
            Some(times) if times.len() != rows.texts.len() => {
                let text =
                    format!("there are {} times for {} tokens: expected one for each", times.len(), rows.texts.len());
                Err(PyValueError::new_err(text))
            }
            _ => Ok(()),
        })??;
        Ok(column)
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.read(py, |rows| rows.texts.len())
    }

    /// The row behind a piece that begins with this one: neither longer nor larger than one should be.
    fn end_of(&self, py: Python<'_>, first: usize) -> PyResult<usize> {
        self.read(py, |rows| {
            let (mut row, mut size) = (first, 0_usize);
            while row < rows.texts.len() && row - first < MOST_ROWS && size < MOST_BYTES {
                if let Text::Bytes(text) = rows.texts.get(row) {
                    size = size.saturating_add(text.len());
                }
                row += 1;
            }
            row
        })
    }
}

impl Column {
    /// Looks at the rows, which are borrowed for as long as that takes.
    pub(super) fn read<T>(&self, py: Python<'_>, read: impl FnOnce(Rows<'_>) -> T) -> PyResult<T> {
        let (schema, array) = (self.tokens.0.bind(py), self.tokens.1.bind(py));
        let texts = Texts::of(Foreign::of(schema, array)?)?;
        let times = self.times.as_ref().map(|times| (times.0.bind(py), times.1.bind(py)));
        let times = times.map(|(schema, array)| Times::of(Foreign::of(schema, array)?)).transpose()?;
        Ok(read(Rows { texts, times, as_of: self.as_of }))
    }

    pub(super) fn scheme(&self) -> Option<&str> {
        self.scheme.as_deref()
    }
}

/// The rows of a column, read in place.
pub(super) struct Rows<'a> {
    texts: Texts<'a>,
    times: Option<Times<'a>>,
    as_of: Option<Timestamp>,
}

impl<'a> Rows<'a> {
    pub(super) fn text(&self, row: usize) -> Text<'a> {
        self.texts.get(row)
    }

    pub(super) fn as_of(&self, row: usize) -> AsOf {
        match (&self.times, self.as_of) {
            (Some(times), _) => times.get(row).map_or(AsOf::Unknown, AsOf::Then),
            (None, Some(time)) => AsOf::Then(time),
            (None, None) => AsOf::Now,
        }
    }
}

/// Enough rows that the threads of a piece cost nothing, and so few that what is verified of them takes little memory.
const MOST_ROWS: usize = 16 * 1024;
const MOST_BYTES: usize = 64 * 1024 * 1024;
