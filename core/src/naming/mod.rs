//! What a policy error says, in the names that a program has written. A document speaks the document's names; where options of a
//! language stand for one, the errors speak theirs.

mod cases;
mod meant;
mod names;
mod options;
mod tables;
mod told;
mod words;

pub use names::Names;
pub use told::{Told, Written};

#[cfg(test)]
mod tests;
