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
mod fetched;
mod issuers;
mod keys;
mod operator;
mod path;
mod pattern;
mod routes;
mod rule;
mod scopes;
mod sources;

use crate::answer::Responses;
use crate::jwks::Plan;
use crate::limits;
use crate::token::{Decoder, TokenLimits};
pub(crate) use check::check;
pub(crate) use compile::IssuerEntry;
pub use error::PolicyError;
use issuers::Issuers;
pub(crate) use routes::{Route, Routes};
pub(crate) use rule::Context;
pub(crate) use scopes::NeededScopes;
use sources::TokenSources;

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
    pub(crate) routes: Routes,
}

impl Policy {
    /// Reads a policy document from JSON text of at most 16 MiB.
    ///
    /// # Errors
    ///
    /// The text is no strict JSON object, a field is unknown, missing, of a wrong type or out of range, fields
    /// contradict each other, or a key is not usable. The error names the field by its path.
    pub fn from_json(document: &str) -> Result<Self, PolicyError> {
        if document.len() > limits::POLICY_BYTES {
            return Err(PolicyError::new("", "the document is longer than 16 MiB"));
        }
        compile::compile(document::read(document)?)
    }
}
