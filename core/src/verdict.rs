//! What comes out of a validation.

use crate::claims::Claims;
use crate::codes::Code;
use crate::jwks::WorkId;
use crate::time::Timestamp;
use crate::undecided::Undecided;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The answer to "may this token pass?".
#[derive(Debug)]
#[non_exhaustive]
#[must_use = "a verdict that nobody reads lets every token pass"]
pub enum Verdict {
    /// The token may pass; the only way to its claims.
    Accepted(Verified),
    /// The token passes the policy, and the host has promised to say something more. Ask it, and go on with its answer; a
    /// host that cannot answer refuses.
    Undecided(Undecided),
    /// The token must not pass.
    Rejected(Rejection),
    /// Nobody can say: no usable key set is at hand and none can be had before `retry_at`. Answer 503, not 401.
    KeysUnavailable(KeysUnavailable),
    /// Keys have to be got first; the host's driver does that work and asks again.
    KeysNeeded(KeysNeeded),
    /// The request needs no token and has none that was looked at: let it through, without claims.
    Skipped(Skipped),
}

/// A request that the policy's routes let through without a token. Only a question about a request gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// Which entry of the policy's `routes` let it through, counted from 0.
    pub route: usize,
}

impl Skipped {
    pub(crate) fn new(route: usize) -> Self {
        Self { route }
    }
}

/// A token whose signature verified and that passed every check of the policy.
///
/// There is no other way to claims than through this value, and only the validator makes one.
#[derive(Clone)]
pub struct Verified {
    text: Box<str>,
    header_len: usize,
    issuer: usize,
    dates: Dates,
}

/// What the host may read of a token while it is asked about it: the text of header and payload, and who accepted it.
pub(crate) struct Judged {
    /// Header and payload, one behind the other.
    pub(crate) text: Box<str>,
    pub(crate) header_len: usize,
    pub(crate) issuer: usize,
    pub(crate) dates: Dates,
}

/// The dates of a token as its checks read them (NumericDate, RFC 7519 section 2).
#[derive(Clone, Copy)]
pub(crate) struct Dates {
    pub(crate) expires_at: Option<f64>,
    pub(crate) not_before: Option<f64>,
    pub(crate) issued_at: Option<f64>,
}

impl Verified {
    /// Only an [`Undecided`] that has no question left calls this.
    pub(crate) fn new(judged: Judged) -> Self {
        let Judged { text, header_len, issuer, dates } = judged;
        Self { text, header_len, issuer, dates }
    }

    /// The claims, as a view that is parsed when it is read. Where the policy maps claims, they have their mapped names.
    #[must_use]
    pub fn claims(&self) -> Claims<'_> {
        Claims::new(self.payload())
    }

    /// The claims: strict JSON, one object, no duplicate member at any level.
    ///
    /// That is the payload byte for byte as it was signed, unless the policy's `claim_mapping` or `default_claim_mapping`
    /// gives one of its claims another name: then it is the same values, as they were written, under the mapped names.
    #[must_use]
    pub fn payload(&self) -> &str {
        self.text.get(self.header_len..).unwrap_or_default()
    }

    /// The protected header as it was signed: strict JSON, one object, no duplicate member at any level.
    #[must_use]
    pub fn header(&self) -> &str {
        self.text.get(..self.header_len).unwrap_or_default()
    }

    /// Header and payload as one text, for hosts that copy both at once; the header ends at the returned length.
    #[must_use]
    pub fn header_and_payload(&self) -> (&str, usize) {
        (&self.text, self.header_len)
    }

    /// `exp`, in seconds since the Unix epoch, without parsing the claims again.
    #[must_use]
    pub fn expires_at(&self) -> Option<f64> {
        self.dates.expires_at
    }

    /// `nbf`, in seconds since the Unix epoch, without parsing the claims again.
    #[must_use]
    pub fn not_before(&self) -> Option<f64> {
        self.dates.not_before
    }

    /// `iat`, in seconds since the Unix epoch, without parsing the claims again.
    #[must_use]
    pub fn issued_at(&self) -> Option<f64> {
        self.dates.issued_at
    }

    /// Which entry of the policy's `issuers` accepted the token, counted from 0.
    #[must_use]
    pub fn issuer_index(&self) -> usize {
        self.issuer
    }
}

/// Shows no claim: a verified token may hold personal data, and `Debug` output ends in logs.
impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified").field("issuer_index", &self.issuer).finish_non_exhaustive()
    }
}

/// Why a token must not pass: a stable code, the claim it is about, and a fixed text. Never token bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejection {
    /// The stable code.
    pub code: Code,
    /// The claim that the code is about, where there is one.
    pub claim: Option<ClaimName>,
    /// What was expected, for operators. Not stable, never to be compared.
    pub detail: &'static str,
    /// The entry of the policy's `issuers` that the token's `iss` picked, where it got that far.
    pub issuer: Option<usize>,
    /// The entry of the policy's `routes` that the request took.
    pub route: Option<usize>,
}

impl Rejection {
    pub(crate) fn new(code: Code, detail: &'static str) -> Self {
        Self { code, claim: None, detail, issuer: None, route: None }
    }

    pub(crate) fn claim(code: Code, claim: impl Into<ClaimName>, detail: &'static str) -> Self {
        Self { code, claim: Some(claim.into()), detail, issuer: None, route: None }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.claim {
            Some(claim) => write!(f, "{}: {} ({})", self.code, self.detail, claim.as_str()),
            None => write!(f, "{}: {}", self.code, self.detail),
        }
    }
}

impl std::error::Error for Rejection {}

/// The name of a claim in a rejection: one of the registered names, or one that the policy spells out.
///
/// It never comes from the token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimName {
    /// A name of RFC 7519 section 4.1.
    Registered(&'static str),
    /// A name from the policy document.
    Configured(Arc<str>),
}

impl ClaimName {
    /// The name as it stands in the token.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Registered(name) => name,
            Self::Configured(name) => name,
        }
    }
}

impl From<&'static str> for ClaimName {
    fn from(name: &'static str) -> Self {
        Self::Registered(name)
    }
}

impl From<&Arc<str>> for ClaimName {
    fn from(name: &Arc<str>) -> Self {
        Self::Configured(Arc::clone(name))
    }
}

/// No verdict is possible: the issuer's keys are not at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeysUnavailable {
    /// When the next attempt to fetch the keys may be made.
    pub retry_at: Timestamp,
    /// The entry of the policy's `issuers` whose keys are missing.
    pub issuer: usize,
}

impl KeysUnavailable {
    pub(crate) fn new(retry_at: Timestamp, issuer: usize) -> Self {
        Self { retry_at, issuer }
    }
}

/// Keys have to be got before there can be a verdict.
///
/// The work for that is given out by [`Validator::poll_work`]. Whoever asked waits until one of `wait_for` has been
/// reported, and validates again. After `patience` it reports each of them as [`Failed`] with [`Timeout`] itself, and
/// validates again: then there is a verdict in any case.
///
/// [`Validator::poll_work`]: crate::Validator::poll_work
/// [`Failed`]: crate::Report::Failed
/// [`Timeout`]: crate::WorkFailure::Timeout
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeysNeeded {
    /// The work that may bring the keys, whoever does it.
    pub wait_for: Vec<WorkId>,
    /// For how long to wait at most.
    pub patience: Duration,
}

/// Why a validation ends without a verified token.
pub(crate) enum Stop {
    Reject(Rejection),
    Unavailable(KeysUnavailable),
    Fetch(KeysNeeded),
}

impl From<Rejection> for Stop {
    fn from(rejection: Rejection) -> Self {
        Self::Reject(rejection)
    }
}

/// What [`Validator::answer`](crate::Validator::answer) needs to know of a request that may not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// Why it may not.
    pub code: Code,
    /// The entry of the policy's `issuers`, where it got that far; a challenge names its scopes.
    pub issuer: Option<usize>,
    /// The entry of the policy's `routes` that the request took; a challenge names its scopes too.
    pub route: Option<usize>,
    /// How long the keys stay unavailable.
    pub retry_after: Option<Duration>,
}

impl Refusal {
    /// A refusal of which nothing is known but the code.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self { code, issuer: None, route: None, retry_after: None }
    }
}

impl From<&Rejection> for Refusal {
    fn from(rejection: &Rejection) -> Self {
        Self { issuer: rejection.issuer, route: rejection.route, ..Self::new(rejection.code) }
    }
}
