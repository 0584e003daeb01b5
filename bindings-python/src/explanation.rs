//! Why a token passes or not, for operators.

use crate::objects;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// An explanation. Described in `_native.pyi`.
#[pyclass(frozen, module = "jotgate")]
pub(crate) struct Explanation {
    explanation: jotgate::Explanation,
}

impl From<jotgate::Explanation> for Explanation {
    fn from(explanation: jotgate::Explanation) -> Self {
        Self { explanation }
    }
}

#[pymethods]
impl Explanation {
    #[getter]
    fn verdict(&self) -> &'static str {
        self.explanation.verdict
    }

    #[getter]
    fn code(&self) -> Option<&'static str> {
        self.explanation.code.map(jotgate::Code::name)
    }

    #[getter]
    fn verified(&self) -> bool {
        self.explanation.verified
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        objects::dict_from_json(py, &self.explanation.to_json())
    }

    fn to_json(&self) -> String {
        self.explanation.to_json()
    }

    #[pyo3(signature = (*, colour=false))]
    fn to_text(&self, colour: bool) -> String {
        self.explanation.to_text(colour)
    }

    fn __str__(&self) -> String {
        self.explanation.to_text(false)
    }

    fn __repr__(&self) -> String {
        format!("<jotgate.Explanation {} {}>", self.explanation.verdict, self.code().unwrap_or("-"))
    }
}
