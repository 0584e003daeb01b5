//! What a policy means where it says nothing, and how it writes durations: for test kits and other tools that read documents
//! by themselves. A [`Policy`](crate::Policy) applies all of it.

use crate::checks::{self, ACCESS_TOKEN};
use crate::claims::USUAL_SCOPE_CLAIMS;
use crate::document::PolicyDuration;
use crate::limits;
use serde::Deserialize as _;
use serde_json::Value;
use std::time::Duration;

/// `leeway` of an issuer.
pub const LEEWAY: Duration = limits::LEEWAY;

/// `limits.token_bytes`.
pub const TOKEN_BYTES: usize = limits::TOKEN_BYTES;

/// `scopes.claims` of an issuer.
pub const SCOPE_CLAIMS: [&str; 2] = USUAL_SCOPE_CLAIMS;

/// `client_id.claims` of an issuer.
pub const CLIENT_CLAIMS: [&str; 3] = checks::CLIENT_CLAIMS;

/// The type that `profile: rfc9068` asks for (RFC 9068 section 2.1), and the claims beside `iss` and `aud` (section 2.2).
pub const RFC9068_TYPE: &str = ACCESS_TOKEN;
/// See [`RFC9068_TYPE`].
pub const RFC9068_CLAIMS: [&str; 5] = checks::RFC9068_CLAIMS;

/// A duration of a document: a number of seconds, or a text such as `500ms`, `30s`, `5m`, `1h`, `1d`. `None` for all else.
///
/// ```
/// use std::time::Duration;
/// let read = jotgate::defaults::duration(&serde_json::json!("5m"));
/// assert_eq!(read, Some(Duration::from_secs(300)));
/// ```
#[must_use]
pub fn duration(written: &Value) -> Option<Duration> {
    PolicyDuration::deserialize(written).ok().map(|duration| duration.0)
}
