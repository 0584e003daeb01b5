//! Requests and header fields.

use jotgate_edge::RequestText;

/// A header field that comes in, as it stood on the wire.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Field {
    /// The name, in any case.
    pub name: Vec<u8>,
    /// The value.
    pub value: Vec<u8>,
}

/// A header field that goes out.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Header {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// The parts of an HTTP request that a policy may look at.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct RequestParts {
    /// The method.
    pub method: Vec<u8>,
    /// The path as the client has sent it, without the query.
    pub path: Vec<u8>,
    /// The query without its question mark.
    pub query: Vec<u8>,
    /// The fields that [`crate::Core::reads`] names, or all.
    pub headers: Vec<Field>,
}

impl RequestParts {
    /// The request of the edge; `None` when method, path or query are not UTF-8.
    pub(crate) fn text(&self) -> Option<RequestText<'_>> {
        let headers = self.headers.iter().map(|field| (field.name.as_slice(), field.value.as_slice()));
        RequestText::new([&self.method, &self.path, &self.query], headers)
    }
}

pub(crate) fn headers<N: ToString, V: ToString>(pairs: impl IntoIterator<Item = (N, V)>) -> Vec<Header> {
    pairs.into_iter().map(|(name, value)| Header { name: name.to_string(), value: value.to_string() }).collect()
}
