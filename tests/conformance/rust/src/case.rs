//! A token case as it stands in a vector file, and the line that reports on it.

use crate::document::DocumentCase;
use crate::import::ImportCase;
use crate::scenario::Scenario;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A file holds one kind.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum VectorFile {
    Cases(Vec<Case>),
    Scenarios(Vec<Scenario>),
    /// Token cases of which the explanation counts.
    Explanations(Vec<Case>),
    Imports(Vec<ImportCase>),
    Documents(Vec<DocumentCase>),
}

#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) policy: Value,
    /// What the fetch callback answers, by URL; a URL that is not there means that the connection failed.
    #[serde(default)]
    pub(crate) responses: BTreeMap<String, Response>,
    pub(crate) token: Option<String>,
    pub(crate) request: Option<Request>,
    pub(crate) host: Option<Host>,
    /// What an endpoint asks of the token once it was accepted.
    pub(crate) require: Option<Value>,
    /// Seconds since the epoch, perhaps with a fraction.
    pub(crate) now: f64,
}

/// What the host says when it is asked; a question that is not there is one that it has no function for.
#[derive(Deserialize)]
pub(crate) struct Host {
    pub(crate) client: Option<Said>,
    pub(crate) revoked: Option<Said>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Said {
    Yes,
    No,
    Fail,
}

#[derive(Clone, Deserialize)]
pub(crate) struct Response {
    pub(crate) status: u16,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) body: String,
}

#[derive(Deserialize)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, OneOrMany>,
    #[serde(default)]
    pub(crate) query: BTreeMap<String, OneOrMany>,
    #[serde(default)]
    pub(crate) cookies: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub(crate) fn as_slice(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

#[derive(Default, Serialize)]
pub(crate) struct Outcome {
    pub(crate) id: String,
    pub(crate) verdict: &'static str,
    pub(crate) code: Option<&'static str>,
    pub(crate) claim: Option<String>,
    pub(crate) path: Option<String>,
    /// Everything that is wrong with the policy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) paths: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// As the payload spells them: nothing is rounded on the way to the report.
    pub(crate) claims: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scopes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) challenge: Option<String>,
}

impl Outcome {
    pub(crate) fn policy_error(case: &Case, error: &jotgate::PolicyError) -> Self {
        Self {
            id: case.id.clone(),
            verdict: "policy_error",
            code: Some("policy_error"),
            path: Some(error.path().to_owned()),
            paths: error.problems().map(|problem| problem.path().to_owned()).collect(),
            ..Self::default()
        }
    }
}

/// What an explanation came to.
#[derive(Serialize)]
pub(crate) struct Explained {
    pub(crate) id: String,
    pub(crate) explanation: Box<RawValue>,
    pub(crate) text: String,
}
