//! What the core does with policy documents, without a validator.

use crate::errors;
use jotgate::{Names, PolicyError, ReferenceFailure, Told, Written};
use jotgate_tools::{Format, Import, ImportError, Product, Warning};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// The text of a document. Of text that is no Unicode the host gives the octets of each half of a surrogate pair.
#[pyfunction]
pub(crate) fn policy_text<'a>(py: Python<'_>, octets: &'a [u8]) -> PyResult<&'a str> {
    or_raise(py, || jotgate::policy_text(octets))
}

/// A document in JSON, YAML or TOML as the text of the same document in JSON.
#[pyfunction]
pub(crate) fn policy_json(py: Python<'_>, text: &str, format: &str) -> PyResult<String> {
    let Some(format) = Format::from_name(format) else {
        return Err(PyValueError::new_err("the format must be json, yaml or toml"));
    };
    or_raise(py, || jotgate_tools::policy_json(text, format))
}

/// Line and column of each path in the text of a document.
#[pyfunction]
pub(crate) fn places(text: &str, format: &str, paths: Vec<String>) -> Vec<Option<(u32, u32)>> {
    Format::from_name(format).map(|format| jotgate_tools::places(text, format, &paths)).unwrap_or_default()
}

/// Path, message and hint of what is wrong, in the names of the validator's arguments, of which these were given.
#[pyfunction]
pub(crate) fn in_options(
    path: &str, message: &str, hint: Option<&str>, given: Vec<String>,
) -> (String, String, Option<String>) {
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    let Told { path, message, hint, .. } =
        Names::PythonOptions.told(path, message, hint, Written { given: &given, known: &[] });
    (path, message, hint)
}

/// What a document in JSON leaves to the host to read: kind, name and the most bytes, for each text.
#[pyfunction]
pub(crate) fn references(py: Python<'_>, policy: &str) -> PyResult<Vec<(&'static str, String, usize)>> {
    let wanted = or_raise(py, || jotgate::references(policy))?;
    Ok(wanted.into_iter().map(|wanted| (wanted.kind.name(), wanted.name, wanted.read_bytes)).collect())
}

/// The document with what the host has read: `None` for what is not there, `False` for what cannot be read.
#[pyfunction]
pub(crate) fn fill_references(py: Python<'_>, policy: &str, read: Vec<Option<Reading>>) -> PyResult<String> {
    let read: Vec<_> = read
        .into_iter()
        .map(|read| match read {
            None => Err(ReferenceFailure::Missing),
            Some(Reading::Failed(_)) => Err(ReferenceFailure::Unreadable),
            Some(Reading::Bytes(bytes)) => Ok(bytes),
        })
        .collect();
    or_raise(py, || jotgate::fill_references(policy, &read))
}

/// What the host says of a text.
#[derive(FromPyObject)]
pub(crate) enum Reading {
    Failed(#[expect(dead_code, reason = "that there is one says it all")] bool),
    Bytes(Vec<u8>),
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

/// A policy of another gateway as `{"complete", "policy", "notes"}` in JSON. The files are those that it names, the values those of its templates.
#[pyfunction]
pub(crate) fn import_policy(
    py: Python<'_>, product: &str, text: &str, files: Vec<(String, Vec<u8>)>, values: Vec<(String, String)>,
) -> PyResult<String> {
    let Some(product) = Product::from_name(product) else {
        return Err(PyValueError::new_err(format!("the product must be one of {}", products().join(", "))));
    };
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    imported(py, || jotgate_tools::import_with(product, text, &files, &values))
}

/// The names of all products.
#[pyfunction]
pub(crate) fn products() -> Vec<&'static str> {
    Product::ALL.iter().map(|product| product.name()).collect()
}

fn imported(py: Python<'_>, work: impl FnOnce() -> Result<Import, ImportError>) -> PyResult<String> {
    let import = errors::guard(py, work)?.map_err(|error| errors::import(py, &error))?;
    serde_json::to_string(&import).map_err(|_| errors::internal(py, "the core's import is no JSON; this is a bug"))
}

fn or_raise<T>(py: Python<'_>, work: impl FnOnce() -> Result<T, PolicyError>) -> PyResult<T> {
    errors::guard(py, work)?.map_err(|error| errors::policy(py, &error))
}
