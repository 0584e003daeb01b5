//! Why a fetch brought no key set.

use super::work::WorkFailure;
use serde::{Serialize, Serializer};
use std::fmt;

/// Why a fetch brought no key set. Its text is stable and holds nothing of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Problem {
    /// The host's HTTP stack brought no answer.
    Fetch(WorkFailure),
    /// The answer's status was not 200, nor 304 to a condition of ours.
    Status(u16),
    /// The body was longer than `max_body`.
    TooLarge,
    /// The body was not strict JSON with a list `keys` (RFC 7517 section 5).
    NotAKeySet,
    /// The list `keys` was empty.
    NoKeys,
    /// The body was not metadata with `issuer` and `jwks_uri` (RFC 8414 section 3.2).
    NotMetadata,
    /// The metadata was about another issuer (RFC 8414 section 3.3).
    OtherIssuer,
    /// The metadata's `jwks_uri` must not be fetched.
    UrlRefused,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fetch(WorkFailure::Connection) => "connection",
            Self::Fetch(WorkFailure::Timeout) => "timeout",
            Self::Fetch(WorkFailure::TooLarge) | Self::TooLarge => "too_large",
            Self::Fetch(WorkFailure::Cancelled) => "cancelled",
            Self::Fetch(WorkFailure::Callback) => "callback",
            Self::Status(status) => return write!(f, "status_{status}"),
            Self::NotAKeySet => "not_a_key_set",
            Self::NoKeys => "no_keys",
            Self::NotMetadata => "not_metadata",
            Self::OtherIssuer => "other_issuer",
            Self::UrlRefused => "url_refused",
        })
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{Problem, WorkFailure};

    #[test]
    fn has_a_stable_name() {
        let told = |problem: Problem| serde_json::to_string(&problem).expect("a text");
        assert_eq!(told(Problem::Status(503)), "\"status_503\"");
        assert_eq!(told(Problem::Fetch(WorkFailure::Timeout)), "\"timeout\"");
        assert_eq!(told(Problem::OtherIssuer), "\"other_issuer\"");
    }
}
