//! The kit held against the real core.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that meets what it did not expect fails by it")]

mod calls;
mod codes;
mod keys;
mod policies;
mod readme;
mod support;
mod tokens;
mod vectors;
