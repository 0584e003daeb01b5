#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::string_slice, clippy::arithmetic_side_effects))]

mod call;
mod refused;
mod ruling;
mod telling;
mod timing;
mod fetch;
#[cfg(feature = "reqwest")]
mod client;
mod store;
mod hooks;
mod under_way;
mod driver;
mod builder;
mod validator;
#[cfg(feature = "tower")]
mod parts;
#[cfg(feature = "tower")]
mod jwt;
#[cfg(feature = "tower")]
mod layer;
#[cfg(feature = "axum")]
mod extract;

pub use builder::{Builder, issuer_policy};
pub use call::BoxError;
#[cfg(feature = "reqwest")]
pub use client::ReqwestFetcher;
#[cfg(feature = "axum")]
pub use extract::Claims;
pub use fetch::{FetchError, Fetched, Fetcher};
pub use jotgate;
#[cfg(feature = "tower")]
pub use jwt::{Jwt, Refusal};
#[cfg(feature = "tower")]
pub use layer::{JwtLayer, JwtService, Require, RequireService};
pub use refused::Refused;
pub use store::KeyStore;
pub use validator::JwtValidator;

#[doc(hidden)]
pub use timing::Timing;
