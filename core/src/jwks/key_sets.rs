//! All key-set sources of a validator, on one clock.

use super::clock::{Clock, Moment};
use super::event::{Event, Events};
use super::fetch::{FetchFailure, FetchId, FetchRequest, FetchResponse};
use super::health::{Health, SkippedKey, SourceHealth, SourceState};
use super::metadata;
use super::settings::{Location, Settings};
use super::snapshot::{self, Entry, SnapshotError};
use super::source::{self, Need, Snapshot, Source, Want};
use super::state::{Held, Order, State};
use crate::key::KeySet;
use crate::limits;
use crate::time::Timestamp;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// A source as the policy plans it.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The entry of the policy's `issuers`.
    pub(crate) issuer: usize,
    pub(crate) location: Location,
    pub(crate) settings: Settings,
}

/// The key sets of all issuers.
#[derive(Debug)]
pub(crate) struct KeySets {
    /// Each with the issuer entry that it belongs to.
    sources: Vec<(usize, Source)>,
    clock: Clock,
    /// No source has a refresh due before this machine time, in milliseconds.
    due_at: AtomicI64,
    events: Arc<Events>,
}

/// The states of an issuer's sources, held for the time of one validation.
pub(crate) struct AtHand<'s> {
    sources: &'s [(usize, Source)],
    /// Nearly every issuer has one or two URLs: room for them needs no allocation.
    few: [Option<Snapshot>; limits::SOURCES_INLINE],
    more: Vec<Snapshot>,
    moment: Moment,
}

/// What the sources of an issuer want for a validation that found no key.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) start: Vec<FetchRequest>,
    pub(crate) wait_for: Vec<FetchId>,
    /// When a source that cannot be asked now can be asked again, on the host's clock.
    pub(crate) retry_at: Option<Timestamp>,
}

impl<'s> AtHand<'s> {
    /// The sets that may verify tokens now.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &KeySet> {
        let snapshots = self.few.iter().flatten().chain(&self.more);
        self.sources.iter().zip(snapshots).filter_map(|((_, source), Snapshot(state))| {
            let held = state.usable(self.moment.machine)?;
            if held.fresh_until <= self.moment.machine {
                source.note_stale(held, self.moment);
            }
            Some(held.keys.as_ref())
        })
    }
}

impl KeySets {
    pub(crate) fn new(plans: &[Plan], seed: u64) -> Self {
        let events = Arc::new(Events::default());
        let source =
            |index, plan: &Plan| Source::new(index, plan.location.clone(), plan.settings, seed, Arc::clone(&events));
        let sources = (0_u32..).zip(plans).map(|(index, plan)| (plan.issuer, source(index, plan))).collect();
        Self { sources, clock: Clock::new(), due_at: AtomicI64::new(i64::MAX), events }
    }

    /// The states of the sources at these places.
    pub(crate) fn at_hand(&self, places: Range<usize>, now: Timestamp) -> AtHand<'_> {
        let sources = self.sources.get(places).unwrap_or_default();
        let mut snapshots = sources.iter().map(|(_, source)| Snapshot(source.state.load()));
        let few = std::array::from_fn(|_| snapshots.next());
        AtHand { sources, few, more: snapshots.collect(), moment: self.clock.read(now) }
    }

    /// What the sources at these places want for a validation that found no key.
    pub(crate) fn want(&self, places: Range<usize>, need: Need<'_>, now: Timestamp) -> Wanted {
        let moment = self.clock.read(now);
        let mut wanted = Wanted::default();
        for source in self.turned_to(places, moment) {
            match source.want(need, moment) {
                Want::Settled | Want::Limited => {}
                Want::Start(order) => {
                    self.note_due(source);
                    wanted.start.push(source.request(&order));
                }
                Want::Wait(sequence) => wanted.wait_for.push(source.fetch_id(sequence)),
                Want::Unavailable(until) => {
                    let until = moment.to_host(until);
                    wanted.retry_at = Some(wanted.retry_at.map_or(until, |earliest| earliest.min(until)));
                }
            }
        }
        wanted
    }

    /// What [`KeySets::want`] would answer, without taking a fetch: those that it would start count as started.
    pub(crate) fn would_want(&self, places: Range<usize>, need: Need<'_>, now: Timestamp) -> Wanted {
        let moment = self.clock.read(now);
        let mut wanted = Wanted::default();
        for source in self.turned_to(places, moment) {
            match source.would_want(need, moment) {
                Want::Settled | Want::Limited => {}
                Want::Start(Order { sequence, .. }) | Want::Wait(sequence) => {
                    wanted.wait_for.push(source.fetch_id(sequence));
                }
                Want::Unavailable(until) => {
                    let until = moment.to_host(until);
                    wanted.retry_at = Some(wanted.retry_at.map_or(until, |earliest| earliest.min(until)));
                }
            }
        }
        wanted
    }

    /// The sources that a validation without a key turns to. While one has a fetch out, which may bring the key, those that
    /// have a set are not asked for another: that would spend their budget for nothing.
    fn turned_to(&self, places: Range<usize>, moment: Moment) -> impl Iterator<Item = &Source> {
        let sources = self.sources.get(places).unwrap_or_default();
        let is_out = move |source: &Source| source.state.load().live_fetch(moment.machine).is_some();
        let any_out = sources.iter().any(|(_, source)| is_out(source));
        let asked =
            move |source: &&Source| !any_out || is_out(source) || source.state.load().usable(moment.machine).is_none();
        sources.iter().map(|(_, source)| source).filter(asked)
    }

    /// How the sources at these places are, and which keys they have.
    pub(crate) fn told(&self, places: Range<usize>, now: Timestamp) -> Vec<(SourceHealth, Vec<String>)> {
        let moment = self.clock.read(now);
        let sources = self.sources.get(places).unwrap_or_default();
        let kids = |source: &Source| {
            let state = source.state.load();
            let keys = state.held.iter().flat_map(|held| held.keys.keys());
            keys.filter_map(|key| key.id.as_deref()).take(limits::SKIPPED_KEYS_TOLD).map(told_kid).collect()
        };
        sources.iter().map(|(issuer, source)| (source_health(*issuer, source, moment), kids(source))).collect()
    }

    pub(crate) fn fetch_due(&self, now: Timestamp) -> bool {
        self.due_at.load(Ordering::SeqCst) <= self.clock.read(now).machine.as_millis()
    }

    pub(crate) fn poll_fetch(&self, now: Timestamp) -> Option<FetchRequest> {
        let moment = self.clock.read(now);
        let request = self.sources.iter().find_map(|(_, source)| source.poll(moment));
        // A change at a source that this pass has already looked at lowers the mark again, since it does so after the
        // change; one that it has not looked at yet is seen here.
        self.due_at.store(i64::MAX, Ordering::SeqCst);
        self.sources.iter().for_each(|(_, source)| self.note_due(source));
        request
    }

    pub(crate) fn next_wakeup(&self) -> Option<Timestamp> {
        let due_at = self.due_at.load(Ordering::SeqCst);
        (due_at != i64::MAX).then(|| self.clock.to_host(Timestamp::from_millis(due_at)))
    }

    pub(crate) fn complete_fetch(&self, id: FetchId, response: FetchResponse<'_>, now: Timestamp) {
        let moment = self.clock.read(now);
        self.land(id, |source, sequence| source.complete(sequence, response, moment));
    }

    pub(crate) fn fail_fetch(&self, id: FetchId, failure: FetchFailure, now: Timestamp) {
        let moment = self.clock.read(now);
        self.land(id, |source, sequence| source.fail(sequence, failure, moment));
    }

    /// Makes every source due at once.
    pub(crate) fn ask_to_refresh(&self) {
        for (_, source) in &self.sources {
            source.ask_to_refresh();
            self.note_due(source);
        }
    }

    pub(crate) fn poll_event(&self) -> Option<Event> {
        self.events.pop()
    }

    pub(crate) fn health(&self, now: Timestamp) -> Health {
        let moment = self.clock.read(now);
        let sources = self.sources.iter().map(|(issuer, source)| source_health(*issuer, source, moment)).collect();
        Health { sources, events_dropped: self.events.dropped() }
    }

    pub(crate) fn export(&self) -> String {
        // Issuers may share a URL; the newest set of it serves them all.
        let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
        for entry in self.sources.iter().filter_map(|(_, source)| self.entry(source)) {
            if entries.get(&entry.url).is_none_or(|other| other.fetched_at < entry.fetched_at) {
                entries.insert(entry.url.clone(), entry);
            }
        }
        // The clock's latest time lags behind by its grain.
        let fetched_at = entries.values().map(|entry| entry.fetched_at).max().unwrap_or_default();
        snapshot::write(self.clock.latest().as_millis().max(fetched_at), entries.into_values().collect())
    }

    /// Takes in what is newer than the sets at hand and not too old to serve, all of it or nothing; for how many
    /// sources.
    pub(crate) fn import(&self, text: &str, now: Timestamp) -> Result<usize, SnapshotError> {
        let moment = self.clock.read(now);
        let document = snapshot::read(text)?;
        // A clock that was set back in between makes every set look younger than it is.
        if Timestamp::from_millis(document.written_at) > moment.host.after(limits::CLOCK_TOLERANCE) {
            return Err(SnapshotError::Future);
        }
        let mut taken = Vec::new();
        for (_, source) in &self.sources {
            let wanted = document.sources.iter().find(|entry| *entry.url == **source.location.url());
            if let Some(entry) = wanted {
                taken.push((source, held(source, entry, moment)?, entry.jwks_uri.as_deref().map(Arc::from)));
            }
        }
        let mut imported = 0_usize;
        for (source, held, found) in taken {
            if moment.machine < held.usable_until && source.import(&held, found.as_ref()) {
                self.note_due(source);
                imported = imported.saturating_add(1);
            }
        }
        Ok(imported)
    }

    fn entry(&self, source: &Source) -> Option<Entry> {
        let state = source.state.load();
        let held = state.held.as_ref()?;
        Some(Entry {
            url: source.location.url().as_ref().to_owned(),
            jwks_uri: state.found.as_ref().map(|found| found.url.as_ref().to_owned()),
            fetched_at: self.clock.to_host(held.fetched_at).as_millis(),
            fresh_for: held.stated.and_then(|stated| stated.as_millis().try_into().ok()),
            etag: held.etag.as_deref().map(str::to_owned),
            document: held.document.as_ref().to_owned(),
        })
    }

    fn land(&self, id: FetchId, take: impl FnOnce(&Source, u32)) {
        let (index, sequence) = id.parts();
        if let Some((_, source)) = self.sources.get(index) {
            take(source, sequence);
            self.note_due(source);
        }
    }

    fn note_due(&self, source: &Source) {
        if let Some(due) = source.state.load().due_at() {
            self.due_at.fetch_min(due.as_millis(), Ordering::SeqCst);
        }
    }
}

/// The set of a snapshot's entry, checked as if the source had fetched it at the entry's time.
fn held(source: &Source, entry: &Entry, moment: Moment) -> Result<Held, SnapshotError> {
    let located = match (&source.location, &entry.jwks_uri) {
        (Location::KeySet(_), None) => true,
        (Location::Metadata { url, allow_http, .. }, Some(found)) => metadata::may_fetch(found, url, *allow_http),
        (Location::KeySet(_), Some(_)) | (Location::Metadata { .. }, None) => false,
    };
    let etag = entry.etag.as_deref();
    if !located || entry.document.len() > source.settings.max_body || !etag.is_none_or(super::caching::is_etag) {
        return Err(SnapshotError::Document);
    }
    let keys = source::parse(&entry.document, &source.settings).map_err(|_| SnapshotError::Document)?;
    let stated = entry.fresh_for.map(Duration::from_millis);
    let fresh_for = source.settings.fresh_for(stated);
    let fetched_at = moment.to_machine(Timestamp::from_millis(entry.fetched_at).min(moment.host));
    Ok(Held {
        keys: Arc::new(keys),
        document: entry.document.as_str().into(),
        etag: etag.map(Arc::from),
        stated,
        fetched_at,
        fresh_until: fetched_at.after(fresh_for),
        usable_until: fetched_at.after(source.settings.life(fresh_for)),
    })
}

fn source_health(issuer: usize, source: &Source, moment: Moment) -> SourceHealth {
    let state = source.state.load();
    let held = state.held.as_ref();
    let skipped = held.map_or(&[][..], |held| &held.keys.skipped);
    let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    SourceHealth {
        issuer,
        url: source.location.url().as_ref().to_owned(),
        jwks_uri: state.found.as_ref().map(|found| found.url.as_ref().to_owned()),
        state: source_state(&state, moment.machine),
        in_flight: state.live_fetch(moment.machine).is_some(),
        age: held.map(|held| moment.machine.since(held.fetched_at).as_secs_f64()),
        keys: held.map_or(0, |held| held.keys.len()),
        skipped: skipped
            .iter()
            .take(limits::SKIPPED_KEYS_TOLD)
            .map(|key| SkippedKey { kid: key.id.as_deref().map(told_kid), reason: key.reason.0 })
            .collect(),
        skipped_count: skipped.len(),
        next_refresh: state.due_at().map(|due| moment.to_host(due.max(moment.machine))),
        fetches: count(&source.counters.fetches),
        failures: count(&source.counters.failures),
        failures_in_a_row: state.failures,
        not_modified: count(&source.counters.not_modified),
        bytes: count(&source.counters.bytes),
        last_error: state.last_problem,
        flood_rejections: count(&source.counters.flood_rejections),
    }
}

fn told_kid(kid: &str) -> String {
    kid.chars().take(limits::KID_CHARS_TOLD).collect()
}

fn source_state(state: &State, now: Timestamp) -> SourceState {
    match &state.held {
        None => SourceState::Empty,
        Some(held) if now >= held.usable_until => SourceState::Expired,
        Some(held) if now >= held.fresh_until => SourceState::Stale,
        Some(_) if state.is_due(now) => SourceState::Due,
        Some(_) => SourceState::Fresh,
    }
}
