//! What happened to the key sets, as data for logs and metrics.

use super::problem::{Hint, Problem};
use crate::key::{SkipReason, Spelling};
use crate::limits;
use crate::time::Timestamp;
use arc_swap::ArcSwap;
use serde::{Serialize, Serializer};
use std::sync::atomic::{AtomicU64, Ordering};

/// Something that happened to one key-set source.
///
/// Take events with [`Validator::poll_event`](crate::Validator::poll_event) whenever it suits; a host that takes none
/// loses nothing but events. In JSON an event is one flat object: `at` (Unix time in seconds), `source`, `event` with
/// the kind's name in snake case, and the kind's members.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Event {
    /// When, on the host's clock.
    #[serde(serialize_with = "seconds")]
    pub at: Timestamp,
    /// The place of the source in [`Health::sources`](crate::Health::sources).
    pub source: usize,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What happened to a key-set source. Nothing in it comes from a token, and from an answer nothing but numbers, and the
/// issuer that metadata names in place of ours.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum EventKind {
    /// A fetch was asked for.
    FetchStarted {
        /// Whether a token with an unknown key, or the host, wants to know right now.
        forced: bool,
        /// Whether it is for the metadata that says where the key set lies.
        metadata: bool,
    },
    /// A fetch brought a key set, metadata, or the word that nothing changed.
    FetchOk {
        /// The HTTP status: 200 or 304.
        status: u16,
        /// The length of the body, in bytes.
        bytes: usize,
    },
    /// A fetch ended without a request: a store had a set that another process fetched.
    FetchShared {
        /// The age of the set, in whole seconds.
        age: u64,
    },
    /// A fetch brought neither.
    FetchFailed {
        /// Why.
        problem: Problem,
        /// What that means and what to do.
        hint: Hint,
        /// Before this time there is no further attempt.
        #[serde(serialize_with = "seconds")]
        retry_at: Timestamp,
    },
    /// The keys are others than before.
    KeysChanged {
        /// Keys that are new.
        added: usize,
        /// Keys that are gone.
        removed: usize,
        /// Keys that can be used now.
        keys: usize,
    },
    /// The new set holds keys that cannot be used; [`SourceHealth::skipped`](crate::SourceHealth::skipped) has them.
    KeySkipped {
        /// How many.
        skipped: usize,
        /// Why the first of them cannot be used.
        reason: SkipReason,
    },
    /// The new set holds keys that count although RFC 7518 spells their numbers otherwise;
    /// [`SourceHealth::lenient`](crate::SourceHealth::lenient) has them.
    KeyLenient {
        /// How many.
        lenient: usize,
        /// How the first of them is spelled.
        reason: Spelling,
    },
    /// A token was checked with a set that is past its freshness. Told once for each set.
    StaleServed {
        /// The age of the set, in whole seconds.
        age: u64,
    },
    /// A token named a key that no set at hand has, and a fetch was started for it.
    UnknownKid,
    /// Such fetches have used up their budget, so tokens with unknown keys are refused at once. Told once in a
    /// `cooldown`; [`SourceHealth::flood_rejections`](crate::SourceHealth::flood_rejections) counts the tokens.
    FloodLimited,
}

pub(super) fn seconds<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_numeric_date())
}

/// The latest events, the oldest first.
///
/// Without a lock: one that another thread holds while the process forks would stay locked in the child for ever, and
/// the next fetch there would never end. Events are rare and few, so each change writes the queue anew.
#[derive(Debug, Default)]
pub(crate) struct Events {
    queue: ArcSwap<Vec<Event>>,
    dropped: AtomicU64,
}

impl Events {
    pub(crate) fn push(&self, event: Event) {
        let before = self.queue.rcu(|queue| {
            let kept = queue.iter().skip(excess(queue));
            kept.chain(std::iter::once(&event)).cloned().collect::<Vec<_>>()
        });
        let dropped = u64::try_from(excess(&before)).unwrap_or(u64::MAX);
        self.dropped.fetch_add(dropped, Ordering::Relaxed);
    }

    pub(crate) fn pop(&self) -> Option<Event> {
        if self.queue.load().is_empty() {
            return None;
        }
        // Only one thread succeeds in replacing a given queue, so the head of what it replaced is its alone.
        let before = self.queue.rcu(|queue| queue.get(1..).unwrap_or_default().to_vec());
        before.first().cloned()
    }

    /// Events that were dropped because nobody took them.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

/// How many of the oldest events must go before another one comes in.
fn excess(queue: &[Event]) -> usize {
    queue.len().saturating_add(1).saturating_sub(limits::EVENTS_KEPT)
}

#[cfg(test)]
mod tests {
    use super::{Event, EventKind, Events, Hint, Problem, limits};
    use crate::time::Timestamp;
    use std::sync::Arc;

    fn event(second: i64) -> Event {
        Event { at: Timestamp::from_seconds(second), source: 0, kind: EventKind::UnknownKid }
    }

    #[test]
    fn keeps_the_latest_and_counts_the_rest() {
        let events = Events::default();
        let kept = i64::try_from(limits::EVENTS_KEPT).expect("a small number");
        (0..kept + 3).for_each(|second| events.push(event(second)));
        assert_eq!(events.dropped(), 3);
        assert_eq!(events.pop(), Some(event(3)));
        assert_eq!(std::iter::from_fn(|| events.pop()).count(), limits::EVENTS_KEPT - 1);
    }

    #[test]
    fn is_one_flat_object() {
        let retry_at = Timestamp::from_millis(2500);
        let problem = Problem::Status(500);
        let kind = EventKind::FetchFailed { problem, hint: Hint::of(&Arc::new(problem.into())), retry_at };
        let told = serde_json::to_value(Event { kind, ..event(1) }).expect("JSON");
        let wanted = r#"{"at":1.0,"source":0,"event":"fetch_failed","problem":"status_500",
            "hint":"the issuer's server fails","retry_at":2.5}"#;
        assert_eq!(told, serde_json::from_str::<serde_json::Value>(wanted).expect("JSON"));
    }
}
