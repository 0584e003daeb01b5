//! Which parts of a request a policy reads: what a host has to pass for it.

use serde::Serialize;
use std::collections::BTreeSet;

/// The parts of requests that a validator reads, beside method and path, which hosts always pass. Get them from
/// [`Validator::reads`](crate::Validator::reads).
///
/// A request with these parts alone gets the same verdict as the whole one, the same explanation and the same
/// [`Forward`](crate::Forward). So a host asks once, when it makes the validator, and carries no more into it for each
/// request. Field lines stay as they are: two of one name are two, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RequestParts {
    /// The names of the header fields that are read, in lower case; `None` for all fields.
    ///
    /// Cookies are the field `cookie` here.
    pub headers: Option<BTreeSet<String>>,
    /// Whether the query is read; otherwise it may be left empty.
    pub query: bool,
}

impl RequestParts {
    /// Whether a header field of this name, in text or in bytes, is read; names compare without case (RFC 9110 section 5.1).
    #[must_use]
    pub fn has_header(&self, name: impl AsRef<[u8]>) -> bool {
        let name = name.as_ref();
        // Mostly one or two names, and of those hardly any has the length of another one.
        self.headers.as_ref().is_none_or(|names| names.iter().any(|read| read.as_bytes().eq_ignore_ascii_case(name)))
    }
}

/// What is read, while it is gathered.
impl RequestParts {
    /// Method and path alone.
    pub(crate) fn none() -> Self {
        Self { headers: Some(BTreeSet::new()), query: false }
    }

    /// All header fields.
    pub(crate) fn read_headers(&mut self) {
        self.headers = None;
    }

    /// The header fields of this name. One that is no name of HTTP (RFC 9110 section 5.1) hosts could spell in more than one
    /// way, so all are read then.
    pub(crate) fn read_header(&mut self, name: &str) {
        let plain = |byte: u8| byte.is_ascii_graphic();
        match &mut self.headers {
            Some(names) if name.bytes().all(plain) => _ = names.insert(name.to_ascii_lowercase()),
            headers => *headers = None,
        }
    }

    pub(crate) fn read_cookies(&mut self) {
        self.read_header("cookie");
    }

    pub(crate) fn read_query(&mut self) {
        self.query = true;
    }
}

#[cfg(test)]
mod tests {
    use super::RequestParts;

    #[test]
    fn names_have_no_case() {
        let mut parts = RequestParts::none();
        parts.read_header("X-Jwt");
        assert!(parts.has_header("x-jWT") && !parts.has_header("x_jwt") && !parts.has_header(""));
        assert!(parts.has_header(b"X-jwt") && !parts.has_header(b"x-jw\xff"));
    }

    #[test]
    fn a_name_that_is_none_of_http_reads_all() {
        for name in ["x jwt", "x\u{212a}", "x\u{fffd}", "x\0"] {
            let mut parts = RequestParts::none();
            parts.read_header(name);
            parts.read_cookies();
            assert_eq!(parts.headers, None, "{name:?}");
            assert!(parts.has_header("anything"));
        }
    }
}
