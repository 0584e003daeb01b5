//! What `life.rs` leaves out, for Miri as well: a worker that is called back, on several threads, batches, single claims, and a policy
//! that is replaced while work is out.

use crate::bytes::Bytes;
use crate::life::{NOW, REMOTE, SIGNED, TOKEN, UNSIGNED, asked, done, grown, made, question, text, zeroed};
use crate::many::{Batch, jotgate_validate_many};
use crate::member::{Member, jotgate_find_member, jotgate_member_at, jotgate_undecided_find_member, jotgate_unescape};
use crate::numbers::*;
use crate::policy::{Reading, jotgate_policy_fill, jotgate_policy_references, jotgate_policy_to_json};
use crate::sized::Growing;
use crate::status::{JOTGATE_INVALID_ARGUMENT, JOTGATE_OK};
use crate::undecided::jotgate_undecided_free;
use crate::validator::{Validator, jotgate_validator_free, jotgate_validator_replace};
use crate::verdict::Verdict;
use crate::work::{Work, jotgate_poll_work, jotgate_report_failed, jotgate_work_free};
use crate::worker::jotgate_set_worker;
use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Nobody is asked about its tokens.
const PLAIN: &str = r#"{"version": 1, "issuers": [{"issuer": "https://idp.test/", "audience": "any",
    "required_claims": [], "keys": {"accept_unsigned": true}}]}"#;

/// What the host of a worker keeps.
#[derive(Default)]
struct Host {
    calls: AtomicU32,
    id: AtomicU64,
}

/// A validator that crosses to another thread, as C lets it.
#[derive(Clone, Copy)]
struct Shared(*const Validator);

// SAFETY: any number of threads may use one validator, which is what the tests are about.
unsafe impl Send for Shared {}

/// Reports at once, twice.
unsafe extern "C" fn report(context: *mut c_void, validator: *const Validator, work: *const Work) {
    // SAFETY: the context is a host that outlives the validator; the work lives until this returns.
    unsafe {
        (*context.cast::<Host>()).calls.fetch_add(1, Ordering::Relaxed);
        done(validator, &*work);
        done(validator, &*work);
    }
}

/// Reports nothing, and keeps the id for whoever does.
unsafe extern "C" fn remember(context: *mut c_void, _validator: *const Validator, work: *const Work) {
    // SAFETY: as above.
    unsafe {
        (*context.cast::<Host>()).calls.fetch_add(1, Ordering::Relaxed);
        (*context.cast::<Host>()).id.store((*work).id, Ordering::Relaxed);
    }
}

#[test]
fn a_worker_is_called_on_each_thread_that_validates() {
    let (host, validator) = (Host::default(), made(REMOTE));
    // SAFETY: the host outlives the validator, and everything else is ours.
    unsafe {
        assert_eq!(jotgate_set_worker(validator, Some(report), (&raw const host).cast_mut().cast()), JOTGATE_OK);
        let again = jotgate_set_worker(validator, Some(report), ptr::null_mut());
        assert_eq!(again, JOTGATE_INVALID_ARGUMENT);
    }
    let shared = Shared(validator);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(move || {
                let Shared(validator) = { shared };
                let (mut verdict, mut buffer) = (zeroed(), vec![0; 256]);
                assert_eq!(asked(validator, &question(SIGNED), &mut buffer, &mut verdict), JOTGATE_OK);
                assert_ne!(verdict.kind, JOTGATE_VERDICT_ACCEPTED);
            });
        }
    });
    assert!(host.calls.load(Ordering::Relaxed) > 0);
    // SAFETY: no thread uses it any more.
    unsafe { jotgate_validator_free(validator) };
}

#[test]
fn work_of_a_validator_that_was_replaced_is_told_to_the_next() {
    let (host, before) = (Host::default(), made(REMOTE));
    let (mut verdict, mut buffer) = (zeroed(), vec![0; 256]);
    // SAFETY: as above; each validator is freed once.
    unsafe {
        assert_eq!(jotgate_set_worker(before, Some(remember), (&raw const host).cast_mut().cast()), JOTGATE_OK);
        assert_eq!(asked(before, &question(SIGNED), &mut buffer, &mut verdict), JOTGATE_OK);
        assert_eq!(verdict.kind, JOTGATE_VERDICT_KEYS_NEEDED);
        let after = jotgate_validator_replace(before, REMOTE.as_ptr(), REMOTE.len(), NOW, ptr::null_mut());
        jotgate_validator_free(before);
        let id = host.id.load(Ordering::Relaxed);
        assert_eq!(jotgate_report_failed(after, id, JOTGATE_FAILURE_TIMEOUT, b"late".as_ptr(), 4, NOW), JOTGATE_OK);
        assert_eq!(asked(after, &question(SIGNED), &mut buffer, &mut verdict), JOTGATE_OK);
        assert_eq!(verdict.kind, JOTGATE_VERDICT_UNAVAILABLE);
        assert!(text(verdict.detail).contains("late"));
        jotgate_validator_free(after);
    }
}

#[test]
fn work_outlives_its_validator() {
    let validator = made(REMOTE);
    let (mut verdict, mut buffer) = (zeroed(), vec![0; 256]);
    assert_eq!(asked(validator, &question(SIGNED), &mut buffer, &mut verdict), JOTGATE_OK);
    // SAFETY: the work belongs to the caller until it is freed, whatever becomes of the validator.
    unsafe {
        let work = jotgate_poll_work(validator, NOW);
        jotgate_validator_free(validator);
        assert_eq!(text((*work).url), "https://idp.test/jwks");
        jotgate_work_free(work);
    }
}

#[test]
fn a_batch_is_written_behind_one_another_and_read_claim_by_claim() {
    let validator = made(PLAIN);
    let tokens = [TOKEN, "x", TOKEN].map(Bytes::of);
    let batch = Batch { size: size_of::<Batch>(), tokens: tokens.as_ptr(), tokens_len: 3, ..Batch::ZEROED };
    let (mut verdicts, mut buffer, mut needed) = ([zeroed(); 3], vec![0; 1024], 0);
    let (place, room, len) = (verdicts.as_mut_ptr(), buffer.as_mut_ptr(), buffer.len());
    // SAFETY: all of it is ours.
    let status =
        unsafe { jotgate_validate_many(validator, &raw const batch, NOW, room, len, &raw mut needed, place, 3) };
    assert_eq!(status, JOTGATE_OK);
    assert_eq!(
        verdicts.map(|verdict| verdict.kind),
        [JOTGATE_VERDICT_ACCEPTED, JOTGATE_VERDICT_REJECTED, JOTGATE_VERDICT_ACCEPTED]
    );
    let last = &raw const verdicts[2];
    let mut member = Member { size: size_of::<Member>(), ..Member::ZEROED };
    // SAFETY: verdict and buffer are as the call has written them.
    unsafe {
        assert_eq!(jotgate_find_member(last, buffer.as_ptr(), b"sub".as_ptr(), 3, &raw mut member), JOTGATE_OK);
        assert_eq!(text(member.text), "alice");
        assert_eq!(jotgate_member_at(last, buffer.as_ptr(), 0, &raw mut member), JOTGATE_OK);
        assert_eq!((text(member.name), text(member.json)), ("iss", "\"https://idp.test/\""));
        assert_eq!(jotgate_member_at(last, buffer.as_ptr(), 9, &raw mut member), JOTGATE_INVALID_ARGUMENT);
        let raw = br"\u0061\n";
        assert_eq!(grown(|text, len, needed| jotgate_unescape(raw.as_ptr(), raw.len(), text, len, needed)), "a\n");
        jotgate_validator_free(validator);
    }
}

#[test]
fn claims_of_a_token_that_is_not_decided_on_live_as_long_as_it() {
    let validator = made(UNSIGNED);
    let (mut verdict, mut buffer): (Verdict, _) = (zeroed(), vec![0; 256]);
    assert_eq!(asked(validator, &question(TOKEN), &mut buffer, &mut verdict), JOTGATE_OK);
    let mut member = Member { size: size_of::<Member>(), ..Member::ZEROED };
    // SAFETY: the token is ours until it is given up.
    unsafe {
        let status = jotgate_undecided_find_member(verdict.undecided, b"sub".as_ptr(), 3, &raw mut member);
        assert_eq!((status, text(member.text)), (JOTGATE_OK, "alice"));
        jotgate_validator_free(validator);
        assert_eq!(text(member.text), "alice");
        jotgate_undecided_free(verdict.undecided);
    }
}

#[test]
fn a_document_is_rewritten_and_filled() {
    let yaml = "version: 1\nissuers: [{ issuer: 'https://idp.test/', audience: { env: AUDIENCE }, keys: { discovery: true } }]\n";
    let json = grown(|text, len, needed| {
        // SAFETY: all of it is ours.
        unsafe {
            jotgate_policy_to_json(yaml.as_ptr(), yaml.len(), JOTGATE_FORMAT_YAML, text, len, needed, ptr::null_mut())
        }
    });
    let wanted = grown(|text, len, needed| {
        // SAFETY: as above.
        unsafe { jotgate_policy_references(json.as_ptr(), json.len(), text, len, needed, ptr::null_mut()) }
    });
    assert!(wanted.contains("\"name\":\"AUDIENCE\""), "{wanted}");
    let reading = Reading { bytes: Bytes::of("orders"), exists: 1 };
    let filled = grown(|text, len, needed| {
        // SAFETY: as above.
        unsafe {
            let (document, len_of_it) = (json.as_ptr(), json.len());
            jotgate_policy_fill(document, len_of_it, &raw const reading, 1, text, len, needed, ptr::null_mut())
        }
    });
    assert!(filled.contains("\"orders\""));
}
