//! HTTP requests as a structure of borrowed texts.

use crate::bytes::{Bytes, Field, pairs_of};
use crate::sized::{self, Growing};
use crate::status::{JOTGATE_INVALID_ARGUMENT, JOTGATE_INVALID_UTF8, Status};
use jotgate_edge::RequestText;
use std::ptr;

/// An HTTP request, as far as a policy looks at it. Everything is borrowed for the call.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Request {
    /// sizeof(jotgate_request).
    pub size: usize,
    /// The method as sent, such as `GET`. UTF-8.
    pub method: Bytes,
    /// The path without the query. UTF-8.
    pub path: Bytes,
    /// The query as sent, without the question mark; empty when there is none. UTF-8.
    pub query: Bytes,
    /// All header fields, one entry per field line; `headers_len` of them.
    ///
    /// What is not UTF-8 in a field is read as U+FFFD, which no token may hold: such a field cannot be refused as a
    /// whole, since any client may send one that has nothing to do with tokens.
    pub headers: *const Field,
    /// How many header fields there are.
    pub headers_len: usize,
    /// All of the above in one piece of memory, for callers that cannot hand over pointers to pointers; `data` is NULL
    /// otherwise, and nothing else is looked at where it is not. It is a list of texts, each its length in four bytes,
    /// big-endian, and its bytes: method, path, query, and then name, value, name, value, and so on, of at most 1,048,576
    /// fields; more are JOTGATE_INVALID_ARGUMENT.
    pub packed: Bytes,
}

// SAFETY: `repr(C)`, the size first, numbers and pointers alone; none of the pointers is followed before it is checked.
unsafe impl Growing for Request {
    const ZEROED: Self = Self {
        size: 0,
        method: Bytes::NONE,
        path: Bytes::NONE,
        query: Bytes::NONE,
        headers: ptr::null(),
        headers_len: 0,
        packed: Bytes::NONE,
    };
    const FIRST: usize = size_of::<Self>();
}

/// The texts of a request.
///
/// # Safety
/// `request` must be NULL or point to a structure of the size that it says; whatever that points to must stay as it is
/// during `'a`.
pub(crate) unsafe fn text_of<'a>(request: *const Request) -> Result<RequestText<'a>, Status> {
    // SAFETY: the caller passes the promise on.
    let request = unsafe { sized::read(request) }?;
    if !request.packed.data.is_null() {
        // SAFETY: as above.
        let packed = unsafe { request.packed.as_slice() }?;
        return RequestText::of_packed(packed).ok_or(JOTGATE_INVALID_ARGUMENT);
    }
    // SAFETY: as above.
    let headers = unsafe { pairs_of(request.headers, request.headers_len) }?;
    // SAFETY: as above.
    let parts = unsafe { [request.method.as_slice()?, request.path.as_slice()?, request.query.as_slice()?] };
    RequestText::new(parts, headers).ok_or(JOTGATE_INVALID_UTF8)
}
