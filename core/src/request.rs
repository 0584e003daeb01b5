//! The parts of an HTTP request that the policy looks at, borrowed from the host.

use crate::limits;
use std::borrow::Cow;

/// An HTTP request, as far as a policy needs it. It grows by further parts; make one with [`Request::new`].
///
/// ```
/// let headers = [("Authorization", "Bearer eyJhbGciOiJFUzI1NiJ9.e30.c2ln")];
/// let request = jotgate::Request::new("GET", "/orders/7").with_query("page=2").with_headers(&headers);
/// assert_eq!(request.header("authorization").count(), 1);
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Request<'a> {
    /// The method, as sent: methods are case-sensitive (RFC 9110 section 9.1).
    pub method: &'a str,
    /// The path, without the query.
    pub path: &'a str,
    /// The query without its question mark, undecoded; empty when there is none.
    pub query: &'a str,
    /// All header fields, one pair per field line; names in any case.
    pub headers: &'a [(&'a str, &'a str)],
}

impl<'a> Request<'a> {
    /// The most header fields that a host need take from a message that comes to it in one piece of memory. No server and no client
    /// takes anywhere near as many; it bounds what a list of empty fields, eight bytes each, grows to.
    pub const MOST_HEADERS: usize = limits::MESSAGE_FIELDS;

    /// A request without query and header fields.
    #[must_use]
    pub const fn new(method: &'a str, path: &'a str) -> Self {
        Self { method, path, query: "", headers: &[] }
    }

    /// The same request with this query, without its question mark, undecoded.
    #[must_use]
    pub const fn with_query(self, query: &'a str) -> Self {
        Self { query, ..self }
    }

    /// The same request with these header fields, one pair per field line; names in any case.
    #[must_use]
    pub const fn with_headers(self, headers: &'a [(&'a str, &'a str)]) -> Self {
        Self { headers, ..self }
    }

    /// The values of every field line of this name; names compare without case (RFC 9110 section 5.1).
    pub fn header<'n>(&self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.headers.iter().filter(move |(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// The values of every cookie of this name, as sent (RFC 6265 section 4.2.1).
    pub(crate) fn cookies<'n>(&self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        let pairs = self.header("cookie").flat_map(|field| field.split(';'));
        pairs
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(move |(cookie, _)| *cookie == name)
            .map(|(_, value)| value)
    }

    /// The cookies of other names than these, as one field. What could end the field's line is left out.
    pub(crate) fn cookies_without(&self, names: &[&str]) -> String {
        let pairs = self.header("cookie").flat_map(|field| field.split(';')).map(str::trim);
        let stays = |pair: &&str| {
            let name = pair.split_once('=').map(|(name, _)| name);
            !pair.is_empty() && !name.is_some_and(|name| names.contains(&name)) && !pair.contains(char::is_control)
        };
        pairs.filter(stays).collect::<Vec<_>>().join("; ")
    }

    /// The query without the parameters of these names; the others stay as they were sent.
    pub(crate) fn query_without(&self, names: &[&str]) -> String {
        let stays = |pair: &&str| {
            form_urlencoded::parse(pair.as_bytes()).next().is_none_or(|(name, _)| !names.contains(&name.as_ref()))
        };
        self.query.split('&').filter(stays).collect::<Vec<_>>().join("&")
    }

    /// The values of every query parameter of this name, decoded as an HTML form encodes them.
    pub(crate) fn query_values<'n>(&self, name: &'n str) -> impl Iterator<Item = Cow<'a, str>> + use<'a, 'n> {
        let pairs = form_urlencoded::parse(self.query.as_bytes());
        pairs.filter(move |(parameter, _)| parameter == name).map(|(_, value)| value)
    }
}

/// The value of a field without the white space around it, which is no part of it (RFC 9110 section 5.5): not every server
/// takes it away.
pub(crate) fn field_value(line: &str) -> &str {
    line.trim_matches([' ', '\t'])
}

/// What follows the scheme, which compares without case, and one or more spaces (RFC 9110 section 11.4, RFC 6750 section
/// 2.1: `1*SP`, and no other white space). Without a scheme the value is the token.
pub(crate) fn credentials<'a>(value: &'a str, scheme: Option<&str>) -> Option<&'a str> {
    let Some(scheme) = scheme else { return Some(value) };
    let (found, credentials) = value.split_once(' ')?;
    found.eq_ignore_ascii_case(scheme).then(|| credentials.trim_start_matches(' '))
}

/// Shows the method alone: paths, queries and header fields may carry tokens.
impl std::fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request").field("method", &self.method).finish_non_exhaustive()
    }
}
