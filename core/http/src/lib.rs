#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::string_slice, clippy::arithmetic_side_effects))]

mod call;
mod refused;
mod event;
mod ruling;
mod counters;
mod metrics;
mod telling;
mod timing;
mod fetch;
#[cfg(feature = "reqwest")]
mod client;
mod store;
mod hooks;
mod under_way;
mod driver;
mod validator;
mod builder;
mod batch;
#[cfg(feature = "files")]
mod files;
#[cfg(feature = "tower")]
mod parts;
#[cfg(feature = "tower")]
mod jwt;
#[cfg(feature = "tower")]
mod layer;
#[cfg(feature = "axum")]
mod extract;
#[cfg(feature = "tonic")]
mod grpc_body;
#[cfg(feature = "tonic")]
mod grpc_end;
#[cfg(feature = "tonic")]
mod grpc;

pub use builder::{Builder, issuer_policy};
pub use call::BoxError;
#[cfg(feature = "reqwest")]
pub use client::ReqwestFetcher;
pub use counters::KeySetEvents;
pub use event::Event;
#[cfg(feature = "axum")]
pub use extract::Claims;
pub use fetch::{FetchError, Fetched, Fetcher};
#[cfg(feature = "files")]
pub use files::{policy_from_file, policy_from_text};
#[cfg(feature = "tonic")]
pub use grpc::{GrpcLayer, GrpcService};
#[cfg(feature = "tonic")]
pub use grpc_body::GrpcBody;
pub use jotgate;
pub use jotgate::{Code, Policy, PolicyError, Requirement, Verified};
#[cfg(feature = "files")]
pub use jotgate_tools::Format;
#[cfg(feature = "tower")]
pub use jwt::{Jwt, Refusal};
#[cfg(feature = "tower")]
pub use layer::{JwtLayer, JwtService, Require, RequireService};
pub use metrics::Metrics;
pub use refused::Refused;
/// The version of the crate that [`ReqwestFetcher::new`] takes a builder of.
#[cfg(feature = "reqwest")]
pub use reqwest;
pub use store::KeyStore;
pub use validator::JwtValidator;

#[doc(hidden)]
pub use timing::Timing;

/// Runs the examples of the page about moving.
#[cfg(doctest)]
#[doc = include_str!("../docs/migrating.md")]
struct Migrating;
