//! What happened to the key sets, for logs and metrics, and what an operator should read of it.

use crate::bytes::{Buffer, Output, object_of};
use crate::guard::guard;
use crate::status::Status;
use crate::validator::{Returned, Validator};
use std::sync::Arc;

/// Writes the oldest event that was not taken yet, as a JSON object, and takes it:
/// `{"at":1800000000.0,"source":0,"event":"fetch_ok","status":200,"bytes":512}`.
///
/// `at` is Unix seconds with fractions, and `source` the place of the key set in what jotgate_health writes. `event` is
/// `fetch_started`, `fetch_ok`, `fetch_failed`, `keys_changed`, `key_skipped`, `key_lenient`, `stale_served`, `unknown_kid` or
/// `flood_limited`, and further members depend on it; new kinds and members may be added. Nothing in it comes from a
/// token. Ask again until there is none, for instance after each fetch; the latest 256 are kept for hosts that do not.
///
/// `*needed` becomes the length of the JSON with JOTGATE_OK, or 0 when there is no event. With JOTGATE_BUFFER_TOO_SMALL,
/// where `buffer` stays untouched, it is the length that would do, and the event stays for the next call.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT or JOTGATE_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_poll_event(
    validator: *const Validator, buffer: *mut u8, buffer_len: usize, needed: *mut usize,
) -> Status {
    // SAFETY: what the caller promises is what is asked for.
    unsafe { poll(validator, (buffer, buffer_len), needed, Validator::take_event, |of| &of.events_returned) }
}

/// Writes the oldest warning that was not taken yet, one line of text for your log, and takes it.
///
/// There is one for each time that a source of keys ceases to bring any, until it brings some again: with its URL, the
/// problem, the cause that was reported, and what to do. Ask again after each report until there is none; the latest 16 are kept.
///
/// `*needed` becomes the length of the text with JOTGATE_OK, or 0 when there is no warning. With JOTGATE_BUFFER_TOO_SMALL,
/// where `buffer` stays untouched, it is the length that would do, and the warning stays for the next call.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT or JOTGATE_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_poll_warning(
    validator: *const Validator, buffer: *mut u8, buffer_len: usize, needed: *mut usize,
) -> Status {
    // SAFETY: what the caller promises is what is asked for.
    unsafe { poll(validator, (buffer, buffer_len), needed, Validator::take_warning, |of| &of.warnings_returned) }
}

/// Writes the oldest text that `take` gives; where it finds no room it goes to those that were returned, for the next call.
unsafe fn poll(
    validator: *const Validator, (buffer, buffer_len): (*mut u8, usize), needed: *mut usize,
    take: fn(&Validator) -> Option<Arc<str>>, returned: fn(&Validator) -> &Returned,
) -> Status {
    guard(|| {
        // SAFETY: the caller's own memory, by promise.
        let needed = unsafe { Output::new(needed, 0) }?;
        // SAFETY: the caller lends `buffer_len` bytes of buffer.
        let buffer = unsafe { Buffer::new(buffer, buffer_len) }?;
        // SAFETY: the caller holds the validator.
        let validator = unsafe { object_of(validator) }?;
        let Some(text) = take(validator) else { return Ok(()) };
        needed.set(text.len());
        buffer.write(&text).inspect_err(|_| returned(validator).put(text))
    })
}
