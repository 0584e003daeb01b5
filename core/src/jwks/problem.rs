//! Why a fetch brought no key set.

use super::cause;
use super::work::WorkFailure;
use crate::key::WrongDocument;
use crate::text::{cut, plain};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

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
    NotAKeySet(WrongDocument),
    /// The list `keys` was empty.
    NoKeys,
    /// The body was not metadata with `issuer` and `jwks_uri` (RFC 8414 section 3.2).
    NotMetadata(WrongDocument),
    /// The metadata was about another issuer (RFC 8414 section 3.3).
    OtherIssuer,
    /// The metadata's `jwks_uri` must not be fetched.
    UrlRefused,
}

impl Problem {
    /// What it means and what to do, in words, which may change.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Fetch(WorkFailure::Connection) => {
                "no answer: the host name, the network, or a proxy that is missing or refuses"
            }
            Self::Fetch(WorkFailure::Certificate) => {
                "the server's certificate is not trusted here, not valid now, or not for this host: give the HTTP client the authority that signed it"
            }
            Self::Fetch(WorkFailure::Timeout) => "no answer within jwks.timeout",
            Self::Fetch(WorkFailure::TooLarge) | Self::TooLarge => "the answer is longer than jwks.max_body",
            Self::Fetch(WorkFailure::Cancelled) => "the host gave the fetch up",
            Self::Fetch(WorkFailure::Callback) => "the fetch function failed, or gave no answer",
            Self::Status(300..=399) => "the URL redirects, which is not followed: write the URL that it leads to",
            Self::Status(401 | 403 | 407) => "the URL, or a proxy before it, asks for credentials",
            Self::Status(404 | 410) => "there is nothing at this URL: see the issuer's metadata for the right one",
            Self::Status(429) => "the issuer is asked too often",
            Self::Status(500..=599) => "the issuer's server fails",
            Self::Status(_) => "only status 200 brings a key set",
            Self::NotAKeySet(WrongDocument::Other | WrongDocument::KeySet) => {
                "the answer is JSON without a list  keys  (RFC 7517 section 5)"
            }
            Self::NotMetadata(WrongDocument::Other | WrongDocument::Metadata) => {
                "the answer is JSON without issuer and jwks_uri (RFC 8414 section 3.2)"
            }
            Self::NotAKeySet(wrong) | Self::NotMetadata(wrong) => wrong.hint(),
            Self::NoKeys => "the key set is empty, and an empty one does not replace one that can verify",
            Self::OtherIssuer => "the metadata is about another issuer than the policy's",
            Self::UrlRefused => "the jwks_uri in the metadata is not https: see jwks.allow_http",
        }
    }
}

/// A problem with what there is to say of it here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failed {
    pub(crate) problem: Problem,
    pub(crate) hint: Cow<'static, str>,
    /// What the host's HTTP stack said, or where a redirect leads; cleaned.
    pub(crate) cause: Option<Box<str>>,
}

impl Failed {
    /// The same, with what is to be said of its cause.
    pub(crate) fn because(self, said: &str) -> Self {
        Self { cause: cause::cleaned(said), ..self }
    }

    /// The same, at this URL.
    pub(crate) fn at(self, url: &Arc<str>) -> FetchFailure {
        FetchFailure(Arc::new((Arc::clone(url), self)))
    }
}

/// A fetch that brought no key set, with all that there is to say of it. One pointer, because events wait in numbers.
///
/// As text: `https://idp.example/jwks: connection (no route to host): no answer: …`. In JSON: `problem`, `cause` where there is
/// one, and `hint`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchFailure(Arc<(Arc<str>, Failed)>);

impl FetchFailure {
    /// The URL that was fetched.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.0.0
    }

    /// Why, as a stable name.
    #[must_use]
    pub fn problem(&self) -> Problem {
        self.0.1.problem
    }

    /// What the host's HTTP stack said, as [`Report::Failed`](crate::Report::Failed) handed it in, or where a redirect leads. One
    /// line of at most 300 characters that steers no terminal.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        self.0.1.cause.as_deref()
    }

    /// What it means and what to do, in words, which may change. Where metadata is about another issuer, both names are in
    /// them: escape them before they end in a log.
    #[must_use]
    pub fn hint(&self) -> &str {
        &self.0.1.hint
    }
}

impl fmt::Display for FetchFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", plain(&cut(self.url())), self.problem())?;
        if let Some(cause) = self.cause() {
            write!(f, " ({cause})")?;
        }
        write!(f, ": {}", plain(self.hint()))
    }
}

impl Serialize for FetchFailure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(None)?;
        members.serialize_entry("problem", &self.problem())?;
        if let Some(cause) = self.cause() {
            members.serialize_entry("cause", cause)?;
        }
        members.serialize_entry("hint", self.hint())?;
        members.end()
    }
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        Self { problem, hint: Cow::Borrowed(problem.hint()), cause: None }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fetch(WorkFailure::Connection) => "connection",
            Self::Fetch(WorkFailure::Certificate) => "certificate",
            Self::Fetch(WorkFailure::Timeout) => "timeout",
            Self::Fetch(WorkFailure::TooLarge) | Self::TooLarge => "too_large",
            Self::Fetch(WorkFailure::Cancelled) => "cancelled",
            Self::Fetch(WorkFailure::Callback) => "callback",
            Self::Status(status) => return write!(f, "status_{status}"),
            Self::NotAKeySet(WrongDocument::Other | WrongDocument::KeySet) => "not_a_key_set",
            Self::NoKeys => "no_keys",
            Self::NotMetadata(WrongDocument::Other | WrongDocument::Metadata) => "not_metadata",
            Self::NotAKeySet(wrong) | Self::NotMetadata(wrong) => wrong.name(),
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
    use super::{Failed, Problem, WorkFailure};

    /// The `jwks_uri` of metadata is foreign text.
    #[test]
    fn its_url_steers_no_terminal() {
        let failure = Failed::from(Problem::NoKeys).at(&"https://idp.test/\u{202e}\u{1b}[2J".into());
        assert!(failure.to_string().starts_with("https://idp.test/\\u{202e}\\u{1b}[2J: no_keys: "), "{failure}");
    }

    #[test]
    fn has_a_stable_name() {
        let told = |problem: Problem| serde_json::to_string(&problem).expect("a text");
        assert_eq!(told(Problem::Status(503)), "\"status_503\"");
        assert_eq!(told(Problem::Fetch(WorkFailure::Timeout)), "\"timeout\"");
        assert_eq!(told(Problem::OtherIssuer), "\"other_issuer\"");
    }
}
