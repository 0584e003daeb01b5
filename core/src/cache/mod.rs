//! The verified-token cache: what a signature check has proved, kept for the next time that the same bytes come.
//!
//! An entry says "these bytes, all of them, read so, and the key of this identity made their signature by this algorithm". That
//! stays true for ever, so nothing can make an entry a lie. Everything that can change is asked anew each time: which issuer
//! counts, which keys are at hand, whether the key is among them, the dates, the route, the rules, and what the host says.

mod counters;
mod entry;
mod settings;
mod slot;

use crate::jwks::CacheHealth;
use counters::Counters;
pub(crate) use entry::Entry;
pub(crate) use settings::CacheSettings;
pub(crate) use slot::Known;
use slot::Slot;
use std::fmt;
use std::hash::{DefaultHasher, Hasher as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Entries of one validator, in small sets: a token may lie in the places of one set and nowhere else, so a look-up and an
/// eviction cost the same however full the cache is and whatever is thrown at it.
///
/// There is no lock: a place is swapped as a whole, as key sets are. So nobody waits for anybody, and a process that is forked
/// in the middle of anything finds a cache that works.
pub(crate) struct Cache {
    settings: CacheSettings,
    /// Keys the hash that picks the set of a token. Who knows it can crowd a set and push tokens out; a token is never taken for
    /// another, because all bytes are compared.
    seed: u64,
    sets: Box<[[Slot; WAYS]]>,
    /// The bytes of all entries, those that are being put in included.
    bytes: AtomicUsize,
    /// The set that gives room next where the bytes do not suffice.
    hand: AtomicUsize,
    counters: Counters,
}

impl Cache {
    pub(crate) fn new(settings: CacheSettings, seed: u64) -> Self {
        let sets = settings.entries.checked_div(WAYS).unwrap_or_default().max(1);
        Self {
            settings,
            seed,
            sets: std::iter::repeat_with(<[Slot; WAYS]>::default).take(sets).collect(),
            bytes: AtomicUsize::new(0),
            hand: AtomicUsize::new(0),
            counters: Counters::default(),
        }
    }

    /// What is known of exactly these bytes.
    pub(crate) fn find(&self, token: &[u8]) -> Option<Known<'_>> {
        let tag = self.tag(token);
        let set = self.set(tag)?;
        let found = set.iter().find_map(|slot| slot.find(tag, token));
        self.counters.note(tag, found.is_some());
        found
    }

    /// Keeps an entry. It takes the place of an older one of the same bytes, an empty place, or that of an entry that was not of
    /// use since its set was last looked through for such. Where there is no room for its bytes it is left out.
    pub(crate) fn keep(&self, entry: Entry) {
        let tag = self.tag(&entry.token);
        let Some(set) = self.set(tag) else { return };
        let size = entry.size();
        let Some(slot) = place(set, tag, &entry.token) else { return };
        if let Some(old) = slot.empty() {
            self.forget(&old);
        }
        if !self.reserve(size) {
            return;
        }
        if let Some(other) = slot.fill(tag, Arc::new(entry)) {
            // Another thread was faster, and what it put here goes.
            self.forget(&other);
        }
        self.counters.note_kept(tag);
    }

    /// How the cache is, for health checks and metrics.
    pub(crate) fn health(&self) -> CacheHealth {
        let sums = self.counters.sums();
        CacheHealth {
            entries: sums.kept.saturating_sub(sums.evicted),
            bytes: u64::try_from(self.bytes.load(Ordering::Relaxed)).unwrap_or(u64::MAX),
            hits: sums.hits,
            misses: sums.misses,
            evictions: sums.evicted,
        }
    }

    /// Books `size` bytes, making room where there is too little. The bytes of all entries never exceed the bound.
    fn reserve(&self, size: usize) -> bool {
        let booked = |sum: usize| sum.checked_add(size).filter(|sum| *sum <= self.settings.bytes);
        let book = || self.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, booked).is_ok();
        if book() {
            return true;
        }
        if size > self.settings.bytes {
            return false;
        }
        for _ in 0..SETS_SWEPT {
            let place = self.hand.fetch_add(1, Ordering::Relaxed).checked_rem(self.sets.len());
            for slot in place.and_then(|place| self.sets.get(place)).into_iter().flatten() {
                if !slot.was_of_use()
                    && let Some(old) = slot.empty()
                {
                    self.forget(&old);
                }
            }
            if book() {
                return true;
            }
        }
        false
    }

    fn forget(&self, old: &Entry) {
        self.bytes.fetch_sub(old.size(), Ordering::Relaxed);
        self.counters.note_evicted(self.tag(&old.token));
    }

    /// The hash of the token's end, which is its signature or the most of it: tokens that verify differ there. One that has
    /// the end of another costs no more than the comparison of all bytes, which finds the difference.
    fn tag(&self, token: &[u8]) -> u64 {
        let end = token.get(token.len().saturating_sub(TAGGED)..).unwrap_or(token);
        // SipHash, whose state the seed fills before the token comes.
        let mut hasher = DefaultHasher::new();
        hasher.write_u64(self.seed);
        hasher.write(end);
        // Zero says that a place is empty.
        hasher.finish().max(1)
    }

    fn set(&self, tag: u64) -> Option<&[Slot; WAYS]> {
        let sets = u64::try_from(self.sets.len()).ok()?;
        self.sets.get(usize::try_from(tag.checked_rem(sets)?).ok()?)
    }
}

/// The place in the set that an entry takes.
fn place<'s>(set: &'s [Slot; WAYS], tag: u64, token: &[u8]) -> Option<&'s Slot> {
    let same = set.iter().find(|slot| slot.find(tag, token).is_some());
    let unused = || set.iter().find(|slot| slot.is_empty()).or_else(|| set.iter().find(|slot| !slot.is_of_use()));
    same.or_else(unused).or_else(|| {
        // All were of use: from now on they have to be so again. Which one goes is left to the hash.
        set.iter().for_each(|slot| _ = slot.was_of_use());
        let ways = u64::try_from(WAYS).ok()?;
        set.get(usize::try_from(tag.rotate_left(32).checked_rem(ways)?).ok()?)
    })
}

/// Shows sizes alone: the entries are tokens.
impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// So many bytes at the end of a token choose its set: in base64url, 384 bits.
const TAGGED: usize = 64;

/// Places of a set. A look-up compares so many numbers of 64 bits.
const WAYS: usize = 8;

/// Sets that one token may look through for room.
const SETS_SWEPT: usize = 8;
