//! The core as a WebAssembly module that imports nothing: `ts/edge/module.ts` is the other side, and decides no more than this one.
//!
//! A module has numbers alone to pass. Texts go in by [`memory::input`] and come out by [`memory::output`]; whatever is not on the way
//! of a validation comes out as JSON. Validators, requirements and open questions are handles, numbers from 1 on. Time and the seed are
//! arguments, and work is given out and reported, so there is nothing to import.
//!
//! A module cannot unwind: a panic ends in a trap, and TypeScript never calls the instance again.

#![deny(clippy::indexing_slicing, clippy::string_slice, clippy::arithmetic_side_effects)]

pub mod documents;
pub mod keys;
pub mod memory;
pub mod requirement;
pub mod session;
mod table;

/// What `ring` is told to call for random numbers: nobody. Were it called, it would fail.
#[cfg(target_arch = "wasm32")]
fn no_random_numbers(_: &mut [u8]) -> Result<(), getrandom::Error> {
    Err(getrandom::Error::UNSUPPORTED)
}

#[cfg(target_arch = "wasm32")]
getrandom::register_custom_getrandom!(no_random_numbers);

/// In place of a length: there is nothing, which is not the same as an empty text.
const NOTHING: u32 = u32::MAX;

/// In place of a length or a code: the call was wrong, which is a mistake in the TypeScript half. No code has this number.
const FAILED: u32 = u32::MAX - 2;

/// In place of a code: accepted, and the token is in the output. No code has this number.
const VERIFIED: u32 = u32::MAX - 3;
