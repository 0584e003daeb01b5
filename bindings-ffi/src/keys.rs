//! How the key sets are, and how they outlive a process.

use crate::bytes::{Output, object_of, report_text, slice_of};
use crate::guard::guard;
use crate::status::{JOTGATE_INVALID_UTF8, JOTGATE_SNAPSHOT_REFUSED, Status};
use crate::validator::Validator;
use jotgate_core::Timestamp;

/// Writes how the key sets are, for health checks and metrics, as a JSON object:
/// `{"sources":[{"issuer":0,"url":"...","state":"fresh","keys":2,...}],"events_dropped":0}`, one source for each URL of
/// the policy.
///
/// `state` is `empty`, `fresh`, `due`, `stale` or `expired`. Times are Unix seconds and durations seconds, both with
/// fractions. New members may be added.
///
/// `*needed` becomes the length of the JSON with JOTGATE_OK and with JOTGATE_BUFFER_TOO_SMALL, where `buffer` stays
/// untouched; else 0. The length may have changed when you ask again.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT or JOTGATE_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_health(
    validator: *const Validator, now_ms: i64, buffer: *mut u8, buffer_len: usize, needed: *mut usize,
) -> Status {
    let health = || {
        // SAFETY: the caller holds the validator.
        let validator = unsafe { object_of(validator) }?;
        // Numbers and text alone: there is nothing in it that JSON cannot say.
        Ok(serde_json::to_string(&validator.core().health(Timestamp::from_millis(now_ms))).unwrap_or_default())
    };
    // SAFETY: the caller lends `buffer_len` bytes of buffer and a length, both its own.
    unsafe { report_text(buffer, buffer_len, needed, health) }
}

/// Writes the fetched key sets as text, for jotgate_import_keys in a later process or on another host.
///
/// It holds public keys and URLs, and whoever can change it can make tokens pass: store it like the policy.
///
/// `*needed` is as for jotgate_health, and so is what is returned.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_export_keys(
    validator: *const Validator, buffer: *mut u8, buffer_len: usize, needed: *mut usize,
) -> Status {
    let export = || {
        // SAFETY: the caller holds the validator.
        let validator = unsafe { object_of(validator) }?;
        Ok(validator.core().export_keys())
    };
    // SAFETY: the caller lends `buffer_len` bytes of buffer and a length, both its own.
    unsafe { report_text(buffer, buffer_len, needed, export) }
}

/// Begins with the key sets that jotgate_export_keys wrote, as if they had been fetched when they were.
///
/// A set counts only for the URL that it came from, only as long as it is not past the policy's `max_stale`, and only if
/// it is newer than the set at hand. `*imported` becomes the number of sources that this was of use for; 0 after a
/// failure, which changes nothing.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT, JOTGATE_INVALID_UTF8, or
/// JOTGATE_SNAPSHOT_REFUSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_import_keys(
    validator: *const Validator, snapshot: *const u8, snapshot_len: usize, now_ms: i64, imported: *mut usize,
) -> Status {
    guard(|| {
        // SAFETY: the caller's own memory, by promise.
        let imported = unsafe { Output::new(imported, 0) }?;
        // SAFETY: the caller holds the validator.
        let validator = unsafe { object_of(validator) }?;
        // SAFETY: the caller lends `snapshot_len` bytes for the call.
        let snapshot = unsafe { slice_of(snapshot, snapshot_len) }?;
        let snapshot = std::str::from_utf8(snapshot).map_err(|_| JOTGATE_INVALID_UTF8)?;
        let sources = validator.core().import_keys(snapshot, Timestamp::from_millis(now_ms));
        imported.set(sources.map_err(|_| JOTGATE_SNAPSHOT_REFUSED)?);
        Ok(())
    })
}

/// Makes a fetch due for every key set, past all caches, except for those that wait after a failure: for an operator who
/// knows that keys were revoked, and for warming up before the first token. jotgate_poll_work hands them out; with a
/// worker, the next validation calls it for them.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT or JOTGATE_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_refresh_keys(validator: *const Validator) -> Status {
    guard(|| {
        // SAFETY: the caller holds the validator.
        unsafe { object_of(validator) }?.core().refresh_keys();
        Ok(())
    })
}

/// Says when jotgate_poll_work could next have work, for hosts that like timers; none is needed, since
/// every verdict says whether one is due.
///
/// `*at_ms` becomes that time in milliseconds since the Unix epoch, which may have passed; INT64_MAX while nothing but a
/// token would start a fetch, and after a failure.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT or JOTGATE_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_next_wakeup(validator: *const Validator, at_ms: *mut i64) -> Status {
    guard(|| {
        // SAFETY: the caller's own memory, by promise.
        let at_ms = unsafe { Output::new(at_ms, i64::MAX) }?;
        // SAFETY: the caller holds the validator.
        let validator = unsafe { object_of(validator) }?;
        if let Some(at) = validator.core().next_wakeup() {
            at_ms.set(at.as_millis());
        }
        Ok(())
    })
}
