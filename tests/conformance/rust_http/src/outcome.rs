//! What came of a case, as the line that reports on it.

use crate::Outcome;
use jotgate::{Code, PolicyError, Verified};
use jotgate_http::Refused;
use serde_json::{Value, json};

/// What a validation has come to.
pub(crate) type Decided = Result<Option<Verified>, Refused>;

pub(crate) fn told(decided: Decided) -> Outcome<Value> {
    Ok(match decided {
        Ok(Some(verified)) => json!({"verdict": "accepted", "claims": verified.claims().to_value()}),
        Ok(None) => json!({"verdict": "skipped"}),
        Err(Refused::Rejected(rejection)) => {
            let claim = rejection.claim.map(|claim| claim.as_str().to_owned());
            json!({"verdict": "rejected", "code": rejection.code.name(), "claim": claim})
        }
        Err(Refused::KeysUnavailable { .. }) => {
            json!({"verdict": "unavailable", "code": Code::KeysUnavailable.name()})
        }
        Err(other) => return Err(other.into()),
    })
}

pub(crate) fn mistake(error: &PolicyError) -> Value {
    let paths: Vec<&str> = error.problems().map(|problem| problem.path()).collect();
    json!({"verdict": "policy_error", "code": "policy_error", "path": error.path(), "paths": paths})
}

pub(crate) fn with_id(case: &Value, mut outcome: Value) -> Value {
    outcome["id"] = case["id"].clone();
    outcome
}
