//! Policy documents as text: from any of their formats to JSON.

use crate::bytes::{Bytes, report_text, slice_of};
use crate::error::{Error, ErrorOutput};
use crate::status::{JOTGATE_INVALID_ARGUMENT, JOTGATE_INVALID_UTF8, Status};
use jotgate_tools::Format;

/// How a policy document is written: one of JOTGATE_FORMAT_*.
pub type PolicyFormat = u32;

/// Writes a policy document as the JSON text that jotgate_validator_new reads. JSON comes back as it is.
///
/// With JOTGATE_POLICY_REFUSED the text cannot be read in this format, and `*error` is a jotgate_error that belongs to the
/// caller, whose path is a line and a column; else `*error` is NULL. `error` may be NULL when nobody wants to know. What
/// the fields of the document mean is not looked at.
///
/// `*needed` becomes the length of the JSON with JOTGATE_OK and with JOTGATE_BUFFER_TOO_SMALL, where `buffer` stays
/// untouched; else 0.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT, JOTGATE_INVALID_UTF8, JOTGATE_BUFFER_TOO_SMALL or
/// JOTGATE_POLICY_REFUSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_policy_to_json(
    text: *const u8, text_len: usize, format: PolicyFormat, buffer: *mut u8, buffer_len: usize, needed: *mut usize,
    error: *mut *mut Error,
) -> Status {
    let to_json = || {
        // SAFETY: the caller lends memory for a pointer, or NULL.
        let error = unsafe { ErrorOutput::new(error) }?;
        let format = Format::from_number(format).ok_or(JOTGATE_INVALID_ARGUMENT)?;
        // SAFETY: the caller lends `text_len` bytes for the call.
        let text = unsafe { slice_of(text, text_len) }?;
        let text = std::str::from_utf8(text).map_err(|_| JOTGATE_INVALID_UTF8)?;
        jotgate_tools::policy_json(text, format).map_err(|refusal| error.refuse(&refusal))
    };
    // SAFETY: the caller lends `buffer_len` bytes of buffer and a length, both its own.
    unsafe { report_text(buffer, buffer_len, needed, to_json) }
}

/// The JSON Schema (2020-12) of the policy document, for editors and for checks before a deployment. What it takes may
/// still be refused: jotgate_validator_new alone knows all rules.
///
/// The text lives as long as the library is loaded.
#[unsafe(no_mangle)]
pub extern "C" fn jotgate_policy_schema() -> Bytes {
    Bytes::of(jotgate_core::schema())
}

#[cfg(test)]
mod tests {
    use jotgate_tools::Format;
    use std::collections::BTreeSet;

    #[test]
    fn the_header_lists_every_format_and_no_other() {
        let header = include_str!("../include/jotgate.h");
        let listed: BTreeSet<&str> =
            header.lines().filter(|line| line.starts_with("#define JOTGATE_FORMAT_")).collect();
        let expected: BTreeSet<String> = Format::ALL
            .iter()
            .map(|format| format!("#define JOTGATE_FORMAT_{} {}", format.name().to_uppercase(), format.number()))
            .collect();
        assert_eq!(listed, expected.iter().map(String::as_str).collect());
    }
}
