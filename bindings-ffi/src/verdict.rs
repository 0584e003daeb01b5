//! Verdicts as a flat structure that C, Go and others read without parsing anything.

use crate::bytes::{Buffer, Bytes};
use crate::guard::guard;
use crate::session::Outcome;
use crate::status::{JOTGATE_BUFFER_TOO_SMALL, JOTGATE_INVALID_ARGUMENT, JOTGATE_NULL_ARGUMENT, Status};
use jotgate_core::{Code, Rejection, Verified};

/// The call brought no verdict. Refuse the request.
pub const JOTGATE_VERDICT_NONE: u32 = 0;
/// The token may pass.
pub const JOTGATE_VERDICT_ACCEPTED: u32 = 1;
/// The token must not pass; `code` says why.
pub const JOTGATE_VERDICT_REJECTED: u32 = 2;
/// Nobody can say, because the issuer's keys cannot be had before `retry_at_ms`. Answer 503, not 401.
pub const JOTGATE_VERDICT_UNAVAILABLE: u32 = 3;
/// Keys must be fetched first. Do the fetches, wait until one of the validator's fetches has ended, validate again.
pub const JOTGATE_VERDICT_KEYS_NEEDED: u32 = 4;
/// The policy asks for no token here: the request may pass, without claims.
pub const JOTGATE_VERDICT_SKIPPED: u32 = 5;

/// The answer to "may this token pass?".
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Verdict {
    /// One of JOTGATE_VERDICT_NONE and its neighbours.
    pub kind: u32,
    /// REJECTED, UNAVAILABLE: the number of the code, see jotgate_code_name. Else 0.
    pub code: u32,
    /// 1 when jotgate_take_fetch has work, else 0: look at it after every verdict.
    pub fetch_due: u32,
    /// The entry of the policy's `issuers`, counted from 0; -1 when the validation got not that far.
    pub issuer: i32,
    /// REJECTED, SKIPPED: the entry of the policy's `routes` that the request took, counted from 0; -1 when there is none.
    pub route: i32,
    /// UNAVAILABLE: when to try again, in milliseconds since the Unix epoch. Else 0.
    pub retry_at_ms: i64,
    /// REJECTED: the name of the claim that the code is about. Lives as long as the validator. `data` is NULL when
    /// there is none.
    pub claim: Bytes,
    /// REJECTED: what was expected, for operators and not for clients. Lives as long as the library is loaded. `data`
    /// is NULL when there is none.
    pub detail: Bytes,
    /// ACCEPTED: the header, a JSON object, is `buffer[0]` up to `buffer[header_len]`. Else 0.
    pub header_len: usize,
    /// ACCEPTED: the payload, a JSON object, is the next `payload_len` bytes of the buffer. Where the policy maps claims,
    /// it has them under their mapped names. Else 0.
    pub payload_len: usize,
    /// ACCEPTED: the claim `exp` in seconds since the Unix epoch, NaN when there is none. Else 0.
    pub expires_at: f64,
    /// ACCEPTED: the claim `nbf` in seconds since the Unix epoch, NaN when there is none. Else 0.
    pub not_before: f64,
    /// ACCEPTED: the claim `iat` in seconds since the Unix epoch, NaN when there is none. Else 0.
    pub issued_at: f64,
    /// ACCEPTED: the name of the payload's claim that names the client which the caller must look up before it lets the
    /// token pass; see jotgate_validator_new_with_client_lookup. Its value is a text. Lives as long as the validator.
    /// `data` is NULL when there is nothing to look up.
    pub client_claim: Bytes,
}

impl Verdict {
    const ZEROED: Self = Self {
        kind: JOTGATE_VERDICT_NONE,
        code: 0,
        fetch_due: 0,
        issuer: 0,
        route: 0,
        retry_at_ms: 0,
        claim: Bytes::NONE,
        detail: Bytes::NONE,
        header_len: 0,
        payload_len: 0,
        expires_at: 0.0,
        not_before: 0.0,
        issued_at: 0.0,
        client_claim: Bytes::NONE,
    };

    fn of(outcome: &Outcome) -> Self {
        use jotgate_core::Verdict as Core;
        let verdict = match &outcome.verdict {
            Core::Accepted(verified) => Self::accepted(verified),
            Core::Rejected(rejection) => Self::rejected(rejection),
            Core::KeysUnavailable(unavailable) => Self {
                kind: JOTGATE_VERDICT_UNAVAILABLE,
                code: Code::KeysUnavailable.number(),
                issuer: index(Some(unavailable.issuer)),
                retry_at_ms: unavailable.retry_at.as_millis(),
                ..Self::ZEROED
            },
            Core::KeysNeeded(_) => Self { kind: JOTGATE_VERDICT_KEYS_NEEDED, issuer: -1, ..Self::ZEROED },
            Core::Skipped(_) => Self { kind: JOTGATE_VERDICT_SKIPPED, issuer: -1, ..Self::ZEROED },
            // A kind of verdict that this interface does not know yet fails closed.
            _ => {
                Self { kind: JOTGATE_VERDICT_REJECTED, code: Code::InternalError.number(), issuer: -1, ..Self::ZEROED }
            }
        };
        let route = match &outcome.verdict {
            Core::Rejected(rejection) => rejection.route,
            Core::Skipped(skipped) => Some(skipped.route),
            _ => None,
        };
        Self { fetch_due: outcome.fetch_due.into(), route: index(route), ..verdict }
    }

    fn accepted(verified: &Verified) -> Self {
        Self {
            kind: JOTGATE_VERDICT_ACCEPTED,
            issuer: index(Some(verified.issuer_index())),
            header_len: verified.header().len(),
            payload_len: verified.payload().len(),
            expires_at: verified.expires_at().unwrap_or(f64::NAN),
            not_before: verified.not_before().unwrap_or(f64::NAN),
            issued_at: verified.issued_at().unwrap_or(f64::NAN),
            // The name belongs to the policy, as those in rejections do.
            client_claim: Bytes::of_option(verified.client_claim()),
            ..Self::ZEROED
        }
    }

    fn rejected(rejection: &Rejection) -> Self {
        Self {
            kind: JOTGATE_VERDICT_REJECTED,
            code: rejection.code.number(),
            issuer: index(rejection.issuer),
            // Claim names are static or belong to the policy, which the validator keeps: they outlive the rejection.
            claim: Bytes::of_option(rejection.claim.as_ref().map(|claim| claim.as_str())),
            detail: Bytes::of(rejection.detail),
            ..Self::ZEROED
        }
    }
}

/// Runs a validation and writes what came of it to the caller's memory: the one way from an outcome to C.
///
/// The verdict is zeroed before anything else happens and filled in at the very end, so that a call which fails or
/// panics on the way leaves no permission behind. A buffer that is too small gets the lengths alone.
///
/// # Safety
/// `verdict` must be NULL or point to memory for a verdict; `data` must point to `len` bytes unless `len` is 0. Both
/// must belong to the caller alone during the call.
pub(crate) unsafe fn report(
    verdict: *mut Verdict, data: *mut u8, len: usize, ask: impl FnOnce() -> Result<Outcome, Status>,
) -> Status {
    if verdict.is_null() {
        return JOTGATE_NULL_ARGUMENT;
    }
    if !verdict.is_aligned() {
        return JOTGATE_INVALID_ARGUMENT;
    }
    // SAFETY: not NULL and aligned, as just checked; the caller's own memory, by promise.
    unsafe { verdict.write(Verdict::ZEROED) };
    guard(|| {
        // SAFETY: the caller passes the promise on.
        let buffer = unsafe { Buffer::new(data, len) }?;
        let outcome = ask()?;
        let mut filled = Verdict::of(&outcome);
        let mut status = Ok(());
        if let jotgate_core::Verdict::Accepted(verified) = &outcome.verdict {
            status = buffer.write(verified.header_and_payload().0);
        }
        if status == Err(JOTGATE_BUFFER_TOO_SMALL) {
            filled = Verdict { header_len: filled.header_len, payload_len: filled.payload_len, ..Verdict::ZEROED };
        }
        // SAFETY: as above.
        unsafe { verdict.write(filled) };
        status
    })
}

/// An index that is always small: a policy with 2^31 entries does not fit into memory.
fn index(index: Option<usize>) -> i32 {
    index.and_then(|index| i32::try_from(index).ok()).unwrap_or(-1)
}

#[cfg(test)]
mod tests {
    use super::{JOTGATE_VERDICT_ACCEPTED, JOTGATE_VERDICT_NONE, Verdict, report};
    use crate::bytes::Bytes;
    use crate::status::{JOTGATE_INVALID_UTF8, JOTGATE_PANIC};
    use std::panic;
    use std::ptr;

    /// What a caller who forgot to clear the structure might hold: the verdict on an earlier token.
    fn stale() -> Verdict {
        Verdict { kind: JOTGATE_VERDICT_ACCEPTED, payload_len: 7, claim: Bytes::of("sub"), ..Verdict::ZEROED }
    }

    #[test]
    fn a_panic_while_validating_leaves_a_zeroed_verdict() {
        let mut verdict = stale();
        // SAFETY: `verdict` is ours, and a buffer of length 0 needs no memory.
        let status =
            unsafe { report(&raw mut verdict, ptr::null_mut(), 0, || panic::resume_unwind(Box::new("a bug"))) };
        assert_eq!(status, JOTGATE_PANIC);
        assert_eq!((verdict.kind, verdict.payload_len), (JOTGATE_VERDICT_NONE, 0));
        assert!(verdict.claim.data.is_null());
    }

    #[test]
    fn a_call_that_fails_leaves_a_zeroed_verdict() {
        let mut verdict = stale();
        // SAFETY: as above.
        let status = unsafe { report(&raw mut verdict, ptr::null_mut(), 0, || Err(JOTGATE_INVALID_UTF8)) };
        assert_eq!((status, verdict.kind), (JOTGATE_INVALID_UTF8, JOTGATE_VERDICT_NONE));
    }
}
