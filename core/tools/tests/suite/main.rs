//! Tests of the crate through its public API alone.

#![expect(clippy::expect_used, clippy::panic, reason = "a test may end where it fails")]

mod command;
mod command_audit;
mod command_cases;
mod command_keys;
mod command_tokens;
mod formats;
mod guide;
#[path = "../../../tests/suite/issuer.rs"]
mod issuer;
mod lint;
mod recipes;
mod reduced_requests;
mod trust_stores;
