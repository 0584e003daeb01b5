//! What hosts of [`jotgate`] share, and what has no place in a core that starts no thread and reads no file: batches over several
//! processors, the texts that a policy leaves to its host, and gzip.
//!
//! The threads of a batch live as long as the call that started them. There is no pool: a pool of threads does not survive a
//! fork, and whoever hands work to it in a child process waits forever.

#![forbid(unsafe_code)]
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::string_slice, clippy::arithmetic_side_effects))]

mod body;
mod guard;
mod many;
mod spread;
mod texts;

pub use body::expanded;
pub use guard::guarded;
pub use many::validate_many;
pub use spread::spread;
pub use texts::read_text;

/// Runs the examples of the crate's README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
