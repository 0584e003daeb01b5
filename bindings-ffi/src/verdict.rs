//! Verdicts as a flat structure that C, Go and others read without parsing anything.

use crate::bytes::{Buffer, Bytes, object_of};
use crate::guard::guard;
use crate::question::{Question, QuestionText};
use crate::sized::{Growing, SizedOutput};
use crate::status::{JOTGATE_BUFFER_TOO_SMALL, JOTGATE_INVALID_ARGUMENT, JOTGATE_NULL_ARGUMENT, Status};
use crate::undecided::Undecided;
use crate::validator::Validator;
use jotgate_core::{Rejection, Timestamp};
use jotgate_edge::VerdictRecord;
use jotgate_edge::members::records;
use jotgate_edge::numbers::verdict;
use std::borrow::Cow;
use std::mem::offset_of;
use std::ptr;

/// The answer to "may this token pass?". Set `size`, and nothing else, before the first call.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Verdict {
    /// sizeof(jotgate_verdict). The library leaves it as it is.
    pub size: usize,
    /// One of JOTGATE_VERDICT_NONE and its neighbours.
    pub kind: u32,
    /// REJECTED, UNAVAILABLE: the number of the code, see jotgate_code_name. Else 0.
    pub code: u32,
    /// The entry of the policy's `issuers`, counted from 0; -1 when the validation got not that far.
    pub issuer: i32,
    /// REJECTED, SKIPPED: the entry of the policy's `routes` that the request took, counted from 0; -1 when there is none.
    pub route: i32,
    /// 1 when jotgate_poll_work has work, else 0: look at it after every jotgate_validate.
    pub work_due: u32,
    /// UNDECIDED: what is asked, one of JOTGATE_QUESTION_CLIENT and its neighbours. Else 0.
    pub question: u32,
    /// UNAVAILABLE: when to try again, in milliseconds since the Unix epoch. Else 0.
    pub retry_at_ms: i64,
    /// REJECTED: the name of the claim that the code is about. Lives as long as the validator. `data` is NULL when
    /// there is none.
    pub claim: Bytes,
    /// REJECTED: what was expected, for operators and not for clients. Lives as long as the library is loaded. UNAVAILABLE: what
    /// is the matter with the keys, in `buffer` where it fits there. `data` is NULL when there is none.
    pub detail: Bytes,
    /// ACCEPTED: the header, a JSON object, is the first `header_len` bytes of the buffer, from `text_at` on. Else 0.
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
    /// UNDECIDED: the token that the question is about. It belongs to the caller, who answers it with
    /// jotgate_answer_question or gives it up with jotgate_undecided_free before this structure is used again. Else NULL.
    pub undecided: *mut Undecided,
    /// UNDECIDED, CLIENT: the client that the token names. Lives as long as `undecided`. Else `data` is NULL.
    pub client_id: Bytes,
    /// UNDECIDED, CLIENT: the name of the claim that names it. Lives as long as `undecided`. Else `data` is NULL.
    pub client_claim: Bytes,
    /// KEYS_NEEDED: for how long to wait at most, in milliseconds. Else 0.
    pub patience_ms: u64,
    /// KEYS_NEEDED: the ids of the work that may bring the keys; `wait_for_len` of them. Where a policy names more key sets
    /// for one issuer, these are the first.
    pub wait_for: [u64; 8],
    /// How many ids there are. Else 0.
    pub wait_for_len: usize,
    /// ACCEPTED: where in `buffer` the header begins. 0 unless jotgate_validate_many writes many texts there.
    pub text_at: usize,
    /// ACCEPTED: how many claims the payload has. Behind it the buffer holds a table of them, JOTGATE_MEMBER_SIZE bytes for
    /// each, which jotgate_find_member and jotgate_member_at read. Else 0.
    pub members: usize,
    /// ACCEPTED: the time that the token was judged for, in milliseconds since the Unix epoch. Else 0.
    pub judged_for_ms: i64,
    /// ACCEPTED: in which claim jotgate_require and jotgate_scopes look for scopes. `data` is NULL for the first of `scope` and
    /// `scp` that is there, and `len` is 0 where it is not for a token whose claims grant none, whatever they are called. Lives as
    /// long as the validator. Else `data` is NULL.
    pub scope_claim: Bytes,
    /// ACCEPTED: which validator has accepted the token, and under which of its policies: for jotgate_require, and without any
    /// further meaning. Below 2^52. Else 0.
    pub origin: u64,
}

// SAFETY: `repr(C)`, the size first, numbers and pointers alone.
unsafe impl Growing for Verdict {
    const ZEROED: Self = Self {
        size: 0,
        kind: verdict::NONE,
        code: 0,
        issuer: 0,
        route: 0,
        work_due: 0,
        question: 0,
        retry_at_ms: 0,
        claim: Bytes::NONE,
        detail: Bytes::NONE,
        header_len: 0,
        payload_len: 0,
        expires_at: 0.0,
        not_before: 0.0,
        issued_at: 0.0,
        undecided: ptr::null_mut(),
        client_id: Bytes::NONE,
        client_claim: Bytes::NONE,
        patience_ms: 0,
        wait_for: [0; 8],
        wait_for_len: 0,
        text_at: 0,
        members: 0,
        judged_for_ms: 0,
        scope_claim: Bytes::NONE,
        origin: 0,
    };
    const FIRST: usize = size_of::<Self>();
}

impl Verdict {
    /// Everything but the token that the host is asked about, which has an owner of its own.
    fn of(record: &VerdictRecord<'_>, members: usize, work_due: bool) -> Self {
        let mut wait_for = [0; 8];
        let ids = record.wait_for.iter().map(|id| id.number());
        let wait_for_len = wait_for.iter_mut().zip(ids).map(|(place, id)| *place = id).count();
        let [expires_at, not_before, issued_at] = match record.kind {
            verdict::ACCEPTED => record.dates.map(|date| date.unwrap_or(f64::NAN)),
            _ => [0.0; 3],
        };
        Self {
            kind: record.kind,
            code: record.code,
            issuer: record.issuer,
            route: record.route,
            work_due: work_due.into(),
            question: record.question,
            retry_at_ms: record.retry_at_ms,
            claim: Bytes::of_option(record.claim),
            detail: Bytes::of_option(record.detail),
            header_len: record.header_len,
            payload_len: record.payload_len(),
            expires_at,
            not_before,
            issued_at,
            // The name stands on the heap: it stays where it is, as the token does, until that is answered or given up.
            client_claim: Bytes::of_option(record.client_claim),
            patience_ms: record.patience_ms,
            wait_for,
            wait_for_len,
            members,
            judged_for_ms: record.judged_for_ms,
            scope_claim: record.scope_claim.map_or(Bytes::NONE, Bytes::of_name),
            origin: record.origin,
            ..Self::ZEROED
        }
    }

    /// A refusal by what an endpoint asks for.
    pub(crate) fn refused(rejection: &Rejection) -> Self {
        Self::of(&VerdictRecord::from(rejection), 0, false)
    }

    /// No verdict, but the room that one needs.
    pub(crate) fn needing(text_len: usize, header_len: usize, members: usize) -> Self {
        Self { header_len, payload_len: text_len.saturating_sub(header_len), members, ..Self::ZEROED }
    }
}

/// Validates a token or a request.
///
/// `now_ms` is the current time in milliseconds since the Unix epoch. An accepted token's header and payload and the table of
/// its claims are written to `buffer`, one behind the other. A buffer of four times the token's length suffices, for a request
/// one of four times the lengths of the query and all header values together, unless the policy maps claims to longer names;
/// twice is enough for nearly all tokens. The verdict is zeroed first.
///
/// With JOTGATE_VERDICT_UNDECIDED nothing is written to the buffer: ask the host what `question` says and go on with
/// jotgate_answer_question.
///
/// Returns JOTGATE_OK when there is a verdict, whichever it is. With JOTGATE_BUFFER_TOO_SMALL the token was accepted,
/// but the verdict has the kind NONE and only `header_len`, `payload_len` and `members` are set: ask again with room for
/// `header_len + payload_len + members * JOTGATE_MEMBER_SIZE` bytes.
/// With any other status (JOTGATE_INVALID_UTF8 when method, path or query are no text) the verdict has the kind NONE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_validate(
    validator: *const Validator, question: *const Question, now_ms: i64, buffer: *mut u8, buffer_len: usize,
    verdict: *mut Verdict,
) -> Status {
    // SAFETY: the caller's own memory, by promise.
    let output = match unsafe { output(verdict) } {
        Ok(output) => output,
        Err(status) => return status,
    };
    guard(|| {
        // SAFETY: the caller lends `buffer_len` bytes of buffer, its own.
        let buffer = unsafe { Buffer::new(buffer, buffer_len) }?;
        // SAFETY: the caller holds the validator.
        let validator = unsafe { object_of(validator) }?;
        // SAFETY: the caller lends the question, and what it points to, for the call.
        let question = unsafe { QuestionText::read(question) }?;
        let now = Timestamp::from_millis(now_ms);
        let (verdict, work_due) = question.with(|question| validator.ask(question, now));
        write(output, buffer, verdict, work_due)
    })
}

/// Where a verdict goes. Its kind is NONE from here on, even where its size is refused: a caller who looks at no status
/// finds no permission there.
///
/// # Safety
/// `verdict` must be NULL or point to memory for a verdict that belongs to the caller alone during the call.
pub(crate) unsafe fn output(verdict: *mut Verdict) -> Result<SizedOutput<Verdict>, Status> {
    if verdict.is_null() {
        return Err(JOTGATE_NULL_ARGUMENT);
    }
    if !verdict.is_aligned() {
        return Err(JOTGATE_INVALID_ARGUMENT);
    }
    // SAFETY: not NULL and aligned, as just checked; every version of a verdict has a kind.
    unsafe { verdict.byte_add(offset_of!(Verdict, kind)).cast::<u32>().write(verdict::NONE) };
    // SAFETY: the caller passes the promise on.
    unsafe { SizedOutput::new(verdict) }
}

/// Writes what came of a validation to the caller's memory. It comes at the very end, so that a call which fails or panics on
/// the way leaves no permission behind.
pub(crate) fn write(
    output: SizedOutput<Verdict>, buffer: Buffer, given: jotgate_core::Verdict, work_due: bool,
) -> Result<(), Status> {
    write_at(0, output, buffer, given, work_due, |reason| buffer.write_shown(reason))
}

/// As [`write`], for a buffer that is what a longer one has from `text_at` on, and for details that `show` finds a place for:
/// the one way from the core's verdicts to C.
pub(crate) fn write_at(
    text_at: usize, output: SizedOutput<Verdict>, buffer: Buffer, given: jotgate_core::Verdict, work_due: bool,
    show: impl FnOnce(&str) -> Bytes,
) -> Result<(), Status> {
    let record = VerdictRecord::from(&given);
    let members = records(&given);
    let mut flat = Verdict::of(&record, members.len(), work_due);
    if let Err(status) = buffer.write_with(record.text, members) {
        if status == JOTGATE_BUFFER_TOO_SMALL {
            output.set(Verdict::needing(record.text.len(), flat.header_len, flat.members));
        }
        return Err(status);
    }
    if flat.kind == verdict::ACCEPTED {
        flat.text_at = text_at;
    }
    if let Some(reason) = &record.reason {
        flat.detail = show(reason);
    }
    let client_id = record.client_id.map(Cow::into_owned);
    output.set(match given {
        jotgate_core::Verdict::Undecided(undecided) => Undecided::hand_out(undecided, client_id, flat),
        _ => flat,
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Growing, Verdict, output};
    use crate::bytes::Bytes;
    use crate::guard::guard;
    use crate::status::{JOTGATE_INVALID_ARGUMENT, JOTGATE_PANIC};
    use jotgate_edge::numbers::verdict;
    use std::panic;

    /// What a caller who forgot to clear the structure might hold: the verdict on an earlier token.
    fn stale(size: usize) -> Verdict {
        Verdict { size, kind: verdict::ACCEPTED, payload_len: 7, claim: Bytes::of("sub"), ..Verdict::ZEROED }
    }

    #[test]
    fn a_panic_while_validating_leaves_a_zeroed_verdict() {
        let mut held = stale(size_of::<Verdict>());
        // SAFETY: the verdict is ours.
        unsafe { output(&raw mut held) }.map(|_| ()).unwrap();
        assert_eq!(guard(|| panic::resume_unwind(Box::new("a bug"))), JOTGATE_PANIC);
        assert_eq!((held.kind, held.payload_len), (verdict::NONE, 0));
        assert!(held.claim.data.is_null());
    }

    #[test]
    fn a_size_that_is_refused_leaves_no_permission() {
        for size in [0, 8, size_of::<Verdict>() - 1, usize::MAX] {
            let mut held = stale(size);
            // SAFETY: as above.
            assert_eq!(unsafe { output(&raw mut held) }.err(), Some(JOTGATE_INVALID_ARGUMENT));
            assert_eq!(held.kind, verdict::NONE);
        }
    }
}
