//! Key sets as text, so that a restart, a fork or a cold start begins warm.

use crate::json;
use crate::limits;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a text is no snapshot of key sets. It says nothing about what the text held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SnapshotError {
    /// Longer than 64 MiB.
    TooLarge,
    /// Not what [`Validator::export_keys`](crate::Validator::export_keys) writes: not strict JSON, a member that is
    /// missing, unknown or of a wrong type, one URL twice, or a set fetched after the time of writing.
    Malformed,
    /// Written by a version of the library whose snapshots this one does not read.
    Version,
    /// A document that is no key set, is longer than the policy's `max_body`, or lies at a URL that must not be fetched.
    Document,
    /// Written at a time that has not come yet: the clock was set back since, so nobody can say how old the sets are.
    Future,
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "the snapshot is longer than 64 MiB",
            Self::Malformed => "the text is no snapshot of key sets",
            Self::Version => "the snapshot's version is not 1",
            Self::Document => "the snapshot holds a document that is no key set of the policy's sources",
            Self::Future => "the snapshot was written later than now",
        })
    }
}

impl std::error::Error for SnapshotError {}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    pub(crate) version: u32,
    /// The host's latest time when this was written, in milliseconds.
    pub(crate) written_at: i64,
    pub(crate) sources: Vec<Entry>,
}

/// One key set. Times are milliseconds of the host's clock.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// The URL that the policy names; a set is only ever taken in for the very same.
    pub(crate) url: String,
    /// Where metadata said that the set lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) jwks_uri: Option<String>,
    pub(crate) fetched_at: i64,
    /// What the issuer said about freshness, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fresh_for: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) etag: Option<String>,
    pub(crate) document: String,
}

pub(crate) fn read(text: &str) -> Result<Document, SnapshotError> {
    if text.len() > limits::SNAPSHOT_BYTES {
        return Err(SnapshotError::TooLarge);
    }
    // The strict reader first: no duplicates, no trailing data, and no nesting deeper than a snapshot has.
    json::object(text, SNAPSHOT_DEPTH).map_err(|_| SnapshotError::Malformed)?;
    let document: Document = serde_json::from_str(text).map_err(|_| SnapshotError::Malformed)?;
    if document.version != VERSION {
        return Err(SnapshotError::Version);
    }
    let mut urls: Vec<&str> = document.sources.iter().map(|entry| entry.url.as_str()).collect();
    urls.sort_unstable();
    if urls.windows(2).any(|pair| pair.first() == pair.last()) {
        return Err(SnapshotError::Malformed);
    }
    // Ages count from the time of writing, which no set can be younger than.
    if document.sources.iter().any(|entry| entry.fetched_at > document.written_at) {
        return Err(SnapshotError::Malformed);
    }
    Ok(document)
}

pub(crate) fn write(written_at: i64, sources: Vec<Entry>) -> String {
    // A struct of texts and numbers always serialises.
    serde_json::to_string(&Document { version: VERSION, written_at, sources }).unwrap_or_default()
}

const VERSION: u32 = 1;

/// The document, its list, and its entries.
const SNAPSHOT_DEPTH: usize = 3;
