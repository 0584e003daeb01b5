//! What an endpoint asks of a token in code.

use crate::errors;
use crate::validator::{AnswerParts, Core};
use crate::verified::Verified;
use pyo3::prelude::*;

/// What is asked, compiled once. Described in `_native.pyi`.
#[pyclass(frozen, module = "jotgate._native", name = "Requirement")]
pub(crate) struct Requirement {
    requirement: jotgate::Requirement,
}

#[pymethods]
impl Requirement {
    #[new]
    fn new(py: Python<'_>, document: &str) -> PyResult<Self> {
        let requirement = errors::guard(py, || jotgate::Requirement::from_json(document))?;
        let requirement = requirement.map_err(|error| errors::policy(py, &error))?;
        Ok(Self { requirement })
    }

    /// Raises what refuses the token.
    fn ask(&self, py: Python<'_>, core: &Bound<'_, Core>, verified: &Bound<'_, Verified>) -> PyResult<()> {
        let (validator, verified) = (core.get().validator(), verified.get().core());
        let asked = errors::guard(py, || validator.require(verified, &self.requirement))?;
        asked.map_err(|rejection| errors::rejection(py, &rejection))
    }

    /// The answer to such a refusal: its challenge names the scopes that are asked for here, too.
    #[pyo3(signature = (core, code, issuer=None, route=None))]
    fn answer<'py>(
        &self, py: Python<'py>, core: &Bound<'py, Core>, code: &str, issuer: Option<usize>, route: Option<usize>,
    ) -> PyResult<AnswerParts<'py>> {
        core.get().answer_of(py, (code, issuer, route, None), Some(&self.requirement))
    }
}
