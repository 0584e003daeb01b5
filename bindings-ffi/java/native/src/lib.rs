//! The native half of the Java library: what the class `io.jotgate.Native` declares.
//!
//! Every function takes and gives numbers and byte arrays alone. Nothing is looked up in the Java world and nothing is
//! thrown: a call that fails gives `null` or 0, which Java turns into an `InternalErrorException`, so a failure lets no
//! token pass. The three forms that cross the boundary as bytes are described where they are made: the verdict record
//! in `verdict.rs`, flat values in `flat.rs`, and lists of texts in `texts.rs`.

mod exports;
mod flat;
mod guard;
mod reports;
mod texts;
mod verdict;
