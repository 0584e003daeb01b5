//! The HTTP answer to a request that may not pass.

use crate::bytes::{object_of, report_text};
use crate::status::{JOTGATE_INVALID_ARGUMENT, Status};
use crate::validator::Validator;
use crate::verdict::{
    JOTGATE_VERDICT_KEYS_NEEDED, JOTGATE_VERDICT_NONE, JOTGATE_VERDICT_REJECTED, JOTGATE_VERDICT_UNAVAILABLE, Verdict,
};
use jotgate_core::{Code, Denial, Timestamp};

/// Writes the HTTP answer that the policy's `responses` asks for, as JSON:
/// `{"status":401,"headers":[["WWW-Authenticate","Bearer"]],"body":"..."}`.
///
/// Send status, header fields and body as they are. A verdict without a result (NONE) is answered as an internal error,
/// one that still waits for keys (KEYS_NEEDED) as keys that are unavailable. `now_ms` is the current time, from which
/// `Retry-After` is counted.
///
/// `*needed` becomes the length of the JSON with JOTGATE_OK and with JOTGATE_BUFFER_TOO_SMALL, where `buffer` stays
/// untouched; else 0.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_BUFFER_TOO_SMALL, or JOTGATE_INVALID_ARGUMENT for a verdict that
/// lets the request pass.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_answer(
    validator: *const Validator, verdict: *const Verdict, now_ms: i64, buffer: *mut u8, buffer_len: usize,
    needed: *mut usize,
) -> Status {
    let answer = || {
        // SAFETY: the caller holds the validator.
        let validator = unsafe { object_of(validator) }?;
        // SAFETY: the caller lends the verdict for the call.
        let verdict = unsafe { object_of(verdict) }?;
        let now = Timestamp::from_millis(now_ms);
        let mut denial = Denial::new(code_of(verdict)?);
        denial.issuer = usize::try_from(verdict.issuer).ok();
        denial.route = usize::try_from(verdict.route).ok();
        denial.retry_after = (verdict.kind == JOTGATE_VERDICT_UNAVAILABLE)
            .then(|| Timestamp::from_millis(verdict.retry_at_ms).since(now));
        Ok(validator.session().answer_json(&denial))
    };
    // SAFETY: the caller lends `buffer_len` bytes of buffer and a length, both its own.
    unsafe { report_text(buffer, buffer_len, needed, answer) }
}

/// The code to answer; an internal error where the verdict does not make sense.
fn code_of(verdict: &Verdict) -> Result<Code, Status> {
    match verdict.kind {
        JOTGATE_VERDICT_REJECTED => Ok(Code::from_number(verdict.code).unwrap_or(Code::InternalError)),
        JOTGATE_VERDICT_UNAVAILABLE | JOTGATE_VERDICT_KEYS_NEEDED => Ok(Code::KeysUnavailable),
        JOTGATE_VERDICT_NONE => Ok(Code::InternalError),
        _ => Err(JOTGATE_INVALID_ARGUMENT),
    }
}
