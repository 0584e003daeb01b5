//! Runs an import as it stands in a vector file.

use jotgate_tools::{Import, Product, import};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Deserialize)]
pub(crate) struct ImportCase {
    id: String,
    kind: String,
    text: String,
}

/// What came out: the import as it serialises, or where the text is wrong.
#[derive(Serialize)]
pub(crate) struct Imported {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    import: Option<Import>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Value>,
}

pub(crate) fn run(case: &ImportCase) -> Imported {
    let id = case.id.clone();
    let Some(product) = Product::from_name(&case.kind) else {
        return Imported { id, import: None, error: Some(json!({"path": "an unknown product"})) };
    };
    match import(product, &case.text, &[]) {
        Ok(import) => Imported { id, import: Some(import), error: None },
        Err(error) => Imported { id, import: None, error: Some(json!({"path": error.path()})) },
    }
}
