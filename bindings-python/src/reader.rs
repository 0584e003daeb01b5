//! JSON text that was read before, by the core or as it was written, as Python objects.
//!
//! One pass builds the objects. Whatever the core does not read is left to `json.loads`, as are numbers that only Python can
//! hold: what it says counts.

use crate::errors;
use crate::names::{self, Values};
use jotgate::{BuildError, JsonBuilder, build_json};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString};

/// The Python object of a JSON text that is known to be well-formed: exactly what `json.loads` makes of it.
pub(crate) fn from_json<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    let mut objects = Objects { py, elements: Vec::new(), values: Values::default() };
    match errors::guard(py, || build_json(text, &mut objects))? {
        Ok(value) => Ok(value),
        Err(BuildError::Host(Stop::Raised(error))) => Err(error),
        Err(BuildError::Host(Stop::ForPython) | BuildError::NotJson) => {
            py.import("json")?.getattr("loads")?.call1((text,))
        }
    }
}

/// The Python number of a number that is known to be well-formed, without white space around.
pub(crate) fn number_from_json<'py>(py: Python<'py>, literal: &str) -> PyResult<Bound<'py, PyAny>> {
    number(py, literal).map_or_else(|| from_json(py, literal), Ok)
}

/// The number of a literal. Integers beyond 64 bits are integers in Python, however long, and left to it.
fn number<'py>(py: Python<'py>, literal: &str) -> Option<Bound<'py, PyAny>> {
    if let Ok(integer) = literal.parse::<i64>() {
        return Some(PyInt::new(py, integer).into_any());
    }
    let is_float = literal.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
    let float = literal.parse::<f64>().ok().filter(|float| is_float && float.is_finite())?;
    Some(PyFloat::new(py, float).into_any())
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

struct Objects<'py> {
    py: Python<'py>,
    /// The elements of the lists that are open, those of the innermost at the end: a list is made when its length is known.
    elements: Vec<Bound<'py, PyAny>>,
    values: Values<'py>,
}

impl<'py> JsonBuilder for Objects<'py> {
    type Value = Bound<'py, PyAny>;
    /// Where its elements begin.
    type List = usize;
    type Object = Bound<'py, PyDict>;
    type Name = Bound<'py, PyString>;
    type Error = Stop;

    fn null(&mut self) -> Result<Self::Value, Stop> {
        Ok(self.py.None().into_bound(self.py))
    }

    fn bool(&mut self, value: bool) -> Result<Self::Value, Stop> {
        Ok(PyBool::new(self.py, value).to_owned().into_any())
    }

    fn number(&mut self, literal: &str) -> Result<Self::Value, Stop> {
        number(self.py, literal).ok_or(Stop::ForPython)
    }

    fn string(&mut self, text: &str) -> Result<Self::Value, Stop> {
        Ok(self.values.string(self.py, text).into_any())
    }

    fn list(&mut self) -> Result<usize, Stop> {
        Ok(self.elements.len())
    }

    fn element(&mut self, _: &mut usize, value: Self::Value) -> Result<(), Stop> {
        self.elements.push(value);
        Ok(())
    }

    fn end_list(&mut self, first: usize) -> Result<Self::Value, Stop> {
        Ok(PyList::new(self.py, self.elements.drain(first..))?.into_any())
    }

    fn object(&mut self) -> Result<Self::Object, Stop> {
        Ok(PyDict::new(self.py))
    }

    fn name(&mut self, name: &str) -> Result<Self::Name, Stop> {
        Ok(names::name(self.py, name))
    }

    fn member(&mut self, object: &mut Self::Object, name: Self::Name, value: Self::Value) -> Result<(), Stop> {
        Ok(object.set_item(name, value)?)
    }

    fn end_object(&mut self, object: Self::Object) -> Result<Self::Value, Stop> {
        Ok(object.into_any())
    }
}
