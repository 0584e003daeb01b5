//! Your API gateway's JWT policy, inside your process.
//!
//! A [`Policy`] document says which tokens may pass. A [`Validator`] holds it and the key sets of its issuers, and
//! answers for each token with a [`Verdict`]: accepted with the claims, rejected with a stable [`Code`], or "nobody can
//! say, the keys are not at hand". The crate does no I/O, reads no clock, starts no thread and keeps no global: a host
//! fetches key sets with its own HTTP stack when [`Verdict::KeysNeeded`] asks for it.
//!
//! The modules stand in the order in which data flows through them:
//!
//! ```text
//! request - token - issuer - algorithm - key - signature - claims - verdict - answer
//!                                         ^
//!                            key-set machine (fetches asked for and answered as data)
//! ```

#![forbid(unsafe_code)]
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::string_slice, clippy::arithmetic_side_effects))]

mod limits;
pub mod likeness;
pub mod text;
mod time;
mod url;
mod codes;
#[macro_use]
mod checklist;
mod claim_names;
mod rejection;
mod json;
mod algorithm;
mod request;
mod request_parts;
mod target;
mod question;
mod token;
mod signature;
mod key;
mod jwks;
mod claims;
mod verified;
mod held;
mod undecided;
mod verdict;
mod answer;
mod explain;
mod document;
mod naming;
mod pattern;
mod context;
#[cfg(feature = "expressions")]
mod expression;
#[cfg(not(feature = "expressions"))]
#[path = "expression/absent.rs"]
mod expression;
mod checks;
pub mod defaults;
mod mapping;
mod routing;
mod issuers;
mod cache;
mod policy;
mod validator;

pub use algorithm::Algorithm;
pub use answer::{Answer, Responses};
pub use checks::Requirement;
pub use claim_names::PolicyName;
pub use claims::{Claims, Member};
pub use codes::{Class, Code};
pub use document::{
    PolicyError, PolicyProblem, Reference, ReferenceFailure, ReferenceKind, fill_references, policy_text, references,
    schema, strict_json,
};
pub use explain::{Check, CheckOutcome, Explanation, KeySource};
pub use held::HeldToken;
pub use json::{BuildError, JsonBuilder, ValueKind, build_json};
pub use jwks::{
    CacheHealth, Event, EventKind, FetchFailure, FetchRequest, FetchResponse, Health, IssuerHealth, LenientKey,
    Problem, Report, SkippedKey, SnapshotError, SourceHealth, SourceState, Work, WorkFailure, WorkId,
};
pub use key::{
    GivenKey, KeySetPlace, ListedKey, NamedCertificate, SkipReason, Spelling, TrustStoreContent, TrustStoreError,
    TrustStoreFormat, TrustStores, WrongDocument, listed_keys,
};
pub use naming::{Names, Told, Written};
pub use policy::Policy;
pub use question::Question;
pub use rejection::{ClaimName, Rejection};
pub use request::Request;
pub use request_parts::RequestParts;
pub use routing::Forward;
pub use time::Timestamp;
pub use undecided::{HostAnswer, HostQuestion, Undecided};
pub use validator::Validator;
pub use verdict::{Denial, KeysNeeded, KeysUnavailable, Skipped, Verdict};
pub use verified::Verified;

/// Runs the examples of the crate's README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
