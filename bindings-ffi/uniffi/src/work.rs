//! Work that a validator gives out, and how it ended.

use crate::core::Core;
use crate::failure::{CallFailure, held};
use crate::numbers::Failure;
use crate::request::{Field, Header, headers};
use jotgate::{FetchResponse, Report, Timestamp, WorkId};
use jotgate_edge::guard::guard;
use jotgate_edge::numbers::work as kind;
use jotgate_edge::{Ended, WorkRecord};

/// One piece of work for the host.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Work {
    /// Look into the store that processes share; then [`Core::report_loaded`].
    Load {
        /// Names the work when it is reported.
        id: u64,
        /// The longest time that it may take, in milliseconds.
        timeout_ms: u64,
    },
    /// Do one GET, without redirects and with certificates verified; then [`Core::report_fetched`], whatever the status was.
    Fetch {
        /// Names the work when it is reported.
        id: u64,
        /// The longest time that it may take, in milliseconds.
        timeout_ms: u64,
        /// An absolute URL.
        url: String,
        /// Header fields to send, names in lower case.
        headers: Vec<Header>,
        /// The longest body to read, in bytes.
        max_body: u64,
    },
    /// Put the text into the store; then [`Core::report_saved`].
    Save {
        /// Names the work when it is reported.
        id: u64,
        /// The longest time that it may take, in milliseconds.
        timeout_ms: u64,
        /// What is to be in the store.
        text: String,
    },
}

/// Times are milliseconds since the Unix epoch.
#[uniffi::export]
impl Core {
    /// Whether [`Core::poll_work`] has work.
    pub fn work_due(&self, now_ms: i64) -> bool {
        guard(false, || self.validator().work_due(Timestamp::from_millis(now_ms)))
    }

    /// The next piece of work; each is given out once.
    pub fn poll_work(&self, now_ms: i64) -> Option<Work> {
        guard(None, || WorkRecord::poll(self.validator(), Timestamp::from_millis(now_ms)).and_then(Work::of))
    }

    /// Gives the work again that another process has taken: to be called in the child after a fork.
    pub fn reissue_work(&self, now_ms: i64) {
        guard((), || self.validator().reissue_work(Timestamp::from_millis(now_ms)));
    }

    /// What the GET of a FETCH has brought, whatever the status. The body may be compressed with gzip.
    ///
    /// # Errors
    ///
    /// The status is no number of an HTTP answer.
    pub fn report_fetched(
        &self, id: u64, status: i32, headers: Vec<Field>, body: Vec<u8>, now_ms: i64,
    ) -> Result<(), CallFailure> {
        held(|| {
            let status = u16::try_from(status).map_err(|_| CallFailure::argument("the status is out of range"))?;
            let headers = headers.iter().map(|field| (field.name.as_slice(), field.value.as_slice()));
            let headers = jotgate_edge::fields(headers);
            let body = jotgate_host::expanded(&body, self.validator().body_limit(WorkId::from_number(id)));
            self.report(id, Report::Fetched(FetchResponse { status, headers: &headers, body: &body }), now_ms);
            Ok(())
        })
    }

    /// What the store had; none when nothing is there.
    ///
    /// # Errors
    ///
    /// The text is no snapshot. The work has ended all the same, and the fetch is made.
    pub fn report_loaded(&self, id: u64, text: Option<Vec<u8>>, now_ms: i64) -> Result<(), CallFailure> {
        held(|| match Ended::loaded(self.validator(), id, text.as_deref(), Timestamp::from_millis(now_ms)) {
            Ended::Taken => Ok(()),
            Ended::NotText => Err(CallFailure::Snapshot { text: "the text is not UTF-8".to_owned() }),
            Ended::NoSnapshot(error) => Err(CallFailure::Snapshot { text: error.to_string() }),
        })
    }

    /// A SAVE has ended, also when it comes late.
    pub fn report_saved(&self, id: u64, now_ms: i64) {
        guard((), || self.report(id, Report::Saved, now_ms));
    }

    /// Nothing came of a piece of work. The cause is what the host's side says of it; what of it is not UTF-8 is replaced.
    pub fn report_failed(&self, id: u64, failure: Failure, cause: Vec<u8>, now_ms: i64) {
        guard((), || {
            let cause = String::from_utf8_lossy(&cause);
            if let Some(failed) = jotgate_edge::failure(failure.number(), &cause) {
                self.report(id, failed, now_ms);
            }
        });
    }
}

impl Core {
    /// Hands in a report that cannot be refused.
    fn report(&self, id: u64, report: Report<'_>, now_ms: i64) {
        _ = self.validator().report(WorkId::from_number(id), report, Timestamp::from_millis(now_ms));
    }
}

impl Work {
    fn of(record: WorkRecord) -> Option<Self> {
        let WorkRecord { id, timeout_ms, url, text, .. } = record;
        match record.kind {
            kind::LOAD => Some(Self::Load { id, timeout_ms }),
            kind::FETCH => {
                let max_body = u64::try_from(record.max_body).unwrap_or(u64::MAX);
                Some(Self::Fetch { id, timeout_ms, url, headers: headers(record.headers), max_body })
            }
            kind::SAVE => Some(Self::Save { id, timeout_ms, text }),
            _ => None,
        }
    }
}
