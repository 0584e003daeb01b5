//! Claims: the payload as the checks read it, and as a host reads it once the token is verified.

mod path;
mod pieces;

use crate::limits;
pub(crate) use crate::token::Payload;
pub(crate) use path::{ClaimPath, Found};
pub(crate) use pieces::pieces;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::sync::OnceLock;

/// The claims of a verified token. Get one from [`Verified::claims`](crate::Verified::claims).
///
/// The accessors of registered claims (RFC 7519 section 4.1) give `None` when the claim is absent; of another type it
/// cannot be, since such tokens are rejected.
pub struct Claims<'a> {
    text: &'a str,
    /// Read when the first claim is asked for by name: a host that takes them all at once never does.
    payload: OnceLock<Payload<'a>>,
}

impl<'a> Claims<'a> {
    /// Costs nothing; `text` is the payload of a verified token.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, payload: OnceLock::new() }
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
        self.payload().get("aud").and_then(Payload::strings).unwrap_or_default()
    }

    /// `exp`: seconds since the Unix epoch, perhaps with a fraction.
    #[must_use]
    pub fn expires_at(&self) -> Option<f64> {
        self.payload().numeric_date("exp").ok().flatten()
    }

    /// `nbf`: seconds since the Unix epoch, perhaps with a fraction.
    #[must_use]
    pub fn not_before(&self) -> Option<f64> {
        self.payload().numeric_date("nbf").ok().flatten()
    }

    /// `iat`: seconds since the Unix epoch, perhaps with a fraction.
    #[must_use]
    pub fn issued_at(&self) -> Option<f64> {
        self.payload().numeric_date("iat").ok().flatten()
    }

    /// The claim of this name as JSON; `None` when it is absent.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<serde_json::Value> {
        self.payload().get(name).and_then(|value| serde_json::from_str(&value.source()).ok())
    }

    /// All claims as JSON. Integers beyond 64 bits lose precision in it; [`Verified::payload`](crate::Verified::payload)
    /// keeps them.
    #[must_use]
    pub fn to_value(&self) -> serde_json::Value {
        serde_json::from_str(self.text).unwrap_or_default()
    }

    /// The claims as a type of the host's.
    ///
    /// # Errors
    ///
    /// The claims do not fit the type.
    pub fn deserialize<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.text)
    }

    /// The text was read once before the token was verified, so reading it again cannot fail.
    fn payload(&self) -> &Payload<'a> {
        self.payload.get_or_init(|| {
            Payload::trusted(crate::json::object(self.text, limits::JSON_DEPTH_MAX).unwrap_or_default())
        })
    }

    pub(crate) fn text_of(&self, name: &str) -> Option<Cow<'a, str>> {
        self.payload().get(name)?.as_str()
    }
}

/// Names the claims, never shows their values.
impl std::fmt::Debug for Claims<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.payload().fmt(f)
    }
}
