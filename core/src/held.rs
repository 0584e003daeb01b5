//! An accepted token as a host holds it whose language keeps texts and numbers.

use crate::claims::{USUAL_SCOPE_CLAIMS, granted};
use crate::json;
use crate::jwks::Origin;
use crate::limits;
use crate::time::Timestamp;
use crate::token::Payload;
use crate::verified::Verified;
use std::fmt;

/// An accepted token as a host holds it that keeps no [`Verified`]: what that has said of it.
///
/// It is no permission, and proves nothing: it is what its maker says.
#[derive(Clone, Copy)]
pub struct HeldToken<'a> {
    /// [`Verified::header`].
    pub header: &'a str,
    /// [`Verified::payload`].
    pub payload: &'a str,
    /// [`Verified::origin`], or [`HeldToken::OF_ANY_VALIDATOR`].
    pub origin: u64,
    /// [`Verified::issuer_index`].
    pub issuer: usize,
    /// [`Verified::judged_for`].
    pub judged_for: Timestamp,
    /// [`Verified::scope_claim`].
    pub scope_claim: Option<&'a str>,
}

impl HeldToken<'_> {
    /// The origin of a token that every validator takes: see [`Verified::of_any_validator`].
    pub const OF_ANY_VALIDATOR: u64 = Origin::OF_ANY_VALIDATOR.number();

    /// What [`Verified::scopes`] has given; none where the payload is none that was accepted.
    #[must_use]
    pub fn scopes(&self) -> Vec<String> {
        let Ok(table) = json::table(self.payload, limits::JSON_DEPTH_MAX) else { return Vec::new() };
        let payload = Payload::of(self.payload, &table);
        let scopes = match self.scope_claim {
            None => granted(USUAL_SCOPE_CLAIMS, &payload),
            Some(claim) => granted((!claim.is_empty()).then_some(claim), &payload),
        };
        scopes.into_iter().map(String::from).collect()
    }
}

impl<'a> From<&'a Verified> for HeldToken<'a> {
    fn from(verified: &'a Verified) -> Self {
        Self {
            header: verified.header(),
            payload: verified.payload(),
            origin: verified.origin(),
            issuer: verified.issuer_index(),
            judged_for: verified.judged_for(),
            scope_claim: verified.scope_claim(),
        }
    }
}

/// Shows no claim, as [`Verified`] shows none.
impl fmt::Debug for HeldToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeldToken").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
