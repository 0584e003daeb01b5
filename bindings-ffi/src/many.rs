//! Many tokens in one call.

use crate::bytes::{Buffer, Bytes, Output, object_of, room, slice_of};
use crate::guard::guard;
use crate::sized::{self, Growing, SizedOutput};
use crate::status::{JOTGATE_BUFFER_TOO_SMALL, JOTGATE_INVALID_ARGUMENT, JOTGATE_OK, Status};
use crate::validator::Validator;
use crate::verdict::{self, Verdict};
use jotgate_core::{Question, Timestamp};
use jotgate_edge::{MemberRecord, Packed};
use std::collections::HashMap;
use std::ptr;

/// Tokens that are judged in one call. Set all else to 0.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Batch {
    /// sizeof(jotgate_batch).
    pub size: usize,
    /// The tokens in the compact form, without the word Bearer; `tokens_len` of them.
    pub tokens: *const Bytes,
    /// How many tokens there are.
    pub tokens_len: usize,
    /// The tokens in one piece of memory, for callers that cannot hand over pointers to pointers; `data` is NULL otherwise,
    /// and `tokens` is not looked at where it is not. Each token is its length in four bytes, big-endian, and its bytes;
    /// `tokens_len` of them, and nothing behind them.
    pub packed: Bytes,
    /// The most threads to use, the calling one among them; 0 is one for each processor. A batch that is short has fewer.
    pub threads: u32,
    /// Whether `as_of_ms` is set: 1 or 0.
    pub has_as_of: u32,
    /// The time that the tokens are judged for, as in jotgate_question.
    pub as_of_ms: i64,
}

// SAFETY: `repr(C)`, the size first, numbers and pointers alone; none of the pointers is followed before it is checked.
unsafe impl Growing for Batch {
    const ZEROED: Self = Self {
        size: 0,
        tokens: ptr::null(),
        tokens_len: 0,
        packed: Bytes::NONE,
        threads: 0,
        has_as_of: 0,
        as_of_ms: 0,
    };
    const FIRST: usize = size_of::<Self>();
}

/// Validates many tokens: `verdicts` becomes for each, in their order, what jotgate_validate gives.
///
/// `verdicts` has `verdicts_len` places, one for each token: another number than the batch's `tokens_len` is refused. Set the
/// `size` of the first: the others lie that far apart, and have theirs set. All are zeroed first.
///
/// The headers, payloads and tables of claims of all accepted tokens are written to `buffer`, one token behind the other; `text_at`
/// of each verdict says where its own begin. `*needed` becomes the length of them all. How long a buffer suffices is as for
/// jotgate_validate, with the length of all tokens together. Details of UNAVAILABLE come behind them, where they fit.
///
/// `work_due` is the same in all verdicts. Key sets are fetched once for all tokens: have the work done as after
/// jotgate_validate, wait for one of each `wait_for`, and ask again about the tokens with JOTGATE_VERDICT_KEYS_NEEDED alone. Each
/// token that is UNDECIDED has a question of its own, which is answered or given up as ever.
///
/// The threads that help have ended when it returns, and none of them calls the worker. A token whose validation meets a bug of the
/// library is rejected with JOTGATE_CODE_INTERNAL_ERROR, and the others have their verdicts.
///
/// Returns JOTGATE_OK when there is a verdict on each token. With JOTGATE_BUFFER_TOO_SMALL no verdict is given, to no
/// token: ask again with a buffer of `*needed` bytes. With every status but JOTGATE_OK all verdicts have the kind NONE; where
/// it is the size of the first verdict that is refused, or their number, that first one alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_validate_many(
    validator: *const Validator, batch: *const Batch, now_ms: i64, buffer: *mut u8, buffer_len: usize,
    needed: *mut usize, verdicts: *mut Verdict, verdicts_len: usize,
) -> Status {
    // SAFETY: the caller's own memory, by promise.
    let outputs = match unsafe { outputs(verdicts, verdicts_len) } {
        Ok(outputs) => outputs,
        Err(status) => return status,
    };
    let status = guard(|| {
        // SAFETY: the caller's own memory, by promise.
        let needed = unsafe { Output::new(needed, 0) }?;
        // SAFETY: the caller lends `buffer_len` bytes of buffer, its own.
        let buffer = unsafe { Buffer::new(buffer, buffer_len) }?;
        // SAFETY: the caller holds the validator.
        let validator = unsafe { object_of(validator) }?;
        // SAFETY: the caller lends the batch, and what it points to, for the call.
        let batch = unsafe { sized::read(batch) }?;
        // SAFETY: as above.
        let questions = unsafe { questions(&batch, outputs.len()) }?;
        let threads = usize::try_from(batch.threads).unwrap_or(usize::MAX);
        let (given, work_due) = validator.ask_many(&questions, Timestamp::from_millis(now_ms), threads);
        write(&outputs, buffer, needed, given, work_due)
    });
    if status != JOTGATE_OK {
        // Also where a panic came between two verdicts.
        outputs.iter().for_each(|output| output.set(Verdict::ZEROED));
    }
    status
}

/// Where the verdicts go: each has the kind NONE from here on.
///
/// # Safety
/// `verdicts` must be NULL or point to `len` verdicts, of the size that the first of them says, that belong to the caller alone
/// during the call.
unsafe fn outputs(verdicts: *mut Verdict, len: usize) -> Result<Vec<SizedOutput<Verdict>>, Status> {
    if len == 0 {
        return Ok(Vec::new());
    }
    // SAFETY: the caller passes the promise on.
    let first = unsafe { verdict::output(verdicts) }?;
    let size = first.size();
    if !size.is_multiple_of(align_of::<Verdict>()) || len > isize::MAX.unsigned_abs() / size {
        return Err(JOTGATE_INVALID_ARGUMENT);
    }
    let at = |place: usize| {
        // SAFETY: there are `len` verdicts of this size, by promise, and they are no more than an object may be.
        let verdict = unsafe { verdicts.byte_add(place * size) };
        // SAFETY: as above; the size is a multiple of what a verdict is aligned to, and comes first.
        unsafe { verdict.cast::<usize>().write(size) };
        // SAFETY: as above.
        unsafe { verdict::output(verdict) }
    };
    (0..len).map(at).collect()
}

/// The questions of a batch that has as many tokens as there are places for verdicts.
///
/// # Safety
/// Whatever the batch points to must stay as it is during `'a`.
unsafe fn questions<'a>(batch: &Batch, places: usize) -> Result<Vec<Question<'a>>, Status> {
    if batch.tokens_len != places {
        return Err(JOTGATE_INVALID_ARGUMENT);
    }
    let as_of = match batch.has_as_of {
        0 => None,
        1 => Some(Timestamp::from_millis(batch.as_of_ms)),
        _ => return Err(JOTGATE_INVALID_ARGUMENT),
    };
    let question = |token: &'a [u8]| match as_of {
        Some(as_of) => Question::token(token).as_of(as_of),
        None => Question::token(token),
    };
    if batch.packed.data.is_null() {
        // SAFETY: the caller passes the promise on.
        let tokens: &[Bytes] = unsafe { slice_of(batch.tokens, batch.tokens_len) }?;
        // SAFETY: as above.
        return tokens.iter().map(|token| unsafe { token.as_slice() }.map(question)).collect();
    }
    // SAFETY: as above.
    let mut texts = Packed::new(unsafe { batch.packed.as_slice() }?);
    let questions: Option<Vec<_>> = (0..places).map(|_| texts.text().map(question)).collect();
    questions.filter(|_| texts.is_empty()).ok_or(JOTGATE_INVALID_ARGUMENT)
}

/// Writes all of them, or none where there is no room for the texts of those that are accepted.
fn write(
    outputs: &[SizedOutput<Verdict>], buffer: Buffer, needed: Output<usize>, given: Vec<jotgate_core::Verdict>,
    work_due: bool,
) -> Result<(), Status> {
    let length = given.iter().map(room_for).fold(0, usize::saturating_add);
    needed.set(length);
    if length > buffer.len() {
        return Err(JOTGATE_BUFFER_TOO_SMALL);
    }
    let mut details = Details { rest: buffer.after(length), shown: HashMap::new() };
    let mut text_at = 0_usize;
    for (output, verdict) in outputs.iter().zip(given) {
        let begin = text_at;
        text_at = begin.saturating_add(room_for(&verdict));
        let room = buffer.after(begin);
        verdict::write_at(begin, *output, room, verdict, work_due, |reason| details.show(reason))?;
    }
    Ok(())
}

/// The details of verdicts, behind the texts: each once, because all tokens of an issuer have the same.
struct Details {
    rest: Buffer,
    shown: HashMap<String, Bytes>,
}

impl Details {
    fn show(&mut self, reason: &str) -> Bytes {
        if let Some(place) = self.shown.get(reason) {
            return *place;
        }
        let place = self.rest.write_shown(reason);
        self.rest = self.rest.after(place.len);
        self.shown.insert(reason.to_owned(), place);
        place
    }
}

/// How much of the buffer a token has for itself.
fn room_for(verdict: &jotgate_core::Verdict) -> usize {
    match verdict {
        jotgate_core::Verdict::Accepted(verified) => {
            room(verified.header_and_payload().0.len(), verified.members().len(), size_of::<MemberRecord>())
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{Batch, MemberRecord, jotgate_validate_many};
    use crate::bytes::Bytes;
    use crate::numbers::*;
    use crate::question::Question;
    use crate::sized::Growing;
    use crate::status::{
        JOTGATE_BUFFER_TOO_SMALL, JOTGATE_INVALID_ARGUMENT, JOTGATE_NULL_ARGUMENT, JOTGATE_OK, Status,
    };
    use crate::undecided::{jotgate_answer_question, jotgate_undecided_free};
    use crate::validator::{Options, Validator, jotgate_validator_free, jotgate_validator_new};
    use crate::verdict::{Verdict, jotgate_validate};
    use std::ptr;

    const NOW: i64 = 1_800_000_000_000;

    /// The second issuer's tokens need keys first, the third one's client is the host's to know.
    const POLICY: &str = r#"{"version": 1, "issuers": [
        {"issuer": "https://plain.test/", "audience": "any", "required_claims": [], "keys": {"accept_unsigned": true}},
        {"issuer": "https://idp.test/", "audience": "any", "required_claims": [],
            "keys": {"jwks_uri": "https://idp.test/jwks"}},
        {"issuer": "https://asks.test/", "audience": "any", "required_claims": [], "keys": {"accept_unsigned": true},
            "client_id": {"claims": ["azp"], "allowed": "host"}}]}"#;

    /// `{"alg":"none"}` and `{"iss":"https://plain.test/","sub":"alice"}`.
    const PLAIN: &str = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL3BsYWluLnRlc3QvIiwic3ViIjoiYWxpY2UifQ.";
    /// As before, of `"bo"`.
    const OTHER: &str = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL3BsYWluLnRlc3QvIiwic3ViIjoiYm8ifQ.";
    /// `{"alg":"ES256"}`, `{"iss":"https://idp.test/"}`, and no signature that anybody made.
    const SIGNED: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkcC50ZXN0LyJ9.AAAA";
    /// `{"alg":"none"}` and `{"iss":"https://asks.test/","azp":"app"}`.
    const ASKING: &str = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2Fza3MudGVzdC8iLCJhenAiOiJhcHAifQ.";

    #[test]
    fn each_token_has_the_verdict_that_it_has_alone() {
        let validator = made();
        let few = [PLAIN, "no token", OTHER, SIGNED, "", ASKING, PLAIN];
        let many: Vec<&str> = few.into_iter().cycle().take(70).collect();
        for (tokens, threads) in [(&few[..], 0), (&many, 2), (&[], 1)] {
            for packed in [false, true] {
                let (status, mut got) = judged(validator, tokens, packed, threads, 1 << 14);
                assert_eq!(status, JOTGATE_OK);
                for (token, verdict) in tokens.iter().zip(&mut got.verdicts) {
                    assert_alike(validator, token, verdict, &got.buffer);
                }
                let lengths = got.verdicts.iter().map(|verdict| {
                    verdict.header_len + verdict.payload_len + verdict.members * size_of::<MemberRecord>()
                });
                assert_eq!(got.needed, lengths.sum::<usize>());
            }
        }
        // SAFETY: ours, and used no more.
        unsafe { jotgate_validator_free(validator) };
    }

    #[test]
    fn without_room_for_all_there_is_no_verdict_at_all() {
        let validator = made();
        let tokens = [PLAIN, ASKING, "no token", OTHER];
        let (_, whole) = judged(validator, &tokens, false, 1, 1 << 14);
        for room in [0, 1, whole.needed - 1] {
            let (status, got) = judged(validator, &tokens, false, 1, room);
            assert_eq!((status, got.needed), (JOTGATE_BUFFER_TOO_SMALL, whole.needed));
            assert_nothing(&got);
        }
        let (status, got) = judged(validator, &tokens, false, 1, whole.needed);
        assert_eq!((status, got.text_of(3)), (JOTGATE_OK, whole.text_of(3)));
        for verdict in whole.verdicts.iter().chain(&got.verdicts) {
            // SAFETY: NULL but for the one token, of which the host thinks no more.
            unsafe { jotgate_undecided_free(verdict.undecided) };
        }
        // SAFETY: ours, and used no more.
        unsafe { jotgate_validator_free(validator) };
    }

    #[test]
    fn a_call_that_is_refused_leaves_no_permission() {
        let validator = made();
        let tokens = [Bytes::of(PLAIN), Bytes::of(PLAIN)];
        let good = Batch { size: size_of::<Batch>(), tokens: tokens.as_ptr(), tokens_len: 2, ..Batch::ZEROED };
        let packed = |text| Batch { packed: Bytes::of(text), ..good };
        let refused = [
            (Batch { tokens_len: 1, ..good }, JOTGATE_INVALID_ARGUMENT),
            (Batch { tokens_len: 3, ..good }, JOTGATE_INVALID_ARGUMENT),
            (Batch { tokens: ptr::null(), ..good }, JOTGATE_NULL_ARGUMENT),
            (Batch { has_as_of: 2, ..good }, JOTGATE_INVALID_ARGUMENT),
            (Batch { size: 8, ..good }, JOTGATE_INVALID_ARGUMENT),
            (packed("\0\0\0\x01a"), JOTGATE_INVALID_ARGUMENT),
            (packed("\0\0\0\x01a\0\0\0\x02b"), JOTGATE_INVALID_ARGUMENT),
            (packed("\0\0\0\x01a\0\0\0\x01bc"), JOTGATE_INVALID_ARGUMENT),
        ];
        for (batch, expected) in refused {
            let mut got = Judged::stale(2, 1 << 10);
            assert_eq!(got.ask(validator, &batch), expected);
            assert_nothing(&got);
        }
        let mut got = Judged::stale(2, 1 << 10);
        assert_eq!(got.ask(ptr::null(), &good), JOTGATE_NULL_ARGUMENT);
        assert_nothing(&got);
        let mut got = Judged::stale(2, 1 << 10);
        got.verdicts[0].size = size_of::<Verdict>() + 1;
        assert_eq!(got.ask(validator, &good), JOTGATE_INVALID_ARGUMENT);
        assert_eq!(got.verdicts[0].kind, JOTGATE_VERDICT_NONE);
        // SAFETY: ours, and used no more.
        unsafe { jotgate_validator_free(validator) };
    }

    #[test]
    fn a_newer_callers_verdicts_lie_further_apart() {
        let validator = made();
        let tokens = [Bytes::of(PLAIN), Bytes::of("no token"), Bytes::of(OTHER)];
        let batch = Batch { size: size_of::<Batch>(), tokens: tokens.as_ptr(), tokens_len: 3, ..Batch::ZEROED };
        // Of each two, the second is what this library does not know of the first.
        let mut got = Judged::stale(6, 1 << 10);
        got.verdicts[0].size = 2 * size_of::<Verdict>();
        // SAFETY: all of it is ours; three verdicts of twice the size.
        let status = unsafe {
            jotgate_validate_many(
                validator,
                &raw const batch,
                NOW,
                got.buffer.as_mut_ptr(),
                got.buffer.len(),
                &raw mut got.needed,
                got.verdicts.as_mut_ptr(),
                3,
            )
        };
        assert_eq!(status, JOTGATE_OK);
        let kinds = [JOTGATE_VERDICT_ACCEPTED, JOTGATE_VERDICT_REJECTED, JOTGATE_VERDICT_ACCEPTED];
        for (pair, kind) in got.verdicts.chunks(2).zip(kinds) {
            assert_eq!((pair[0].size, pair[0].kind), (2 * size_of::<Verdict>(), kind));
            assert_eq!((pair[1].size, pair[1].kind), (0, 0));
        }
        // SAFETY: ours, and used no more.
        unsafe { jotgate_validator_free(validator) };
    }

    /// What a call writes.
    struct Judged {
        verdicts: Vec<Verdict>,
        buffer: Vec<u8>,
        needed: usize,
    }

    impl Judged {
        /// What an earlier call has left behind.
        fn stale(len: usize, room: usize) -> Self {
            let verdict = Verdict { size: 0, kind: JOTGATE_VERDICT_ACCEPTED, payload_len: 7, ..Verdict::ZEROED };
            let mut verdicts = vec![verdict; len];
            if let Some(first) = verdicts.first_mut() {
                first.size = size_of::<Verdict>();
            }
            Self { verdicts, buffer: vec![b'?'; room], needed: 99 }
        }

        fn ask(&mut self, validator: *const Validator, batch: &Batch) -> Status {
            // SAFETY: all of it is the test's own.
            unsafe {
                jotgate_validate_many(
                    validator,
                    ptr::from_ref(batch),
                    NOW,
                    self.buffer.as_mut_ptr(),
                    self.buffer.len(),
                    &raw mut self.needed,
                    self.verdicts.as_mut_ptr(),
                    self.verdicts.len(),
                )
            }
        }

        fn text_of(&self, place: usize) -> &[u8] {
            text_of(&self.verdicts[place], &self.buffer)
        }
    }

    fn judged(
        validator: *const Validator, tokens: &[&str], packed: bool, threads: u32, room: usize,
    ) -> (Status, Judged) {
        let listed: Vec<Bytes> = tokens.iter().map(|token| Bytes::of(token)).collect();
        let mut list = Vec::new();
        for token in tokens {
            list.extend(u32::try_from(token.len()).unwrap().to_be_bytes());
            list.extend(token.bytes());
        }
        let mut batch = Batch { size: size_of::<Batch>(), tokens_len: tokens.len(), threads, ..Batch::ZEROED };
        if packed {
            batch.packed = Bytes { data: list.as_ptr(), len: list.len() };
        } else {
            batch.tokens = listed.as_ptr();
        }
        let mut got = Judged::stale(tokens.len(), room);
        (got.ask(validator, &batch), got)
    }

    fn assert_nothing(got: &Judged) {
        for verdict in &got.verdicts {
            assert_eq!((verdict.kind, verdict.payload_len, verdict.size), (0, 0, size_of::<Verdict>()));
            assert!(verdict.undecided.is_null());
        }
    }

    /// An undecided token is answered on both sides.
    fn assert_alike(validator: *const Validator, token: &str, verdict: &mut Verdict, buffer: &[u8]) {
        let question = Question { size: size_of::<Question>(), token: Bytes::of(token), ..Question::ZEROED };
        let (mut alone, mut own) = (Verdict { size: size_of::<Verdict>(), ..Verdict::ZEROED }, vec![0; 256]);
        let (data, len) = (own.as_mut_ptr(), own.len());
        // SAFETY: all of it is ours.
        let status = unsafe { jotgate_validate(validator, &raw const question, NOW, data, len, &raw mut alone) };
        assert_eq!(status, JOTGATE_OK);
        assert_eq!(facts(verdict), facts(&alone));
        assert_eq!(text_of(verdict, buffer), text_of(&alone, &own));
        assert_eq!(verdict.members, alone.members);
        if verdict.kind != JOTGATE_VERDICT_UNDECIDED {
            return;
        }
        for asked in [&raw mut alone, ptr::from_mut(verdict)] {
            // SAFETY: all of it is ours, and the token was not answered yet.
            unsafe {
                let undecided = &raw mut (*asked).undecided;
                assert_eq!(jotgate_answer_question(undecided, JOTGATE_ANSWER_NO, data, len, asked), JOTGATE_OK);
                assert_eq!(((*asked).kind, (*asked).code), (JOTGATE_VERDICT_REJECTED, 8001));
            }
        }
    }

    fn facts(verdict: &Verdict) -> impl PartialEq + std::fmt::Debug {
        let numbers = [verdict.kind, verdict.code, verdict.work_due, verdict.question];
        (
            numbers,
            verdict.issuer,
            verdict.detail.len,
            verdict.wait_for,
            verdict.patience_ms,
            verdict.undecided.is_null(),
        )
    }

    fn text_of<'b>(verdict: &Verdict, buffer: &'b [u8]) -> &'b [u8] {
        let table = verdict.members * size_of::<MemberRecord>();
        &buffer[verdict.text_at..][..verdict.header_len + verdict.payload_len + table]
    }

    fn made() -> *mut Validator {
        let options = Options { size: size_of::<Options>(), client_lookup: 1, seed: 7519, ..Options::ZEROED };
        // SAFETY: the text is ours.
        let made = unsafe { jotgate_validator_new(POLICY.as_ptr(), POLICY.len(), &raw const options, ptr::null_mut()) };
        assert!(!made.is_null());
        made
    }
}
