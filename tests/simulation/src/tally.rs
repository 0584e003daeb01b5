//! What a run has counted.

use std::collections::BTreeMap;

/// Sums and extremes over all nodes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) validations: u64,
    pub(crate) accepted: u64,
    pub(crate) unavailable: u64,
    pub(crate) fetches: u64,
    pub(crate) failed_fetches: u64,
    pub(crate) not_modified: u64,
    /// Fetches that a store has spared.
    pub(crate) shared: u64,
    /// Saves that began, and older texts that came to lie on top of a newer one.
    pub(crate) saves: u64,
    pub(crate) covered: u64,
    /// Validations that asked once more because what they waited for had ended, and those that gave up waiting.
    pub(crate) asked_again: u64,
    pub(crate) lost_patience: u64,
    pub(crate) restarts: u64,
    pub(crate) clock_steps: u64,
    /// Good tokens that were refused while the issuer was reachable: the price of the budget during floods.
    pub(crate) refused_good: u64,
    /// The longest that a validation waited for fetches, in milliseconds.
    pub(crate) longest_wait: i64,
    /// The longest that a dropped key was still accepted, in milliseconds.
    pub(crate) worst_staleness: i64,
    /// Requests at the issuer in each second of the ten minutes after an outage, by the outage's end and the seconds since.
    pub(crate) after_outage: BTreeMap<i64, BTreeMap<i64, u64>>,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        self.validations += other.validations;
        self.accepted += other.accepted;
        self.unavailable += other.unavailable;
        self.fetches += other.fetches;
        self.failed_fetches += other.failed_fetches;
        self.not_modified += other.not_modified;
        self.shared += other.shared;
        self.saves += other.saves;
        self.covered += other.covered;
        self.asked_again += other.asked_again;
        self.lost_patience += other.lost_patience;
        self.restarts += other.restarts;
        self.clock_steps += other.clock_steps;
        self.refused_good += other.refused_good;
        self.longest_wait = self.longest_wait.max(other.longest_wait);
        self.worst_staleness = self.worst_staleness.max(other.worst_staleness);
        for (ended, seconds) in &other.after_outage {
            let sums = self.after_outage.entry(*ended).or_default();
            for (second, requests) in seconds {
                *sums.entry(*second).or_default() += requests;
            }
        }
    }

    /// Adds what another seed has counted. Its outages are others, and only the worst of all is kept.
    pub(crate) fn add_seed(&mut self, mut other: Self) {
        let theirs = std::mem::take(&mut other.after_outage);
        self.add(&other);
        if theirs.values().flat_map(BTreeMap::values).max()
            > self.after_outage.values().flat_map(BTreeMap::values).max()
        {
            self.after_outage = theirs;
        }
    }

    /// The most requests that reached the issuer in one second after an outage.
    pub(crate) fn peak(&self) -> u64 {
        self.after_outage.values().flat_map(BTreeMap::values).copied().max().unwrap_or(0)
    }

    /// The requests in each second after the outage whose end brought the most in one second.
    pub(crate) fn worst_return(&self) -> Vec<u64> {
        let worst = self.after_outage.values().max_by_key(|seconds| seconds.values().copied().max());
        let Some(seconds) = worst else { return Vec::new() };
        let last = seconds.keys().copied().max().unwrap_or(0);
        (0..=last).map(|second| seconds.get(&second).copied().unwrap_or(0)).collect()
    }
}
