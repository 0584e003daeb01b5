//! Loads a policy file as it stands in a vector file, as a program does that is started with these variables beside these files.

use jotgate::{PolicyError, Question, ReferenceFailure, ReferenceKind, Timestamp, Validator, Verdict};
use jotgate_tools::Format;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Deserialize)]
pub(crate) struct DocumentCase {
    id: String,
    format: String,
    text: String,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    token: String,
    #[serde(default)]
    now: f64,
}

/// What came out: what is wrong, or the verdict on the token.
#[derive(Serialize)]
pub(crate) struct Loaded {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problems: Option<Vec<Value>>,
}

pub(crate) fn run(case: &DocumentCase) -> Loaded {
    let id = case.id.clone();
    match load(case) {
        Ok(validator) => {
            let now = Timestamp::from_seconds(case.now as i64);
            let accepted =
                matches!(validator.validate(Question::token(case.token.as_bytes()), now), Verdict::Accepted(_));
            Loaded { id, verdict: Some(if accepted { "accepted" } else { "not accepted" }), problems: None }
        }
        Err(error) => Loaded { id, verdict: None, problems: Some(problems(&error)) },
    }
}

fn load(case: &DocumentCase) -> Result<Validator, PolicyError> {
    let format = Format::from_name(&case.format).ok_or_else(|| PolicyError::new("", "there is no such format"))?;
    let policy = jotgate_tools::policy_with(&case.text, format, |wanted| {
        let found = match wanted.kind {
            ReferenceKind::Environment => case.env.get(&wanted.name),
            _ if wanted.name == "." => return Err(ReferenceFailure::Unreadable),
            _ => case.files.get(&wanted.name),
        };
        found.map(|text| text.clone().into_bytes()).ok_or(ReferenceFailure::Missing)
    })?;
    Ok(Validator::new(policy, 0))
}

fn problems(error: &PolicyError) -> Vec<Value> {
    let told = error.problems();
    told.map(|problem| json!({"path": problem.path(), "line": problem.line(), "column": problem.column()})).collect()
}
