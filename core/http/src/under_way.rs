//! The work that is out, and who waits for which piece of it.

use jotgate::{Timestamp, Work, WorkId};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The work that is out, shared by all tasks and runtimes.
#[derive(Default)]
pub(crate) struct UnderWay {
    state: Mutex<State>,
    /// Changes under the lock alone. Validations look at it without.
    closed: AtomicBool,
}

#[derive(Default)]
struct State {
    /// Each piece with those who wait for it, by their numbers.
    out: HashMap<WorkId, HashMap<u64, Arc<Notify>>>,
    /// Pieces that are out and whose runtimes have ended, with the time when they were begun.
    left: Vec<(Arc<Work>, Timestamp)>,
    waiters: u64,
}

/// Somebody who waits for one of some pieces. Whoever gives up waiting leaves nothing behind.
pub(crate) struct Waiter<'u> {
    under_way: &'u UnderWay,
    ids: &'u [WorkId],
    number: u64,
    woken: Arc<Notify>,
}

impl UnderWay {
    /// Polls for a piece of work. Nobody can ask for it before it is known to be out.
    pub(crate) fn take(&self, poll: impl FnOnce() -> Option<Work>) -> Option<Arc<Work>> {
        let mut state = self.lock();
        let work = if self.is_closed() { None } else { poll() }?;
        state.out.insert(work.id(), HashMap::new());
        Some(Arc::new(work))
    }

    /// What was left behind by runtimes that have ended: for another one to go on with, and what is past its time.
    pub(crate) fn take_left(&self, now: Timestamp) -> (Vec<Arc<Work>>, Vec<Arc<Work>>) {
        let left = std::mem::take(&mut self.lock().left);
        let is_late = |work: &Work, since: Timestamp| now.since(since) >= work.timeout();
        let (late, live): (Vec<_>, Vec<_>) = left.into_iter().partition(|(work, since)| is_late(work, *since));
        let works = |pieces: Vec<(Arc<Work>, Timestamp)>| pieces.into_iter().map(|(work, _)| work).collect();
        (works(live), works(late))
    }

    /// The runtime of this piece ends, which says nothing about the issuer or the store. Those who wait elsewhere go on with it.
    pub(crate) fn leave(&self, work: Arc<Work>, since: Timestamp) {
        let mut state = self.lock();
        if let Some(waiters) = state.out.get(&work.id()) {
            waiters.values().for_each(|waiter| waiter.notify_one());
            state.left.push((work, since));
        }
    }

    /// A piece that is not out has ended already.
    pub(crate) fn join<'u>(&'u self, ids: &'u [WorkId]) -> Waiter<'u> {
        let mut state = self.lock();
        state.waiters = state.waiters.wrapping_add(1);
        let (number, woken) = (state.waiters, Arc::new(Notify::new()));
        for id in ids {
            match state.out.get_mut(id) {
                Some(waiters) => _ = waiters.insert(number, Arc::clone(&woken)),
                None => woken.notify_one(),
            }
        }
        drop(state);
        Waiter { under_way: self, ids, number, woken }
    }

    pub(crate) fn is_out(&self, id: WorkId) -> bool {
        self.lock().out.contains_key(&id)
    }

    /// Takes a piece off the list, and wakes those who wait for it. One that was left behind is nobody's any more.
    pub(crate) fn end(&self, id: WorkId) {
        let waiters = {
            let mut state = self.lock();
            state.left.retain(|(work, _)| work.id() != id);
            state.out.remove(&id)
        };
        waiters.iter().flat_map(HashMap::values).for_each(|waiter| waiter.notify_one());
    }

    /// Gives no more work out, and wakes everybody.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        self.closed.store(true, Ordering::SeqCst);
        state.left.clear();
        for waiters in std::mem::take(&mut state.out).values() {
            waiters.values().for_each(|waiter| waiter.notify_one());
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    /// Nothing of ours panics under the lock; the core, which is polled there, does not either.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiter<'_> {
    pub(crate) async fn woken(&self) {
        self.woken.notified().await;
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut state = self.under_way.lock();
        for id in self.ids {
            if let Some(waiters) = state.out.get_mut(id) {
                waiters.remove(&self.number);
            }
        }
    }
}
