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
    pub(crate) restarts: u64,
    pub(crate) clock_steps: u64,
    /// Good tokens that were refused while the issuer was reachable: the price of the budget during floods.
    pub(crate) refused_good: u64,
    /// The longest that a validation waited for fetches, in milliseconds.
    pub(crate) longest_wait: i64,
    /// The longest that a dropped key was still accepted, in milliseconds.
    pub(crate) worst_staleness: i64,
    /// Requests at the issuer in each second of the ten minutes after an outage, by the second.
    pub(crate) after_outage: BTreeMap<i64, u64>,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        self.validations += other.validations;
        self.accepted += other.accepted;
        self.unavailable += other.unavailable;
        self.fetches += other.fetches;
        self.failed_fetches += other.failed_fetches;
        self.not_modified += other.not_modified;
        self.restarts += other.restarts;
        self.clock_steps += other.clock_steps;
        self.refused_good += other.refused_good;
        self.longest_wait = self.longest_wait.max(other.longest_wait);
        self.worst_staleness = self.worst_staleness.max(other.worst_staleness);
        for (second, requests) in &other.after_outage {
            *self.after_outage.entry(*second).or_default() += requests;
        }
    }

    /// The most requests that reached the issuer in one second after an outage.
    pub(crate) fn peak(&self) -> u64 {
        self.after_outage.values().copied().max().unwrap_or(0)
    }
}
