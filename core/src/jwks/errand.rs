//! An errand of one source: why it is asked, and what of that is out.

use super::held::Held;
use crate::limits;
use crate::time::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// Why a fetch is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// There is no usable set, or it is time for a new one.
    Freshness,
    /// A token or the host wants to know what the issuer says right now, whatever caches lie between.
    Forced,
}

/// What a piece of work is to bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// What another process has fetched and left in the store.
    Stored,
    /// The document that says where the key set lies.
    Metadata,
    KeySet,
}

/// The work that is out, as those see it who wait for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flight {
    pub(crate) sequence: u32,
    /// When the host must have reported it.
    pub(crate) deadline: Timestamp,
}

/// An errand that has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Begun {
    pub(crate) flight: Flight,
    pub(crate) forced: bool,
    /// Whether it takes a fetch that says where the key set lies.
    pub(crate) metadata: bool,
}

/// A piece of work as it is given out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) sequence: u32,
    pub(crate) stage: Stage,
    pub(crate) cause: Cause,
    pub(crate) url: Arc<str>,
    /// The set that we hold, as a condition: the answer may be that nothing changed.
    pub(crate) etag: Option<Arc<str>>,
    pub(crate) timeout: Duration,
}

/// Why a source is asked, and what of that is done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Errand {
    pub(super) cause: Cause,
    /// The key id that it is for, as a hash, and when a token asked for it; `None` where none did.
    pub(super) asked: Option<(u64, Timestamp)>,
    /// Whether the store has been asked, or cannot answer.
    pub(super) looked: bool,
}

impl Errand {
    /// An errand that no token has asked for by a key id of its own.
    pub(super) fn of(cause: Cause) -> Self {
        Self { cause, asked: None, looked: false }
    }
}

/// The work that is out.
#[derive(Clone, Debug)]
pub(crate) struct InFlight {
    pub(crate) sequence: u32,
    pub(crate) stage: Stage,
    pub(super) errand: Errand,
    pub(super) url: Arc<str>,
    /// The set whose tag the request carries as a condition: the one that 304 confirms, whatever was imported since.
    pub(crate) condition: Option<Held>,
    /// When it was asked for, or given out anew.
    pub(crate) started_at: Timestamp,
    /// When the host must have reported it.
    pub(super) deadline: Timestamp,
    /// When all that the errand takes must be over: the store's time is taken from the fetch's.
    pub(super) ends_at: Timestamp,
    /// Whether somebody does it.
    pub(super) given_out: bool,
}

impl InFlight {
    /// The same work, from now on and until then. The store gets half of the time: a store that hangs must not keep the issuer
    /// from being asked.
    pub(super) fn timed(self, now: Timestamp, ends_at: Timestamp) -> Self {
        let deadline = match self.stage {
            Stage::Stored => {
                now.after(ends_at.since(now).checked_div(2).unwrap_or_default().max(Duration::from_millis(1)))
            }
            Stage::Metadata | Stage::KeySet => ends_at,
        };
        Self { started_at: now, deadline, ends_at, ..self }
    }

    /// The errand of work that its host has lost. A store that was asked in vain is not asked again.
    pub(super) fn lost(&self) -> Errand {
        Errand { looked: self.errand.looked || self.stage == Stage::Stored, ..self.errand }
    }

    pub(super) fn flight(&self) -> Flight {
        Flight { sequence: self.sequence, deadline: self.deadline }
    }

    pub(super) fn order(&self, now: Timestamp) -> Order {
        Order {
            sequence: self.sequence,
            stage: self.stage,
            cause: self.errand.cause,
            url: Arc::clone(&self.url),
            etag: self.condition.as_ref().and_then(|held| held.etag.clone()),
            timeout: self.deadline.since(now),
        }
    }

    /// From here on the host has lost it, and other work may start.
    pub(super) fn lost_at(&self) -> Timestamp {
        self.deadline.after(limits::WORK_GRACE)
    }
}
