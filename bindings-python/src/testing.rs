//! The test kit, for `jotgate.testing` alone: words and JSON cross, and the crate `jotgate-testing` does the rest.

use crate::errors;
use crate::verified::Verified;
use jotgate_testing::{Error, Issuer, recipes_json};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// An issuer of the test kit.
#[pyclass(frozen, module = "jotgate._native")]
pub(crate) struct TestIssuer(Issuer);

#[pymethods]
impl TestIssuer {
    #[new]
    fn new(py: Python<'_>, options: &str) -> PyResult<Self> {
        Ok(Self(errors::guard(py, || Issuer::from_json(options))?.map_err(mistake)?))
    }

    /// Does what the word names, with arguments that are a JSON object, and gives JSON.
    fn call(&self, py: Python<'_>, word: &str, arguments: &str) -> PyResult<String> {
        errors::guard(py, || self.0.call(word, arguments))?.map_err(mistake)
    }

    /// The same token as one that every validator takes for its own.
    #[expect(clippy::unused_self, reason = "only who has an issuer of the kit may ask for it")]
    fn of_any_validator(&self, verified: &Verified) -> Verified {
        verified.core().clone().of_any_validator().into()
    }
}

/// What the kit makes of each code, as a list in JSON.
#[pyfunction]
pub(crate) fn test_recipes() -> String {
    recipes_json()
}

/// A mistake of the test and no refusal: whoever catches refusals is not to catch it.
fn mistake(error: Error) -> PyErr {
    PyValueError::new_err(error.to_string())
}
