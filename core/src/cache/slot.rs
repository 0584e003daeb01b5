//! A place for one entry. It is read and swapped without a lock.

use super::Entry;
use arc_swap::{ArcSwapOption, Guard};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A place, the hash of what lies there, and whether that was of use lately. Two threads may leave a hash that is not the entry's:
/// then the entry is not found, or its bytes turn out to be others.
#[derive(Default)]
pub(super) struct Slot {
    tag: AtomicU64,
    of_use: AtomicBool,
    entry: ArcSwapOption<Entry>,
}

/// An entry of exactly the bytes that were looked for, held as long as somebody looks at it.
pub(crate) struct Known<'s> {
    slot: &'s Slot,
    entry: Arc<Entry>,
}

impl Slot {
    pub(super) fn find(&self, tag: u64, token: &[u8]) -> Option<Known<'_>> {
        if self.tag.load(Ordering::Relaxed) != tag {
            return None;
        }
        let held = self.entry.load();
        // All bytes, and not the hash alone: hashes collide, and whoever finds two tokens of one hash must gain nothing.
        let same = held.as_ref().is_some_and(|entry| *entry.token == *token);
        Some(Known { slot: self, entry: Guard::into_inner(held).filter(|_| same)? })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tag.load(Ordering::Relaxed) == 0
    }

    pub(super) fn is_of_use(&self) -> bool {
        self.of_use.load(Ordering::Relaxed)
    }

    /// Whether the entry was of use since this was last asked.
    pub(super) fn was_of_use(&self) -> bool {
        self.of_use.swap(false, Ordering::Relaxed)
    }

    /// Puts an entry in, and gives back what lay there.
    pub(super) fn fill(&self, tag: u64, entry: Arc<Entry>) -> Option<Arc<Entry>> {
        let old = self.entry.swap(Some(entry));
        self.of_use.store(false, Ordering::Relaxed);
        self.tag.store(tag, Ordering::Relaxed);
        old
    }

    pub(super) fn empty(&self) -> Option<Arc<Entry>> {
        self.tag.store(0, Ordering::Relaxed);
        self.entry.swap(None)
    }
}

impl Known<'_> {
    pub(crate) fn entry(&self) -> &Entry {
        &self.entry
    }

    /// The token has passed: its entry stays before others. One that is found and refused (it has expired, say) has no such
    /// claim to its place.
    pub(crate) fn was_of_use(&self) {
        // Most are already marked, and a write would take the cache line away from the other processors.
        if !self.slot.is_of_use() {
            self.slot.of_use.store(true, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Arc, Entry, Slot};
    use crate::algorithm::{Algorithm, Algorithms};
    use crate::json;
    use crate::key::{Key, Signer};
    use crate::token::Header;
    use crate::verified::Texts;

    fn signer() -> Signer {
        let all = Algorithms::which(|_| true);
        let key = Key::from_secret(b"a secret of 32 bytes, and no less".to_vec(), all);
        key.map(|key| key.signer(Algorithm::Hs256)).expect("a key")
    }

    fn entry(token: &[u8]) -> Arc<Entry> {
        let text = r#"{"alg":"HS256"}"#;
        let header = Header::read(text, &json::table(text, 2).unwrap_or_default()).expect("a header").to_owned();
        let texts = Arc::new(Texts { text: text.into(), header_len: text.len(), table: json::Table::default() });
        Arc::new(Entry { token: token.into(), signer: signer(), header, texts })
    }

    /// Cedarling's cache knew a token by 64 bits of a hash: whoever found another of the same bits had its claims.
    #[test]
    fn cedarling_a_token_of_the_same_hash_is_another_token() {
        let slot = Slot::default();
        assert!(slot.fill(7, entry(b"aaaa")).is_none());
        assert!(slot.find(7, b"aaaa").is_some());
        for other in [&b"aaab"[..], b"baaa", b"aaa", b"aaaaa", b""] {
            assert!(slot.find(7, other).is_none());
        }
        assert!(slot.find(8, b"aaaa").is_none());
    }

    /// What two threads may leave behind: the hash of one entry over the bytes of another, or over nothing.
    #[test]
    fn a_hash_that_is_not_the_entrys_finds_nothing() {
        let slot = Slot::default();
        slot.fill(9, entry(b"aaaa"));
        assert!(slot.find(9, b"bbbb").is_none());
        slot.entry.store(None);
        assert!(slot.find(9, b"aaaa").is_none() && !slot.is_empty());
        assert!(slot.fill(7, entry(b"bbbb")).is_none());
        assert!(slot.find(7, b"bbbb").is_some());
    }
}
