//! Fetches that a verdict asked for and that nobody has taken yet.

use arc_swap::ArcSwap;
use jotgate_core::{FetchRequest, Timestamp};
use std::sync::Arc;

/// A small queue without a lock: a lock that another thread holds while the process forks would stay locked in the
/// child for ever.
pub(crate) struct Pending {
    waiting: ArcSwap<Vec<Entry>>,
}

#[derive(Clone)]
struct Entry {
    request: Arc<FetchRequest>,
    expires_at: Timestamp,
}

impl Pending {
    pub(crate) fn new() -> Self {
        Self { waiting: ArcSwap::from_pointee(Vec::new()) }
    }

    /// Adds requests that the core handed out at `now`.
    ///
    /// Those whose time is over are dropped: the core has given them up, and a host that never takes any must not make
    /// the queue grow.
    pub(crate) fn add(&self, requests: &[FetchRequest], now: Timestamp) {
        let added: Vec<Entry> = requests
            .iter()
            .map(|request| Entry { request: Arc::new(request.clone()), expires_at: now.after(request.timeout) })
            .collect();
        self.waiting.rcu(|waiting| alive(waiting, now).chain(&added).cloned().collect::<Vec<_>>());
    }

    /// The oldest request that still has time; each is handed out once.
    pub(crate) fn take(&self, now: Timestamp) -> Option<FetchRequest> {
        if self.is_empty() {
            return None;
        }
        // Only one thread succeeds in replacing a given list, so the head of the list it replaced is its alone.
        let before = self.waiting.rcu(|waiting| alive(waiting, now).skip(1).cloned().collect::<Vec<_>>());
        alive(&before, now).next().map(|entry| FetchRequest::clone(&entry.request))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.load().is_empty()
    }
}

fn alive(entries: &[Entry], now: Timestamp) -> impl Iterator<Item = &Entry> {
    entries.iter().filter(move |entry| now < entry.expires_at)
}
