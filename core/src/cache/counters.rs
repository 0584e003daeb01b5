//! What a cache has counted. Nothing is decided by it.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters in stripes, so that processors do not take one line of memory from each other at every token. They have memory of
/// their own: hosts put a validator into memory that their runtimes hand out, which is not aligned for more than 16 bytes.
#[derive(Default)]
pub(super) struct Counters(Box<[Stripe; STRIPES]>);

/// As large as what processors move at once.
#[derive(Default)]
#[repr(align(128))]
struct Stripe {
    hits: AtomicU64,
    misses: AtomicU64,
    kept: AtomicU64,
    evicted: AtomicU64,
}

#[derive(Default)]
pub(super) struct Sums {
    pub(super) hits: u64,
    pub(super) misses: u64,
    pub(super) kept: u64,
    pub(super) evicted: u64,
}

impl Counters {
    pub(super) fn note(&self, tag: u64, hit: bool) {
        self.add(tag, |stripe| if hit { &stripe.hits } else { &stripe.misses });
    }

    pub(super) fn note_kept(&self, tag: u64) {
        self.add(tag, |stripe| &stripe.kept);
    }

    pub(super) fn note_evicted(&self, tag: u64) {
        self.add(tag, |stripe| &stripe.evicted);
    }

    pub(super) fn sums(&self) -> Sums {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        self.0.iter().fold(Sums::default(), |sums, stripe| Sums {
            hits: sums.hits.wrapping_add(count(&stripe.hits)),
            misses: sums.misses.wrapping_add(count(&stripe.misses)),
            kept: sums.kept.wrapping_add(count(&stripe.kept)),
            evicted: sums.evicted.wrapping_add(count(&stripe.evicted)),
        })
    }

    fn add(&self, tag: u64, which: impl Fn(&Stripe) -> &AtomicU64) {
        // The low bits pick the set, so the high ones pick the stripe.
        let stripe = usize::try_from(tag >> (u64::BITS - STRIPE_BITS)).unwrap_or_default();
        if let Some(stripe) = self.0.get(stripe) {
            which(stripe).fetch_add(1, Ordering::Relaxed);
        }
    }
}

const STRIPE_BITS: u32 = 3;
const STRIPES: usize = 1 << STRIPE_BITS;
