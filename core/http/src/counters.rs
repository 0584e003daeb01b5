//! What a validator counts of what it tells, for metrics.

use jotgate::{Code, EventKind, Timestamp, Validator};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Counts from the first day of a validator on, across policies.
pub(crate) struct Counters {
    /// Refusals, in the order of [`Code::ALL`].
    refusals: Vec<AtomicU64>,
    key_sets: Mutex<KeySets>,
}

#[derive(Default)]
struct KeySets {
    /// The entry of the policy and the URL of each source: events name sources by their places.
    sources: Vec<(usize, String)>,
    events: BTreeMap<(usize, String, String), u64>,
    replacements: u64,
}

/// How often something happened to one key set.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeySetEvents {
    /// The entry of the policy's `issuers`, counted from 0.
    pub issuer: usize,
    /// The URL that the policy names.
    pub url: String,
    /// The name of the event, such as `fetch_failed`.
    pub event: String,
    /// How often.
    pub count: u64,
}

impl Counters {
    pub(crate) fn new(core: &Validator, now: Timestamp) -> Self {
        let key_sets = KeySets { sources: sources(core, now), ..KeySets::default() };
        Self { refusals: Code::ALL.iter().map(|_| AtomicU64::new(0)).collect(), key_sets: Mutex::new(key_sets) }
    }

    pub(crate) fn refused(&self, code: Code) {
        let found = Code::ALL.iter().zip(&self.refusals).find(|(known, _)| **known == code);
        if let Some((_, count)) = found {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// `name` is that of the event.
    pub(crate) fn happened(
        &self, core: &Validator, event: &jotgate::Event, name: &str, now: impl FnOnce() -> Timestamp,
    ) {
        if matches!(event.kind, EventKind::PolicyReplaced { .. }) {
            let sources = sources(core, now());
            let mut key_sets = self.lock();
            key_sets.sources = sources;
            key_sets.replacements = key_sets.replacements.saturating_add(1);
            return;
        }
        let mut key_sets = self.lock();
        let place = event.source.and_then(|source| usize::try_from(source).ok());
        let Some((issuer, url)) = place.and_then(|place| key_sets.sources.get(place)).cloned() else { return };
        let count = key_sets.events.entry((issuer, url, name.to_owned())).or_default();
        *count = count.saturating_add(1);
    }

    /// Those that are not 0.
    pub(crate) fn refusals(&self) -> Vec<(Code, u64)> {
        let counts = self.refusals.iter().map(|count| count.load(Ordering::Relaxed));
        Code::ALL.iter().copied().zip(counts).filter(|(_, count)| *count > 0).collect()
    }

    pub(crate) fn key_set_events(&self) -> Vec<KeySetEvents> {
        let told = |((issuer, url, event), count): (&(usize, String, String), &u64)| KeySetEvents {
            issuer: *issuer,
            url: url.clone(),
            event: event.clone(),
            count: *count,
        };
        self.lock().events.iter().map(told).collect()
    }

    pub(crate) fn replacements(&self) -> u64 {
        self.lock().replacements
    }

    /// Nothing panics under the lock.
    fn lock(&self) -> MutexGuard<'_, KeySets> {
        self.key_sets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Those of the policy that holds. Which there are does not depend on the time, but key sets age by every time that is named.
fn sources(core: &Validator, now: Timestamp) -> Vec<(usize, String)> {
    core.health(now).sources.into_iter().map(|source| (source.issuer, source.url)).collect()
}
