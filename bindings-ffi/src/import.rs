//! Policies of gateways, read into ours.

use crate::bytes::{report_text, slice_of};
use crate::error::{Error, ErrorOutput};
use crate::status::{JOTGATE_INVALID_UTF8, JOTGATE_PANIC, Status};
use jotgate_tools::{Import, ImportError};

/// Reads a JWT policy of MuleSoft (YAML or JSON, at most 1 MiB) and writes a JSON object: `policy` is a policy document,
/// `notes` says of each parameter what became of it (`kind`, `source`, `target`, `message`), and `complete` whether all
/// that bears on verdicts came over. What is not complete is for an operator to finish: do not use it as it is.
///
/// With JOTGATE_POLICY_REFUSED no policy can be read from the text, and `*error` is a jotgate_error that belongs to the
/// caller; else `*error` is NULL. `error` may be NULL when nobody wants to know.
///
/// `*needed` becomes the length of the JSON with JOTGATE_OK and with JOTGATE_BUFFER_TOO_SMALL, where `buffer` stays
/// untouched; else 0.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT, JOTGATE_INVALID_UTF8, JOTGATE_BUFFER_TOO_SMALL or
/// JOTGATE_POLICY_REFUSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_import_mulesoft(
    text: *const u8, text_len: usize, buffer: *mut u8, buffer_len: usize, needed: *mut usize, error: *mut *mut Error,
) -> Status {
    // SAFETY: the caller passes its promises on.
    unsafe { imported(jotgate_tools::import_mulesoft, text, text_len, buffer, buffer_len, needed, error) }
}

/// Reads the issuers of a `deployment.toml` of WSO2 API Manager (at most 1 MiB); the rest is as for
/// jotgate_import_mulesoft.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_import_wso2(
    text: *const u8, text_len: usize, buffer: *mut u8, buffer_len: usize, needed: *mut usize, error: *mut *mut Error,
) -> Status {
    // SAFETY: the caller passes its promises on.
    unsafe { imported(jotgate_tools::import_wso2, text, text_len, buffer, buffer_len, needed, error) }
}

/// # Safety
/// As for the arguments of [`jotgate_import_mulesoft`].
unsafe fn imported(
    import: fn(&str) -> Result<Import, ImportError>, text: *const u8, text_len: usize, buffer: *mut u8,
    buffer_len: usize, needed: *mut usize, error: *mut *mut Error,
) -> Status {
    let write = || {
        // SAFETY: the caller lends memory for a pointer, or NULL.
        let error = unsafe { ErrorOutput::new(error) }?;
        // SAFETY: the caller lends `text_len` bytes for the call.
        let text = unsafe { slice_of(text, text_len) }?;
        let text = std::str::from_utf8(text).map_err(|_| JOTGATE_INVALID_UTF8)?;
        let import = import(text).map_err(|refusal| error.refuse(&refusal))?;
        serde_json::to_string(&import).map_err(|_| JOTGATE_PANIC)
    };
    // SAFETY: the caller lends `buffer_len` bytes of buffer and a length, both its own.
    unsafe { report_text(buffer, buffer_len, needed, write) }
}
