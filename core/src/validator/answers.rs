//! Answers, and what endpoints ask for in code: what a host's middleware calls.

use super::Validator;
use crate::answer::Answer;
use crate::checks::NeededScopes;
use crate::claim_names::PolicyName;
use crate::document::PolicyError;
use crate::rejection::Rejection;
use crate::verdict::Denial;
use crate::verified::Verified;

/// Scopes that an endpoint asks for in code, beside what the policy asks for. Make them once, when the service starts:
///
/// ```
/// let scopes = jotgate::Scopes::all(["orders:read"])?;
/// assert!(jotgate::Scopes::any(["orders read"]).is_err());
/// # Ok::<(), jotgate::PolicyError>(())
/// ```
#[derive(Debug)]
pub struct Scopes {
    needed: NeededScopes,
}

impl Scopes {
    /// A token must have each of these.
    ///
    /// # Errors
    ///
    /// There is none, or one of them is no scope token (RFC 6749 section 3.3).
    pub fn all<S: Into<String>>(scopes: impl IntoIterator<Item = S>) -> Result<Self, PolicyError> {
        let all = scopes.into_iter().map(Into::into).collect();
        Ok(Self { needed: NeededScopes::compile(all, Vec::new(), "scopes")? })
    }

    /// A token must have one of these.
    ///
    /// # Errors
    ///
    /// There is none, or one of them is no scope token (RFC 6749 section 3.3).
    pub fn any<S: Into<String>>(scopes: impl IntoIterator<Item = S>) -> Result<Self, PolicyError> {
        let any = scopes.into_iter().map(Into::into).collect();
        Ok(Self { needed: NeededScopes::compile(Vec::new(), any, "scopes")? })
    }
}

/// Answers, and what endpoints ask for in code: what a host's middleware calls.
impl Validator {
    /// The HTTP answer to a request that may not pass, in the manner of the policy's `responses`.
    #[must_use]
    pub fn answer(&self, denial: &Denial) -> Answer {
        self.answer_naming(denial, None)
    }

    /// As [`Validator::answer`], for an endpoint that asks for scopes itself: where one lacks, the challenge names them too
    /// (RFC 6750 section 3).
    #[must_use]
    pub fn answer_with_scopes(&self, denial: &Denial, scopes: &Scopes) -> Answer {
        self.answer_naming(denial, Some(&scopes.needed))
    }

    /// Whether a token that this validator has accepted has the scopes that an endpoint asks for. They are read as those that a
    /// route of the policy asks for: from the claims that the token's issuer entry names, `scope` and `scp` by default.
    ///
    /// # Errors
    ///
    /// [`InsufficientScope`](crate::Code::InsufficientScope), or [`InvalidClaim`](crate::Code::InvalidClaim) where the claim is
    /// neither a string nor a list of strings.
    pub fn require_scopes(&self, verified: &Verified, scopes: &Scopes) -> Result<(), Rejection> {
        let (index, payload) = (verified.issuer_index(), verified.seen());
        let entry = self.policy.issuers.get(index);
        let entry = entry.ok_or_else(|| Rejection::internal_error("another validator has accepted the token"))?;
        let granted = match &entry.mapping {
            None => scopes.needed.check(&entry.checks.scope_claims, &payload),
            // The host's view has other names, and what a rejection names is what it sees.
            Some(mapping) => {
                let seen = entry.checks.scope_claims.iter().map(|name| mapping.name_in(name, &payload));
                scopes.needed.check(&seen.collect::<Vec<PolicyName>>(), &payload)
            }
        };
        granted.map_err(|rejection| Rejection { issuer: Some(index), ..rejection })
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
