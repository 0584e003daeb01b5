//! Claims: the payload as the checks read it, and as a host reads it once the token is verified.

mod deserializer;
mod key;
mod member;
mod path;
mod pieces;
mod scopes;
#[cfg(test)]
mod tests;
mod value;

pub(crate) use crate::token::Payload;
use deserializer::ClaimsDeserializer;
pub use member::Member;
pub(crate) use path::{ClaimPath, Found};
pub(crate) use pieces::pieces;
pub(crate) use scopes::{Granted, ScopesIn, USUAL_SCOPE_CLAIMS, granted, is_scope_token};
use serde::Deserialize;
use std::borrow::Cow;

/// The claims of a verified token. Get one from [`Verified::claims`](crate::Verified::claims).
///
/// The token was read once, when it was validated: where each claim stands was kept, so that looking one up costs a few
/// comparisons, and only the values that are asked for are read. What the policy's checks have seen is what is found here.
///
/// The accessors of registered claims (RFC 7519 section 4.1) give `None` when the claim is absent; of another type it
/// cannot be, since such tokens are rejected.
#[derive(Clone, Copy)]
pub struct Claims<'a> {
    payload: Payload<'a>,
}

impl<'a> Claims<'a> {
    /// Costs nothing.
    pub(crate) fn new(payload: Payload<'a>) -> Self {
        Self { payload }
    }

    /// `iss`: who issued the token.
    #[must_use]
    pub fn issuer(&self) -> Option<Cow<'a, str>> {
        self.text_of("iss")
    }

    /// `sub`: whom the token is about.
    #[must_use]
    pub fn subject(&self) -> Option<Cow<'a, str>> {
        self.text_of("sub")
    }

    /// `jti`: the token's own id.
    #[must_use]
    pub fn token_id(&self) -> Option<Cow<'a, str>> {
        self.text_of("jti")
    }

    /// `aud`: for whom the token is meant; a single value comes as a list of one.
    #[must_use]
    pub fn audience(&self) -> Vec<Cow<'a, str>> {
        self.payload.get("aud").and_then(Payload::strings).unwrap_or_default()
    }

    /// `exp`: seconds since the Unix epoch, perhaps with a fraction.
    #[must_use]
    pub fn expires_at(&self) -> Option<f64> {
        self.payload.numeric_date("exp").ok().flatten()
    }

    /// `nbf`: seconds since the Unix epoch, perhaps with a fraction.
    #[must_use]
    pub fn not_before(&self) -> Option<f64> {
        self.payload.numeric_date("nbf").ok().flatten()
    }

    /// `iat`: seconds since the Unix epoch, perhaps with a fraction.
    #[must_use]
    pub fn issued_at(&self) -> Option<f64> {
        self.payload.numeric_date("iat").ok().flatten()
    }

    /// All claims, in the order of the payload, as pieces of it. Nothing is read again.
    pub fn members(&self) -> impl ExactSizeIterator<Item = Member<'a>> + DoubleEndedIterator + Clone + use<'a> {
        let payload = self.payload;
        payload.places().iter().map(move |place| Member::new(payload, place))
    }

    /// The claim of exactly this name, as names read: it is found also where the token writes it with escapes.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<Member<'a>> {
        self.payload.place(name).map(|place| Member::new(self.payload, place))
    }

    /// The claim of this name as JSON; `None` when it is absent.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<serde_json::Value> {
        serde_json::from_str(self.member(name)?.json()).ok()
    }

    /// All claims as JSON. Integers beyond 64 bits lose precision in it; [`Verified::payload`](crate::Verified::payload)
    /// keeps them.
    #[must_use]
    pub fn to_value(&self) -> serde_json::Value {
        self.deserialize().unwrap_or_default()
    }

    /// The claims as a type of the host's, which may borrow texts from the verified token. Claims that the type does not name
    /// are not looked at.
    ///
    /// # Errors
    ///
    /// The claims do not fit the type. A line and column in the error count within the value that does not fit.
    pub fn deserialize<T: Deserialize<'a>>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(ClaimsDeserializer::new(self.payload))
    }

    pub(crate) fn text_of(&self, name: &str) -> Option<Cow<'a, str>> {
        self.payload.get(name)?.as_str()
    }
}

/// Names the claims, never shows their values.
impl std::fmt::Debug for Claims<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.payload.fmt(f)
    }
}
