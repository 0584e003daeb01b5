//! The native half of the Python package `jotgate`.
//!
//! It converts between Python objects and the core, and nothing else: every rule lives in the core, and everything
//! that waits, fetches or names lives in the Python half. Only a batch releases the GIL, once: a single validation takes
//! a hundredth of the interpreter's switch interval, and winning the GIL back from a busy thread would take all of it.

mod arrow;
mod batch;
mod columns;
mod command;
mod documents;
mod errors;
mod explanation;
mod front;
mod names;
mod objects;
mod question;
mod reader;
mod refusals;
mod request;
mod requirement;
mod testing;
mod validator;
mod verdicts;
mod verified;
mod work;

// The tests have not run on an interpreter without a global lock: one that could do without it keeps it.
#[pyo3::pymodule(gil_used = true)]
mod _native {
    use jotgate::Code;
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::columns::{Column, Columns, Piece};
    #[pymodule_export]
    use crate::command::{Command, audit_report};
    #[pymodule_export]
    use crate::documents::{
        fill_references, import_policy, in_options, lint, places, policy_json, policy_text, products, references,
        schema,
    };
    #[pymodule_export]
    use crate::explanation::Explanation;
    #[pymodule_export]
    use crate::front::Front;
    #[pymodule_export]
    use crate::request::Request;
    #[pymodule_export]
    use crate::requirement::Requirement;
    #[pymodule_export]
    use crate::testing::{TestIssuer, test_recipes};
    #[pymodule_export]
    use crate::validator::Core;
    #[pymodule_export]
    use crate::verdicts::{Pending, Undecided};
    #[pymodule_export]
    use crate::verified::Verified;
    #[pymodule_export]
    use crate::work::{FetchRequest, Work};

    /// Names every code of the core, so that the package can test that its table of exceptions is complete.
    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        let codes: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        module.add("CODES", codes)
    }
}
