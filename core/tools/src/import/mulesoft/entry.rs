//! The entry of the document's one issuer.

use serde_json::{Map, Value};

/// The issuer entry as it grows.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub(super) members: Map<String, Value>,
    /// Its member `jwks`: the settings of key sets.
    pub(super) settings: Map<String, Value>,
    /// Its member `required_claims`.
    pub(super) required: Vec<&'static str>,
    /// Its member `claims`.
    pub(super) rules: Vec<Value>,
}

impl Entry {
    pub(super) fn finish(mut self) -> Map<String, Value> {
        if !self.settings.is_empty() {
            self.members.insert("jwks".to_owned(), self.settings.into());
        }
        self.members
    }
}
