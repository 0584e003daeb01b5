//! The latest of what waits to be taken.

use arc_swap::ArcSwap;
use std::sync::atomic::{AtomicU64, Ordering};

/// At most `KEPT` things, the oldest first; older ones are dropped and counted.
///
/// Without a lock: one that another thread holds while the process forks would stay locked in the child for ever, and
/// the next fetch there would never end. What is kept here is rare and little, so each change writes the queue anew.
#[derive(Debug)]
pub(crate) struct Latest<T, const KEPT: usize> {
    queue: ArcSwap<Vec<T>>,
    dropped: AtomicU64,
}

impl<T, const KEPT: usize> Default for Latest<T, KEPT> {
    fn default() -> Self {
        Self { queue: ArcSwap::default(), dropped: AtomicU64::new(0) }
    }
}

impl<T: Clone, const KEPT: usize> Latest<T, KEPT> {
    pub(crate) fn push(&self, one: T) {
        let before = self.queue.rcu(|queue| {
            let kept = queue.iter().skip(Self::excess(queue));
            kept.chain(std::iter::once(&one)).cloned().collect::<Vec<_>>()
        });
        let dropped = u64::try_from(Self::excess(&before)).unwrap_or(u64::MAX);
        self.dropped.fetch_add(dropped, Ordering::Relaxed);
    }

    pub(crate) fn pop(&self) -> Option<T> {
        if self.queue.load().is_empty() {
            return None;
        }
        // Only one thread succeeds in replacing a given queue, so the head of what it replaced is its alone.
        let before = self.queue.rcu(|queue| queue.get(1..).unwrap_or_default().to_vec());
        before.first().cloned()
    }

    /// How many were dropped because nobody took them.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// How many of the oldest must go before another one comes in.
    fn excess(queue: &[T]) -> usize {
        queue.len().saturating_add(1).saturating_sub(KEPT)
    }
}
