//! What is wrong with a document.

use crate::bytes::{Bytes, Output, object_of};
use crate::guard::guard_or;
use crate::status::{JOTGATE_POLICY_REFUSED, Status};
use jotgate_core::PolicyError;
use jotgate_edge::Mistake;
use jotgate_tools::ImportError;
use std::ptr;

/// Why a policy document was refused. Opaque; free it with jotgate_error_free.
pub struct Error(Mistake);

impl From<Mistake> for Error {
    fn from(mistake: Mistake) -> Self {
        Self(mistake)
    }
}

impl From<&PolicyError> for Error {
    fn from(error: &PolicyError) -> Self {
        Self(error.into())
    }
}

impl From<&ImportError> for Error {
    fn from(error: &ImportError) -> Self {
        Self(error.into())
    }
}

/// Where in the document the mistake is, such as `issuers[0].audience`; empty when it is about the whole document.
///
/// The text lives as long as the error. `data` is NULL when `error` is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_error_path(error: *const Error) -> Bytes {
    // SAFETY: the caller holds the error, which is never changed.
    unsafe { text(error, |error| Some(&error.0.path)) }
}

/// What is wrong and what was expected. For people: its wording may change.
///
/// The text lives as long as the error. `data` is NULL when `error` is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_error_message(error: *const Error) -> Bytes {
    // SAFETY: the caller holds the error, which is never changed.
    unsafe { text(error, |error| Some(&error.0.message)) }
}

/// What to do about it; `data` is NULL when there is no hint or `error` is NULL.
///
/// The text lives as long as the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_error_hint(error: *const Error) -> Bytes {
    // SAFETY: the caller holds the error, which is never changed.
    unsafe { text(error, |error| error.0.hint.as_deref()) }
}

/// Frees an error, and with it the texts that it handed out. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_error_free(error: *mut Error) {
    guard_or((), || {
        if !error.is_null() {
            // SAFETY: the pointer came from `Box::into_raw` in jotgate_validator_new, and the caller frees it once.
            drop(unsafe { Box::from_raw(error) });
        }
    });
}

/// # Safety
/// `error` must be NULL or an error that has not been freed.
unsafe fn text<'a>(error: *const Error, part: impl FnOnce(&'a Error) -> Option<&'a str>) -> Bytes {
    guard_or(Bytes::NONE, || {
        // SAFETY: the caller passes the promise on.
        let error = unsafe { object_of(error) };
        Bytes::of_option(error.ok().and_then(part))
    })
}

/// Tells the caller of a function that makes something how that went: `None` for a success, `Some(None)` for a caught bug.
///
/// # Safety
/// `error` must be NULL or point to memory for a pointer that belongs to the caller alone.
pub(crate) unsafe fn hand_out_error(error: *mut *mut Error, problem: Option<Option<Mistake>>) {
    let problem =
        problem.map(|mistake| mistake.unwrap_or_else(|| Mistake::of_call("a bug in this library was caught")));
    if !error.is_null() && error.is_aligned() {
        let problem = problem.map_or(ptr::null_mut(), |problem| Box::into_raw(Box::new(Error(problem))));
        // SAFETY: not NULL and aligned, as just checked; the caller's own memory, by promise.
        unsafe { error.write(problem) };
    }
}

/// Where the caller wants to have an error, if anywhere.
pub(crate) struct ErrorOutput(Option<Output<*mut Error>>);

impl ErrorOutput {
    /// # Safety
    /// `error` must be NULL or point to memory for a pointer that belongs to the caller alone.
    pub(crate) unsafe fn new(error: *mut *mut Error) -> Result<Self, Status> {
        if error.is_null() {
            return Ok(Self(None));
        }
        // SAFETY: the caller passes the promise on.
        unsafe { Output::new(error, ptr::null_mut()) }.map(Some).map(Self)
    }

    /// Hands out what is wrong with a policy.
    pub(crate) fn refuse(&self, refusal: impl Into<Error>) -> Status {
        if let Some(output) = &self.0 {
            output.set(Box::into_raw(Box::new(refusal.into())));
        }
        JOTGATE_POLICY_REFUSED
    }
}
