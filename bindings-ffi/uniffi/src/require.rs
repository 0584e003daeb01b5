//! What endpoints ask for in code, and HTTP answers.

use crate::core::Core;
use crate::failure::{CallFailure, held, text};
use crate::mistake::{PolicyMistake, read};
use crate::request::{Header, headers};
use crate::verdict::Rejection;
use jotgate::Timestamp;
use jotgate_edge::guard::guard;
use std::fmt;
use std::sync::Arc;

/// What an endpoint asks of a token: scopes, and rules about claims.
#[derive(uniffi::Object)]
pub struct Requirement(jotgate::Requirement);

/// A token that was accepted, as its verdict has told it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct HeldToken {
    /// The header, as JSON text in UTF-8.
    pub header: Vec<u8>,
    /// The claims, as JSON text in UTF-8.
    pub payload: Vec<u8>,
    /// Who has accepted it.
    pub origin: u64,
    /// The entry of the policy's `issuers`, counted from 0.
    pub issuer: u32,
    /// The time that the token was judged for, in milliseconds since the Unix epoch.
    pub judged_for_ms: i64,
    /// In which claim the scopes are; none for the usual ones.
    pub scope_claim: Option<Vec<u8>>,
}

/// What an HTTP answer is made of.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Denial {
    /// The number of the code; one that names none is an internal error.
    pub code: u32,
    /// The entry of the policy's `issuers`, counted from 0.
    pub issuer: Option<u32>,
    /// The entry of the policy's `routes`, counted from 0.
    pub route: Option<u32>,
    /// When to try again, in milliseconds since the Unix epoch.
    pub retry_at_ms: Option<i64>,
}

/// A whole HTTP answer.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct HttpAnswer {
    /// The status.
    pub status: u32,
    /// The header fields.
    pub headers: Vec<Header>,
    /// The body.
    pub body: String,
}

#[uniffi::export]
impl Requirement {
    /// What an endpoint asks for, from its document: JSON text in UTF-8.
    ///
    /// # Errors
    ///
    /// The text is no such document.
    #[uniffi::constructor]
    pub fn new(document: Vec<u8>) -> Result<Self, PolicyMistake> {
        read(|| jotgate_edge::requirement(&document).map(Self))
    }
}

#[uniffi::export]
impl Core {
    /// Why a token is not what an endpoint asks for; none when it is. A request without a token never is.
    ///
    /// # Errors
    ///
    /// A text of the token is not UTF-8.
    pub fn require(
        &self, token: Option<HeldToken>, requirement: Arc<Requirement>,
    ) -> Result<Option<Rejection>, CallFailure> {
        held(|| {
            let token = token.as_ref().map(HeldToken::of_the_core).transpose()?;
            let outcome = jotgate_edge::required(self.validator(), token.as_ref(), &requirement.0);
            Ok(outcome.err().as_ref().map(Rejection::from))
        })
    }

    /// The answer to a request that must not pass, as the policy's `responses` wants it; with what the endpoint asks for, where it
    /// has refused.
    ///
    /// # Errors
    ///
    /// The library failed.
    pub fn answer(
        &self, denial: Denial, requirement: Option<Arc<Requirement>>, now_ms: i64,
    ) -> Result<HttpAnswer, CallFailure> {
        held(|| {
            let retry_after = denial.retry_at_ms.map(|retry_at| jotgate_edge::retry_after(retry_at, now_ms));
            let (issuer, route) = (place(denial.issuer), place(denial.route));
            let denial = jotgate_edge::denial(denial.code, issuer, route, retry_after);
            let answer = match requirement {
                Some(requirement) => self.validator().answer_with(&denial, &requirement.0),
                None => self.validator().answer(&denial),
            };
            Ok(HttpAnswer {
                status: u32::from(answer.status),
                headers: headers(answer.headers.iter().map(|(name, value)| (name, value))),
                body: answer.body.to_string(),
            })
        })
    }
}

/// The scopes of an accepted token.
///
/// # Errors
///
/// A text is not UTF-8.
#[uniffi::export]
pub fn scopes(payload: Vec<u8>, scope_claim: Option<Vec<u8>>) -> Result<Vec<String>, CallFailure> {
    held(|| {
        let token = HeldToken { header: b"{}".to_vec(), payload, origin: 0, issuer: 0, judged_for_ms: 0, scope_claim };
        Ok(token.of_the_core()?.scopes().iter().map(ToString::to_string).collect())
    })
}

/// The origin of what test kits give: every validator takes it.
#[uniffi::export]
pub fn origin_of_any_validator() -> u64 {
    guard(0, || jotgate::HeldToken::OF_ANY_VALIDATOR)
}

impl HeldToken {
    fn of_the_core(&self) -> Result<jotgate::HeldToken<'_>, CallFailure> {
        Ok(jotgate::HeldToken {
            header: text(&self.header, "the header")?,
            payload: text(&self.payload, "the payload")?,
            origin: self.origin,
            issuer: usize::try_from(self.issuer).map_err(|_| CallFailure::argument("the issuer is out of range"))?,
            judged_for: Timestamp::from_millis(self.judged_for_ms),
            scope_claim: self.scope_claim.as_deref().map(|claim| text(claim, "the scope claim")).transpose()?,
        })
    }
}

impl fmt::Debug for Requirement {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Requirement").finish_non_exhaustive()
    }
}

/// The edge has -1 for none.
fn place(entry: Option<u32>) -> i32 {
    entry.and_then(|entry| i32::try_from(entry).ok()).unwrap_or(-1)
}
