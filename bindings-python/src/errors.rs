//! Refusals as Python exceptions. The classes are written in Python (`jotgate.errors`) and looked up once.

use crate::refusals;
use jotgate::{Code, KeysUnavailable, PolicyError, Rejection, Timestamp};
use jotgate_tools::ImportError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `work` and turns a panic into `InternalError`.
///
/// Without it a panic would reach Python as a `BaseException`, which `except Exception` lets through. The panic's own
/// text goes to standard error by the usual hook; it never holds token bytes.
pub(crate) fn guard<T>(py: Python<'_>, work: impl FnOnce() -> T) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| internal(py, "the validation panicked; this is a bug"))
}

/// The exception for a bug: the token is refused, and nobody can say more.
pub(crate) fn internal(py: Python<'_>, detail: &'static str) -> PyErr {
    exception(py, Code::InternalError, (detail,))
}

/// The exception for a token that must not pass.
pub(crate) fn rejection(py: Python<'_>, rejection: &Rejection) -> PyErr {
    if rejection.code == Code::InternalError {
        return internal(py, rejection.detail);
    }
    refusals::exception(py, rejection, || class_of(py, rejection.code)).map_or_else(|error| error, PyErr::from_value)
}

/// The exception for keys that are not at hand, with both the time to come back and the wait until then in seconds.
pub(crate) fn keys_unavailable(py: Python<'_>, outcome: KeysUnavailable, now: Timestamp) -> PyErr {
    let wait = outcome.retry_at.since(now).as_secs_f64();
    exception(py, Code::KeysUnavailable, (outcome.detail(), seconds(outcome.retry_at), wait, outcome.issuer))
}

/// The exception for keys that are being fetched while nobody can wait for them, as the package words it.
pub(crate) fn out_of_reach(py: Python<'_>, now: Timestamp) -> PyErr {
    exception(py, Code::KeysUnavailable, ("the keys are being fetched", seconds(now)))
}

/// The exception for a field that carries no token of the scheme that was asked for.
pub(crate) fn no_credentials(py: Python<'_>) -> PyErr {
    exception(py, Code::MissingToken, ("there is no token of this scheme",))
}

/// The exception for a claim that the application reads and a token that was accepted does not have.
pub(crate) fn absent(py: Python<'_>, claim: &'static str, issuer: usize) -> PyErr {
    exception(
        py,
        Code::MissingClaim,
        ("the application reads it: the policy's required_claims can ask for it", claim, issuer),
    )
}

/// The exception for a policy document that the core does not take.
pub(crate) fn policy(py: Python<'_>, error: &PolicyError) -> PyErr {
    static PROBLEM: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let problems: PyResult<Vec<Py<PyAny>>> = PROBLEM.import(py, "jotgate.errors", "PolicyProblem").and_then(|class| {
        let told = error.problems();
        let made = told.map(|told| class.call1((told.path(), told.message(), told.hint(), told.line(), told.column())));
        made.map(|made| made.map(Bound::unbind)).collect()
    });
    let problems = match problems {
        Ok(problems) => problems,
        Err(error) => return error,
    };
    exception(py, Code::PolicyError, (error.message(), error.path(), error.hint(), problems))
}

/// The exception for a policy of another gateway that cannot be read.
pub(crate) fn import(py: Python<'_>, error: &ImportError) -> PyErr {
    exception(py, Code::PolicyError, (error.message(), error.path(), error.hint()))
}

/// Seconds since the Unix epoch with their fraction, as `time.time()` counts them.
#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 milliseconds, 285,000 years from now")]
pub(crate) fn seconds(time: Timestamp) -> f64 {
    time.as_millis() as f64 / 1000.0
}

/// Whether it says what became of a token, and not that Python itself has failed.
pub(crate) fn is_refusal(py: Python<'_>, error: &PyErr) -> PyResult<bool> {
    static BASE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let base = BASE.import(py, "jotgate.errors", "JotgateError")?;
    Ok(error.is_instance(py, base))
}

fn exception(py: Python<'_>, code: Code, arguments: impl for<'py> pyo3::call::PyCallArgs<'py>) -> PyErr {
    let instance = class_of(py, code).and_then(|class| class.call1(arguments));
    instance.map_or_else(|error| error, PyErr::from_value)
}

fn class_of(py: Python<'_>, code: Code) -> PyResult<Bound<'_, PyType>> {
    static CLASSES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
    let classes = CLASSES.get_or_try_init(py, || {
        PyResult::Ok(py.import("jotgate.errors")?.getattr("CLASS_OF_CODE")?.cast_into::<PyDict>()?.unbind())
    })?;
    Ok(classes.bind(py).as_any().get_item(code.name())?.cast_into::<PyType>()?)
}
