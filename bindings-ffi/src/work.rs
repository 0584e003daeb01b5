//! Work as data: what the host is asked to do with functions of its own, and what came of it.

use crate::bytes::{Bytes, Field, object_of, pairs_of, slice_of};
use crate::guard::{guard, guard_or};
use crate::sized::{self, Growing};
use crate::status::{JOTGATE_INVALID_ARGUMENT, JOTGATE_INVALID_UTF8, JOTGATE_SNAPSHOT_REFUSED, Status};
use crate::validator::Validator;
use jotgate_core::{FetchResponse, Report, Timestamp, WorkId};
use jotgate_edge::{Ended, Packed, WorkRecord};
use std::ptr;

/// One piece of work: a look into a store, a GET, or a text for the store.
///
/// Each piece is handed out once, to one caller. Run it for no longer than `timeout_ms`, and report its end once: what came
/// of it, or jotgate_report_failed with JOTGATE_FAILURE_TIMEOUT as soon as its time is over. Then wake those who wait for its
/// id, and poll again. Work that is never reported is given up by the validator some seconds after its timeout.
#[repr(C)]
pub struct Work {
    /// How long this structure is, set by the library: fields beyond that are not there.
    pub size: usize,
    /// One of JOTGATE_WORK_LOAD and its neighbours. Report what you do not know as failed, with JOTGATE_FAILURE_CALLBACK.
    pub kind: u32,
    /// Names the work when it is reported.
    pub id: u64,
    /// The longest time for the whole of it, in milliseconds.
    pub timeout_ms: u64,
    /// FETCH: an absolute URL. Do one GET: follow no redirect, and verify the server's certificate. Else `data` is NULL.
    pub url: Bytes,
    /// FETCH: header fields to send, names in lower case; `headers_len` of them.
    pub headers: *const Field,
    /// FETCH: how many header fields there are.
    pub headers_len: usize,
    /// FETCH: the longest body to read, in bytes, counted after content decoding.
    pub max_body: usize,
    /// SAVE: the text that is to be in the store, in place of what is there. Else `data` is NULL.
    pub text: Bytes,
}

/// A [`Work`] and what its pointers point to. The view comes first, so a pointer to one is a pointer to the other.
#[repr(C)]
pub(crate) struct OwnedWork {
    view: Work,
    /// Nobody reads these two: they are what the view points to.
    fields: Vec<Field>,
    record: WorkRecord,
}

impl OwnedWork {
    pub(crate) fn new(record: WorkRecord) -> Box<Self> {
        let fields: Vec<Field> = record
            .headers
            .iter()
            .map(|(name, value)| Field { name: Bytes::of(name), value: Bytes::of(value) })
            .collect();
        let text = |text: &str| if text.is_empty() { Bytes::NONE } else { Bytes::of(text) };
        // Texts and fields stand on the heap: they stay where they are while their owners move into the box.
        let view = Work {
            size: size_of::<Work>(),
            kind: record.kind,
            id: record.id,
            timeout_ms: record.timeout_ms,
            url: text(&record.url),
            headers: fields.as_ptr(),
            headers_len: fields.len(),
            max_body: record.max_body,
            text: text(&record.text),
        };
        Box::new(Self { view, fields, record })
    }

    pub(crate) fn view(&self) -> &Work {
        &self.view
    }
}

/// What an issuer answered to a fetch, of whatever status. Everything is borrowed for the call. Set all else to 0.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Response {
    /// sizeof(jotgate_response).
    pub size: usize,
    /// The HTTP status code.
    pub status: u32,
    /// The header fields, one entry per field line; `headers_len` of them. What is not UTF-8 is passed over.
    pub headers: *const Field,
    /// How many header fields there are.
    pub headers_len: usize,
    /// The header fields in one piece of memory, in place of the two above; `data` is NULL otherwise. It is a list of texts
    /// as in a jotgate_request: name, value, name, value, and so on.
    pub packed_headers: Bytes,
    /// The body, after content decoding.
    pub body: Bytes,
}

// SAFETY: `repr(C)`, the size first, numbers and pointers alone; none of the pointers is followed before it is checked.
unsafe impl Growing for Response {
    const ZEROED: Self = Self {
        size: 0,
        status: 0,
        headers: ptr::null(),
        headers_len: 0,
        packed_headers: Bytes::NONE,
        body: Bytes::NONE,
    };
    const FIRST: usize = size_of::<Self>();
}

/// Takes one piece of work that is to be done, or NULL when there is none.
///
/// Call it after a verdict whose `work_due` is 1 and after each report, until it returns NULL. What validations wait for
/// comes first, then refreshes that nobody waits for, and saves: do those in the background. The work belongs to the caller;
/// free it with jotgate_work_free. NULL also when `validator` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_poll_work(validator: *const Validator, now_ms: i64) -> *mut Work {
    guard_or(ptr::null_mut(), || {
        // SAFETY: the caller holds the validator.
        let Ok(validator) = (unsafe { object_of(validator) }) else { return ptr::null_mut() };
        match WorkRecord::poll(validator.core(), Timestamp::from_millis(now_ms)) {
            Some(record) => Box::into_raw(OwnedWork::new(record)).cast(),
            None => ptr::null_mut(),
        }
    })
}

/// Frees work of jotgate_poll_work, never what a jotgate_worker was handed. NULL is fine. It may outlive its validator.
///
/// Freeing work does not report it: see jotgate_report_fetched and its neighbours.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_work_free(work: *mut Work) {
    guard_or((), || {
        if !work.is_null() {
            // SAFETY: jotgate_poll_work made the pointer from a box of an `OwnedWork`, whose first field the view is, and
            // the caller frees it once.
            drop(unsafe { Box::from_raw(work.cast::<OwnedWork>()) });
        }
    });
}

/// Reports a FETCH with its HTTP answer, whatever the status was.
///
/// Everything is read during the call and copied where needed. As for all reports, an id that is unknown, reported already
/// or given up is ignored.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT or JOTGATE_INVALID_ARGUMENT; after a failure the work is not reported.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_report_fetched(
    validator: *const Validator, id: u64, response: *const Response, now_ms: i64,
) -> Status {
    guard(|| {
        // SAFETY: the caller holds the validator.
        let validator = unsafe { object_of(validator) }?;
        // SAFETY: the caller lends the response for the call.
        let response = unsafe { sized::read(response) }?;
        let headers = if response.packed_headers.data.is_null() {
            // SAFETY: the caller lends `headers_len` fields, and their texts, for the call.
            unsafe { pairs_of(response.headers, response.headers_len) }?
        } else {
            // SAFETY: the caller lends the packed fields for the call.
            let packed = unsafe { response.packed_headers.as_slice() }?;
            Packed::new(packed).pairs().ok_or(JOTGATE_INVALID_ARGUMENT)?
        };
        // SAFETY: the caller lends the body for the call.
        let body = unsafe { response.body.as_slice() }?;
        let body = jotgate_host::expanded(body, validator.core().body_limit(WorkId::from_number(id)));
        let headers = jotgate_edge::fields(headers);
        let status = u16::try_from(response.status).map_err(|_| JOTGATE_INVALID_ARGUMENT)?;
        taken(validator, id, Report::Fetched(FetchResponse { status, headers: &headers, body: &body }), now_ms);
        Ok(())
    })
}

/// Reports a LOAD with the text that the store has, one of jotgate_export_keys; NULL and 0 when there is none.
///
/// What in it is newer than the sets at hand is taken in. It may spare the fetch: it does not where the set in the text is due
/// to be refreshed itself, or lacks the key that a token asked for.
///
/// Returns JOTGATE_OK, or JOTGATE_INVALID_UTF8 or JOTGATE_SNAPSHOT_REFUSED for your log: the work has ended and the fetch is
/// made. After JOTGATE_NULL_ARGUMENT or JOTGATE_INVALID_ARGUMENT the work is not reported.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_report_loaded(
    validator: *const Validator, id: u64, text: *const u8, text_len: usize, now_ms: i64,
) -> Status {
    guard(|| {
        // SAFETY: the caller holds the validator.
        let validator = unsafe { object_of(validator) }?;
        // SAFETY: the caller lends `text_len` bytes for the call.
        let text = unsafe { slice_of(text, text_len) }?;
        let text = (!text.is_empty()).then_some(text);
        match Ended::loaded(validator.core(), id, text, Timestamp::from_millis(now_ms)) {
            Ended::Taken => Ok(()),
            Ended::NotText => Err(JOTGATE_INVALID_UTF8),
            Ended::NoSnapshot(_) => Err(JOTGATE_SNAPSHOT_REFUSED),
        }
    })
}

/// Reports a SAVE whose text is in the store, also when that comes after its timeout: an older text may lie on top of a newer
/// one then, and the newer one is handed out once more.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT or JOTGATE_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_report_saved(validator: *const Validator, id: u64, now_ms: i64) -> Status {
    guard(|| {
        // SAFETY: the caller holds the validator.
        taken(unsafe { object_of(validator) }?, id, Report::Saved, now_ms);
        Ok(())
    })
}

/// Reports work of which nothing came, for a reason of JOTGATE_FAILURE_CONNECTION and its neighbours.
///
/// `cause` are the words that your HTTP client or store has for it, such as `could not resolve host`; NULL and 0 when there are
/// none, and what is not UTF-8 is replaced. Its first 300 characters stand in jotgate_health, in the event, in what
/// jotgate_explain says and in the warning: in one line, without user names and passwords of URLs and without what looks like a
/// token.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, or JOTGATE_INVALID_ARGUMENT for an unknown reason; after a failure the work is
/// not reported.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_report_failed(
    validator: *const Validator, id: u64, failure: u32, cause: *const u8, cause_len: usize, now_ms: i64,
) -> Status {
    guard(|| {
        // SAFETY: the caller holds the validator.
        let validator = unsafe { object_of(validator) }?;
        // SAFETY: the caller lends `cause_len` bytes for the call.
        let cause = String::from_utf8_lossy(unsafe { slice_of(cause, cause_len) }?);
        taken(validator, id, jotgate_edge::failure(failure, &cause).ok_or(JOTGATE_INVALID_ARGUMENT)?, now_ms);
        Ok(())
    })
}

/// Has everything that is out handed out anew, with all its time: for a child process after a fork, in which nobody does what
/// the parent had begun.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT or JOTGATE_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_reissue_work(validator: *const Validator, now_ms: i64) -> Status {
    guard(|| {
        // SAFETY: the caller holds the validator.
        unsafe { object_of(validator) }?.core().reissue_work(Timestamp::from_millis(now_ms));
        Ok(())
    })
}

/// Hands in a report that cannot be refused.
fn taken(validator: &Validator, id: u64, report: Report<'_>, now_ms: i64) {
    _ = validator.core().report(WorkId::from_number(id), report, Timestamp::from_millis(now_ms));
}
