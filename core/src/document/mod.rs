//! The policy document: its form, its text, and what is said when one of them is wrong.
//!
//! `form.rs` is what an author may write, `reading.rs` gets there from JSON. What the fields mean together is
//! decided by the rooms that compile them; nothing here knows a token.

mod duration;
mod error;
mod form;
mod reading;
mod schema;
mod values;

pub(crate) use duration::PolicyDuration;
pub use error::PolicyError;
pub(crate) use form::{
    Document, WrittenBackoff, WrittenCache, WrittenClaimRule, WrittenClientId, WrittenForward, WrittenIssuer,
    WrittenJwks, WrittenKeys, WrittenLimits, WrittenRequirement, WrittenRoute, WrittenRouteClientId,
    WrittenRouteScopes, WrittenScopes, WrittenSecret, WrittenTargets, WrittenTokenSource, WrittenTrustStore,
};
pub(crate) use reading::read;
pub use reading::strict_json;
pub(crate) use values::{AllowedClients, Confirmation, Discovery, Object, OneOrMany, Profile, Unmatched};

/// The JSON Schema (2020-12) of the policy document, for editors and for types in other languages.
///
/// It says which fields there are, and of which types. What excludes or needs something else, and every bound, is checked
/// when a [`Policy`](crate::Policy) is made.
#[must_use]
pub fn schema() -> &'static str {
    include_str!("../../policy.schema.json")
}
