//! Work for the driver: what the core wants done, and how it ends.

use crate::errors;
use crate::question::HeaderFields;
use jotgate::{FetchResponse, Report, WorkFailure, WorkId};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// One GET that a fetcher is asked to do. Described in `_native.pyi`.
#[pyclass(frozen, module = "jotgate._native")]
pub(crate) struct FetchRequest {
    request: jotgate::FetchRequest,
}

impl From<jotgate::FetchRequest> for FetchRequest {
    fn from(request: jotgate::FetchRequest) -> Self {
        Self { request }
    }
}

#[pymethods]
impl FetchRequest {
    #[getter]
    fn id(&self) -> u64 {
        self.request.id.number()
    }

    #[getter]
    fn url(&self) -> &str {
        &self.request.url
    }

    #[getter]
    fn headers(&self) -> Vec<(&str, &str)> {
        self.request.headers.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    #[getter]
    fn timeout(&self) -> f64 {
        self.request.timeout.as_secs_f64()
    }

    #[getter]
    fn max_body(&self) -> usize {
        self.request.max_body
    }

    fn __repr__(&self) -> String {
        format!("<jotgate.FetchRequest {}>", self.request.url)
    }
}

/// One call of a function of the application. Described in `_native.pyi`.
#[pyclass(frozen, module = "jotgate._native")]
pub(crate) struct Work {
    work: jotgate::Work,
}

impl From<jotgate::Work> for Work {
    fn from(work: jotgate::Work) -> Self {
        Self { work }
    }
}

#[pymethods]
impl Work {
    #[getter]
    fn kind(&self, py: Python<'_>) -> PyResult<&'static str> {
        match &self.work {
            jotgate::Work::Load { .. } => Ok("load"),
            jotgate::Work::Fetch(_) => Ok("fetch"),
            jotgate::Work::Save { .. } => Ok("save"),
            _ => Err(errors::internal(py, "the core wants work that this package does not know")),
        }
    }

    #[getter]
    fn id(&self) -> u64 {
        self.work.id().number()
    }

    #[getter]
    fn timeout(&self) -> f64 {
        self.work.timeout().as_secs_f64()
    }

    #[getter]
    fn arguments<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        match &self.work {
            jotgate::Work::Fetch(request) => PyTuple::new(py, [Bound::new(py, FetchRequest::from(request.clone()))?]),
            jotgate::Work::Save { text, .. } => PyTuple::new(py, [text]),
            _ => Ok(PyTuple::empty(py)),
        }
    }
}

/// Hands `report` what the issuer answered.
pub(crate) fn with_answer<T>(
    status: u16, headers: &HeaderFields<'_>, body: &[u8], most: usize, report: impl FnOnce(Report<'_>) -> T,
) -> T {
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| (name.to_string_lossy(), value.to_string_lossy())).collect();
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (&**name, &**value)).collect();
    report(Report::Fetched(FetchResponse { status, headers: &headers, body: &jotgate_host::expanded(body, most) }))
}

/// The report of a failure by its number, with the words that Python has for it; the numbers are those of `_numbers.py`.
pub(crate) fn failed(failure: u32, cause: &str) -> PyResult<Report<'_>> {
    let failure = WorkFailure::from_number(failure);
    failure
        .map(|failure| Report::Failed { failure, cause })
        .ok_or_else(|| PyValueError::new_err("there is no failure of this number"))
}

pub(crate) fn id(number: u64) -> WorkId {
    WorkId::from_number(number)
}
