//! Runs an import as it stands in a vector file.

use jotgate_tools::{Import, ImportError, import_mulesoft, import_wso2};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Deserialize)]
pub(crate) struct ImportCase {
    id: String,
    kind: Gateway,
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Gateway {
    Mulesoft,
    Wso2,
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
    let import: Result<Import, ImportError> = match case.kind {
        Gateway::Mulesoft => import_mulesoft(&case.text),
        Gateway::Wso2 => import_wso2(&case.text),
    };
    let id = case.id.clone();
    match import {
        Ok(import) => Imported { id, import: Some(import), error: None },
        Err(error) => Imported { id, import: None, error: Some(json!({"path": error.path()})) },
    }
}
