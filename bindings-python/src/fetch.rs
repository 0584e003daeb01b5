//! Work for the driver: the fetches that a verdict needs, or that are due beside it.

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;

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

/// What a validation leaves to the driver. Described in `_native.pyi`.
#[pyclass(frozen, module = "jotgate._native")]
pub(crate) struct Work {
    fetches: Vec<Py<FetchRequest>>,
    verdict: Option<Py<PyAny>>,
}

impl Work {
    /// `verdict` is a `Verified` or an exception when there is one already, and nothing when keys are needed first.
    pub(crate) fn new(
        py: Python<'_>, fetches: Vec<jotgate::FetchRequest>, verdict: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        let fetches = fetches.into_iter().map(|request| Py::new(py, FetchRequest::from(request)));
        Ok(Self { fetches: fetches.collect::<PyResult<_>>()?, verdict })
    }
}

#[pymethods]
impl Work {
    #[getter]
    fn fetches(&self, py: Python<'_>) -> Vec<Py<FetchRequest>> {
        self.fetches.iter().map(|request| request.clone_ref(py)).collect()
    }

    /// An exception that is raised from here refers to the driver's frame, and that frame to this object: without
    /// this the collector could not see the circle.
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.verdict)
    }

    #[getter]
    fn verdict(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.verdict.as_ref().map(|verdict| verdict.clone_ref(py))
    }
}
