//! Claims that must be there. RFC 7519 section 4 requires none, so a policy says which; without a word from it, `exp`.

use super::names;
use crate::codes::Code;
use crate::document::PolicyError;
use crate::explain::Facts;
use crate::rejection::Rejection;
use crate::text::listed;
use crate::token::Payload;
use std::sync::Arc;

/// The names of the claims.
#[derive(Debug)]
pub(crate) struct RequiredClaims(Vec<Arc<str>>);

impl RequiredClaims {
    /// `path` is that of the issuer's entry. A list without `exp` is the waiver for tokens that do not expire.
    pub(crate) fn compile(written: Option<Vec<String>>, path: &str) -> Result<Self, PolicyError> {
        names::claim_names(written, &["exp"], &format!("{path}.required_claims")).map(Self)
    }

    /// A claim that is `null` says nothing, so it is not there.
    pub(super) fn check(&self, payload: &Payload<'_>) -> Result<(), Rejection> {
        match self.0.iter().find(|name| payload.get_present(name).is_none()) {
            Some(name) => Err(Rejection::claim(Code::MissingClaim, name, "the policy requires it")),
            None => Ok(()),
        }
    }

    pub(super) fn facts(&self, payload: &Payload<'_>) -> Facts {
        if self.0.is_empty() {
            return Facts::idle("the policy requires none");
        }
        let missing: Vec<_> = self.0.iter().filter(|name| payload.get_present(name).is_none()).collect();
        let facts = Facts::checked().expected(listed(&self.0));
        facts.note_if((!missing.is_empty()).then(|| format!("the token lacks {}", listed(missing))))
    }
}
