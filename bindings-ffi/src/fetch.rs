//! Fetches as data: what the host is asked to get, and what came of it.

use crate::bytes::{Bytes, Field, object_of, slice_of};
use crate::guard::{guard, guard_or};
use crate::status::{JOTGATE_INVALID_ARGUMENT, Status};
use crate::validator::Validator;
use jotgate_core::{FetchFailure, FetchRequest, FetchResponse, Timestamp};
use std::ptr;

/// The failure of a fetch: no connection, a TLS failure, a connection that broke.
pub const JOTGATE_FETCH_CONNECTION: u32 = 1;
/// The failure of a fetch: no complete answer within `timeout_ms`.
pub const JOTGATE_FETCH_TIMEOUT: u32 = 2;
/// The failure of a fetch: a body longer than `max_body`.
pub const JOTGATE_FETCH_TOO_LARGE: u32 = 3;
/// The failure of a fetch: given up by the host, for instance because it shuts down.
pub const JOTGATE_FETCH_CANCELLED: u32 = 4;
/// The failure of a fetch: the host's own code failed.
pub const JOTGATE_FETCH_CALLBACK: u32 = 5;

/// One GET that the host is asked to do with its own HTTP client.
///
/// Send the header fields as given, follow no redirect, and verify the server's certificate. Give up after
/// `timeout_ms`, counted from start to end, or when the body (after content decoding) grows beyond `max_body`. End
/// every fetch with exactly one jotgate_complete_fetch or jotgate_fail_fetch, whatever the status was. A fetch that is
/// never ended is given up by the validator some seconds after its timeout.
#[repr(C)]
pub struct Fetch {
    /// Names the fetch when it ends.
    pub id: u64,
    /// An absolute URL.
    pub url: Bytes,
    /// The longest time for the whole exchange, in milliseconds.
    pub timeout_ms: u64,
    /// The longest body to read, in bytes.
    pub max_body: usize,
    /// Header fields to send, names in lower case; `headers_len` of them.
    pub headers: *const Field,
    /// How many header fields there are.
    pub headers_len: usize,
}

/// A [`Fetch`] and what its pointers point to. The view comes first, so a pointer to one is a pointer to the other.
#[repr(C)]
pub(crate) struct OwnedFetch {
    view: Fetch,
    /// Nobody reads these two: they are what the view points to.
    fields: Vec<Field>,
    request: FetchRequest,
}

impl OwnedFetch {
    pub(crate) fn new(request: FetchRequest) -> Box<Self> {
        let fields: Vec<Field> = request
            .headers
            .iter()
            .map(|(name, value)| Field { name: Bytes::of(name), value: Bytes::of(value) })
            .collect();
        // Texts and fields stand on the heap: they stay where they are while their owners move into the box.
        let view = Fetch {
            id: request.id.number(),
            url: Bytes::of(&request.url),
            timeout_ms: u64::try_from(request.timeout.as_millis()).unwrap_or(u64::MAX),
            max_body: request.max_body,
            headers: fields.as_ptr(),
            headers_len: fields.len(),
        };
        Box::new(Self { view, fields, request })
    }

    pub(crate) fn view(&self) -> &Fetch {
        &self.view
    }
}

/// Takes one fetch that is to be done, or NULL when there is none.
///
/// Call it after a verdict whose `fetch_due` is 1, until it returns NULL; every fetch is handed out once, to one caller.
/// The fetches that JOTGATE_VERDICT_KEYS_NEEDED waits for come first, then refreshes that nobody waits for: do those in
/// the background. The fetch belongs to the caller; free it with jotgate_fetch_free, at the latest after it has ended.
/// NULL also when `validator` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_take_fetch(validator: *const Validator, now_ms: i64) -> *mut Fetch {
    guard_or(ptr::null_mut(), || {
        // SAFETY: the caller holds the validator.
        let Ok(validator) = (unsafe { object_of(validator) }) else { return ptr::null_mut() };
        match validator.session().take_fetch(Timestamp::from_millis(now_ms)) {
            Some(request) => Box::into_raw(OwnedFetch::new(request)).cast(),
            None => ptr::null_mut(),
        }
    })
}

/// Frees a fetch of jotgate_take_fetch, never one that a jotgate_fetcher was handed. NULL is fine.
///
/// Freeing a fetch does not end it: see jotgate_complete_fetch and jotgate_fail_fetch.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_fetch_free(fetch: *mut Fetch) {
    guard_or((), || {
        if !fetch.is_null() {
            // SAFETY: jotgate_take_fetch made the pointer from a box of an `OwnedFetch`, whose first field the view
            // is, and the caller frees it once.
            drop(unsafe { Box::from_raw(fetch.cast::<OwnedFetch>()) });
        }
    });
}

/// Ends a fetch with an HTTP answer, of whatever status, and wakes what waits for it: validate again.
///
/// `body` is counted after content decoding. Everything is read during the call and copied where needed. Header fields
/// that are not UTF-8 are passed over. An id that is unknown, ended already or given up is ignored.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT or JOTGATE_INVALID_ARGUMENT; after a failure the fetch has not ended.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_complete_fetch(
    validator: *const Validator, id: u64, status: u16, headers: *const Field, headers_len: usize, body: *const u8,
    body_len: usize, now_ms: i64,
) -> Status {
    guard(|| {
        // SAFETY: the caller holds the validator.
        let validator = unsafe { object_of(validator) }?;
        // SAFETY: the caller lends `headers_len` fields for the call.
        let fields = unsafe { slice_of(headers, headers_len) }?;
        // SAFETY: the caller lends `body_len` bytes for the call.
        let body = unsafe { slice_of(body, body_len) }?;
        let mut headers = Vec::with_capacity(fields.len());
        for field in fields {
            // SAFETY: the caller lends the texts of the fields for the call.
            let (name, value) = unsafe { (field.name.as_slice()?, field.value.as_slice()?) };
            // None of the fields that matter to a key set may hold anything but ASCII.
            if let (Ok(name), Ok(value)) = (std::str::from_utf8(name), std::str::from_utf8(value)) {
                headers.push((name, value));
            }
        }
        let response = FetchResponse { status, headers: &headers, body };
        validator.session().complete_fetch(id, response, Timestamp::from_millis(now_ms));
        Ok(())
    })
}

/// Ends a fetch without an answer, for a reason of JOTGATE_FETCH_CONNECTION and its neighbours.
///
/// An id that is unknown, ended already or given up is ignored.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, or JOTGATE_INVALID_ARGUMENT for an unknown reason; after a failure the
/// fetch has not ended.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_fail_fetch(validator: *const Validator, id: u64, failure: u32, now_ms: i64) -> Status {
    guard(|| {
        // SAFETY: the caller holds the validator.
        let validator = unsafe { object_of(validator) }?;
        let failure = FetchFailure::from_number(failure).ok_or(JOTGATE_INVALID_ARGUMENT)?;
        validator.session().fail_fetch(id, failure, Timestamp::from_millis(now_ms));
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::{
        JOTGATE_FETCH_CALLBACK, JOTGATE_FETCH_CANCELLED, JOTGATE_FETCH_CONNECTION, JOTGATE_FETCH_TIMEOUT,
        JOTGATE_FETCH_TOO_LARGE,
    };
    use jotgate_core::FetchFailure;

    #[test]
    fn the_failures_carry_the_numbers_of_the_core() {
        let numbers = [
            (JOTGATE_FETCH_CONNECTION, FetchFailure::Connection),
            (JOTGATE_FETCH_TIMEOUT, FetchFailure::Timeout),
            (JOTGATE_FETCH_TOO_LARGE, FetchFailure::TooLarge),
            (JOTGATE_FETCH_CANCELLED, FetchFailure::Cancelled),
            (JOTGATE_FETCH_CALLBACK, FetchFailure::Callback),
        ];
        for (number, failure) in numbers {
            assert_eq!(FetchFailure::from_number(number), Some(failure));
        }
        assert_eq!(FetchFailure::from_number(JOTGATE_FETCH_CALLBACK + 1), None, "a failure without a constant");
    }
}
