//! Key sets: what a host's driver calls.

use super::Validator;
use crate::cache::Cache;
use crate::jwks::{Event, Health, IssuerHealth, Report, SnapshotError, SourceHealth, SourceState, Work, WorkId};
use crate::time::Timestamp;
use std::sync::Arc;

/// Key sets: what a host's driver calls.
///
/// A driver runs one function of the host for each piece of work, reports what came of it, and wakes those who wait for its
/// id. What is to be done, when, and for how long at most, is decided here.
///
/// All times that one validator is given come from one clock, because key sets age by them. Where that clock is set
/// back, nothing becomes younger: ages and pauses go on from where they were. Where it is set forward, key sets age by
/// as much.
impl Validator {
    /// Whether [`Validator::poll_work`] would have work. Costs a few atomic loads, so ask after each verdict.
    #[must_use]
    pub fn work_due(&self, now: Timestamp) -> bool {
        self.key_sets.work_due(now)
    }

    /// The next piece of work: what validations wait for, refreshes that are due and that nobody waits for, and saves. Each
    /// is given out once. Call again until there is none, and after each report.
    #[must_use]
    pub fn poll_work(&self, now: Timestamp) -> Option<Work> {
        self.key_sets.poll_work(now)
    }

    /// Hands in how a piece of work ended. What is no more out is ignored, and so is a report of another kind.
    ///
    /// Of a fetch, anything but status 200 with a key set (or 304 to a request that carried `if-none-match`) counts as failed
    /// and leaves the keys as they are; the next attempt waits, longer after each failure. Where the policy names the issuer's
    /// metadata, the key set is a second fetch. What a store has is taken in as by [`Validator::import_keys`], as far as it is
    /// newer than the sets at hand. The fetch is made all the same where the store's set is due to be refreshed itself, where
    /// it lacks the key that a token asked for, and after [`Validator::refresh_keys`].
    ///
    /// # Errors
    ///
    /// The text of a [`Report::Loaded`] is no snapshot that can be taken in; see [`Validator::import_keys`]. The fetch is made
    /// then, so this is for the host's log.
    pub fn report(&self, id: WorkId, report: Report<'_>, now: Timestamp) -> Result<(), SnapshotError> {
        self.key_sets.report(id, report, now)
    }

    /// The longest body that the answer to a fetch may have, in bytes after content decoding: [`FetchRequest::max_body`] by its id,
    /// for hosts that decode what has arrived compressed; [`FetchRequest::LONGEST_BODY`] where the id names no fetch.
    ///
    /// [`FetchRequest::max_body`]: crate::FetchRequest::max_body
    /// [`FetchRequest::LONGEST_BODY`]: crate::FetchRequest::LONGEST_BODY
    #[must_use]
    pub fn body_limit(&self, id: WorkId) -> usize {
        self.key_sets.body_limit(id)
    }

    /// Whether `denied_kids` of this entry of the policy's `issuers` takes the key of this id out of use, for tools that show key sets.
    #[must_use]
    pub fn denies_kid(&self, issuer: usize, kid: &str) -> bool {
        self.policy.issuers.get(issuer).is_some_and(|entry| entry.keys.denies(kid))
    }

    /// Has everything that is out given out anew, with all its time: for a child process after a fork, in which nobody does
    /// what the parent had begun.
    pub fn reissue_work(&self, now: Timestamp) {
        self.key_sets.reissue_work(now);
    }

    /// When [`Validator::poll_work`] could next have work, for hosts that like timers; none is needed.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<Timestamp> {
        self.key_sets.next_wakeup()
    }

    /// Makes a fetch due at every source, past all caches, pauses after failures aside: [`Validator::poll_work`] gives
    /// them out. For an operator who knows that keys were revoked, and for warming up before the first token.
    pub fn refresh_keys(&self) {
        self.key_sets.ask_to_refresh();
    }

    /// The fetched key sets as text, for [`Validator::import_keys`] of a later process, a fork or another host. It holds
    /// public keys and URLs, and whoever can change it can make tokens pass: store it like the policy.
    #[must_use]
    pub fn export_keys(&self) -> String {
        self.key_sets.export()
    }

    /// Begins with the key sets that [`Validator::export_keys`] wrote, as if they had been fetched when they were; for
    /// how many sources that was of use. A set counts only for the URL that it came from, only as long as it is not past
    /// the policy's `max_stale`, and only if it is newer than the set at hand.
    ///
    /// # Errors
    ///
    /// The text is no snapshot, holds a document that is no key set, or was written later than `now`: then the clock was
    /// set back in between, and nobody can say how old the sets are. Nothing has changed then.
    pub fn import_keys(&self, snapshot: &str, now: Timestamp) -> Result<usize, SnapshotError> {
        self.key_sets.import(snapshot, now)
    }

    /// How the key sets and the cache are, for health checks and metrics.
    #[must_use]
    pub fn health(&self, now: Timestamp) -> Health {
        let health = self.key_sets.health(now);
        let serves = |source: &SourceHealth| {
            source.keys > 0 && !matches!(source.state, SourceState::Empty | SourceState::Expired)
        };
        let issuers: Vec<IssuerHealth> = (0..)
            .zip(self.policy.issuers.iter().zip(self.accepted.sums()))
            .map(|(issuer, (entry, accepted))| {
                let mut fetched = health.sources.iter().filter(|source| source.issuer == issuer);
                IssuerHealth {
                    issuer,
                    ready: entry.keys.unsigned || entry.keys.iter().next().is_some() || fetched.any(serves),
                    accepted,
                }
            })
            .collect();
        let ready = issuers.iter().all(|issuer| issuer.ready);
        Health { ready, issuers, cache: self.cache.as_ref().map(Cache::health), ..health }
    }

    /// The oldest event that was not taken yet. The latest 256 are kept; [`Health::events_dropped`] counts the others.
    #[must_use]
    pub fn poll_event(&self) -> Option<Event> {
        self.key_sets.poll_event()
    }

    /// A warning for the host's log that was not taken yet: one line, once for each time that a source of keys ceases to bring
    /// any, until it brings some again. Ask after each report until there is none; the latest 16 are kept.
    #[must_use]
    pub fn poll_warning(&self) -> Option<Arc<str>> {
        self.key_sets.poll_warning()
    }
}
