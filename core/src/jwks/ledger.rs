//! What all sources of a validator write to, and those of the validators that come in its place.

use super::event::Told;
use std::sync::atomic::{AtomicBool, AtomicI64};

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// What the sources have to say.
    pub(super) told: Told,
    /// How many sources have work that nobody has taken: whoever began it must see that it is there, also while another
    /// thread is finding out anew when the next work is due.
    pub(super) untaken: AtomicI64,
    /// Whether there is a store that may have what another process has fetched.
    pub(super) shares: AtomicBool,
}
