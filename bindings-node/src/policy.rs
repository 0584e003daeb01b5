//! Policy documents as text: nothing here needs a validator.

use jotgate::PolicyError;
use jotgate_edge::Mistake;
use jotgate_tools::{Format, Import, ImportError, Product, Warning};
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

impl From<Mistake> for PolicyProblem {
    fn from(Mistake { path, message, hint }: Mistake) -> Self {
        Self { path, message, hint }
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

/// A file that a policy of another product names.
#[napi(object, object_to_js = false)]
pub struct ImportFile {
    /// The file's name; folders in front of it do not count.
    pub name: String,
    /// What is in it.
    pub content: Uint8Array,
}

/// What stands in the place of a template.
#[napi(object, object_to_js = false)]
pub struct ImportValue {
    /// The name of the template.
    pub name: String,
    /// What stands there.
    pub value: String,
}

/// A policy of another product read into ours: the JSON of an import; `undefined` when there is no such product.
#[napi(catch_unwind)]
pub fn import_policy(
    product: String, text: String, files: Vec<ImportFile>, values: Vec<ImportValue>,
) -> Result<Option<Either<String, PolicyProblem>>> {
    let Some(product) = Product::from_name(&product) else { return Ok(None) };
    let files: Vec<(&str, &[u8])> = files.iter().map(|file| (file.name.as_str(), &*file.content)).collect();
    let values: Vec<(&str, &str)> = values.iter().map(|value| (value.name.as_str(), value.value.as_str())).collect();
    imported(jotgate_tools::import_with(product, &text, &files, &values)).map(Some)
}

/// The names of all products.
#[napi(catch_unwind)]
pub fn products() -> Vec<&'static str> {
    Product::ALL.iter().map(|product| product.name()).collect()
}

fn imported(import: std::result::Result<Import, ImportError>) -> Result<Either<String, PolicyProblem>> {
    match import {
        Ok(import) => serde_json::to_string(&import)
            .map(Either::A)
            .map_err(|_| Error::new(Status::GenericFailure, "the import is no JSON")),
        Err(error) => Ok(Either::B(Mistake::from(&error).into())),
    }
}

fn told(result: std::result::Result<String, PolicyError>) -> Either<String, PolicyProblem> {
    match result {
        Ok(text) => Either::A(text),
        Err(error) => Either::B(Mistake::from(&error).into()),
    }
}
