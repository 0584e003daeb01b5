//! What a host has to pass of a request.

use crate::bytes::{object_of, report_text};
use crate::status::Status;
use crate::validator::Validator;

/// Writes which parts of requests the policy reads, beside method and path, as JSON:
/// `{"headers":["authorization","cookie"],"query":false}`.
///
/// `headers` has the names of the header fields in lower case; it is null when all fields are read. It stays the same as
/// long as the validator lives, so ask once. A request with these parts alone (the fields of these names, which compare
/// without case, all lines of each in their order, and an empty query where `query` is false) gets the same from
/// jotgate_validate, jotgate_explain and jotgate_forward as the whole one, and costs less. Whether jotgate_forward has
/// anything to say tells jotgate_forwards.
///
/// `*needed` becomes the length of the JSON with JOTGATE_OK and with JOTGATE_BUFFER_TOO_SMALL, where `buffer` stays
/// untouched; else 0.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT or JOTGATE_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_reads(
    validator: *const Validator, buffer: *mut u8, buffer_len: usize, needed: *mut usize,
) -> Status {
    let reads = || {
        // SAFETY: the caller holds the validator.
        let validator = unsafe { object_of(validator) }?;
        // Texts and a boolean alone: there is nothing in it that JSON cannot say.
        Ok(serde_json::to_string(&validator.core().reads()).unwrap_or_default())
    };
    // SAFETY: the caller lends `buffer_len` bytes of buffer and a length, both its own.
    unsafe { report_text(buffer, buffer_len, needed, reads) }
}
