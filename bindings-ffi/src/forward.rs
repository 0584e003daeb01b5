//! What goes on to the application behind.

use crate::bytes::{object_of, report_text, slice_of};
use crate::guard::guard_or;
use crate::request::{self, Request};
use crate::status::{JOTGATE_INVALID_UTF8, Status};
use crate::validator::Validator;

/// Whether the policy's `forward` changes requests: 1 or 0; 0 also when `validator` is NULL.
///
/// For hosts that cannot change requests, which should not take such a policy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_forwards(validator: *const Validator) -> i32 {
    // SAFETY: the caller holds the validator.
    guard_or(0, || i32::from(unsafe { object_of(validator) }.is_ok_and(|validator| validator.core().forwards())))
}

/// Writes how the policy's `forward` changes a request before it goes on, as JSON:
/// `{"remove":["X-User","authorization"],"set":[["X-User","alice"]],"query":null}`.
///
/// Remove the header fields of these names, which compare without case; then set the fields of `set`, whose values are
/// visible ASCII and spaces; then replace the query, unless it is null. Call it for every request that goes on: for an
/// accepted token with the payload that jotgate_validate has written, for a request that needed none (SKIPPED)
/// with NULL and 0. In both cases fields that claims could set are removed, so that no client can send its own.
///
/// `*needed` becomes the length of the JSON with JOTGATE_OK and with JOTGATE_BUFFER_TOO_SMALL, where `buffer` stays
/// untouched; else 0.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT, JOTGATE_INVALID_UTF8 or JOTGATE_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_forward(
    validator: *const Validator, request: *const Request, payload: *const u8, payload_len: usize, buffer: *mut u8,
    buffer_len: usize, needed: *mut usize,
) -> Status {
    let forward = || {
        // SAFETY: the caller holds the validator.
        let validator = unsafe { object_of(validator) }?;
        // SAFETY: the caller lends the request and what it points to for the call.
        let request = unsafe { request::text_of(request) }?;
        // SAFETY: the caller lends `payload_len` bytes for the call.
        let payload = unsafe { slice_of(payload, payload_len) }?;
        let payload = std::str::from_utf8(payload).map_err(|_| JOTGATE_INVALID_UTF8)?;
        let payload = (!payload.is_empty()).then_some(payload);
        let forward = request.with(|request| validator.core().forward_claims(payload, request));
        // Text alone: there is nothing in it that JSON cannot say.
        Ok(serde_json::to_string(&forward).unwrap_or_default())
    };
    // SAFETY: the caller lends `buffer_len` bytes of buffer and a length, both its own.
    unsafe { report_text(buffer, buffer_len, needed, forward) }
}
