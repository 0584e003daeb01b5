//! What happened to the key sets, for logs and metrics.

use crate::bytes::{Buffer, Output, object_of};
use crate::guard::guard;
use crate::status::Status;
use crate::validator::Validator;

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
    guard(|| {
        // SAFETY: the caller's own memory, by promise.
        let needed = unsafe { Output::new(needed, 0) }?;
        // SAFETY: the caller lends `buffer_len` bytes of buffer.
        let buffer = unsafe { Buffer::new(buffer, buffer_len) }?;
        // SAFETY: the caller holds the validator.
        let validator = unsafe { object_of(validator) }?;
        let Some(event) = validator.take_event() else { return Ok(()) };
        needed.set(event.len());
        buffer.write(&event).inspect_err(|_| validator.return_event(event))
    })
}
