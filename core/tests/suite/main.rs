//! Tests of the crate through its public API alone.

#![expect(clippy::expect_used, clippy::panic, reason = "a test may end where it fails")]

mod cached;
mod clients;
mod explain;
mod explanation_texts;
#[cfg(feature = "expressions")]
mod expressions;
mod forward;
mod headers;
mod issuer;
mod key_set_policy;
mod key_sets;
mod properties;
#[cfg(feature = "expressions")]
mod reads;
mod requirement;
mod replacing;
mod routes;
mod tenants;
mod threads;
mod trust_stores;
