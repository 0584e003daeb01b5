//! Tests of the crate through its public API, with an issuer on loopback.

#![expect(clippy::expect_used, clippy::panic, reason = "a test may end where it fails")]

mod driver;
mod fetching;
mod functions;
mod issuer;
