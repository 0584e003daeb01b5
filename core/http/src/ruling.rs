//! One policy of a validator, with what is known of it for as long as it holds.

use jotgate::{RequestParts, Validator};
use std::ops::Deref;

/// A question takes one and keeps it, so that no other policy has a say in it.
pub(crate) struct Ruling {
    core: Validator,
    pub(crate) reads: RequestParts,
    pub(crate) forwards: bool,
}

impl From<Validator> for Ruling {
    fn from(core: Validator) -> Self {
        let (reads, forwards) = (core.reads(), core.forwards());
        Self { core, reads, forwards }
    }
}

impl Deref for Ruling {
    type Target = Validator;

    fn deref(&self) -> &Validator {
        &self.core
    }
}
