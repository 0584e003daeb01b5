//! What a call returns: whether it did what it was asked, apart from any verdict.

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
