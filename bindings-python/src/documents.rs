//! What the core does with policy documents, without a validator.

use crate::errors;
use jotgate::{Format, PolicyError, Warning};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// A document in JSON, YAML or TOML as the text of the same document in JSON.
#[pyfunction]
pub(crate) fn policy_json(py: Python<'_>, text: &str, format: &str) -> PyResult<String> {
    let Some(format) = Format::from_name(format) else {
        return Err(PyValueError::new_err("the format must be json, yaml or toml"));
    };
    or_raise(py, || jotgate::policy_json(text, format))
}

/// The warnings about a document in JSON, as a list in JSON.
#[pyfunction]
pub(crate) fn lint(py: Python<'_>, policy: &str) -> PyResult<String> {
    or_raise(py, || jotgate::lint(policy).map(|warnings| Warning::list_to_json(&warnings)))
}

/// The JSON Schema of the document.
#[pyfunction]
pub(crate) fn schema() -> &'static str {
    jotgate::schema()
}

fn or_raise<T>(py: Python<'_>, work: impl FnOnce() -> Result<T, PolicyError>) -> PyResult<T> {
    errors::guard(py, work)?.map_err(|error| errors::policy(py, &error))
}
