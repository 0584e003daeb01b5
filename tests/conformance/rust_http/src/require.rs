//! What an endpoint asks for in code, once the token was accepted.

use crate::Outcome;
use crate::outcome::{Decided, mistake, told};
use jotgate::{Requirement, Verified};
use jotgate_http::{JwtValidator, Refused};
use serde_json::{Value, json};

/// The outcome of a case: what came of the validation, or of what the case asks for behind it.
pub(crate) fn asked(case: &Value, validator: &JwtValidator, decided: Decided) -> Outcome<Value> {
    if case["require"].is_null() {
        return told(decided);
    }
    let requirement = match Requirement::from_json(&case["require"].to_string()) {
        Ok(requirement) => requirement,
        Err(error) => return Ok(mistake(&error)),
    };
    let verified = decided.and_then(|verified| match verified {
        Some(verified) => validator.require(&verified, &requirement).map(|()| Some(verified)),
        None => Ok(None),
    });
    let more = match &verified {
        Ok(verified) => {
            let scopes = verified.as_ref().map(|verified| json!(verified.scopes()));
            ("scopes", scopes)
        }
        Err(refused) => ("challenge", challenge(validator, refused, &requirement)),
    };
    let mut outcome = told(verified)?;
    let (name, value) = more;
    outcome[name] = value.into();
    Ok(outcome)
}

/// What a step of a scenario shows that asks something of a token.
pub(crate) fn required(asks: &Value, validator: &JwtValidator, verified: &Verified) -> Outcome<Value> {
    let requirement = Requirement::from_json(&asks.to_string())?;
    let Err(refused) = validator.require(verified, &requirement) else {
        return Ok(json!({"verdict": "accepted"}));
    };
    let challenge = challenge(validator, &refused, &requirement);
    let mut outcome = told(Err(refused))?;
    outcome["challenge"] = challenge.into();
    Ok(outcome)
}

fn challenge(validator: &JwtValidator, refused: &Refused, requirement: &Requirement) -> Option<Value> {
    let headers = validator.answer_with(refused, requirement).headers;
    headers.into_iter().find(|(name, _)| *name == "WWW-Authenticate").map(|(_, value)| json!(value))
}
