//! Verdicts as Python sees them: a token that passed, one about which the application is asked, an exception, or a wait.

use crate::errors;
use crate::objects;
use crate::request::Request;
use crate::verified::Verified;
use jotgate::{HostAnswer, HostQuestion, KeysNeeded, Verdict};
use pyo3::exceptions::PyBaseException;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use std::sync::{Mutex, PoisonError};

type Parts<'py> = (Bound<'py, PyDict>, Bound<'py, PyDict>, Bound<'py, PyBytes>, usize);

/// The verdict on a token whose keys were at hand.
pub(crate) fn decided(py: Python<'_>, verdict: Verdict) -> PyResult<Bound<'_, PyAny>> {
    match verdict {
        Verdict::Accepted(verified) => Ok(Bound::new(py, Verified::from(verified))?.into_any()),
        Verdict::Undecided(undecided) => Ok(Bound::new(py, Undecided::from(undecided))?.into_any()),
        Verdict::Rejected(rejection) => Err(errors::rejection(py, &rejection)),
        _ => Err(errors::internal(py, "the core gave a verdict that this package does not know")),
    }
}

/// A token about which the application is asked. Described in `_native.pyi`.
#[pyclass(frozen, module = "jotgate._native")]
pub(crate) struct Undecided {
    /// Nothing once it was answered: there is one way on, and it is gone once.
    undecided: Mutex<Option<jotgate::Undecided>>,
}

impl From<jotgate::Undecided> for Undecided {
    fn from(undecided: jotgate::Undecided) -> Self {
        Self { undecided: Mutex::new(Some(undecided)) }
    }
}

#[pymethods]
impl Undecided {
    #[getter]
    fn question(&self, py: Python<'_>) -> PyResult<(u32, Option<String>)> {
        self.look(py, |undecided| {
            let question = undecided.question();
            let number = question.number();
            match question {
                HostQuestion::Client { id, .. } => (number, Some(id.into_owned())),
                _ => (number, None),
            }
        })
    }

    fn parts<'py>(&self, py: Python<'py>) -> PyResult<Parts<'py>> {
        let (header, payload, issuer) = self.look(py, |undecided| {
            (undecided.header().to_owned(), undecided.payload().to_owned(), undecided.issuer_index())
        })?;
        let (claims, header) = (objects::dict_from_json(py, &payload)?, objects::dict_from_json(py, &header)?);
        Ok((claims, header, PyBytes::new(py, payload.as_bytes()), issuer))
    }

    /// A number that is none of an answer refuses the token, as that of a failure does.
    fn answer<'py>(&self, py: Python<'py>, answer: u32) -> PyResult<Bound<'py, PyAny>> {
        let answer = HostAnswer::from_number(answer);
        let undecided = self.undecided.lock().unwrap_or_else(PoisonError::into_inner).take();
        let undecided = undecided.ok_or_else(|| errors::internal(py, ANSWERED))?;
        let verdict = errors::guard(py, || undecided.answer(answer))?;
        decided(py, verdict)
    }
}

impl Undecided {
    fn look<T>(&self, py: Python<'_>, look: impl FnOnce(&jotgate::Undecided) -> T) -> PyResult<T> {
        let undecided = self.undecided.lock().unwrap_or_else(PoisonError::into_inner);
        let undecided = undecided.as_ref().ok_or_else(|| errors::internal(py, ANSWERED))?;
        errors::guard(py, || look(undecided))
    }
}

const ANSWERED: &str = "the question about the token was answered before";

/// What is left to the driver. Described in `_native.pyi`.
#[pyclass(frozen, module = "jotgate._native")]
pub(crate) struct Pending {
    wait_for: Vec<u64>,
    patience: f64,
    verdict: Option<Py<PyAny>>,
    request: Option<Py<Request>>,
}

impl Pending {
    /// Work has to be done before there can be a verdict; then the request is asked about again, if it is about one.
    pub(crate) fn before(needed: &KeysNeeded, request: Option<Py<Request>>) -> Self {
        let wait_for = needed.wait_for.iter().map(|id| id.number()).collect();
        Self { wait_for, patience: needed.patience.as_secs_f64(), verdict: None, request }
    }

    /// Work is due beside this verdict, which is no exception that was raised but the exception itself.
    pub(crate) fn beside(py: Python<'_>, verdict: PyResult<Bound<'_, PyAny>>) -> Self {
        let verdict = verdict.map_or_else(|error| error.into_value(py).into_any(), Bound::unbind);
        Self { wait_for: Vec::new(), patience: 0.0, verdict: Some(verdict), request: None }
    }
}

#[pymethods]
impl Pending {
    #[getter]
    fn wait_for(&self) -> Vec<u64> {
        self.wait_for.clone()
    }

    #[getter]
    fn patience(&self) -> f64 {
        self.patience
    }

    #[getter]
    fn request(&self, py: Python<'_>) -> PyResult<Py<Request>> {
        let request = self.request.as_ref().map(|request| request.clone_ref(py));
        request.ok_or_else(|| errors::internal(py, "there is no request to ask about again"))
    }

    fn settled(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let Some(verdict) = &self.verdict else { return Err(errors::internal(py, "there is no verdict yet")) };
        let verdict = verdict.clone_ref(py);
        match verdict.bind(py).is_instance_of::<PyBaseException>() {
            true => Err(PyErr::from_value(verdict.into_bound(py))),
            false => Ok(verdict),
        }
    }

    /// An exception that is raised from here refers to the driver's frame, and that frame to this object: without
    /// this the collector could not see the circle.
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.verdict)
    }
}
