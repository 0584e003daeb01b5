//! What endpoints ask for, and the scopes of tokens: nothing here needs a validator.

use crate::policy::PolicyProblem;
use jotgate::{HeldToken, Requirement, Timestamp};
use jotgate_edge::Mistake;
use napi::bindgen_prelude::{Either, External};
use napi_derive::napi;

/// What an endpoint asks for, compiled from JSON, or what is wrong with it.
#[napi(catch_unwind)]
pub fn create_requirement(document: String) -> Either<External<Requirement>, PolicyProblem> {
    match Requirement::from_json(&document) {
        Ok(requirement) => Either::A(External::new(requirement)),
        Err(error) => Either::B(Mistake::from(&error).into()),
    }
}

/// The scopes of a token that was accepted; `claim` is where they are, `null` for the usual claims.
#[napi(catch_unwind)]
pub fn scopes_of(payload: String, claim: Option<String>) -> Vec<String> {
    // The other members say nothing of scopes.
    let held = HeldToken {
        header: "{}",
        payload: &payload,
        origin: 0,
        issuer: 0,
        judged_for: Timestamp::from_millis(0),
        scope_claim: claim.as_deref(),
    };
    held.scopes()
}
