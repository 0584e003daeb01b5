//! Claims that must be there. RFC 7519 section 4 requires none, so a policy says which; without a word from it, `exp`.

use super::names;
use crate::claim_names::{ClaimNames, PolicyName};
use crate::codes::Code;
use crate::document::{PolicyError, Profile};
use crate::explain::Facts;
use crate::rejection::Rejection;
use crate::text::listed;
use crate::token::Payload;

/// The names of the claims.
#[derive(Debug)]
pub(crate) struct RequiredClaims {
    names: Vec<PolicyName>,
    profile: Option<Profile>,
}

impl RequiredClaims {
    /// `path` is that of the issuer's entry. A list without `exp` is the waiver for tokens that do not expire. The claims of a
    /// profile come first, and those of the list behind them.
    pub(crate) fn compile(
        written: Option<Vec<String>>, profile: Option<Profile>, kept: &mut ClaimNames, path: &str,
    ) -> Result<Self, PolicyError> {
        let path = format!("{path}.required_claims");
        let written = names::claim_names(written, &["exp"], kept, &path)?;
        let Some(Profile::Rfc9068) = profile else { return Ok(Self { names: written, profile }) };
        if !written.iter().any(|name| &**name == "exp") {
            let error = PolicyError::new(path, "profile: rfc9068 requires exp, and a list without it waives that");
            return Err(error.with_hint("add exp to the list, or leave the profile out"));
        }
        let mut names: Vec<PolicyName> = RFC9068_CLAIMS.iter().map(|name| kept.keep(name)).collect();
        names.extend(written.into_iter().filter(|name| !RFC9068_CLAIMS.contains(&&**name)));
        Ok(Self { names, profile })
    }

    /// A claim that is `null` says nothing, so it is not there.
    pub(super) fn check(&self, payload: &Payload<'_>) -> Result<(), Rejection> {
        if let Some(name) = self.names.iter().find(|name| payload.get_present(name).is_none()) {
            return Err(Rejection::claim(Code::MissingClaim, name, "the policy requires it"));
        }
        // The others of the profile are looked at wherever they are (RFC 8693 section 4.3: a client's id is a string).
        match self.profile {
            Some(Profile::Rfc9068) => payload.text("client_id").map(|_| ()),
            None => Ok(()),
        }
    }

    pub(super) fn facts(&self, payload: &Payload<'_>) -> Facts {
        if self.names.is_empty() {
            return Facts::idle("the policy requires none");
        }
        let missing: Vec<_> = self.names.iter().filter(|name| payload.get_present(name).is_none()).collect();
        let of_profile = match self.profile {
            Some(Profile::Rfc9068) => " (profile: rfc9068)",
            None => "",
        };
        let facts = Facts::checked().expected(format!("{}{of_profile}", listed(&self.names)));
        facts.note_if((!missing.is_empty()).then(|| format!("the token lacks {}", listed(missing))))
    }
}

/// What RFC 9068 section 2.2 requires beside `iss` and `aud`, for which there are checks of their own.
pub(crate) const RFC9068_CLAIMS: [&str; 5] = ["exp", "sub", "client_id", "iat", "jti"];
