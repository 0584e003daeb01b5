//! What the host still has to say about a token that passes the policy.

use crate::claims::Claims;
use crate::codes::Code;
use crate::verdict::{Judged, Rejection, Verdict, Verified};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// A token that passes every check of the policy, and of which the host has promised to say something more.
///
/// It is no [`Verified`]: its claims are there for the host to find its answer, and the only way on is
/// [`Undecided::answer`]. A host that forgets to ask has no claims of an accepted token.
#[must_use = "the host has not been asked yet"]
pub struct Undecided {
    judged: Judged,
    route: Option<usize>,
    /// The claim that names the client which the host is to look up.
    client: Option<Arc<str>>,
    revocation: bool,
}

/// What the host is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HostQuestion<'a> {
    /// Whether the host knows the client of this id, which the token names in this claim (`client_id: { allowed: host }`).
    Client {
        /// The value of the claim.
        id: Cow<'a, str>,
        /// The name of the claim, from the policy.
        claim: &'a str,
    },
    /// Whether the token was revoked.
    Revoked,
}

impl HostQuestion<'_> {
    /// The stable number, for interfaces that pass integers: 1 for the client, 2 for the revocation.
    #[must_use]
    pub const fn number(&self) -> u32 {
        match self {
            Self::Client { .. } => 1,
            Self::Revoked => 2,
        }
    }
}

/// What the host answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u32)]
pub enum HostAnswer {
    /// It knows the client; the token was revoked.
    Yes = 1,
    /// It does not know the client; the token was not revoked.
    No = 2,
    /// It cannot say: its look-up failed, or gave neither.
    Failed = 3,
}

impl HostAnswer {
    /// The answer of a stable number; what is no such number is no answer.
    #[must_use]
    pub const fn from_number(number: u32) -> Self {
        match number {
            1 => Self::Yes,
            2 => Self::No,
            _ => Self::Failed,
        }
    }
}

impl From<bool> for HostAnswer {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

impl Undecided {
    /// The verdict on a token that passes the policy: accepted where the host has nothing to say.
    pub(crate) fn verdict(judged: Judged, route: Option<usize>, client: Option<Arc<str>>, revocation: bool) -> Verdict {
        Self { judged, route, client, revocation }.next()
    }

    /// What the host is asked now.
    #[must_use]
    pub fn question(&self) -> HostQuestion<'_> {
        match &self.client {
            // The check has found a text there; an empty one is a client that nobody knows.
            Some(claim) => HostQuestion::Client { id: self.claims().text_of(claim).unwrap_or_default(), claim },
            None => HostQuestion::Revoked,
        }
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

    /// The claims, for the host to find its answer. Where the policy maps claims, they have their mapped names.
    #[must_use]
    pub fn claims(&self) -> Claims<'_> {
        Claims::new(self.payload())
    }

    /// The claims as JSON text; see [`Verified::payload`].
    #[must_use]
    pub fn payload(&self) -> &str {
        self.judged.text.get(self.judged.header_len..).unwrap_or_default()
    }

    /// The protected header as JSON text; see [`Verified::header`].
    #[must_use]
    pub fn header(&self) -> &str {
        self.judged.text.get(..self.judged.header_len).unwrap_or_default()
    }

    /// Header and payload as one text; see [`Verified::header_and_payload`].
    #[must_use]
    pub fn header_and_payload(&self) -> (&str, usize) {
        (&self.judged.text, self.judged.header_len)
    }

    /// Which entry of the policy's `issuers` the token comes from, counted from 0.
    #[must_use]
    pub fn issuer_index(&self) -> usize {
        self.judged.issuer
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

/// Shows no claim, as [`Verified`] shows none.
impl fmt::Debug for Undecided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Undecided").field("issuer_index", &self.judged.issuer).finish_non_exhaustive()
    }
}
