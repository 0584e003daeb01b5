//! The policy document: read, compiled once, and checked against each token.

mod check;
mod compile;
mod document;
mod duration;
mod error;
#[cfg(feature = "expressions")]
mod expression;
#[cfg(not(feature = "expressions"))]
#[path = "expression_absent.rs"]
mod expression;
mod facts;
mod fetched;
mod forward;
mod issuers;
mod keys;
mod mapping;
mod operator;
mod path;
mod pattern;
mod reading;
mod routes;
mod rule;
mod schema;
mod scopes;
mod sources;

use crate::answer::Responses;
use crate::jwks::Plan;
use crate::key::{NoTrustStores, TrustStores};
use crate::limits;
use crate::token::{Decoder, TokenLimits};
pub(crate) use check::{Passed, check};
use compile::Clients;
pub(crate) use compile::IssuerEntry;
pub use error::PolicyError;
pub(crate) use facts::NOT_ASKED;
pub use forward::Forward;
use forward::Forwarding;
pub(crate) use issuers::Issuers;
pub(crate) use mapping::write as write_claims;
pub use reading::strict_json;
pub(crate) use routes::{Route, Routes};
pub(crate) use rule::Context;
pub(crate) use scopes::NeededScopes;
use sources::TokenSources;

/// The JSON Schema (2020-12) of the policy document, for editors and for types in other languages.
///
/// It says which fields there are, and of which types. What excludes or needs something else, and every bound, is checked
/// when a [`Policy`] is made.
#[must_use]
pub fn schema() -> &'static str {
    include_str!("../../policy.schema.json")
}

/// A policy, read and compiled: nothing about it can fail any more.
///
/// ```
/// let policy = jotgate::Policy::from_json(r#"{
///     "version": 1,
///     "issuers": [{
///         "issuer": "https://idp.example.com/",
///         "audience": "https://api.example.com",
///         "keys": { "jwks_uri": "https://idp.example.com/jwks" }
///     }]
/// }"#)?;
///
/// let error = jotgate::Policy::from_json(r#"{"version": 1, "issuer": []}"#).unwrap_err();
/// assert_eq!(error.path(), "issuer");
/// assert_eq!(error.hint(), Some("did you mean issuers?"));
/// # Ok::<(), jotgate::PolicyError>(())
/// ```
#[derive(Debug)]
pub struct Policy {
    pub(crate) issuers: Vec<IssuerEntry>,
    /// Which entry a token's issuer picks.
    pub(crate) names: Issuers,
    pub(crate) sources: Vec<Plan>,
    pub(crate) limits: TokenLimits,
    pub(crate) decoder: Decoder,
    pub(crate) responses: Responses,
    pub(crate) token_sources: TokenSources,
    pub(crate) forwarding: Forwarding,
    pub(crate) routes: Routes,
}

impl Policy {
    /// The longest policy document, in bytes.
    pub const MOST_BYTES: usize = limits::POLICY_BYTES;

    /// Reads a policy document from JSON text of at most 16 MiB.
    ///
    /// A `trust_store` is read from PEM alone; for Java and PKCS #12 stores see [`Policy::from_json_with`].
    ///
    /// # Errors
    ///
    /// The text is no strict JSON object, a field is unknown, missing, of a wrong type or out of range, fields
    /// contradict each other, or a key is not usable. The error names the field by its path.
    pub fn from_json(document: &str) -> Result<Self, PolicyError> {
        Self::from_json_with(document, &NoTrustStores)
    }

    /// Reads a policy document as [`Policy::from_json`] does, with a reader of trust stores.
    ///
    /// # Errors
    ///
    /// As [`Policy::from_json`], or the reader refuses a store.
    pub fn from_json_with(document: &str, stores: &dyn TrustStores) -> Result<Self, PolicyError> {
        compile::compile(reading::read(document)?, stores)
    }

    /// Takes the policy unless one of its issuers leaves it to the host which clients are allowed (`allowed: host`).
    ///
    /// For hosts that were given no way to look clients up: it is better to say so when they start than to refuse every
    /// token. The others call [`Validator::with_client_lookup`](crate::Validator::with_client_lookup).
    ///
    /// # Errors
    ///
    /// An issuer does. The path of the error is that of its `client_id.allowed`.
    pub fn without_client_lookup(self) -> Result<Self, PolicyError> {
        match self.client_lookup_path() {
            None => Ok(self),
            Some(path) => Err(PolicyError::new(path, "the client is to be looked up, and nobody does")
                .with_hint("give the validator a client look-up, or list the client ids")),
        }
    }

    /// Where the policy first leaves it to the host which clients are allowed, such as `issuers[0].client_id.allowed`.
    #[must_use]
    pub fn client_lookup_path(&self) -> Option<String> {
        let asks = |entry: &IssuerEntry| {
            entry.checks.client_id.as_ref().is_some_and(|client| matches!(client.allowed, Clients::Host { .. }))
        };
        self.issuers.iter().position(asks).map(|index| format!("issuers[{index}].client_id.allowed"))
    }

    /// From now on the host looks clients up.
    pub(crate) fn declare_client_lookup(&mut self) {
        for client in self.issuers.iter_mut().filter_map(|entry| entry.checks.client_id.as_mut()) {
            if let Clients::Host { looks_up } = &mut client.allowed {
                *looks_up = true;
            }
        }
    }
}
