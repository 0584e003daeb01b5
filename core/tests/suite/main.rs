//! Tests of the crate through its public API alone.

#![expect(clippy::expect_used, clippy::panic, reason = "a test may end where it fails")]

mod clients;
#[cfg(feature = "command")]
mod command;
mod explain;
#[cfg(feature = "expressions")]
mod expressions;
#[cfg(feature = "markup")]
mod formats;
mod forward;
#[cfg(all(feature = "command", feature = "import", feature = "markup"))]
mod guide;
mod issuer;
mod key_set_policy;
mod key_sets;
mod lint;
mod properties;
#[cfg(feature = "import")]
mod recipes;
mod routes;
mod tenants;
#[cfg(feature = "trust-stores")]
mod trust_stores;
