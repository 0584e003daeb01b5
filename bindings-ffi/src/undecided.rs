//! Tokens that the host has to be asked about.

use crate::bytes::{Buffer, Bytes, object_of, room as room_for};
use crate::guard::{guard, guard_or};
use crate::status::{JOTGATE_BUFFER_TOO_SMALL, JOTGATE_INVALID_ARGUMENT, JOTGATE_NULL_ARGUMENT, JOTGATE_PANIC, Status};
use crate::verdict::{self, Verdict};
use jotgate_core::{Claims, HostAnswer};
use jotgate_edge::MemberRecord;
use std::ptr;

/// A token that passes the policy and waits for the host's answer. Opaque; it is no permission, and the only way to one is
/// jotgate_answer_question.
pub struct Undecided {
    core: jotgate_core::Undecided,
    /// What the verdict's `client_id` points to.
    client_id: Option<String>,
}

impl Undecided {
    /// The claims, for the host to find its answer.
    pub(crate) fn claims(&self) -> Claims<'_> {
        self.core.claims()
    }

    pub(crate) fn payload(&self) -> &str {
        self.core.payload()
    }

    /// Gives the caller the token; the verdict says what the question is.
    pub(crate) fn hand_out(core: jotgate_core::Undecided, client_id: Option<String>, verdict: Verdict) -> Verdict {
        let held = Box::new(Self { core, client_id });
        let client_id = Bytes::of_option(held.client_id.as_deref());
        Verdict { undecided: Box::into_raw(held), client_id, ..verdict }
    }
}

/// Goes on with what the host says to the verdict's `question`: one of JOTGATE_ANSWER_YES and its neighbours; any other
/// number counts as FAILED.
///
/// `undecided` points to where the caller keeps the token, mostly `&verdict.undecided`, and `verdict` may be the same
/// verdict. `*undecided` becomes NULL when the question is answered, so that it cannot be answered twice; the verdict may
/// hold the next question then. An unknown client is rejected with JOTGATE_CODE_CLIENT_NOT_ALLOWED, and so is one whose
/// look-up failed; a revoked token with JOTGATE_CODE_REVOKED, and one whose check failed with JOTGATE_CODE_INTERNAL_ERROR.
///
/// Returns JOTGATE_OK when there is a verdict, as jotgate_validate has it, with `work_due` 0. With
/// JOTGATE_BUFFER_TOO_SMALL `header_len`, `payload_len` and `members` say how much room an accepted token would need, as
/// with jotgate_validate; the buffer must have it whatever the answer is, and nothing is answered then. JOTGATE_NULL_ARGUMENT
/// also when `*undecided` is NULL. With any status but JOTGATE_OK the verdict has the kind NONE, and `*undecided` is as before,
/// except with JOTGATE_PANIC, where it is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_answer_question(
    undecided: *mut *mut Undecided, answer: u32, buffer: *mut u8, buffer_len: usize, verdict: *mut Verdict,
) -> Status {
    if undecided.is_null() || !undecided.is_aligned() {
        // SAFETY: the caller's own memory, by promise.
        return match unsafe { verdict::output(verdict) } {
            Ok(_) if undecided.is_null() => JOTGATE_NULL_ARGUMENT,
            Ok(_) => JOTGATE_INVALID_ARGUMENT,
            Err(status) => status,
        };
    }
    // SAFETY: not NULL and aligned, as just checked; the caller's own memory, by promise.
    let handle = unsafe { undecided.read() };
    // SAFETY: as above. It zeroes the place that has just been read, where that is the verdict's.
    let output = match unsafe { verdict::output(verdict) } {
        Ok(output) => output,
        Err(status) => return status,
    };
    let room = || {
        // SAFETY: the caller holds the token.
        let held = unsafe { object_of(handle.cast_const()) }?;
        // SAFETY: the caller lends `buffer_len` bytes of buffer, its own.
        let buffer = unsafe { Buffer::new(buffer, buffer_len) }?;
        let (text, header_len) = held.core.header_and_payload();
        let members = held.claims().members().len();
        if room_for(text.len(), members, size_of::<MemberRecord>()) > buffer_len {
            output.set(Verdict::needing(text.len(), header_len, members));
            return Err(JOTGATE_BUFFER_TOO_SMALL);
        }
        Ok(buffer)
    };
    // Without a guard a bug in it would end the process.
    let buffer = match guard_or(Err(JOTGATE_PANIC), room) {
        Ok(buffer) => buffer,
        Err(JOTGATE_PANIC) => {
            // SAFETY: as above.
            unsafe { undecided.write(ptr::null_mut()) };
            // SAFETY: the caller's token, which the caller has no more.
            unsafe { jotgate_undecided_free(handle) };
            return JOTGATE_PANIC;
        }
        Err(status) => {
            // SAFETY: as above.
            unsafe { undecided.write(handle) };
            return status;
        }
    };
    // SAFETY: as above.
    unsafe { undecided.write(ptr::null_mut()) };
    guard(|| {
        // SAFETY: made by `Box::into_raw` in `hand_out`. The caller has it once, and has it no more.
        let held = unsafe { Box::from_raw(handle) };
        verdict::write(output, buffer, held.core.answer(HostAnswer::from_number(answer)), false)
    })
}

/// The header of a token that is not decided on, a JSON object, for the host to find its answer. Lives as long as the token.
/// `data` is NULL when `undecided` is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_undecided_header(undecided: *const Undecided) -> Bytes {
    // SAFETY: the caller holds the token.
    guard_or(Bytes::NONE, || unsafe { object_of(undecided) }.map_or(Bytes::NONE, |held| Bytes::of(held.core.header())))
}

/// The payload of a token that is not decided on, a JSON object, for the host to find its answer: it is not accepted. Lives
/// as long as the token. `data` is NULL when `undecided` is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_undecided_payload(undecided: *const Undecided) -> Bytes {
    // SAFETY: the caller holds the token.
    guard_or(Bytes::NONE, || unsafe { object_of(undecided) }.map_or(Bytes::NONE, |held| Bytes::of(held.payload())))
}

/// Gives up a token without an answer: refuse it. NULL is fine; not after jotgate_answer_question, which frees it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_undecided_free(undecided: *mut Undecided) {
    guard_or((), || {
        if !undecided.is_null() {
            // SAFETY: made by `Box::into_raw` in `hand_out`, and the caller frees it once.
            drop(unsafe { Box::from_raw(undecided) });
        }
    });
}
