//! The HTTP answer to a request that may not pass.

use crate::bytes::{object_of, report_text};
use crate::require::Requirement;
use crate::sized;
use crate::status::{JOTGATE_INVALID_ARGUMENT, Status};
use crate::validator::Validator;
use crate::verdict::Verdict;
use jotgate_core::{Answer, Code, Denial};
use jotgate_edge::numbers::verdict;
use serde::Serialize;

/// Writes the HTTP answer that the policy's `responses` asks for, as JSON:
/// `{"status":401,"headers":[["WWW-Authenticate","Bearer"]],"body":"..."}`.
///
/// Send status, header fields and body as they are. A verdict without a result (NONE) is answered as an internal error, and
/// so is one whose question nobody has answered (UNDECIDED); one that still waits for keys (KEYS_NEEDED) as keys that are
/// unavailable. `now_ms` is the current time, from which `Retry-After` is counted.
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
        let denial = unsafe { denial_of(verdict, now_ms) }?;
        Ok(json_of(&validator.core().answer(&denial)))
    };
    // SAFETY: the caller lends `buffer_len` bytes of buffer and a length, both its own.
    unsafe { report_text(buffer, buffer_len, needed, answer) }
}

/// As jotgate_answer, for an endpoint that asks for something itself (jotgate_require): where a scope lacks, the challenge names
/// those of the requirement too (RFC 6750 section 3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_answer_with(
    validator: *const Validator, requirement: *const Requirement, verdict: *const Verdict, now_ms: i64,
    buffer: *mut u8, buffer_len: usize, needed: *mut usize,
) -> Status {
    let answer = || {
        // SAFETY: the caller holds the validator.
        let validator = unsafe { object_of(validator) }?;
        // SAFETY: the caller holds the requirement.
        let requirement = unsafe { object_of(requirement) }?;
        // SAFETY: the caller lends the verdict for the call.
        let denial = unsafe { denial_of(verdict, now_ms) }?;
        Ok(json_of(&validator.core().answer_with(&denial, requirement.core())))
    };
    // SAFETY: the caller lends `buffer_len` bytes of buffer and a length, both its own.
    unsafe { report_text(buffer, buffer_len, needed, answer) }
}

/// # Safety
/// `verdict` must be NULL or point to a verdict of the size that it says.
unsafe fn denial_of(verdict: *const Verdict, now_ms: i64) -> Result<Denial, Status> {
    // SAFETY: the caller passes the promise on.
    let verdict = unsafe { sized::read(verdict) }?;
    let unavailable = verdict.kind == verdict::UNAVAILABLE;
    let retry_after = unavailable.then(|| jotgate_edge::retry_after(verdict.retry_at_ms, now_ms));
    Ok(jotgate_edge::denial(code_of(&verdict)?, verdict.issuer, verdict.route, retry_after))
}

/// The code to answer; an internal error where the verdict does not make sense.
fn code_of(verdict: &Verdict) -> Result<u32, Status> {
    match verdict.kind {
        verdict::REJECTED => Ok(verdict.code),
        verdict::UNAVAILABLE | verdict::KEYS_NEEDED => Ok(Code::KeysUnavailable.number()),
        verdict::NONE | verdict::UNDECIDED => Ok(Code::InternalError.number()),
        _ => Err(JOTGATE_INVALID_ARGUMENT),
    }
}

fn json_of(answer: &Answer) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        status: u16,
        headers: &'a [(&'static str, String)],
        body: &'a str,
    }
    let document = Document { status: answer.status, headers: &answer.headers, body: &answer.body };
    // Numbers and text alone: there is nothing in it that JSON cannot say.
    serde_json::to_string(&document).unwrap_or_default()
}
