//! Answers, and what endpoints ask for in code: what a host's middleware calls.

use super::Validator;
use crate::answer::Answer;
use crate::checks::{NeededScopes, Requirement};
use crate::claims::ScopesIn;
use crate::context::Context;
use crate::held::HeldToken;
use crate::json;
use crate::jwks::Origin;
use crate::limits;
use crate::rejection::Rejection;
use crate::token::Payload;
use crate::verdict::Denial;
use crate::verified::Verified;

/// Answers, and what endpoints ask for in code: what a host's middleware calls.
impl Validator {
    /// The HTTP answer to a request that may not pass, in the manner of the policy's `responses`.
    #[must_use]
    pub fn answer(&self, denial: &Denial) -> Answer {
        self.answer_naming(denial, None)
    }

    /// As [`Validator::answer`], for an endpoint that asks for something itself: where a scope lacks, the challenge names those of the
    /// endpoint too (RFC 6750 section 3).
    #[must_use]
    pub fn answer_with(&self, denial: &Denial, requirement: &Requirement) -> Answer {
        self.answer_naming(denial, requirement.needed_scopes())
    }

    /// Whether a token that was accepted is what an endpoint asks for, by the checks of a route: first the scopes, read from the
    /// claims that the token's issuer entry names, then the rules, which see claims under their mapped names.
    ///
    /// # Errors
    ///
    /// Those of a route: [`InsufficientScope`](crate::Code::InsufficientScope), or [`InvalidClaim`](crate::Code::InvalidClaim) where
    /// the claim of the scopes is neither a string nor a list of strings; [`MissingClaim`](crate::Code::MissingClaim) and
    /// [`ClaimRejected`](crate::Code::ClaimRejected) by a rule. [`InternalError`](crate::Code::InternalError) for a token that
    /// neither this validator has accepted nor one in whose place it has come, as far as that can be seen, and that no test kit has
    /// given ([`Verified::of_any_validator`]).
    ///
    /// Of a token that was accepted under another policy the same is asked: where its scopes are, that policy has said. Such a
    /// refusal names no issuer, because the entries of this policy are others.
    pub fn require(&self, verified: &Verified, requirement: &Requirement) -> Result<(), Rejection> {
        let issuer = self.issuer_here(Origin::from_number(verified.origin()), verified.issuer_index())?;
        let payload = &verified.seen();
        let context = Context { header: verified.header(), payload, request: None, now: verified.judged_for() };
        required(issuer, &context, &self.scopes_here(verified.scope_claim())?, requirement)
    }

    /// As [`Validator::require`], for a host that holds what [`Verified`] has given it. Claims of any other origin are whatever that
    /// origin says.
    ///
    /// # Errors
    ///
    /// As [`Validator::require`]; [`InternalError`](crate::Code::InternalError) also where the payload is no JSON object, or the claim
    /// of the scopes none of the policy's or of those before it.
    pub fn require_held(&self, held: &HeldToken<'_>, requirement: &Requirement) -> Result<(), Rejection> {
        let issuer = self.issuer_here(Origin::from_number(held.origin), held.issuer)?;
        let table = json::table(held.payload, limits::JSON_DEPTH_MAX);
        let table = table.map_err(|_| Rejection::internal_error("the payload is none that was accepted"))?;
        let payload = &Payload::of(held.payload, &table);
        let context = Context { header: held.header, payload, request: None, now: held.judged_for };
        required(issuer, &context, &self.scopes_here(held.scope_claim)?, requirement)
    }

    /// Where the scopes of a token are, by [`Verified::scope_claim`]: in a claim that this policy knows, or one before it.
    fn scopes_here(&self, claim: Option<&str>) -> Result<ScopesIn, Rejection> {
        match claim {
            None => Ok(ScopesIn::Usual),
            Some("") => Ok(ScopesIn::Only(None)),
            Some(claim) => match self.policy.claim_name(claim) {
                Some(name) => Ok(ScopesIn::Only(Some(name.clone()))),
                None => Err(Rejection::internal_error("the claim of the scopes is none of the policy")),
            },
        }
    }

    /// The entry of this policy that has accepted a token; none where another policy of the line has, or a test kit.
    fn issuer_here(&self, origin: Origin, issuer: usize) -> Result<Option<usize>, Rejection> {
        let own = self.key_sets.origin();
        if origin == own && self.policy.issuers.get(issuer).is_some() {
            return Ok(Some(issuer));
        }
        if origin == Origin::OF_ANY_VALIDATOR || origin != own && origin.is_of_line_of(own) {
            return Ok(None);
        }
        Err(Rejection::internal_error("another validator has accepted the token"))
    }

    fn answer_naming(&self, denial: &Denial, asked: Option<&NeededScopes>) -> Answer {
        let of_issuer = denial.issuer.and_then(|index| self.policy.issuers.get(index)?.checks.scopes.as_ref());
        let of_route = denial.route.and_then(|index| self.policy.routes.asked_by(index)?.scopes.as_ref());
        let mut scopes: Vec<&str> = Vec::new();
        for scope in of_issuer.into_iter().chain(of_route).chain(asked).flat_map(NeededScopes::iter) {
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        Answer::new(self.policy.responses, denial.code, &scopes, denial.retry_after)
    }
}

fn required(
    issuer: Option<usize>, context: &Context<'_>, scopes_in: &ScopesIn, requirement: &Requirement,
) -> Result<(), Rejection> {
    requirement.check(context, scopes_in).map_err(|rejection| Rejection { issuer, ..rejection })
}
