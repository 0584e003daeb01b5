//! Key sets on their way between processes: exports, imports, and sets that others have fetched in place of fetches.

use super::clock::{Clock, Moment};
use super::held::Held;
use super::key_sets::KeySets;
use super::metadata;
use super::settings::Location;
use super::snapshot::{self, Entry, SnapshotError};
use super::source::{self, Source};
use super::work::WorkFailure;
use crate::limits;
use crate::time::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

impl KeySets {
    pub(crate) fn export(&self) -> String {
        // Issuers may share a URL; the newest set of it serves them all.
        let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
        for entry in self.line.sources().iter().filter_map(|(_, source)| entry(source, &self.line.clock)) {
            if entries.get(&entry.url).is_none_or(|other| other.fetched_at < entry.fetched_at) {
                entries.insert(entry.url.clone(), entry);
            }
        }
        // The clock's latest time lags behind by its grain.
        let fetched_at = entries.values().map(|entry| entry.fetched_at).max().unwrap_or_default();
        snapshot::write(self.line.clock.latest().as_millis().max(fetched_at), entries.into_values().collect())
    }

    /// Takes in what is newer than the sets at hand and not too old to serve, all of it or nothing; for how many
    /// sources.
    pub(crate) fn import(&self, text: &str, now: Timestamp) -> Result<usize, SnapshotError> {
        let moment = self.line.clock.read(now);
        let document = snapshot::read(text)?;
        // A clock that was set back in between makes every set look younger than it is.
        if Timestamp::from_millis(document.written_at) > moment.host.after(limits::CLOCK_TOLERANCE) {
            return Err(SnapshotError::Future);
        }
        let mut taken = Vec::new();
        let sources = self.line.sources();
        for (_, source) in sources.iter() {
            let wanted = document.sources.iter().find(|entry| *entry.url == **source.location.url());
            if let Some(entry) = wanted {
                taken.push((source, held(source, entry, moment)?, entry.jwks_uri.as_deref().map(Arc::from)));
            }
        }
        let mut imported = 0_usize;
        for (source, held, found) in taken {
            if moment.machine < held.usable_until && source.import(&held, found.as_ref()) {
                self.line.note_due(source);
                imported = imported.saturating_add(1);
            }
        }
        Ok(imported)
    }

    /// Takes in what is newer, as [`KeySets::import`] does, and ends the errand of a look into the store when its source needs
    /// no more; otherwise the fetch goes on.
    pub(super) fn settle(
        &self, source: &Source, sequence: u32, text: Option<&str>, now: Timestamp,
    ) -> Result<(), SnapshotError> {
        let moment = self.line.clock.read(now);
        if !source.is_looking(sequence, moment) {
            return Ok(());
        }
        let before = source.state.load_full();
        let taken = text.map_or(Ok(0), |text| self.import(text, now));
        if text.is_none() || taken.is_err() || !source.settle(sequence, before.held.as_ref(), moment) {
            source.fail(sequence, WorkFailure::Timeout, "", moment);
        }
        taken.map(|_| ())
    }
}

/// Begins a source with the set of another one of the same place, as if a snapshot had it.
pub(super) fn hand_over(other: &Source, source: &Source, clock: &Clock, moment: Moment) {
    let Some(entry) = entry(other, clock) else { return };
    if let Ok(held) = held(source, &entry, moment)
        && moment.machine < held.usable_until
    {
        source.import(&held, entry.jwks_uri.as_deref().map(Arc::from).as_ref());
    }
}

fn entry(source: &Source, clock: &Clock) -> Option<Entry> {
    let state = source.state.load();
    let held = state.held.as_ref()?;
    Some(Entry {
        url: source.location.url().as_ref().to_owned(),
        jwks_uri: state.found.as_ref().map(|found| found.url.as_ref().to_owned()),
        fetched_at: clock.to_host(held.fetched_at).as_millis(),
        fresh_for: held.stated.and_then(|stated| stated.as_millis().try_into().ok()),
        etag: held.etag.as_deref().map(str::to_owned),
        document: held.document.as_ref().to_owned(),
    })
}

/// The set of a snapshot's entry, checked as if the source had fetched it at the entry's time.
fn held(source: &Source, entry: &Entry, moment: Moment) -> Result<Held, SnapshotError> {
    let located = match (&source.location, &entry.jwks_uri) {
        (Location::KeySet(_), None) => true,
        (Location::Metadata { places, allow_http, .. }, Some(found)) => {
            metadata::may_fetch(found, places.at(0), *allow_http)
        }
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
