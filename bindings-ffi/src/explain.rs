//! Reports for operators: why a token passes or not, and what a policy allows that its author may not have meant.

use crate::bytes::{object_of, report_text, slice_of};
use crate::error::{Error, ErrorOutput};
use crate::question::{Question, QuestionText};
use crate::status::{JOTGATE_INVALID_ARGUMENT, Status};
use crate::validator::Validator;
use jotgate_core::{Explanation, Timestamp};
use jotgate_tools::Warning;

/// The form in which a report is written: one of JOTGATE_FORM_*.
pub type Form = u32;

/// JSON, the same in every language.
pub const JOTGATE_FORM_JSON: Form = 0;

/// Lines for people, without colours.
pub const JOTGATE_FORM_TEXT: Form = 1;

/// Lines for people, with ANSI escape sequences for a terminal.
pub const JOTGATE_FORM_COLOURED: Form = 2;

/// Writes why a token or a request may pass, or why not: every check with what it expected and what it found, and how the key
/// sets of its issuer are; of a request also its route and the place of its token.
///
/// It comes to the verdict of jotgate_validate, but it changes nothing and gives no claims: validate first, with the work
/// that this asks for. The JSON has the members
/// `verdict`, `code`, `claim`, `detail`, `issuer`, `route`, `retry_at`, `at`, `verified`, `checks` and `key_sets`; a
/// check has `check`, `outcome`, `code`, `verified`, `expected`, `found` and `note`. It shows the values of claims that a
/// check looked at, and never the token, its signature or keys: it is for operators, not for whoever sent the token.
///
/// `*needed` becomes the length of the text with JOTGATE_OK and with JOTGATE_BUFFER_TOO_SMALL, where `buffer` stays
/// untouched; else 0. The length may have changed when you ask again.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT, JOTGATE_BUFFER_TOO_SMALL, or JOTGATE_INVALID_UTF8
/// when method, path or query are not UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_explain(
    validator: *const Validator, question: *const Question, now_ms: i64, form: Form, buffer: *mut u8,
    buffer_len: usize, needed: *mut usize,
) -> Status {
    let explain = || {
        // SAFETY: the caller holds the validator.
        let validator = unsafe { object_of(validator) }?;
        // SAFETY: the caller lends the question, and what it points to, for the call.
        let question = unsafe { QuestionText::read(question) }?;
        let now = Timestamp::from_millis(now_ms);
        explained(&question.with(|question| validator.core().explain(question, now)), form)
    };
    // SAFETY: the caller lends `buffer_len` bytes of buffer and a length, both its own.
    unsafe { report_text(buffer, buffer_len, needed, explain) }
}

/// Writes what a policy document (JSON text in UTF-8) allows and its author may not have meant, the worst first: as JSON
/// a list of objects with `code`, `severity` (`high`, `medium` or `low`), `path`, `message` and `hint`.
///
/// With JOTGATE_POLICY_REFUSED the document is no policy, and `*error` is a jotgate_error that belongs to the caller;
/// else `*error` is NULL. `error` may be NULL when nobody wants to know. `*needed` is as for jotgate_explain.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT, JOTGATE_BUFFER_TOO_SMALL or JOTGATE_POLICY_REFUSED,
/// this also where the text is not UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_lint(
    policy: *const u8, policy_len: usize, form: Form, buffer: *mut u8, buffer_len: usize, needed: *mut usize,
    error: *mut *mut Error,
) -> Status {
    let lint = || {
        // SAFETY: the caller lends memory for a pointer, or NULL.
        let error = unsafe { ErrorOutput::new(error) }?;
        // SAFETY: the caller lends `policy_len` bytes for the call.
        let policy = unsafe { slice_of(policy, policy_len) }?;
        let policy = jotgate_core::policy_text(policy).map_err(|refusal| error.refuse(&refusal))?;
        let warnings = jotgate_tools::lint(policy).map_err(|refusal| error.refuse(&refusal))?;
        match form {
            JOTGATE_FORM_JSON => Ok(Warning::list_to_json(&warnings)),
            JOTGATE_FORM_TEXT => Ok(warnings.iter().map(|warning| warning.to_text(false)).collect()),
            JOTGATE_FORM_COLOURED => Ok(warnings.iter().map(|warning| warning.to_text(true)).collect()),
            _ => Err(JOTGATE_INVALID_ARGUMENT),
        }
    };
    // SAFETY: the caller lends `buffer_len` bytes of buffer and a length, both its own.
    unsafe { report_text(buffer, buffer_len, needed, lint) }
}

fn explained(explanation: &Explanation, form: Form) -> Result<String, Status> {
    match form {
        JOTGATE_FORM_JSON => Ok(explanation.to_json()),
        JOTGATE_FORM_TEXT => Ok(explanation.to_text(false)),
        JOTGATE_FORM_COLOURED => Ok(explanation.to_text(true)),
        _ => Err(JOTGATE_INVALID_ARGUMENT),
    }
}
