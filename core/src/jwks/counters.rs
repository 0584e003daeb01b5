//! What one source has counted. Nothing is decided by it.

use crate::time::Timestamp;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// Counters of one source. Fetches and refused tokens touch them. A validation whose keys are at hand does so only where its
/// set is past its freshness, and writes once for each such set.
#[derive(Debug)]
pub(crate) struct Counters {
    pub(crate) fetches: AtomicU64,
    pub(crate) failures: AtomicU64,
    pub(crate) not_modified: AtomicU64,
    pub(crate) shared: AtomicU64,
    pub(crate) bytes: AtomicU64,
    pub(crate) flood_rejections: AtomicU64,
    /// When a flood was told last, and of which set it was told that it serves stale: an event for each token would let
    /// tokens decide how many events there are.
    flood_told_at: AtomicI64,
    stale_told_of: AtomicI64,
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            fetches: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            not_modified: AtomicU64::new(0),
            shared: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            flood_rejections: AtomicU64::new(0),
            flood_told_at: AtomicI64::new(i64::MIN),
            stale_told_of: AtomicI64::new(i64::MIN),
        }
    }
}

impl Counters {
    pub(crate) fn note_fetch(&self) {
        self.fetches.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn note_failure(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn note_not_modified(&self) {
        self.not_modified.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn note_shared(&self) {
        self.shared.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn note_bytes(&self, bytes: usize) {
        self.bytes.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Counts a token that was refused for the flood; whether it is time to tell.
    pub(crate) fn note_flood(&self, now: Timestamp, cooldown: Duration) -> bool {
        self.flood_rejections.fetch_add(1, Ordering::Relaxed);
        let told_at = self.flood_told_at.load(Ordering::Relaxed);
        let due = told_at == i64::MIN || now.since(Timestamp::from_millis(told_at)) >= cooldown;
        due && self
            .flood_told_at
            .compare_exchange(told_at, now.as_millis(), Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
    }

    /// Whether it is new that the set of this time serves stale.
    pub(crate) fn note_stale(&self, fetched_at: Timestamp) -> bool {
        let told_of = self.stale_told_of.load(Ordering::Relaxed);
        told_of != fetched_at.as_millis()
            && self
                .stale_told_of
                .compare_exchange(told_of, fetched_at.as_millis(), Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}
