//! Policies of gateways, read into ours.

use crate::bytes::{Bytes, report_text, slice_of};
use crate::error::{Error, ErrorOutput};
use crate::guard::guard_or;
use crate::status::{JOTGATE_INVALID_ARGUMENT, JOTGATE_INVALID_UTF8, JOTGATE_PANIC, Status};
use jotgate_tools::{Product, import};

/// A gateway whose policies are read: one of JOTGATE_PRODUCT_*.
pub type ProductNumber = u32;

/// A file that a text names. Everything is borrowed for the call.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// The file's name, in UTF-8; folders in front of it do not count.
    pub name: Bytes,
    /// What is in it.
    pub content: Bytes,
}

/// The stable name of a product, such as `mulesoft`, the same in every language. `data` is NULL for an unknown number; the
/// numbers run from 1 on without a gap.
///
/// The text lives as long as the library is loaded.
#[unsafe(no_mangle)]
pub extern "C" fn jotgate_product_name(product: ProductNumber) -> Bytes {
    guard_or(Bytes::NONE, || Bytes::of_option(Product::from_number(product).map(Product::name)))
}

/// Reads a gateway's policy (at most 1 MiB) and writes a JSON object: `policy` is a policy document, `notes` says of each
/// parameter what became of it (`kind`, `source`, `target`, `message`), and `complete` whether all that bears on verdicts
/// came over. What is not complete is for an operator to finish: do not use it as it is.
///
/// `files` are further files that the text names, such as a trust store. Nobody has to give them: a note says what is
/// missing.
///
/// With JOTGATE_POLICY_REFUSED no policy can be read from the text, and `*error` is a jotgate_error that belongs to the
/// caller; else `*error` is NULL. `error` may be NULL when nobody wants to know.
///
/// `*needed` becomes the length of the JSON with JOTGATE_OK and with JOTGATE_BUFFER_TOO_SMALL, where `buffer` stays
/// untouched; else 0.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT (an unknown product, for one),
/// JOTGATE_INVALID_UTF8, JOTGATE_BUFFER_TOO_SMALL or JOTGATE_POLICY_REFUSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_import(
    product: ProductNumber, text: *const u8, text_len: usize, files: *const File, file_count: usize, buffer: *mut u8,
    buffer_len: usize, needed: *mut usize, error: *mut *mut Error,
) -> Status {
    let write = || {
        // SAFETY: the caller lends memory for a pointer, or NULL.
        let error = unsafe { ErrorOutput::new(error) }?;
        let product = Product::from_number(product).ok_or(JOTGATE_INVALID_ARGUMENT)?;
        // SAFETY: the caller lends `text_len` bytes for the call.
        let text = unsafe { slice_of(text, text_len) }?;
        let text = std::str::from_utf8(text).map_err(|_| JOTGATE_INVALID_UTF8)?;
        // SAFETY: the caller lends `file_count` files for the call.
        let files = unsafe { slice_of(files, file_count) }?;
        // SAFETY: the caller lends name and content of each file for the call.
        let file = |file: &File| Ok((unsafe { file.name.as_str() }?, unsafe { file.content.as_slice() }?));
        let files = files.iter().map(file).collect::<Result<Vec<_>, Status>>()?;
        let import = import(product, text, &files).map_err(|refusal| error.refuse(&refusal))?;
        serde_json::to_string(&import).map_err(|_| JOTGATE_PANIC)
    };
    // SAFETY: the caller lends `buffer_len` bytes of buffer and a length, both its own.
    unsafe { report_text(buffer, buffer_len, needed, write) }
}

#[cfg(test)]
mod tests {
    use jotgate_tools::Product;
    use std::collections::BTreeSet;

    #[test]
    fn the_header_lists_every_product_and_no_other() {
        let header = include_str!("../include/jotgate.h");
        let listed: BTreeSet<&str> =
            header.lines().filter(|line| line.starts_with("#define JOTGATE_PRODUCT_")).collect();
        let expected: BTreeSet<String> = Product::ALL
            .iter()
            .map(|product| format!("#define JOTGATE_PRODUCT_{} {}", product.name().to_uppercase(), product.number()))
            .collect();
        assert_eq!(listed, expected.iter().map(String::as_str).collect());
    }
}
