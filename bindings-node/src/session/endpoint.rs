//! What an endpoint asks for in code, of a token that was accepted.

use super::{Session, denial_of};
use crate::arguments::{invalid, time};
use crate::work::NativeAnswer;
use jotgate::{HeldToken, Requirement};
use jotgate_node_common::Details;
use napi::bindgen_prelude::{ExternalRef, FunctionCallContext, Result};

impl Session {
    /// `require(requirement, header, payload, origin, issuer, judgedFor, scopeClaim)`: 0 when the token is what the endpoint asks for, or
    /// the number of a code.
    pub(super) fn require(&self, call: &FunctionCallContext<'_>) -> Result<u32> {
        let requirement: ExternalRef<Requirement> = call.get(0)?;
        let (header, payload): (String, String) = (call.get(1)?, call.get(2)?);
        let (origin, issuer): (i64, u32) = (call.get(3)?, call.get(4)?);
        let scope_claim: Option<String> = call.get(6)?;
        let held = HeldToken {
            header: &header,
            payload: &payload,
            origin: u64::try_from(origin).map_err(|_| invalid("not the origin of a token"))?,
            issuer: usize::try_from(issuer).map_err(|_| invalid("not an entry of the policy"))?,
            judged_for: time(call, 5)?,
            scope_claim: scope_claim.as_deref(),
        };
        let Err(rejection) = self.validator.require_held(&held, &requirement) else { return Ok(PASSED) };
        let code = rejection.code.number();
        let (issuer, route) = (rejection.issuer, rejection.route);
        *self.details.borrow_mut() = Details { issuer, route, rejection: Some(rejection), ..Details::default() };
        Ok(code)
    }

    /// `answerWith(name, issuer, route, retryAfter, requirement)`: as `answer`, at an endpoint that asks for this.
    pub(super) fn answer_with(&self, call: &FunctionCallContext<'_>) -> Result<NativeAnswer> {
        let requirement: ExternalRef<Requirement> = call.get(4)?;
        Ok(self.validator.answer_with(&denial_of(call)?, &requirement).into())
    }
}

/// Stands in for a code when an endpoint has nothing to refuse; no code has this number.
const PASSED: u32 = 0;
