//! Tests of the crate through its public API, with an issuer on loopback.

#![expect(clippy::expect_used, clippy::panic, reason = "a test may end where it fails")]

mod batch;
#[cfg(feature = "axum")]
mod behind;
mod driver;
mod events;
#[cfg(all(feature = "axum", feature = "files"))]
mod example;
mod fetching;
#[cfg(feature = "files")]
mod files;
mod functions;
#[cfg(feature = "tonic")]
mod grpc;
mod hostile;
mod issuer;
#[cfg(feature = "axum")]
mod layer;
#[cfg(all(feature = "axum", feature = "files"))]
mod migrating;
#[cfg(feature = "axum")]
mod server;
mod tls;
