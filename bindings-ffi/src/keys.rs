//! How the key sets are, and how they outlive a process.

use crate::bytes::{Output, object_of, report_text, slice_of};
use crate::guard::{guard, guard_or};
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
        Ok(validator.session().health_json(Timestamp::from_millis(now_ms)))
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
        Ok(validator.session().export_keys())
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
        let sources = validator.session().import_keys(snapshot, Timestamp::from_millis(now_ms));
        imported.set(sources.map_err(|_| JOTGATE_SNAPSHOT_REFUSED)?);
        Ok(())
    })
}

/// Offers a text that jotgate_export_keys wrote in another process in place of doing a fetch, for hosts that share one store
/// of key sets. What in it is newer than the sets at hand is taken in.
///
/// `*settled` becomes 1 when that answers the fetch: it has ended, and what waits for it validates again. It becomes 0 when
/// the fetch is still to be done: where the set in the text is due to be refreshed itself, where it lacks the key that a
/// token asked for, for a fetch of jotgate_refresh_keys, for an id that names no fetch, and after a failure.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT, JOTGATE_INVALID_UTF8, or
/// JOTGATE_SNAPSHOT_REFUSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_settle_fetch(
    validator: *const Validator, id: u64, snapshot: *const u8, snapshot_len: usize, now_ms: i64, settled: *mut i32,
) -> Status {
    guard(|| {
        // SAFETY: the caller's own memory, by promise.
        let settled = unsafe { Output::new(settled, 0) }?;
        // SAFETY: the caller holds the validator.
        let validator = unsafe { object_of(validator) }?;
        // SAFETY: the caller lends `snapshot_len` bytes for the call.
        let snapshot = unsafe { slice_of(snapshot, snapshot_len) }?;
        let snapshot = std::str::from_utf8(snapshot).map_err(|_| JOTGATE_INVALID_UTF8)?;
        let ended = validator.session().settle_fetch(id, snapshot, Timestamp::from_millis(now_ms));
        settled.set(i32::from(ended.map_err(|_| JOTGATE_SNAPSHOT_REFUSED)?));
        Ok(())
    })
}

/// Whether a fetch has brought or confirmed a key set since this was last asked: 1 or 0; 0 also when `validator` is NULL.
///
/// After 1, jotgate_export_keys has something for the store that other processes lack.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_export_due(validator: *const Validator) -> i32 {
    // SAFETY: the caller holds the validator.
    guard_or(0, || i32::from(unsafe { object_of(validator) }.is_ok_and(|validator| validator.session().export_due())))
}

/// Makes a fetch due for every key set, past all caches, except for those that wait after a failure: for an operator who
/// knows that keys were revoked, and for warming up before the first token. jotgate_take_fetch hands them out; with a
/// fetcher, the next validation calls it for them.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT or JOTGATE_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_refresh_keys(validator: *const Validator) -> Status {
    guard(|| {
        // SAFETY: the caller holds the validator.
        unsafe { object_of(validator) }?.session().refresh_keys();
        Ok(())
    })
}

/// Says when jotgate_take_fetch could next have a refresh to hand out, for hosts that like timers; none is needed, since
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
        if let Some(at) = validator.session().next_wakeup() {
            at_ms.set(at.as_millis());
        }
        Ok(())
    })
}
