//! What an endpoint asks for in code, once the token was accepted.

use crate::case::{Case, Outcome};
use jotgate::{Denial, HeldToken, Rejection, Requirement, Validator, Verdict};
use std::error::Error;

/// What came of asking, or of refusing the token before.
pub(crate) enum Asked {
    Mistake(Outcome),
    Refused { rejection: Rejection, challenge: Option<String> },
    Passed { scopes: Vec<String> },
}

/// Nothing where the case asks for nothing. Asked of the token itself, and of what a host holds of it, which come to the same.
pub(crate) fn asked(case: &Case, validator: &Validator, verdict: &Verdict) -> Result<Option<Asked>, Box<dyn Error>> {
    let Some(document) = &case.require else { return Ok(None) };
    let requirement = match Requirement::from_json(&document.to_string()) {
        Ok(requirement) => requirement,
        Err(error) => return Ok(Some(Asked::Mistake(Outcome::policy_error(case, &error)))),
    };
    let rejection = match verdict {
        Verdict::Accepted(verified) => {
            let held = HeldToken::from(verified);
            let (required, scopes) = (validator.require(verified, &requirement), verified.scopes());
            if required != validator.require_held(&held, &requirement) || scopes != held.scopes() {
                return Err(format!("{}: held, the token comes to something else", case.id).into());
            }
            match required {
                Ok(()) => return Ok(Some(Asked::Passed { scopes: scopes.into_iter().map(String::from).collect() })),
                Err(rejection) => rejection,
            }
        }
        Verdict::Rejected(rejection) => rejection.clone(),
        other => return Err(format!("{}: unexpected verdict {other:?}", case.id).into()),
    };
    let answer = validator.answer_with(&Denial::from(&rejection), &requirement);
    let challenge = answer.headers.into_iter().find(|(name, _)| *name == "WWW-Authenticate").map(|(_, value)| value);
    Ok(Some(Asked::Refused { rejection, challenge }))
}

impl Asked {
    /// `outcome` is that of the validation.
    pub(crate) fn told(self, outcome: Outcome) -> Outcome {
        match self {
            Self::Mistake(mistake) => mistake,
            Self::Passed { scopes } => Outcome { scopes: Some(scopes), ..outcome },
            Self::Refused { rejection, challenge } => Outcome {
                id: outcome.id,
                verdict: "rejected",
                code: Some(rejection.code.name()),
                claim: rejection.claim.map(|claim| claim.as_str().to_owned()),
                challenge,
                ..Outcome::default()
            },
        }
    }
}
