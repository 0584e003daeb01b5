//! Work as plain fields, and how it ended.

use crate::numbers::work;
use jotgate::{Report, SnapshotError, Timestamp, Validator, Work, WorkFailure, WorkId};

/// One piece of work. A field that does not belong to its kind is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkRecord {
    /// One of [`crate::numbers::work`].
    pub kind: u32,
    /// Names the work when it is reported.
    pub id: u64,
    /// The longest time that it may take, in milliseconds.
    pub timeout_ms: u64,
    /// FETCH: an absolute URL.
    pub url: String,
    /// FETCH: header fields to send, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// FETCH: the longest body to read, in bytes.
    pub max_body: usize,
    /// SAVE: what is to be in the store.
    pub text: String,
}

impl WorkRecord {
    /// The next piece of work that can be told; see [`Validator::poll_work`].
    #[must_use]
    pub fn poll(validator: &Validator, now: Timestamp) -> Option<Self> {
        while let Some(given_out) = validator.poll_work(now) {
            let id = given_out.id();
            match Self::of(given_out) {
                Some(record) => return Some(record),
                // A kind of work that no interface knows yet is done by nobody.
                None => _ = validator.report(id, Report::failed(WorkFailure::Callback), now),
            }
        }
        None
    }

    fn of(given_out: Work) -> Option<Self> {
        let (id, timeout_ms) = (given_out.id().number(), millis(&given_out));
        let bare = |kind| Self {
            kind,
            id,
            timeout_ms,
            url: String::new(),
            headers: Vec::new(),
            max_body: 0,
            text: String::new(),
        };
        match given_out {
            Work::Load { .. } => Some(bare(work::LOAD)),
            Work::Fetch(request) => Some(Self {
                url: request.url,
                headers: request.headers,
                max_body: request.max_body,
                ..bare(work::FETCH)
            }),
            Work::Save { text, .. } => Some(Self { text, ..bare(work::SAVE) }),
            _ => None,
        }
    }
}

/// How a report was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// As it was meant.
    Taken,
    /// The store's text is not UTF-8: the work has failed, and the fetch is made.
    NotText,
    /// The store's text is no snapshot: the work has ended, and the fetch is made.
    NoSnapshot(SnapshotError),
}

impl Ended {
    /// Reports what the store had; `None` when there was nothing.
    pub fn loaded(validator: &Validator, id: u64, text: Option<&[u8]>, now: Timestamp) -> Self {
        let id = WorkId::from_number(id);
        let Ok(text) = text.map(str::from_utf8).transpose() else {
            _ = validator.report(id, Report::failed(WorkFailure::Callback), now);
            return Self::NotText;
        };
        match validator.report(id, Report::Loaded(text), now) {
            Ok(()) => Self::Taken,
            Err(error) => Self::NoSnapshot(error),
        }
    }
}

/// The report of a failure, with the words that the host has for it; `None` for a number that names none.
#[must_use]
pub fn failure(number: u32, cause: &str) -> Option<Report<'_>> {
    WorkFailure::from_number(number).map(|failure| Report::Failed { failure, cause })
}

fn millis(given_out: &Work) -> u64 {
    u64::try_from(given_out.timeout().as_millis()).unwrap_or(u64::MAX)
}
