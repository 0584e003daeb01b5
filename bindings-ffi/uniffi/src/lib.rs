//! The validator as UniFFI hands it to other languages: objects, records and enums, of which it writes the interface in each.
//!
//! It is the edge with types. Nothing is decided here, and nothing waits: a host's driver polls work, has it done by the HTTP
//! client that its language has, reports how it ended and asks again. So there is no callback, and no async runtime.
//!
//! Texts come in as bytes: UniFFI takes a text over without looking whether it is UTF-8, and not every language sees to that. They
//! are looked at here. Texts go out as texts.
//!
//! UniFFI catches panics and shows their messages to the host, but a message may quote what it was working on. So they are caught
//! here first: a verdict becomes a refusal with `internal_error`, any other call fails with [`CallFailure::Unexpected`].

#![forbid(unsafe_code)]

mod core;
mod documents;
mod failure;
mod key_sets;
mod mistake;
mod numbers;
mod request;
mod require;
mod testing;
mod undecided;
mod verdict;
mod work;

pub use crate::core::{Core, Explained, Forwarding, Reads};
pub use documents::{CodeName, Given, Imported, NamedText, Place, Reference, Told};
pub use documents::{
    codes, fill_references, import_policy, lint, places, policy_json, products, references, schema, told, version,
};
pub use failure::CallFailure;
pub use mistake::{PolicyMistake, Problem};
pub use numbers::{Failure, Format, HostAnswer};
pub use request::{Field, Header, RequestParts};
pub use require::{Denial, HeldToken, HttpAnswer, Requirement, origin_of_any_validator, scopes};
pub use testing::{TestIssuer, test_recipes};
pub use undecided::{Question, Texts, UndecidedToken};
pub use verdict::{AcceptedToken, Judged, JudgedMany, Rejection, Verdict};
pub use work::Work;

uniffi::setup_scaffolding!("jotgate_native");
