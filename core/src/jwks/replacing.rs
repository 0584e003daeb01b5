//! Another policy in the place of the one before: which sources go on as they are, and what the others begin with.

use super::clock::Moment;
use super::key_sets::{KeySets, Plan};
use super::line::{Line, Sources};
use super::source::Source;
use super::transfer;
use crate::time::Timestamp;
use std::sync::Arc;

impl KeySets {
    /// The key sets of another policy, in the place of these.
    ///
    /// A source whose place and options are the same goes on as it is: its set, the freshness and the tag of that, its pauses
    /// after failures, its budget for unknown key ids, its counters, and what is out for it. One whose options are others begins
    /// with the set of the place, read anew, as if a snapshot had it; everything else of it begins anew. A source that is gone is
    /// asked for nothing any more.
    pub(crate) fn replaced(&self, plans: &[Plan], now: Timestamp) -> Self {
        let line = Arc::clone(&self.line);
        let moment = line.clock.read(now);
        let sources = line.follow(moment, |before| followers(&line, before, plans, moment));
        let origin = line.next_origin(self.origin);
        Self { sources, line, origin }
    }
}

fn followers(line: &Line, before: &Sources, plans: &[Plan], moment: Moment) -> Sources {
    // Two entries may name one place, so each source is handed on once.
    let mut left: Vec<&Arc<Source>> = before.iter().map(|(_, source)| source).collect();
    let follower = |plan: &Plan| {
        if let Some(place) = left.iter().position(|source| source.is_of(&plan.location, &plan.settings)) {
            return (plan.issuer, Arc::clone(left.remove(place)));
        }
        let source = line.source(plan.location.clone(), plan.settings);
        // What cannot be taken over is fetched.
        if let Some((_, other)) = before.iter().find(|(_, other)| other.location == plan.location) {
            transfer::hand_over(other, &source, &line.clock, moment);
        }
        (plan.issuer, source)
    };
    plans.iter().map(follower).collect()
}
