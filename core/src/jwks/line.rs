//! The line of a validator: what it hands on when another policy comes in its place.

use super::clock::{Clock, Moment};
use super::event::{Event, EventKind};
use super::ledger::Ledger;
use super::origin::Origin;
use super::saves::Saves;
use super::settings::{Location, Settings};
use super::source::Source;
use arc_swap::{ArcSwap, Guard};
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// The sources of a policy, each with the issuer entry that it belongs to.
pub(super) type Sources = Vec<(usize, Arc<Source>)>;

/// What the validators of one line have in common. Work is given out for the sources of the latest of them, whichever is asked:
/// a driver need not know that the policy was replaced.
#[derive(Debug)]
pub(crate) struct Line {
    /// Those of the latest policy.
    latest: ArcSwap<Sources>,
    pub(super) clock: Clock,
    /// No source has work before this machine time, in milliseconds.
    pub(super) due_at: AtomicI64,
    pub(super) ledger: Arc<Ledger>,
    /// What the store that processes share lacks; nothing where there is no store.
    saves: OnceLock<Saves>,
    seed: u64,
    /// How many sources there have been: ids of work name a source by its number, which none has after it.
    numbers: AtomicU32,
    /// How many policies have come in the place of the first.
    policies: AtomicU32,
}

impl Line {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            latest: ArcSwap::default(),
            clock: Clock::new(),
            due_at: AtomicI64::new(i64::MAX),
            ledger: Arc::default(),
            saves: OnceLock::new(),
            seed,
            numbers: AtomicU32::new(0),
            policies: AtomicU32::new(0),
        }
    }

    /// The sources of the latest policy.
    pub(super) fn sources(&self) -> Guard<Arc<Sources>> {
        self.latest.load()
    }

    /// Has the sources that `made` makes of those before take their place, and tells how they differ. Where several policies come
    /// in place at once, each takes that of the one before it.
    pub(super) fn follow(&self, moment: Moment, made: impl Fn(&Sources) -> Sources) -> Arc<Sources> {
        let is_in =
            |sources: &Sources, source: &Arc<Source>| sources.iter().any(|(_, other)| Arc::ptr_eq(other, source));
        let mut before = self.latest.load();
        let after = loop {
            let after = Arc::new(made(&before));
            // Work may be given out for those that begin as soon as the policy is in place, and is told by their places.
            seat(&after, |source| !is_in(&before, source));
            let previous = self.latest.compare_and_swap(&*before, Arc::clone(&after));
            if Arc::ptr_eq(&previous, &before) {
                break after;
            }
            before = previous;
        };
        let removed: Vec<&Arc<Source>> =
            before.iter().map(|(_, source)| source).filter(|source| !is_in(&after, source)).collect();
        let kept = before.len().saturating_sub(removed.len());
        let counts =
            EventKind::PolicyReplaced { kept, added: after.len().saturating_sub(kept), removed: removed.len() };
        removed.into_iter().for_each(|source| source.close());
        self.ledger.told.events.push(Event { at: moment.host, source: None, kind: counts });
        self.seat_latest();
        self.note_all_due();
        after
    }

    /// Another policy may come in place meanwhile, and be done before this one: then those are the places that count.
    fn seat_latest(&self) {
        let mut seated = self.latest.load();
        loop {
            seat(&seated, |_| true);
            let latest = self.latest.load();
            if Arc::ptr_eq(&latest, &seated) {
                return;
            }
            seated = latest;
        }
    }

    /// The sources of the first policy.
    pub(super) fn begin(&self, sources: Sources) -> Arc<Sources> {
        let sources = Arc::new(sources);
        seat(&sources, |_| true);
        self.latest.store(Arc::clone(&sources));
        sources
    }

    /// A source that begins.
    pub(super) fn source(&self, location: Location, settings: Settings) -> Arc<Source> {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let seed = self.seed.wrapping_add(u64::from(number));
        Arc::new(Source::new(number, location, settings, seed, Arc::clone(&self.ledger)))
    }

    /// Of which origin tokens are that the first policy accepts.
    pub(super) fn origin(self: &Arc<Self>) -> Origin {
        Origin::of_line(self.seed, Arc::as_ptr(self).addr())
    }

    /// Of which origin tokens are that the next policy accepts; `before` is that of any policy of this line.
    pub(super) fn next_origin(&self, before: Origin) -> Origin {
        before.of_policy(self.policies.fetch_add(1, Ordering::Relaxed).wrapping_add(1))
    }

    /// From now on key sets are looked for in a store, and saved there.
    pub(super) fn share(&self) {
        self.ledger.shares.store(true, Ordering::Relaxed);
        self.saves.get_or_init(Saves::default);
    }

    pub(super) fn saves(&self) -> Option<&Saves> {
        self.saves.get()
    }

    /// How long a save may take.
    pub(super) fn longest(&self) -> Duration {
        self.sources().iter().map(|(_, source)| source.settings.timeout).max().unwrap_or_default()
    }

    /// A change at a source that this pass has already looked at lowers the mark again, since it does so after the change; one
    /// that it has not looked at yet is seen here.
    pub(super) fn note_all_due(&self) {
        self.due_at.store(i64::MAX, Ordering::SeqCst);
        self.sources().iter().for_each(|(_, source)| self.note_due(source));
    }

    pub(super) fn note_due(&self, source: &Source) {
        if let Some(due) = source.state.load().due_at() {
            self.due_at.fetch_min(due.as_millis(), Ordering::SeqCst);
        }
    }
}

/// Events tell sources by their places among all of a policy.
fn seat(sources: &Sources, whom: impl Fn(&Arc<Source>) -> bool) {
    for (place, (_, source)) in sources.iter().enumerate().filter(|(_, (_, source))| whom(source)) {
        source.take_place(place);
    }
}
