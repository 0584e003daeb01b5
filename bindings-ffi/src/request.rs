//! HTTP requests as a structure of borrowed texts.

use crate::bytes::{Bytes, Field, slice_of};
use crate::status::Status;
use std::borrow::Cow;

/// An HTTP request, as far as a policy looks at it. Everything is borrowed for the call.
#[repr(C)]
pub struct Request {
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
}

/// A request whose texts have been checked.
pub(crate) struct RequestText<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    headers: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> RequestText<'a> {
    /// # Safety
    /// Whatever `request` points to must stay as it is during `'a`.
    pub(crate) unsafe fn read(request: &'a Request) -> Result<Self, Status> {
        // SAFETY: the caller passes the promise on.
        let fields = unsafe { slice_of(request.headers, request.headers_len) }?;
        let mut headers = Vec::with_capacity(fields.len());
        for field in fields {
            // SAFETY: the caller passes the promise on.
            let (name, value) = unsafe { (field.name.as_slice()?, field.value.as_slice()?) };
            headers.push((String::from_utf8_lossy(name), String::from_utf8_lossy(value)));
        }
        // SAFETY: the caller passes the promise on.
        let (method, path, query) =
            unsafe { (request.method.as_str()?, request.path.as_str()?, request.query.as_str()?) };
        Ok(Self { method, path, query, headers })
    }

    /// The header fields as the core takes them.
    pub(crate) fn headers(&self) -> Vec<(&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect()
    }
}
