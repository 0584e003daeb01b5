//! What an issuer of the kit is made of.

use crate::document::Object;
use jotgate::Algorithm;
use serde::Deserialize;
use serde_json::Value;

/// What an issuer is to be. With a policy everything else has a default; without one it has a policy of its own, of its name and
/// its audience.
///
/// The same fields, by the same names, are the arguments in the other languages.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    pub(crate) policy: Option<String>,
    pub(crate) issuer: Option<String>,
    pub(crate) audience: Option<Value>,
    pub(crate) algorithm: Option<String>,
    pub(crate) kid: Option<String>,
    pub(crate) claims: Object,
    pub(crate) now: Option<f64>,
}

impl Options {
    /// Nothing said yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The application's policy, as JSON.
    #[must_use]
    pub fn policy(self, document: impl Into<String>) -> Self {
        Self { policy: Some(document.into()), ..self }
    }

    /// Its name: the `iss` of its tokens. Default: the first issuer of the policy, or else `https://issuer.test/`.
    #[must_use]
    pub fn issuer(self, name: impl Into<String>) -> Self {
        Self { issuer: Some(name.into()), ..self }
    }

    /// The audience of its own policy, where it is given none. Default `test-api`.
    #[must_use]
    pub fn audience(self, audience: impl Into<Value>) -> Self {
        Self { audience: Some(audience.into()), ..self }
    }

    /// What its tokens are signed with. Default: the first algorithm that the policy lists, or else RS256.
    #[must_use]
    pub fn algorithm(self, algorithm: Algorithm) -> Self {
        Self { algorithm: Some(algorithm.name().to_owned()), ..self }
    }

    /// The id of its first key. Default `test-1`.
    #[must_use]
    pub fn kid(self, kid: impl Into<String>) -> Self {
        Self { kid: Some(kid.into()), ..self }
    }

    /// A claim that all its tokens have: what a regular expression or a condition of the policy asks for.
    #[must_use]
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// Stops its clock at this time, in seconds since 1970. Default: the clock of the machine.
    #[must_use]
    pub fn now(self, seconds: i64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "exact for every date that a token can have")]
        let now = seconds as f64;
        Self { now: Some(now), ..self }
    }
}
