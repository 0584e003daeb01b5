//! The issuers of a policy: which entry a token picks, and what of that entry says whose token it is.
//!
//! The entry is picked before a key is looked at and before anything is fetched, and what is picked never changes again
//! for that token. So a key of one issuer cannot speak for another.

mod algorithms;
mod entry;
mod fetched;
mod keys;
mod names;

pub(crate) use entry::IssuerEntry;
pub(crate) use names::Issuers;
