//! Push style: the host registers a function, and validations call it for each fetch.

use crate::bytes::object_of;
use crate::fetch::{Fetch, OwnedFetch};
use crate::guard::guard;
use crate::session::{Outcome, Session};
use crate::status::{JOTGATE_INVALID_ARGUMENT, JOTGATE_NULL_ARGUMENT, Status};
use crate::validator::Validator;
use jotgate_core::{FetchRequest, Timestamp, Verdict};
use std::ffi::c_void;

/// Does one fetch, or starts it.
///
/// `context` is what was given to jotgate_set_fetcher. `fetch` is borrowed until the function returns: copy what is
/// needed longer. The fetch may be ended (jotgate_complete_fetch, jotgate_fail_fetch) before the function returns or at
/// any time later, by any thread. The function runs on a thread that validates, with no lock held, and may call every
/// function of the validator but jotgate_validator_free. It must return: no longjmp, no C++ exception.
pub type FetchCallback =
    Option<unsafe extern "C" fn(context: *mut c_void, validator: *const Validator, fetch: *const Fetch)>;

/// The host's function with its context.
pub(crate) struct Fetcher {
    callback: unsafe extern "C" fn(*mut c_void, *const Validator, *const Fetch),
    context: *mut c_void,
}

// SAFETY: the context is never looked at here, only handed back, and jotgate_set_fetcher asks for a function and a
// context that every validating thread may use.
unsafe impl Send for Fetcher {}
// SAFETY: as above.
unsafe impl Sync for Fetcher {}

impl Fetcher {
    fn call(&self, validator: &Validator, request: FetchRequest) {
        let fetch = OwnedFetch::new(request);
        // SAFETY: the host promised a function of this type that may be called while the validator lives; what it is
        // handed lives until it returns, and no lock or exclusive reference is held across the call.
        unsafe { (self.callback)(self.context, validator, fetch.view()) };
    }

    /// Validates and fetches in turn, for as long as the host ends its fetches at once.
    pub(crate) fn validate(&self, validator: &Validator, now: Timestamp, ask: impl Fn(&Session) -> Verdict) -> Outcome {
        let session = validator.session();
        loop {
            let completions = session.completions();
            let mut verdict = ask(session);
            let Verdict::KeysNeeded(needed) = &mut verdict else {
                while let Some(request) = session.take_refresh(now) {
                    self.call(validator, request);
                }
                return Outcome { verdict, fetch_due: session.fetch_due(now) };
            };
            for request in std::mem::take(&mut needed.start) {
                self.call(validator, request);
            }
            if session.completions() == completions {
                return Outcome { verdict, fetch_due: session.fetch_due(now) };
            }
        }
    }
}

/// Registers the function that does fetches, once per validator and before its first validation.
///
/// From then on jotgate_validate and jotgate_validate_request call it for every fetch, first for those that the verdict
/// needs, and ask again while fetches end before it returns. JOTGATE_VERDICT_KEYS_NEEDED then means that a fetch is still
/// under way: validate again when it has ended. Without a fetcher, take fetches with jotgate_take_fetch.
///
/// `fetcher` and `context` must stay usable, from every thread that validates, until the validator is freed.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT (`context` may be NULL), or JOTGATE_INVALID_ARGUMENT when there is a
/// fetcher already.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_set_fetcher(
    validator: *mut Validator, fetcher: FetchCallback, context: *mut c_void,
) -> Status {
    guard(|| {
        // SAFETY: the caller holds the validator; a shared reference is enough, so that a caller who is late, with
        // other threads validating already, does no harm.
        let validator = unsafe { object_of(validator.cast_const()) }?;
        let callback = fetcher.ok_or(JOTGATE_NULL_ARGUMENT)?;
        validator.register(Fetcher { callback, context }).map_err(|_| JOTGATE_INVALID_ARGUMENT)
    })
}
