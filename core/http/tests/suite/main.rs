//! Tests of the crate through its public API, with an issuer on loopback.

#![expect(clippy::expect_used, clippy::panic, reason = "a test may end where it fails")]

#[cfg(feature = "axum")]
mod behind;
mod driver;
#[cfg(feature = "axum")]
mod example;
mod fetching;
mod functions;
mod issuer;
#[cfg(feature = "axum")]
mod layer;
#[cfg(feature = "axum")]
mod server;
mod tls;
