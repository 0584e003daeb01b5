//! The life of a validator through the C interface, in the order of a host's calls.
//!
//! No signature is checked in it, because Miri, which watches every pointer of it in `make soak`, runs no assembly.

use crate::answer::{jotgate_answer, jotgate_answer_with};
use crate::bytes::{Bytes, Field};
use crate::error::{jotgate_error_free, jotgate_error_hint, jotgate_error_message, jotgate_error_path};
use crate::event::jotgate_poll_event;
use crate::explain::{JOTGATE_FORM_JSON, jotgate_explain};
use crate::forward::jotgate_forward;
use crate::keys::{jotgate_export_keys, jotgate_health, jotgate_import_keys};
use crate::numbers::*;
use crate::question::Question;
use crate::request::Request;
use crate::require::{
    Requirement, jotgate_has_scope, jotgate_require, jotgate_requirement_free, jotgate_requirement_new, jotgate_scopes,
};
use crate::sized::Growing;
use crate::status::{JOTGATE_BUFFER_TOO_SMALL, JOTGATE_OK, Status};
use crate::undecided::{jotgate_answer_question, jotgate_undecided_free, jotgate_undecided_payload};
use crate::validator::{Options, Validator, jotgate_validator_free, jotgate_validator_new};
use crate::verdict::{Verdict, jotgate_validate};
use crate::work::{Response, Work, jotgate_poll_work, jotgate_report_fetched, jotgate_report_saved, jotgate_work_free};
use std::ptr;

pub(crate) const NOW: i64 = 1_800_000_000_000;

pub(crate) const UNSIGNED: &str = r#"{"version": 1, "issuers": [{"issuer": "https://idp.test/", "audience": "any",
    "required_claims": [], "keys": {"accept_unsigned": true}, "client_id": {"claims": ["azp"], "allowed": "host"},
    "claim_mapping": {"azp": "client"}}], "forward": {"claims_to_headers": {"sub": "X-User"}}}"#;

pub(crate) const REMOTE: &str = r#"{"version": 1, "issuers": [{"issuer": "https://idp.test/", "audience": "any",
    "required_claims": [], "keys": {"jwks_uri": "https://idp.test/jwks"}}]}"#;

const SET: &str = r#"{"keys":[{"kty":"oct","k":"AAAA","kid":"a"},{"kty":"RSA","n":"AQAB","e":"AQAB","kid":"b"}]}"#;

/// `{"alg":"none"}` and `{"iss":"https://idp.test/","azp":"app-1","sub":"alice"}`.
pub(crate) const TOKEN: &str =
    "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lkcC50ZXN0LyIsImF6cCI6ImFwcC0xIiwic3ViIjoiYWxpY2UifQ.";

/// `{"alg":"ES256","kid":"z"}`, the same payload, and no signature that anybody made.
pub(crate) const SIGNED: &str = "eyJhbGciOiJFUzI1NiIsImtpZCI6InoifQ.eyJpc3MiOiJodHRwczovL2lkcC50ZXN0LyIsImF6cCI6ImFwcC0xIiwic3ViIjoiYWxpY2UifQ.AAAA";

#[test]
fn a_policy_that_does_not_compile_gives_an_error_to_read() {
    let mut error = ptr::null_mut();
    let policy = REMOTE.replace("audience", "audiense");
    // SAFETY: texts and the place for the error are ours, here and below.
    unsafe {
        let options = Options { size: size_of::<Options>(), ..Options::ZEROED };
        let validator = jotgate_validator_new(policy.as_ptr(), policy.len(), &raw const options, &raw mut error);
        assert!(validator.is_null());
        assert_eq!(text(jotgate_error_path(error)), "issuers[0].audiense");
        assert!(!text(jotgate_error_message(error)).is_empty());
        assert_eq!(text(jotgate_error_hint(error)), "did you mean audience?");
        jotgate_error_free(error);
    }
}

#[test]
fn a_question_is_answered_once_and_a_token_of_it_given_up() {
    let validator = made(UNSIGNED);
    for answer in [JOTGATE_ANSWER_YES, JOTGATE_ANSWER_NO, JOTGATE_ANSWER_FAILED, 77] {
        let (mut verdict, mut buffer) = (zeroed(), vec![0; 256]);
        assert_eq!(asked(validator, &question(TOKEN), &mut buffer, &mut verdict), JOTGATE_OK);
        assert_eq!((verdict.kind, verdict.question), (JOTGATE_VERDICT_UNDECIDED, JOTGATE_QUESTION_CLIENT));
        // SAFETY: the verdict holds the token, and its texts live as long.
        unsafe {
            assert_eq!((text(verdict.client_id), text(verdict.client_claim)), ("app-1", "client"));
            assert!(text(jotgate_undecided_payload(verdict.undecided)).contains("\"client\":\"app-1\""));
            let undecided = &raw mut verdict.undecided;
            let status = jotgate_answer_question(undecided, answer, buffer.as_mut_ptr(), 4, &raw mut verdict);
            assert_eq!(status, JOTGATE_BUFFER_TOO_SMALL);
        }
        let mut held = verdict;
        // SAFETY: as above; the token is in another place than the verdict now.
        unsafe {
            let status = jotgate_answer_question(
                &raw mut held.undecided,
                answer,
                buffer.as_mut_ptr(),
                buffer.len(),
                &raw mut verdict,
            );
            assert_eq!(status, JOTGATE_OK);
        }
        assert!(held.undecided.is_null());
        let accepted = answer == JOTGATE_ANSWER_YES;
        assert_eq!(verdict.kind, if accepted { JOTGATE_VERDICT_ACCEPTED } else { JOTGATE_VERDICT_REJECTED });
        if !accepted {
            // SAFETY: the verdict was rejected just now, and the validator lives.
            unsafe { assert_eq!(text(verdict.claim), "client") };
            assert!(
                grown(|buffer, len, needed| {
                    // SAFETY: all of it is ours.
                    unsafe { jotgate_answer(validator, &raw const verdict, NOW, buffer, len, needed) }
                })
                .contains("403")
            );
        }
    }
    let (mut verdict, mut buffer) = (zeroed(), vec![0; 256]);
    assert_eq!(asked(validator, &question(TOKEN), &mut buffer, &mut verdict), JOTGATE_OK);
    // SAFETY: both are ours and used no more.
    unsafe {
        jotgate_undecided_free(verdict.undecided);
        jotgate_validator_free(validator);
    }
}

#[test]
fn an_accepted_token_is_asked_for_more() {
    let validator = made(UNSIGNED);
    let [client, scoped] =
        [r#"{"claims":[{"claim":"client","equals":"app-1"}]}"#, r#"{"scopes":{"all":["a"]}}"#].map(required);
    let (mut verdict, mut buffer) = (zeroed(), vec![0; 256]);
    assert_eq!(asked(validator, &question(TOKEN), &mut buffer, &mut verdict), JOTGATE_OK);
    // SAFETY: all of it is ours, and lives until it is freed once.
    unsafe {
        let undecided = &raw mut verdict.undecided;
        let (room, len) = (buffer.as_mut_ptr(), buffer.len());
        assert_eq!(jotgate_answer_question(undecided, JOTGATE_ANSWER_YES, room, len, &raw mut verdict), JOTGATE_OK);
        assert_eq!(text(verdict.scope_claim), "scope");
        assert_eq!(jotgate_require(validator, client, buffer.as_ptr(), &raw mut verdict), JOTGATE_OK);
        assert_eq!(verdict.kind, JOTGATE_VERDICT_ACCEPTED);
        assert_eq!(jotgate_has_scope(&raw const verdict, buffer.as_ptr(), b"a".as_ptr(), 1), 0);
        let held = verdict;
        let place = &raw const held;
        assert_eq!(grown(|text, len, needed| jotgate_scopes(place, buffer.as_ptr(), text, len, needed)), "[]");
        assert_eq!(jotgate_require(validator, scoped, buffer.as_ptr(), &raw mut verdict), JOTGATE_OK);
        assert_eq!((verdict.kind, text(verdict.claim)), (JOTGATE_VERDICT_REJECTED, "scope"));
        let refused = &raw const verdict;
        let answer = grown(|text, len, needed| jotgate_answer_with(validator, scoped, refused, NOW, text, len, needed));
        assert!(answer.contains("403"));
        jotgate_requirement_free(client);
        jotgate_requirement_free(scoped);
        jotgate_validator_free(validator);
    }
}

#[test]
fn a_request_is_judged_explained_and_forwarded() {
    let validator = made(UNSIGNED);
    let bearer = format!("Bearer {TOKEN}");
    let fields = [
        Field { name: Bytes::of("Authorization"), value: Bytes::of(&bearer) },
        Field { name: Bytes::of("X-User"), value: Bytes::of("root") },
    ];
    let request = Request {
        size: size_of::<Request>(),
        method: Bytes::of("GET"),
        path: Bytes::of("/orders"),
        headers: fields.as_ptr(),
        headers_len: fields.len(),
        ..Request::ZEROED
    };
    let question = Question { size: size_of::<Question>(), request: &raw const request, ..Question::ZEROED };
    let (mut verdict, mut buffer) = (zeroed(), vec![0; 256]);
    assert_eq!(asked(validator, &question, &mut buffer, &mut verdict), JOTGATE_OK);
    assert_eq!((verdict.kind, verdict.code), (JOTGATE_VERDICT_UNDECIDED, 0));
    let explained = grown(|buffer, len, needed| {
        // SAFETY: all of it is ours.
        unsafe { jotgate_explain(validator, &raw const question, NOW, JOTGATE_FORM_JSON, buffer, len, needed) }
    });
    assert!(explained.contains("\"checks\""));
    let forward = grown(|buffer, len, needed| {
        // SAFETY: as above.
        unsafe { jotgate_forward(validator, &raw const request, ptr::null(), 0, buffer, len, needed) }
    });
    assert!(forward.contains("X-User"));
    // SAFETY: both are ours and used no more.
    unsafe {
        jotgate_undecided_free(verdict.undecided);
        jotgate_validator_free(validator);
    }
}

#[test]
fn work_is_given_out_reported_and_freed() {
    let validator = made(REMOTE);
    let (mut verdict, mut buffer) = (zeroed(), vec![0; 256]);
    for _ in 0..2 {
        assert_eq!(asked(validator, &question(SIGNED), &mut buffer, &mut verdict), JOTGATE_OK);
        loop {
            // SAFETY: the validator is ours; the work is until it is freed.
            let work = unsafe { jotgate_poll_work(validator, NOW) };
            if work.is_null() {
                break;
            }
            // SAFETY: as above.
            unsafe { done(validator, &*work) };
            // SAFETY: freed once.
            unsafe { jotgate_work_free(work) };
        }
    }
    assert_ne!(verdict.kind, JOTGATE_VERDICT_ACCEPTED);
    let health = grown(|buffer, len, needed| {
        // SAFETY: all of it is ours.
        unsafe { jotgate_health(validator, NOW, buffer, len, needed) }
    });
    assert!(health.contains("https://idp.test/jwks"));
    // SAFETY: as above.
    let kept = grown(|buffer, len, needed| unsafe { jotgate_export_keys(validator, buffer, len, needed) });
    let mut imported = 0;
    // SAFETY: as above; freed once.
    unsafe {
        assert_eq!(jotgate_import_keys(validator, kept.as_ptr(), kept.len(), NOW, &raw mut imported), JOTGATE_OK);
        let mut needed = 0;
        while jotgate_poll_event(validator, buffer.as_mut_ptr(), buffer.len(), &raw mut needed) != JOTGATE_OK
            || needed > 0
        {
            buffer.resize(buffer.len().max(needed), 0);
        }
        jotgate_validator_free(validator);
    }
}

/// # Safety
/// The work must be the validator's.
pub(crate) unsafe fn done(validator: *const Validator, work: &Work) {
    let fields = [Field { name: Bytes::of("Cache-Control"), value: Bytes::of("max-age=60") }];
    let response = Response {
        size: size_of::<Response>(),
        status: 200,
        headers: fields.as_ptr(),
        headers_len: fields.len(),
        body: Bytes::of(SET),
        ..Response::ZEROED
    };
    // SAFETY: the caller passes the promise on; the answer is ours.
    let status = unsafe {
        match work.kind {
            JOTGATE_WORK_FETCH => {
                assert_eq!(text(work.url), "https://idp.test/jwks");
                jotgate_report_fetched(validator, work.id, &raw const response, NOW)
            }
            _ => jotgate_report_saved(validator, work.id, NOW),
        }
    };
    assert_eq!(status, JOTGATE_OK);
}

pub(crate) fn made(policy: &str) -> *mut Validator {
    let options = Options { size: size_of::<Options>(), client_lookup: 1, seed: 7519, ..Options::ZEROED };
    let mut error = ptr::null_mut();
    // SAFETY: the text and the place for the error are ours.
    let validator = unsafe { jotgate_validator_new(policy.as_ptr(), policy.len(), &raw const options, &raw mut error) };
    assert!(error.is_null() && !validator.is_null());
    validator
}

fn required(document: &str) -> *mut Requirement {
    let mut error = ptr::null_mut();
    // SAFETY: the text and the place for the error are ours.
    let requirement = unsafe { jotgate_requirement_new(document.as_ptr(), document.len(), &raw mut error) };
    assert!(error.is_null() && !requirement.is_null());
    requirement
}

pub(crate) fn question(token: &str) -> Question {
    Question { size: size_of::<Question>(), token: Bytes::of(token), ..Question::ZEROED }
}

pub(crate) fn zeroed() -> Verdict {
    Verdict { size: size_of::<Verdict>(), ..Verdict::ZEROED }
}

pub(crate) fn asked(
    validator: *const Validator, question: &Question, buffer: &mut [u8], verdict: &mut Verdict,
) -> Status {
    // SAFETY: all of it is the test's own.
    unsafe {
        jotgate_validate(
            validator,
            ptr::from_ref(question),
            NOW,
            buffer.as_mut_ptr(),
            buffer.len(),
            ptr::from_mut(verdict),
        )
    }
}

/// What a function writes that first says how much room it needs.
pub(crate) fn grown(write: impl Fn(*mut u8, usize, *mut usize) -> Status) -> String {
    let (mut buffer, mut needed) = (Vec::new(), 0);
    assert_eq!(write(ptr::null_mut(), 0, &raw mut needed), JOTGATE_BUFFER_TOO_SMALL);
    buffer.resize(needed, 0);
    assert_eq!(write(buffer.as_mut_ptr(), buffer.len(), &raw mut needed), JOTGATE_OK);
    buffer.truncate(needed);
    String::from_utf8(buffer).unwrap()
}

/// # Safety
/// The text's owner must live for as long as the text is used.
pub(crate) unsafe fn text<'a>(bytes: Bytes) -> &'a str {
    if bytes.data.is_null() {
        return "";
    }
    // SAFETY: the caller passes the promise on.
    std::str::from_utf8(unsafe { std::slice::from_raw_parts(bytes.data, bytes.len) }).unwrap()
}
