//! How the key sets are, as data for health checks and metrics.

use super::event::seconds;
use super::problem::Problem;
use crate::key::{SkipReason, Spelling};
use crate::time::Timestamp;
use serde::{Serialize, Serializer};

/// How the key-set sources of a validator are at one point in time. Serialises to JSON for every language alike; times
/// are Unix seconds, durations seconds, both with fractions.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Health {
    /// One for each URL of the policy, in the policy's order.
    pub sources: Vec<SourceHealth>,
    /// Whether keys are at hand for the tokens of every issuer: what a readiness probe asks. Key sets are fetched when a token needs
    /// them, or after [`Validator::refresh_keys`](crate::Validator::refresh_keys).
    pub ready: bool,
    /// One for each entry of the policy's `issuers`.
    pub issuers: Vec<IssuerHealth>,
    /// Events that were dropped because nobody took them.
    pub events_dropped: u64,
    /// How the cache of verified tokens is; `None` where the policy has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<CacheHealth>,
}

/// How one issuer entry is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct IssuerHealth {
    /// The entry of the policy's `issuers`, counted from 0.
    pub issuer: usize,
    /// Whether keys are at hand: they stand in the policy, or a key set serves.
    pub ready: bool,
    /// Tokens that have passed the policy, those included that the host has then refused for what it knows of them.
    pub accepted: u64,
}

/// How the cache of verified tokens is. Counters are read one after the other while validations go on, so they may differ by
/// what happens in between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CacheHealth {
    /// Tokens that are kept.
    pub entries: u64,
    /// The bytes that they take.
    pub bytes: u64,
    /// Tokens that were found. Where its key is at hand, such a token costs no signature check.
    pub hits: u64,
    /// Tokens that were looked for and not found.
    pub misses: u64,
    /// Entries that made room for others, or for what was found out anew about the same token.
    pub evictions: u64,
}

/// How one key-set source is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SourceHealth {
    /// The entry of the policy's `issuers`, counted from 0.
    pub issuer: usize,
    /// The URL that the policy names: of the key set, or of the metadata that names the key set's.
    pub url: String,
    /// Where the metadata says that the key set lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// What validations can count on.
    pub state: SourceState,
    /// Whether a fetch is out.
    pub in_flight: bool,
    /// Seconds since the last successful fetch was started; `None` before the first.
    pub age: Option<f64>,
    /// Keys that can be used.
    pub keys: usize,
    /// The first of the keys that cannot.
    pub skipped: Vec<SkippedKey>,
    /// How many cannot.
    pub skipped_count: usize,
    /// The first of the keys that count although RFC 7518 spells their numbers otherwise.
    pub lenient: Vec<LenientKey>,
    /// How many do.
    pub lenient_count: usize,
    /// When the next refresh may start; `None` while nothing but a token would start one.
    #[serde(serialize_with = "optional_seconds")]
    pub next_refresh: Option<Timestamp>,
    /// Fetches that were started.
    pub fetches: u64,
    /// Fetches that failed.
    pub failures: u64,
    /// Seconds that all fetches took which were answered or failed, of metadata and looks into a store, too; over `fetches` it is
    /// how long one takes. Those that were cancelled or lost do not count.
    pub fetch_time: f64,
    /// Fetches that failed since the last success.
    pub failures_in_a_row: u32,
    /// Answers 304 to our own condition.
    pub not_modified: u64,
    /// Fetches that ended without a request, because a store had a set that another process fetched.
    pub shared: u64,
    /// Bytes of all bodies.
    pub bytes: u64,
    /// Why the last fetch failed, when no success came after it.
    pub last_error: Option<Problem>,
    /// What the host's HTTP stack said of it, or where a redirect leads, in one line of at most 300 characters.
    pub last_error_cause: Option<String>,
    /// What that means and what to do. Where metadata is about another issuer, both names: escape it before it ends in a log.
    pub last_error_hint: Option<String>,
    /// Tokens that were refused at once because the budget of fetches for unknown key ids was spent.
    pub flood_rejections: u64,
}

/// What validations can count on at one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SourceState {
    /// There was no set yet.
    Empty,
    /// The set is fresh.
    Fresh,
    /// The set is fresh, and it is time to refresh it.
    Due,
    /// The set is past its freshness and serves until `max_stale`.
    Stale,
    /// The set is past `max_stale` and serves no more.
    Expired,
}

/// A key of a set that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SkippedKey {
    /// The place in the set's list, counted from 0.
    pub index: usize,
    /// The key's id as the issuer wrote it, cut after 64 characters. Escape it before it ends in a log.
    pub kid: Option<String>,
    /// Why: a stable name.
    pub reason: SkipReason,
    /// The reason in words.
    pub detail: &'static str,
}

/// A key of a set that counts although RFC 7518 spells its numbers otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LenientKey {
    /// The place in the set's list, counted from 0.
    pub index: usize,
    /// The key's id as the issuer wrote it, cut after 64 characters. Escape it before it ends in a log.
    pub kid: Option<String>,
    /// How it is spelled: a stable name.
    pub reason: Spelling,
    /// The same in words.
    pub detail: &'static str,
}

fn optional_seconds<S: Serializer>(time: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => seconds(time, serializer),
        None => serializer.serialize_none(),
    }
}
