//! What the host still has to say about a token that passes the policy.

use crate::claim_names::PolicyName;
use crate::claims::Claims;
use crate::verified::Judged;
use std::borrow::Cow;
use std::fmt;

/// A token that passes every check of the policy, and of which the host has promised to say something more.
///
/// It is no [`Verified`](crate::Verified): its claims are there for the host to find its answer, and the only way on is
/// [`Undecided::answer`]. A host that forgets to ask has no claims of an accepted token.
#[must_use = "the host has not been asked yet"]
pub struct Undecided {
    pub(crate) judged: Judged,
    pub(crate) route: Option<usize>,
    /// The claim that names the client which the host is to look up.
    pub(crate) client: Option<PolicyName>,
    pub(crate) revocation: bool,
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
    /// What the host is asked now.
    #[must_use]
    pub fn question(&self) -> HostQuestion<'_> {
        match &self.client {
            // The check has found a text there; an empty one is a client that nobody knows.
            Some(claim) => HostQuestion::Client { id: self.claims().text_of(claim).unwrap_or_default(), claim },
            None => HostQuestion::Revoked,
        }
    }

    /// The claims, for the host to find its answer. Where the policy maps claims, they have their mapped names.
    #[must_use]
    pub fn claims(&self) -> Claims<'_> {
        self.judged.claims()
    }

    /// The claims as JSON text; see [`Verified::payload`](crate::Verified::payload).
    #[must_use]
    pub fn payload(&self) -> &str {
        self.judged.payload_text()
    }

    /// The protected header as JSON text; see [`Verified::header`](crate::Verified::header).
    #[must_use]
    pub fn header(&self) -> &str {
        self.judged.header_text()
    }

    /// Header and payload as one text; see [`Verified::header_and_payload`](crate::Verified::header_and_payload).
    #[must_use]
    pub fn header_and_payload(&self) -> (&str, usize) {
        (&self.judged.texts.text, self.judged.texts.header_len)
    }

    /// Which entry of the policy's `issuers` the token comes from, counted from 0.
    #[must_use]
    pub fn issuer_index(&self) -> usize {
        self.judged.issuer
    }
}

/// Shows no claim, as [`Verified`](crate::Verified) shows none.
impl fmt::Debug for Undecided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Undecided").field("issuer_index", &self.judged.issuer).finish_non_exhaustive()
    }
}
