//! The store that a node shares with others: looks into it, and saves, of which some fail, hang, are lost or land late.

use super::{EPOCH, Happening, Node};
use crate::random::{MINUTE, SECOND};
use crate::rules::Broken;
use crate::store;
use jotgate::{EventKind, Report, WorkFailure, WorkId};
use std::time::Duration;

/// What comes of a look into the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Look {
    Done,
    Failed,
    /// It took too long, which is reported, and what it brings later changes nothing.
    Overrun,
}

/// What comes of a save.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Save {
    Landed,
    Failed,
    Overrun,
}

/// What lies in the store of what the process has saved. Texts count by how many sets had been fetched when they were written.
#[derive(Debug, Default)]
pub(super) struct Saved {
    /// How many sets the process has fetched.
    pub(super) fetched: u64,
    lying: u64,
    /// Saves that still come to an end.
    pending: u64,
    /// Whether the last save that came to an end in time has failed: a store that fails is not asked again for the same set.
    failed: bool,
}

impl Node<'_> {
    /// Begins a look into the store; one in a hundred is lost with whatever did it.
    pub(super) fn look(&mut self, id: WorkId, timeout: Duration) {
        let timeout = i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX);
        let latency = self.random.between(1, 50).min(timeout);
        match self.random.next() % 100 {
            0 => {}
            1..=5 => self.plan(latency, Happening::Looked(id, Look::Failed)),
            6..=10 => {
                self.plan(timeout, Happening::Looked(id, Look::Overrun));
                let late = timeout + self.random.between(1, 20 * SECOND);
                self.plan(late, Happening::Looked(id, Look::Done));
            }
            _ => self.plan(latency, Happening::Looked(id, Look::Done)),
        }
    }

    /// What the store has may spare the fetch; what it has that is newer is taken in anyway.
    pub(super) fn looked(&mut self, id: WorkId, look: Look) -> Result<(), Broken> {
        let now = self.clock();
        let failure = match look {
            Look::Done => None,
            Look::Failed => Some(WorkFailure::Callback),
            Look::Overrun => Some(WorkFailure::Timeout),
        };
        if let Some(failure) = failure {
            return self.report(id, Report::failed(failure));
        }
        let Some(stored) = store::look(self.issuer, &self.terms, &mut self.random, EPOCH, self.now) else {
            return self.report(id, Report::Loaded(None));
        };
        let age = |node: &Self| node.validator.health(now).sources.first().and_then(|source| source.age);
        let before = age(self);
        while self.validator.poll_event().is_some() {}
        let _ = self.validator.report(id, Report::Loaded(Some(&stored.text)), now);
        if age(self) != before {
            self.rules.imported(stored.place, stored.fetched, self.ahead - stored.ahead, self.now);
        }
        let shared = |kind| matches!(kind, EventKind::FetchShared { .. });
        if std::iter::from_fn(|| self.validator.poll_event()).any(|event| shared(event.kind)) {
            self.tally.shared += 1;
            self.rules.settled();
        }
        self.wake(id)
    }

    pub(super) fn save(&mut self, id: WorkId, timeout: Duration) {
        self.tally.saves += 1;
        let text = self.saved.fetched;
        let timeout = i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX);
        let latency = self.random.between(1, 200).min(timeout);
        let end = |node: &mut Self, at, save| {
            node.saved.pending += 1;
            node.plan(at, Happening::Saved(id, text, save));
        };
        match self.random.next() % 20 {
            0 => end(self, latency, Save::Failed),
            1 => end(self, timeout, Save::Overrun),
            2 | 3 => {
                end(self, timeout, Save::Overrun);
                let late = timeout + self.random.between(1, 10 * MINUTE);
                end(self, late, Save::Landed);
            }
            _ => end(self, latency, Save::Landed),
        }
    }

    pub(super) fn save_ended(&mut self, id: WorkId, text: u64, save: Save) -> Result<(), Broken> {
        self.saved.pending -= 1;
        self.saved.failed = save != Save::Landed;
        let report = match save {
            Save::Landed => {
                self.tally.covered += u64::from(text < self.saved.lying);
                self.saved.lying = text;
                Report::Saved
            }
            Save::Failed => Report::failed(WorkFailure::Callback),
            Save::Overrun => Report::failed(WorkFailure::Timeout),
        };
        self.report(id, report)?;
        self.check_store()
    }

    /// Property 7: once nothing is under way, the newest set lies in the store.
    fn check_store(&self) -> Result<(), Broken> {
        let Saved { fetched, lying, pending, failed } = self.saved;
        if pending == 0 && !failed && lying != fetched {
            return Err(Broken(format!("7: set {lying} lies in the store, and set {fetched} is the newest")));
        }
        Ok(())
    }
}
