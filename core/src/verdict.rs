//! What comes out of a validation.

use crate::claims::Claims;
use crate::codes::Code;
use crate::jwks::{FetchId, FetchRequest};
use crate::rejection::Rejection;
use crate::time::Timestamp;
use std::borrow::Cow;
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
    /// The token must not pass.
    Rejected(Rejection),
    /// Nobody can say: no usable key set is at hand and none can be had before `retry_at`. Answer 503, not 401.
    KeysUnavailable(KeysUnavailable),
    /// Keys have to be fetched first; the host's driver does that and asks again.
    KeysNeeded(KeysNeeded),
    /// The request needs no token and has none that was looked at: let it through, without claims.
    Skipped(Skipped),
}

/// A request that the policy's routes let through without a token. Only [`Validator::validate_request`] gives it.
///
/// [`Validator::validate_request`]: crate::Validator::validate_request
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
    client_claim: Option<Arc<str>>,
}

/// The dates of a token as its checks read them (NumericDate, RFC 7519 section 2).
#[derive(Clone, Copy)]
pub(crate) struct Dates {
    pub(crate) expires_at: Option<f64>,
    pub(crate) not_before: Option<f64>,
    pub(crate) issued_at: Option<f64>,
}

impl Verified {
    pub(crate) fn new(
        text: Box<str>, header_len: usize, issuer: usize, dates: Dates, client_claim: Option<Arc<str>>,
    ) -> Self {
        Self { text, header_len, issuer, dates, client_claim }
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

    /// The client that the host must look up before it lets the token pass, where the policy says so (`allowed: host`):
    /// a host that does not know it refuses with [`Code::ClientNotAllowed`]. `None` when there is nothing to look up.
    ///
    /// Only a validator whose host has promised that gives it; see
    /// [`Validator::with_client_lookup`](crate::Validator::with_client_lookup).
    #[must_use]
    pub fn client_to_look_up(&self) -> Option<Cow<'_, str>> {
        // The check has found a string there; an empty one is a client that nobody knows.
        self.client_claim.as_ref().map(|name| self.claims().text_of(name).unwrap_or_default())
    }

    /// The name of the claim that [`Verified::client_to_look_up`] reads, from the policy.
    #[must_use]
    pub fn client_claim(&self) -> Option<&str> {
        self.client_claim.as_deref()
    }
}

/// Shows no claim: a verified token may hold personal data, and `Debug` output ends in logs.
impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified").field("issuer_index", &self.issuer).finish_non_exhaustive()
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

/// Keys have to be fetched before there can be a verdict.
///
/// A host starts every request in `start`, hands the answers to [`Validator::complete_fetch`] or
/// [`Validator::fail_fetch`], and validates again as soon as one of `start` or `wait_for` has completed.
///
/// [`Validator::complete_fetch`]: crate::Validator::complete_fetch
/// [`Validator::fail_fetch`]: crate::Validator::fail_fetch
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeysNeeded {
    /// Requests that nobody has started yet: this caller must.
    pub start: Vec<FetchRequest>,
    /// Requests that another caller has started and that have not completed.
    pub wait_for: Vec<FetchId>,
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
