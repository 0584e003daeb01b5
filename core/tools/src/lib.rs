//! The tools around [`jotgate`]: policies in YAML and TOML, trust stores of Java and PKCS #12, policies of gateways read into
//! ours, warnings about policies, and the command line.
//!
//! Nothing here judges a token, so nothing here has to be trusted for that: everything ends as a document or as certificates
//! that the core reads as strictly as any other. Like the core, the crate does no I/O.
//!
//! ```
//! use jotgate_tools::Format;
//!
//! let policy = jotgate_tools::policy("
//! version: 1
//! issuers:
//!   - issuer: https://idp.example.com/
//!     audience: https://api.example.com
//!     keys: { jwks_uri: https://idp.example.com/jwks }
//! ", Format::Yaml)?;
//! let validator = jotgate::Validator::new(policy, 0x5eed);
//! # Ok::<(), jotgate::PolicyError>(())
//! ```

#![forbid(unsafe_code)]
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::string_slice, clippy::arithmetic_side_effects))]

mod limits;
mod markup;
mod store;
mod format;
mod lint;
mod import;
mod command;

pub use command::{
    AuditReport, BatchJudge, Command, CommandOutput, CommandStep, Network, Screen, TestIssuer, TestKit, TextReader,
};
pub use format::{Format, located, places, policy, policy_json, policy_with};
pub use import::{Import, ImportError, Note, NoteKind, Product, import, import_with};
pub use lint::{Severity, Warning, lint};
pub use store::JavaStores;

/// Runs the examples of the crate's README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
