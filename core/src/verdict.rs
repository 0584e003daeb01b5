//! What comes out of a validation.

use crate::claim_names::PolicyName;
use crate::codes::Code;
use crate::jwks::{FetchFailure, WorkId};
use crate::rejection::Rejection;
use crate::time::Timestamp;
use crate::undecided::{HostAnswer, Undecided};
use crate::verified::{Judged, Verified};
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

/// No verdict is possible: the issuer's keys are not at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeysUnavailable {
    /// When the next attempt to fetch the keys may be made.
    pub retry_at: Timestamp,
    /// The entry of the policy's `issuers` whose keys are missing.
    pub issuer: usize,
    /// The last fetch of them, where it failed.
    pub failure: Option<FetchFailure>,
}

impl KeysUnavailable {
    pub(crate) fn new(retry_at: Timestamp, issuer: usize, failure: Option<FetchFailure>) -> Self {
        Self { retry_at, issuer, failure }
    }

    /// What is the matter, for operators: with the fetch that failed, and why. Not stable, never to be compared, and not for the
    /// client that sent the token.
    #[must_use]
    pub fn detail(&self) -> String {
        match &self.failure {
            Some(failure) => format!("the issuer's keys are not at hand: {failure}"),
            None => "the issuer's keys are not at hand".to_owned(),
        }
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

/// From the last word of the policy to the verdict: the host's answers stand between.
impl Undecided {
    /// The verdict on a token that passes the policy: accepted where the host has nothing to say.
    pub(crate) fn verdict(
        judged: Judged, route: Option<usize>, client: Option<PolicyName>, revocation: bool,
    ) -> Verdict {
        Self { judged, route, client, revocation }.next()
    }

    /// Goes on with the host's answer. An unknown client gives [`Code::ClientNotAllowed`], and so does a look-up that
    /// failed; a revoked token gives [`Code::Revoked`], and a check that failed [`Code::InternalError`].
    pub fn answer(mut self, answer: HostAnswer) -> Verdict {
        if let Some(claim) = self.client.take() {
            let detail = match answer {
                HostAnswer::Yes => return self.next(),
                HostAnswer::No => "the host does not know the client",
                HostAnswer::Failed => "the host's look-up of the client failed",
            };
            return self.refuse(Rejection::claim(Code::ClientNotAllowed, &claim, detail));
        }
        self.revocation = false;
        match answer {
            HostAnswer::No => self.next(),
            HostAnswer::Yes => self.refuse(Rejection::new(Code::Revoked, "the host says that the token was revoked")),
            HostAnswer::Failed => {
                self.refuse(Rejection::new(Code::InternalError, "the host's check for revoked tokens failed"))
            }
        }
    }

    /// This as long as a question is left, and then the one way to a [`Verified`].
    fn next(self) -> Verdict {
        if self.client.is_some() || self.revocation {
            Verdict::Undecided(self)
        } else {
            Verdict::Accepted(Verified::new(self.judged))
        }
    }

    fn refuse(self, rejection: Rejection) -> Verdict {
        Verdict::Rejected(Rejection { issuer: Some(self.judged.issuer), route: self.route, ..rejection })
    }
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

/// Why a request may not pass: its token was rejected, or the keys are unavailable. [`Validator::answer`] makes the HTTP
/// answer of it.
///
/// [`Validator::answer`]: crate::Validator::answer
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Denial {
    /// Why it may not.
    pub code: Code,
    /// The entry of the policy's `issuers`, where it got that far; a challenge names its scopes.
    pub issuer: Option<usize>,
    /// The entry of the policy's `routes` that the request took; a challenge names its scopes too.
    pub route: Option<usize>,
    /// How long the keys stay unavailable.
    pub retry_after: Option<Duration>,
}

impl Denial {
    /// A denial of which nothing is known but the code.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self { code, issuer: None, route: None, retry_after: None }
    }
}

impl From<&Rejection> for Denial {
    fn from(rejection: &Rejection) -> Self {
        Self { issuer: rejection.issuer, route: rejection.route, ..Self::new(rejection.code) }
    }
}
