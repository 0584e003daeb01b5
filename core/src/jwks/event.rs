//! What happened to the key sets, as data for logs and metrics.

use super::latest::Latest;
use super::problem::FetchFailure;
use crate::key::{SkipReason, Spelling};
use crate::limits;
use crate::time::Timestamp;
use serde::{Serialize, Serializer};
use std::sync::Arc;

/// Something that happened to one key-set source, or to all of them.
///
/// Take events with [`Validator::poll_event`](crate::Validator::poll_event) whenever it suits; a host that takes none
/// loses nothing but events. In JSON an event is one flat object: `at` (Unix time in seconds), `source` where it is about one, `event` with
/// the kind's name in snake case, and the kind's members.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Event {
    /// When, on the host's clock.
    #[serde(serialize_with = "seconds")]
    pub at: Timestamp,
    /// The place of the source in [`Health::sources`](crate::Health::sources); `None` for what happened to all of them. After
    /// [`EventKind::PolicyReplaced`] places are those of the new policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<u32>,
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
        /// Why, and what to do.
        #[serde(flatten)]
        failure: FetchFailure,
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
    /// Another policy has come in the place of the one before ([`Validator::replaced`](crate::Validator::replaced)). Told of none
    /// of the sources.
    PolicyReplaced {
        /// Sources that go on as they are.
        kept: usize,
        /// Sources that begin, those with other options than before included.
        added: usize,
        /// Sources that are asked for nothing any more.
        removed: usize,
    },
}

pub(super) fn seconds<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_numeric_date())
}

/// The latest events, the oldest first.
pub(crate) type Events = Latest<Event, { limits::EVENTS_KEPT }>;

/// What the sources of a validator have to say.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) events: Events,
    /// What an operator should read: one line for each time that a source ceases to bring keys.
    pub(crate) warnings: Latest<Arc<str>, { limits::WARNINGS_KEPT }>,
}

#[cfg(test)]
mod tests {
    use super::{Event, EventKind, Events, limits};
    use crate::jwks::problem::{Failed, Problem};
    use crate::time::Timestamp;

    fn event(second: i64) -> Event {
        Event { at: Timestamp::from_seconds(second), source: Some(0), kind: EventKind::UnknownKid }
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
        let failure = Failed::from(Problem::Status(500)).because("busy").at(&"https://idp.test/".into());
        let kind = EventKind::FetchFailed { failure, retry_at };
        let told = serde_json::to_value(Event { kind, ..event(1) }).expect("JSON");
        let wanted = r#"{"at":1.0,"source":0,"event":"fetch_failed","problem":"status_500",
            "cause":"busy","hint":"the issuer's server fails","retry_at":2.5}"#;
        assert_eq!(told, serde_json::from_str::<serde_json::Value>(wanted).expect("JSON"));
    }
}
