//! The C interface of jotgate, as `libjotgate.so` and `libjotgate.a`.
//!
//! The header `include/jotgate.h` is made from this crate, so the comments on exported items speak to C programmers.
//! Each exported function converts its arguments, calls the core and converts what comes back, through the records of the
//! edge that all foreign interfaces share; whatever decides anything lives in the core.
//!
//! All `unsafe` code of the crate turns the caller's pointers into Rust references and back. The promises that it
//! relies on are the conventions at the head of the header, which is why the functions do not repeat them one by one.

#![deny(unsafe_op_in_unsafe_fn)]
#![expect(
    clippy::missing_safety_doc,
    reason = "the head of jotgate.h states the promises once, each unsafe block names the one that it relies on"
)]

pub mod answer;
pub mod bytes;
pub mod code;
pub mod error;
pub mod explain;
pub mod event;
pub mod forward;
mod guard;
pub mod import;
pub mod keys;
#[cfg(test)]
mod life;
#[cfg(test)]
mod life_of_workers;
pub mod many;
pub mod member;
pub mod numbers;
pub mod policy;
pub mod question;
pub mod reads;
pub mod request;
pub mod require;
mod sized;
pub mod status;
pub mod testing;
pub mod undecided;
pub mod validator;
pub mod verdict;
pub mod work;
pub mod worker;
