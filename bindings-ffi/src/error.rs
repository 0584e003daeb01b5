//! What is wrong with a document.

use crate::bytes::{Bytes, Output, object_of, slice_of};
use crate::guard::guard_or;
use crate::policy::PolicyFormat;
use crate::status::{JOTGATE_POLICY_REFUSED, Status};
use jotgate_core::{Names, PolicyError};
use jotgate_edge::Mistake;
use jotgate_tools::{Format, ImportError};
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

/// One thing that is wrong with a policy document. Its texts live as long as the error.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Problem {
    /// Where in the document, as jotgate_error_path says.
    pub path: Bytes,
    /// What is wrong and what was expected.
    pub message: Bytes,
    /// What to do about it; `data` is NULL when there is no hint.
    pub hint: Bytes,
    /// The line in the document's text, from 1 on; 0 where it is not known.
    pub line: u32,
    /// The column in that line, in characters from 1 on; 0 where it is not known.
    pub column: u32,
}

/// How many things are wrong, at most 20. The first of them is what jotgate_error_path and its neighbours tell. 0 when `error` is
/// NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_error_problem_count(error: *const Error) -> usize {
    // SAFETY: the caller holds the error, which is not changed during the call.
    guard_or(0, || unsafe { object_of(error) }.map_or(0, |error| error.0.problems.len()))
}

/// One of the things that are wrong, from 0 on. All of it is zero where there is none of that number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_error_problem(error: *const Error, index: usize) -> Problem {
    let none = Problem { path: Bytes::NONE, message: Bytes::NONE, hint: Bytes::NONE, line: 0, column: 0 };
    guard_or(none, || {
        // SAFETY: the caller holds the error, which is not changed while its texts are in use.
        let problem = unsafe { object_of(error) }.ok().and_then(|error| error.0.problems.get(index));
        problem.map_or(none, |problem| Problem {
            path: Bytes::of(&problem.path),
            message: Bytes::of(&problem.message),
            hint: Bytes::of_option(problem.hint.as_deref()),
            line: problem.line,
            column: problem.column,
        })
    })
}

/// Looks up the lines and columns of an error in the text that its document was read from. What is no such text changes nothing.
///
/// Nobody else may use the error during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_error_locate(
    error: *mut Error, text: *const u8, text_len: usize, format: PolicyFormat,
) {
    guard_or((), || {
        // SAFETY: the caller lends `text_len` bytes for the call.
        let text = unsafe { slice_of(text, text_len) }.ok().and_then(|text| std::str::from_utf8(text).ok());
        let (Some(text), Some(format)) = (text, Format::from_number(format)) else { return };
        if error.is_null() || !error.is_aligned() {
            return;
        }
        // SAFETY: not NULL and aligned; the caller has the error to itself during the call.
        let error = unsafe { &mut *error };
        error.0 = error.0.clone().located(text, format);
    });
}

/// Tells an error in the names of a language's own types for policy documents: for packages on this interface, whose users have
/// written no document. `names` is 4 for the methods of Java's PolicyDocument and 5 for the fields of Go's Policy; any other number
/// changes nothing.
///
/// Nobody else may use the error during the call, and texts that it has handed out before are gone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_error_in_names(error: *mut Error, names: u32) {
    guard_or((), || {
        let Some(names) = Names::from_number(names) else { return };
        if error.is_null() || !error.is_aligned() {
            return;
        }
        // SAFETY: not NULL and aligned; the caller has the error to itself during the call.
        let error = unsafe { &mut *error };
        error.0 = error.0.clone().in_names(names);
    });
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
unsafe fn hand_out_error(error: *mut *mut Error, problem: Option<Option<Mistake>>) {
    let problem =
        problem.map(|mistake| mistake.unwrap_or_else(|| Mistake::of_call("a bug in this library was caught")));
    if !error.is_null() && error.is_aligned() {
        let problem = problem.map_or(ptr::null_mut(), |problem| Box::into_raw(Box::new(Error(problem))));
        // SAFETY: not NULL and aligned, as just checked; the caller's own memory, by promise.
        unsafe { error.write(problem) };
    }
}

/// Gives the caller what was made, or NULL and what is wrong, also where that is a bug.
///
/// # Safety
/// `error` must be NULL or point to memory for a pointer that belongs to the caller alone.
pub(crate) unsafe fn made_or_error<T>(error: *mut *mut Error, make: impl FnOnce() -> Result<T, Mistake>) -> *mut T {
    let made = guard_or(Err(None), || make().map_err(Some));
    let (made, problem) = match made {
        Ok(made) => (Box::into_raw(Box::new(made)), None),
        Err(problem) => (ptr::null_mut(), Some(problem)),
    };
    // SAFETY: the caller passes the promise on.
    unsafe { hand_out_error(error, problem) };
    made
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
