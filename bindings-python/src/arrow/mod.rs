//! Arrow columns by the C Data Interface, as capsules: texts and times that are read in place, and columns that are given out.
//!
//! The interface is two structs that every Arrow library speaks. The libraries that read it are many times larger than all of
//! this package, which is why it is read by hand here; `jotgate-arrow` does all the rest with a library. What stands in foreign
//! memory is turned into slices once, in `foreign.rs`, and from there on every access is checked.

mod capsule;
mod export;
mod foreign;
mod texts;
mod times;

pub(crate) use capsule::{ArrowArray, capsule_of};
pub(crate) use export::{Buffer, exported};
pub(crate) use foreign::Foreign;
pub(crate) use texts::{Text, Texts};
pub(crate) use times::Times;
