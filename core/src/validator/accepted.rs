//! How many tokens of each issuer have passed the policy. Nothing is decided by it.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// For each issuer entry several counters, so that processors do not take one line of memory from each other at every token.
pub(super) struct Accepted(Box<[Counter]>);

/// As large as what processors move at once.
#[derive(Default)]
#[repr(align(128))]
struct Counter(AtomicU64);

impl Accepted {
    pub(super) fn of(issuers: usize) -> Self {
        Self(std::iter::repeat_with(Counter::default).take(issuers.saturating_mul(STRIPES)).collect())
    }

    /// Tokens that come at the same time mostly differ in their signatures.
    pub(super) fn note(&self, issuer: usize, token: &[u8]) {
        let stripe = token.last().map_or(0, |last| usize::from(*last) & (STRIPES - 1));
        if let Some(counter) = self.0.get(issuer.saturating_mul(STRIPES).saturating_add(stripe)) {
            counter.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// For each issuer entry, in the policy's order.
    pub(super) fn sums(&self) -> impl Iterator<Item = u64> {
        let sum = |counters: &[Counter]| {
            counters.iter().fold(0_u64, |sum, counter| sum.wrapping_add(counter.0.load(Ordering::Relaxed)))
        };
        self.0.chunks(STRIPES).map(sum)
    }
}

impl fmt::Debug for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.sums()).finish()
    }
}

/// A power of two.
const STRIPES: usize = 8;
