//! The last good key set of a source, and until when it serves.

use crate::key::KeySet;
use crate::time::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// The last good key set.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) keys: Arc<KeySet>,
    /// The text of the set, for snapshots.
    pub(crate) document: Arc<str>,
    pub(crate) etag: Option<Arc<str>>,
    /// What the issuer said about freshness; it holds on when a later "not modified" says nothing.
    pub(crate) stated: Option<Duration>,
    /// When the fetch that brought or confirmed the set was started: what the issuer dropped before, it cannot hold.
    pub(crate) fetched_at: Timestamp,
    pub(crate) fresh_until: Timestamp,
    pub(crate) usable_until: Timestamp,
}
