//! The policy document: its form, its text, and what is said when one of them is wrong.
//!
//! `form.rs` is what an author may write, `reading.rs` and `mending.rs` get there from JSON, and `mistakes.rs` gathers what is
//! wrong. What the fields mean together is decided by the rooms that compile them; nothing here knows a token.

mod duration;
mod error;
mod form;
mod mending;
mod mistakes;
mod reading;
mod references;
mod schema;
mod steps;
mod strict;
mod unicode;
mod values;

pub(crate) use duration::PolicyDuration;
pub use error::{PolicyError, PolicyProblem};
pub(crate) use form::{
    Document, WrittenBackoff, WrittenCache, WrittenClaimRule, WrittenClientId, WrittenForward, WrittenIssuer,
    WrittenJwks, WrittenKeys, WrittenLimits, WrittenRequirement, WrittenRoute, WrittenRouteClientId,
    WrittenRouteScopes, WrittenScopes, WrittenSecret, WrittenTargets, WrittenTokenSource, WrittenTrustStore,
};
pub(crate) use mistakes::{Mistakes, all};
pub(crate) use reading::{read, read_filled};
pub use references::{Reference, ReferenceFailure, ReferenceKind, fill_references, references};
pub use strict::strict_json;
pub use unicode::policy_text;
pub(crate) use values::{AllowedClients, Confirmation, Discovery, Object, OneOrMany, Profile, Unmatched};

/// The JSON Schema (2020-12) of the policy document, for editors and for types in other languages.
///
/// It says which fields there are, and of which types. What excludes or needs something else, and every bound, is checked
/// when a [`Policy`](crate::Policy) is made.
#[must_use]
pub fn schema() -> &'static str {
    include_str!("../../policy.schema.json")
}
