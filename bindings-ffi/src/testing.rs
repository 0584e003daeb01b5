//! The test kit: words and JSON cross, and the crate `jotgate-testing` does the rest.

use crate::bytes::{Bytes, object_of, slice_of};
use crate::error::{Error, made_or_error};
use crate::guard::guard_or;
use jotgate_edge::Mistake;
use jotgate_testing::Issuer;
use std::ptr;

/// An issuer for tests, which mints tokens, publishes keys, changes them, and breaks. Opaque; free it with
/// jotgate_testing_issuer_free.
///
/// Any number of threads may use one at once. Its keys are made with it and gone with it: there is none in the library.
pub struct TestingIssuer(Issuer);

/// What a word of the kit came to. Opaque; free it with jotgate_testing_answer_free.
pub struct TestingAnswer(String);

/// Makes an issuer for the tests of a program that validates tokens: nothing else in this library needs it. It is in every
/// build, of which it takes a twentieth, so that tests link what runs.
///
/// The options are a JSON object in UTF-8, and each may be left out: `policy` (the text of the program's own policy
/// document), `issuer` (which of its issuers), `audience` (where there is no policy), `algorithm`, `kid`, `claims` (what all
/// tokens have) and `now` (seconds since 1970, where its clock stands). An RSA key takes a tenth of a second or so.
///
/// Returns NULL when it cannot be made, and then `*error` is a jotgate_error that belongs to the caller and has no path;
/// after a success `*error` is NULL. `error` may be NULL when nobody wants to know.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_testing_issuer_new(
    options: *const u8, options_len: usize, error: *mut *mut Error,
) -> *mut TestingIssuer {
    let made = || {
        // SAFETY: the caller lends `options_len` bytes for the call.
        let options = unsafe { text_of(options, options_len) }?;
        Issuer::from_json(options).map(TestingIssuer).map_err(|error| Mistake::from(&error))
    };
    // SAFETY: the caller lends memory for a pointer, or NULL.
    unsafe { made_or_error(error, made) }
}

/// Does what `word` names, with arguments that are a JSON object, and gives what comes of it as JSON. A word does its work
/// once, whatever the length of what it gives; that belongs to the caller.
///
/// - `name`: the `iss` of its tokens.
/// - `policy`: the text of the program's policy, with the keys of now in place of its own. `policy_for` (`policy`): the same
///   of another text, where a test has several issuers. `policy_fetching` (`base`): with the key set at `BASE/jwks` instead.
/// - `token` (`subject`, `audience`, `scopes`, `client`, `lifetime`, `claims`, `without`, `header`, `algorithm`, `kid`, `now`): a
///   token that is good under the policy, but for what is said.
/// - `bad` (`code`, `token` as for that word, `method`, `path`): what the policy refuses with that code: `code`, `what`, `token`
///   or null, `method`, `target` and `headers`, a list of pairs.
/// - `jwks`: the text of the key set. `metadata` (`jwks_uri`): that of the issuer's metadata.
/// - `serve` (`url`): what a GET is answered: `status`, or null where no answer comes, `content_type`, `body` and `fault`.
/// - `rotate` (`overlap`, true by default, and `kid`): the id of the new key. `retire_keys`: null, and the keys that do not
///   sign any more leave the set.
/// - `break_keys` (`fault`: `html`, `empty`, `wrong_key`, `error`, `gone`, `slow` or `unreachable`) and `mend`: null.
///
/// Returns NULL when that cannot be done, and then `*error` is as for jotgate_testing_issuer_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_testing_issuer_call(
    issuer: *const TestingIssuer, word: *const u8, word_len: usize, arguments: *const u8, arguments_len: usize,
    error: *mut *mut Error,
) -> *mut TestingAnswer {
    let called = || {
        // SAFETY: the caller holds the issuer.
        let issuer = unsafe { object_of(issuer) }.map_err(|_| Mistake::of_call("there is no issuer"))?;
        // SAFETY: the caller lends `word_len` bytes for the call.
        let word = unsafe { text_of(word, word_len) }?;
        // SAFETY: the caller lends `arguments_len` bytes for the call.
        let arguments = unsafe { text_of(arguments, arguments_len) }?;
        issuer.0.call(word, arguments).map(TestingAnswer).map_err(|error| Mistake::from(&error))
    };
    // SAFETY: the caller lends memory for a pointer, or NULL.
    unsafe { made_or_error(error, called) }
}

/// What the kit makes of each code: a list of objects with `code`, `makeable` (whether a token or a request can give it),
/// `what` (is bad about that) and `needs` (what the policy must say for it). NULL only after a bug in the library.
#[unsafe(no_mangle)]
pub extern "C" fn jotgate_testing_recipes() -> *mut TestingAnswer {
    guard_or(ptr::null_mut(), || Box::into_raw(Box::new(TestingAnswer(jotgate_testing::recipes_json()))))
}

/// The text of an answer: JSON in UTF-8. It lives as long as the answer. `data` is NULL when `answer` is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_testing_answer_text(answer: *const TestingAnswer) -> Bytes {
    guard_or(Bytes::NONE, || {
        // SAFETY: the caller holds the answer, which is never changed.
        Bytes::of_option(unsafe { object_of(answer) }.ok().map(|answer| answer.0.as_str()))
    })
}

/// Frees an answer. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_testing_answer_free(answer: *mut TestingAnswer) {
    // SAFETY: the pointer came from `Box::into_raw` here, and the caller frees it once.
    unsafe { free(answer) };
}

/// Frees an issuer, and with it its keys. NULL is fine. No other call on it may be running or follow.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_testing_issuer_free(issuer: *mut TestingIssuer) {
    // SAFETY: the pointer came from `Box::into_raw` here, and the caller frees it once.
    unsafe { free(issuer) };
}

/// # Safety
/// `text` must point to `len` bytes that nobody changes during `'a`, unless `len` is 0.
unsafe fn text_of<'a>(text: *const u8, len: usize) -> Result<&'a str, Mistake> {
    // SAFETY: the caller passes the promise on.
    let text =
        unsafe { slice_of(text, len) }.map_err(|_| Mistake::of_call("a text is NULL or its length is impossible"))?;
    std::str::from_utf8(text).map_err(|_| Mistake::of_call("a text is not UTF-8"))
}

/// # Safety
/// `object` must be NULL or come from `Box::into_raw`, and is used no more.
unsafe fn free<T>(object: *mut T) {
    guard_or((), || {
        if !object.is_null() {
            // SAFETY: the caller passes the promise on.
            drop(unsafe { Box::from_raw(object) });
        }
    });
}
