//! How a request changes before it goes on.

use serde::Serialize;

/// How to change a request before it goes on: take the fields of `remove` out, then set those of `set`, then replace the
/// query where there is one. Get one from [`Validator::forward`](crate::Validator::forward).
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Forward {
    /// The names of header fields; they compare without case, and every line of such a field goes.
    pub remove: Vec<String>,
    /// Header fields, by name and value. Values from claims are visible ASCII and spaces within; no value ends its line.
    pub set: Vec<(String, String)>,
    /// The query without the token, as it was sent otherwise; `None` when it stays as it is.
    pub query: Option<String>,
}

/// Names the fields, never shows their values.
impl std::fmt::Debug for Forward {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let set: Vec<&str> = self.set.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Forward").field("remove", &self.remove).field("set", &set).finish_non_exhaustive()
    }
}

impl Forward {
    /// Once is enough, in whatever case the policy and the client write the name (RFC 9110 section 5.1).
    pub(super) fn remove(&mut self, name: &str) {
        if !self.remove.iter().any(|removed| removed.eq_ignore_ascii_case(name)) {
            self.remove.push(name.to_owned());
        }
    }
}
