//! Validators: made from a policy, asked about tokens and requests.

use crate::bytes::{object_of, slice_of};
use crate::error::Error;
use crate::fetcher::Fetcher;
use crate::guard::guard_or;
use crate::request::{Request, RequestText};
use crate::session::{Outcome, Session};
use crate::status::Status;
use crate::verdict::{Verdict, report};
use jotgate_core::Timestamp;
use std::ptr;
use std::sync::OnceLock;

/// A compiled policy with its key sets. Opaque; free it with jotgate_validator_free.
///
/// Any number of threads may use one validator at once. A child process may go on using it after a fork.
pub struct Validator {
    session: Session,
    fetcher: OnceLock<Fetcher>,
}

impl Validator {
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// Hands the fetcher back when there is one already.
    pub(crate) fn register(&self, fetcher: Fetcher) -> Result<(), Fetcher> {
        self.fetcher.set(fetcher)
    }

    fn ask(&self, now: Timestamp, ask: impl Fn(&Session) -> jotgate_core::Verdict) -> Outcome {
        match self.fetcher.get() {
            Some(fetcher) => fetcher.validate(self, now, ask),
            None => self.session.keep_fetches(ask(&self.session), now),
        }
    }
}

/// Makes a validator from a policy document: JSON text in UTF-8.
///
/// `seed` is any random number; it spreads the refreshes of many processes over time and protects nothing. The document
/// is read during the call and not kept. The validator belongs to the caller.
///
/// Returns NULL when the document is refused, and then `*error` is a jotgate_error that belongs to the caller; after a
/// success `*error` is NULL. `error` may be NULL when nobody wants to know.
///
/// A policy that leaves it to the caller which clients are allowed (`client_id: { allowed: host }`) is refused: see
/// jotgate_validator_new_with_client_lookup.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_validator_new(
    policy: *const u8, policy_len: usize, seed: u64, error: *mut *mut Error,
) -> *mut Validator {
    // SAFETY: the caller passes its promises on.
    unsafe { make(policy, policy_len, seed, false, error) }
}

/// Makes a validator for a caller that looks clients up, where the policy says `client_id: { allowed: host }`.
///
/// By calling this the caller promises: when the `client_claim` of an accepted verdict is not NULL, it looks up the
/// client that this claim of the payload names, and refuses the token with JOTGATE_CODE_CLIENT_NOT_ALLOWED unless it
/// knows the client. Any other policy works as with jotgate_validator_new, which says the rest.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_validator_new_with_client_lookup(
    policy: *const u8, policy_len: usize, seed: u64, error: *mut *mut Error,
) -> *mut Validator {
    // SAFETY: the caller passes its promises on.
    unsafe { make(policy, policy_len, seed, true, error) }
}

/// # Safety
/// `policy` must point to `policy_len` bytes unless that is 0; `error` must be NULL or point to memory for a pointer.
unsafe fn make(
    policy: *const u8, policy_len: usize, seed: u64, looks_clients_up: bool, error: *mut *mut Error,
) -> *mut Validator {
    let made = guard_or(Err(None), || {
        // SAFETY: the caller lends `policy_len` bytes for the call.
        let policy = unsafe { slice_of(policy, policy_len) }
            .map_err(|_| Some(Error::of_call("the policy document is NULL or its length is impossible")))?;
        Session::new(policy, seed, looks_clients_up).map_err(Some)
    });
    let (validator, problem) = match made {
        Ok(session) => (Box::into_raw(Box::new(Validator { session, fetcher: OnceLock::new() })), ptr::null_mut()),
        Err(problem) => {
            let problem = problem.unwrap_or_else(|| Error::of_call("a bug in this library was caught"));
            (ptr::null_mut(), Box::into_raw(Box::new(problem)))
        }
    };
    if !error.is_null() && error.is_aligned() {
        // SAFETY: not NULL and aligned, as just checked; the caller's own memory, by promise.
        unsafe { error.write(problem) };
    } else if !problem.is_null() {
        // SAFETY: made by `Box::into_raw` a few lines up and seen by nobody else.
        drop(unsafe { Box::from_raw(problem) });
    }
    validator
}

/// Frees a validator, and with it the claim names in its verdicts. NULL is fine.
///
/// No other call on the validator may be running or follow: not from other threads, and not for its fetches that have
/// not ended.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_validator_free(validator: *mut Validator) {
    guard_or((), || {
        if !validator.is_null() {
            // SAFETY: the pointer came from `Box::into_raw` in jotgate_validator_new, and the caller frees it once.
            drop(unsafe { Box::from_raw(validator) });
        }
    });
}

/// Validates a token: the compact form, without the word Bearer.
///
/// `now_ms` is the current time in milliseconds since the Unix epoch. An accepted token's header and payload are written
/// to `buffer`, one after the other; a buffer as long as the token suffices, unless the policy maps claims to longer
/// names. The verdict is zeroed first.
///
/// Returns JOTGATE_OK when there is a verdict, whichever it is. With JOTGATE_BUFFER_TOO_SMALL the token was accepted,
/// but the verdict has the kind NONE and only `header_len` and `payload_len` are set: ask again with that much room.
/// With any other status the verdict stays zeroed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_validate(
    validator: *const Validator, token: *const u8, token_len: usize, now_ms: i64, buffer: *mut u8, buffer_len: usize,
    verdict: *mut Verdict,
) -> Status {
    let ask = || {
        // SAFETY: the caller holds the validator.
        let validator = unsafe { object_of(validator) }?;
        // SAFETY: the caller lends `token_len` bytes for the call.
        let token = unsafe { slice_of(token, token_len) }?;
        let now = Timestamp::from_millis(now_ms);
        Ok(validator.ask(now, |session| session.validate(token, now)))
    };
    // SAFETY: the caller lends `buffer_len` bytes of buffer and a verdict, both its own.
    unsafe { report(verdict, buffer, buffer_len, ask) }
}

/// Says whether a token could have passed at the time `as_of_ms`, with the keys of the time `now_ms`: for audits and
/// replays. jotgate_validate with another time than the clock's would make the key sets older or younger instead.
///
/// In all else it does what jotgate_validate does, and returns what that returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_validate_as_of(
    validator: *const Validator, token: *const u8, token_len: usize, as_of_ms: i64, now_ms: i64, buffer: *mut u8,
    buffer_len: usize, verdict: *mut Verdict,
) -> Status {
    let ask = || {
        // SAFETY: the caller holds the validator.
        let validator = unsafe { object_of(validator) }?;
        // SAFETY: the caller lends `token_len` bytes for the call.
        let token = unsafe { slice_of(token, token_len) }?;
        let (as_of, now) = (Timestamp::from_millis(as_of_ms), Timestamp::from_millis(now_ms));
        Ok(validator.ask(now, |session| session.validate_as_of(token, as_of, now)))
    };
    // SAFETY: the caller lends `buffer_len` bytes of buffer and a verdict, both its own.
    unsafe { report(verdict, buffer, buffer_len, ask) }
}

/// Validates a request: finds the token where the policy looks for it, then goes on as jotgate_validate does.
///
/// A buffer as long as the query and all header values together suffices, unless the policy maps claims to longer names.
///
/// Returns what jotgate_validate returns, and JOTGATE_INVALID_UTF8 when method, path or query are not UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_validate_request(
    validator: *const Validator, request: *const Request, now_ms: i64, buffer: *mut u8, buffer_len: usize,
    verdict: *mut Verdict,
) -> Status {
    let now = Timestamp::from_millis(now_ms);
    let ask = |session: &Session, request: &jotgate_core::Request<'_>| session.validate_request(request, now);
    // SAFETY: the caller holds the validator, lends the request and what it points to, `buffer_len` bytes of buffer and
    // a verdict, the last two its own.
    unsafe { judge_request(validator, request, now, ask, buffer, buffer_len, verdict) }
}

/// Says whether a request's token could have passed at the time `as_of_ms`, with the keys of the time `now_ms`; see
/// jotgate_validate_as_of.
///
/// In all else it does what jotgate_validate_request does, and returns what that returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_validate_request_as_of(
    validator: *const Validator, request: *const Request, as_of_ms: i64, now_ms: i64, buffer: *mut u8,
    buffer_len: usize, verdict: *mut Verdict,
) -> Status {
    let (as_of, now) = (Timestamp::from_millis(as_of_ms), Timestamp::from_millis(now_ms));
    let ask =
        |session: &Session, request: &jotgate_core::Request<'_>| session.validate_request_as_of(request, as_of, now);
    // SAFETY: as for jotgate_validate_request.
    unsafe { judge_request(validator, request, now, ask, buffer, buffer_len, verdict) }
}

/// # Safety
/// As for the arguments of [`jotgate_validate_request`].
unsafe fn judge_request(
    validator: *const Validator, request: *const Request, now: Timestamp,
    judge: impl Fn(&Session, &jotgate_core::Request<'_>) -> jotgate_core::Verdict, buffer: *mut u8, buffer_len: usize,
    verdict: *mut Verdict,
) -> Status {
    let ask = || {
        // SAFETY: the caller passes the promise on.
        let validator = unsafe { object_of(validator) }?;
        // SAFETY: as above.
        let request = unsafe { RequestText::read(object_of(request)?) }?;
        let headers = request.headers();
        let request = jotgate_core::Request {
            method: request.method,
            path: request.path,
            query: request.query,
            headers: &headers,
        };
        Ok(validator.ask(now, |session| judge(session, &request)))
    };
    // SAFETY: as above.
    unsafe { report(verdict, buffer, buffer_len, ask) }
}
