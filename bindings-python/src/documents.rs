//! What the core does with policy documents, without a validator.

use crate::errors;
use jotgate::PolicyError;
use jotgate_tools::{Format, Import, ImportError, Warning};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// A document in JSON, YAML or TOML as the text of the same document in JSON.
#[pyfunction]
pub(crate) fn policy_json(py: Python<'_>, text: &str, format: &str) -> PyResult<String> {
    let Some(format) = Format::from_name(format) else {
        return Err(PyValueError::new_err("the format must be json, yaml or toml"));
    };
    or_raise(py, || jotgate_tools::policy_json(text, format))
}

/// The warnings about a document in JSON, as a list in JSON.
#[pyfunction]
pub(crate) fn lint(py: Python<'_>, policy: &str) -> PyResult<String> {
    or_raise(py, || jotgate_tools::lint(policy).map(|warnings| Warning::list_to_json(&warnings)))
}

/// The JSON Schema of the document.
#[pyfunction]
pub(crate) fn schema() -> &'static str {
    jotgate::schema()
}

/// A policy of MuleSoft as `{"complete", "policy", "notes"}` in JSON.
#[pyfunction]
pub(crate) fn import_mulesoft(py: Python<'_>, text: &str) -> PyResult<String> {
    imported(py, || jotgate_tools::import_mulesoft(text))
}

/// A configuration of WSO2, likewise; with the bytes of its trust store where they are given.
#[pyfunction]
#[pyo3(signature = (text, trust_store=None))]
pub(crate) fn import_wso2(py: Python<'_>, text: &str, trust_store: Option<&[u8]>) -> PyResult<String> {
    imported(py, || {
        let import = jotgate_tools::import_wso2(text)?;
        Ok(match trust_store {
            Some(store) => import.with_trust_store(store),
            None => import,
        })
    })
}

fn imported(py: Python<'_>, work: impl FnOnce() -> Result<Import, ImportError>) -> PyResult<String> {
    let import = errors::guard(py, work)?.map_err(|error| errors::import(py, &error))?;
    serde_json::to_string(&import).map_err(|_| errors::internal(py, "the core's import is no JSON; this is a bug"))
}

fn or_raise<T>(py: Python<'_>, work: impl FnOnce() -> Result<T, PolicyError>) -> PyResult<T> {
    errors::guard(py, work)?.map_err(|error| errors::policy(py, &error))
}
