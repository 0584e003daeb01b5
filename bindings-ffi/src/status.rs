//! What a call returns: whether it did what it was asked, apart from any verdict.

use crate::bytes::Bytes;
use crate::guard::guard_or;

/// What became of a call. It says nothing about the token: that is the verdict's business.
pub type Status = u32;

/// The call did what it is documented to do.
pub const JOTGATE_OK: Status = 0;

/// A pointer that must point to something was NULL.
pub const JOTGATE_NULL_ARGUMENT: Status = 1;

/// Text that must be UTF-8 was not.
pub const JOTGATE_INVALID_UTF8: Status = 2;

/// The caller's buffer cannot hold the result. The length that would do has been written where the function says.
pub const JOTGATE_BUFFER_TOO_SMALL: Status = 3;

/// A bug inside the library was caught. The validator stays usable, the call had no result.
pub const JOTGATE_PANIC: Status = 4;

/// An argument that can never be right: a length beyond PTRDIFF_MAX, a misaligned pointer, an unknown number, a call
/// out of order.
pub const JOTGATE_INVALID_ARGUMENT: Status = 5;

/// The text is no snapshot of jotgate_export_keys, it holds a document that is no key set, or it was written later than now.
pub const JOTGATE_SNAPSHOT_REFUSED: Status = 6;

/// The text is no policy document; jotgate_error says why.
pub const JOTGATE_POLICY_REFUSED: Status = 7;

/// The name of a status, such as `buffer_too_small`: that of its constant, in lower case and without JOTGATE_. `data` is NULL for
/// an unknown number.
///
/// The text lives as long as the library is loaded.
#[unsafe(no_mangle)]
pub extern "C" fn jotgate_status_name(status: Status) -> Bytes {
    let name = || usize::try_from(status).ok().and_then(|place| NAMES.get(place).copied());
    guard_or(Bytes::NONE, || Bytes::of_option(name()))
}

/// Each at the place of its number.
const NAMES: [&str; 8] = [
    "ok",
    "null_argument",
    "invalid_utf8",
    "buffer_too_small",
    "panic",
    "invalid_argument",
    "snapshot_refused",
    "policy_refused",
];

#[cfg(test)]
mod tests {
    use super::NAMES;

    #[test]
    fn every_status_of_the_header_has_its_name() {
        let source = include_str!("status.rs");
        let constant =
            |line: &'static str| line.strip_prefix("pub const JOTGATE_")?.strip_suffix(';')?.split_once(": Status = ");
        let constants: Vec<_> = source.lines().filter_map(constant).collect();
        let named: Vec<_> =
            NAMES.iter().enumerate().map(|(number, name)| (name.to_uppercase(), number.to_string())).collect();
        assert_eq!(constants, named.iter().map(|(name, number)| (name.as_str(), number.as_str())).collect::<Vec<_>>());
    }
}
