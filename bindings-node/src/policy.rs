//! Policy documents as text: nothing here needs a validator.

use jotgate::PolicyError;
use jotgate_tools::{Format, Import, ImportError, Warning};
use napi::bindgen_prelude::{Either, Error, Result, Status, Uint8Array};
use napi_derive::napi;

/// Why a policy document was refused.
#[napi(object, object_from_js = false)]
pub struct PolicyProblem {
    /// Where in the document, for instance `issuers[0].audience`, or a line and a column of the text.
    pub path: String,
    /// What is wrong there.
    pub message: String,
    /// What to do about it, where the core has an idea.
    pub hint: Option<String>,
}

impl From<PolicyError> for PolicyProblem {
    fn from(error: PolicyError) -> Self {
        Self {
            path: error.path().to_owned(),
            message: error.message().to_owned(),
            hint: error.hint().map(str::to_owned),
        }
    }
}

/// The document as JSON text; `undefined` when there is no such format.
#[napi(catch_unwind)]
pub fn policy_json(text: String, format: String) -> Option<Either<String, PolicyProblem>> {
    let format = Format::from_name(&format)?;
    Some(told(jotgate_tools::policy_json(&text, format)))
}

/// The JSON of a list of warnings about a document in JSON.
#[napi(catch_unwind)]
pub fn lint(policy: String) -> Either<String, PolicyProblem> {
    told(jotgate_tools::lint(&policy).map(|warnings| Warning::list_to_json(&warnings)))
}

/// The JSON Schema of policy documents.
#[napi(catch_unwind)]
pub fn schema() -> &'static str {
    jotgate::schema()
}

/// A policy of MuleSoft read into ours: the JSON of an import.
#[napi(catch_unwind)]
pub fn import_mulesoft(text: String) -> Result<Either<String, PolicyProblem>> {
    imported(jotgate_tools::import_mulesoft(&text))
}

/// A policy of WSO2 read into ours: the JSON of an import. `trust_store` has the bytes of the file that the policy names.
#[napi(catch_unwind)]
pub fn import_wso2(text: String, trust_store: Option<Uint8Array>) -> Result<Either<String, PolicyProblem>> {
    let import = jotgate_tools::import_wso2(&text);
    imported(match trust_store {
        Some(bytes) => import.map(|import| import.with_trust_store(&bytes)),
        None => import,
    })
}

fn imported(import: std::result::Result<Import, ImportError>) -> Result<Either<String, PolicyProblem>> {
    match import {
        Ok(import) => serde_json::to_string(&import)
            .map(Either::A)
            .map_err(|_| Error::new(Status::GenericFailure, "the import is no JSON")),
        Err(error) => Ok(Either::B(PolicyProblem {
            path: error.path().to_owned(),
            message: error.message().to_owned(),
            hint: error.hint().map(str::to_owned),
        })),
    }
}

fn told(result: std::result::Result<String, PolicyError>) -> Either<String, PolicyProblem> {
    match result {
        Ok(text) => Either::A(text),
        Err(error) => Either::B(error.into()),
    }
}
