//! For tests of what validates tokens with [`jotgate`]: an [`Issuer`] without sockets.
//!
//! It mints good tokens, and a bad one for each code; it gives the application's own policy with its keys in place of those that
//! would be fetched, so that a test runs what ships; it answers fetches, rotates its keys, and breaks. Its keys are made when it
//! is made: there is none in the crate. Nothing that ships depends on it.

#![forbid(unsafe_code)]

mod error;
mod options;
mod token;
mod document;
mod signing;
mod wants;
mod keys;
mod fault;
mod draft;
mod place;
mod judge;
mod issuer;
mod recipes;
mod bad;
mod call;

pub use bad::{Bad, Recipe, recipes};
pub use call::recipes_json;
pub use error::Error;
pub use fault::{Fault, Served};
pub use issuer::Issuer;
pub use options::Options;
pub use token::Token;

/// Runs the examples of the crate's README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
