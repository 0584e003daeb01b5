//! The native half of the Java library: what the class `io.jotgate.Native` declares.
//!
//! Every function takes and gives numbers and byte arrays alone. Nothing is looked up in the Java world and nothing is
//! thrown: a call that fails gives `null` or `false`, which Java turns into an `InternalErrorException`, so a failure lets no
//! token pass. What crosses as bytes is a verdict record or a list of them (`record.rs`), a flat value (`flat.rs`), or a
//! list of texts, which the edge reads.

mod calls;
mod documents;
mod flat;
mod json;
mod key_sets;
mod many;
mod record;
mod require;
mod testing;
mod validator;
mod work;
