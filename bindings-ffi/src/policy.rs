//! Policy documents as text: from any of their formats to JSON.

use crate::bytes::{Bytes, report_text, slice_of};
use crate::error::{Error, ErrorOutput};
use crate::status::{JOTGATE_INVALID_ARGUMENT, JOTGATE_PANIC, Status};
use jotgate_core::ReferenceFailure;
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
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT, JOTGATE_BUFFER_TOO_SMALL or JOTGATE_POLICY_REFUSED,
/// this also where the text is not UTF-8.
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
        let text = jotgate_core::policy_text(text).map_err(|refusal| error.refuse(&refusal))?;
        jotgate_tools::policy_json(text, format).map_err(|refusal| error.refuse(&refusal))
    };
    // SAFETY: the caller lends `buffer_len` bytes of buffer and a length, both its own.
    unsafe { report_text(buffer, buffer_len, needed, to_json) }
}

/// Writes what a policy document, as JSON, leaves to the host to read: a JSON list of objects with `kind` (`env` or `file`),
/// `name` (of the variable or the file) and `read_bytes` (so many and no more). Most documents leave nothing: `[]`.
///
/// A path that is not absolute starts at the folder of the policy file, or at the working directory. What was read goes to
/// jotgate_policy_fill. `error`, `needed` and what is returned are as for jotgate_policy_to_json.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_policy_references(
    policy: *const u8, policy_len: usize, buffer: *mut u8, buffer_len: usize, needed: *mut usize,
    error: *mut *mut Error,
) -> Status {
    let list = || {
        // SAFETY: the caller lends memory for a pointer, or NULL.
        let error = unsafe { ErrorOutput::new(error) }?;
        // SAFETY: the caller lends `policy_len` bytes for the call.
        let policy = unsafe { slice_of(policy, policy_len) }?;
        let policy = jotgate_core::policy_text(policy).map_err(|refusal| error.refuse(&refusal))?;
        let wanted = jotgate_core::references(policy).map_err(|refusal| error.refuse(&refusal))?;
        let list = wanted.iter().map(|wanted| {
            serde_json::json!({"kind": wanted.kind.name(), "name": wanted.name, "read_bytes": wanted.read_bytes})
        });
        serde_json::to_string(&list.collect::<Vec<_>>()).map_err(|_| JOTGATE_PANIC)
    };
    // SAFETY: the caller lends `buffer_len` bytes of buffer and a length, both its own.
    unsafe { report_text(buffer, buffer_len, needed, list) }
}

/// What a host has read of a variable or a file.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// The bytes; `data` is NULL where nothing could be read.
    pub bytes: Bytes,
    /// Where nothing could be read: 0 when there is no such variable or file, else 1.
    pub exists: u8,
}

/// Writes the policy document with what the host has read, in the order of jotgate_policy_references.
///
/// With JOTGATE_POLICY_REFUSED one of the texts is not there or not what it should be; the error names the variable or the file,
/// and nothing of what is in it. `error`, `needed` and what is returned are as for jotgate_policy_to_json.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_policy_fill(
    policy: *const u8, policy_len: usize, readings: *const Reading, reading_count: usize, buffer: *mut u8,
    buffer_len: usize, needed: *mut usize, error: *mut *mut Error,
) -> Status {
    let fill = || {
        // SAFETY: the caller lends memory for a pointer, or NULL.
        let error = unsafe { ErrorOutput::new(error) }?;
        // SAFETY: the caller lends `policy_len` bytes for the call.
        let policy = unsafe { slice_of(policy, policy_len) }?;
        let policy = jotgate_core::policy_text(policy).map_err(|refusal| error.refuse(&refusal))?;
        // SAFETY: the caller lends `reading_count` readings for the call.
        let readings = unsafe { slice_of(readings, reading_count) }?;
        let read = readings.iter().map(|reading| match (reading.bytes.data.is_null(), reading.exists) {
            (true, 0) => Ok(Err(ReferenceFailure::Missing)),
            (true, _) => Ok(Err(ReferenceFailure::Unreadable)),
            // SAFETY: the caller lends the bytes of each reading for the call.
            (false, _) => unsafe { reading.bytes.as_slice() }.map(|bytes| Ok(bytes.to_vec())),
        });
        let read = read.collect::<Result<Vec<_>, Status>>()?;
        jotgate_core::fill_references(policy, &read).map_err(|refusal| error.refuse(&refusal))
    };
    // SAFETY: the caller lends `buffer_len` bytes of buffer and a length, both its own.
    unsafe { report_text(buffer, buffer_len, needed, fill) }
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
