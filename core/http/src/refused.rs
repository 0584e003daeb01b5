//! Why a request may not pass.

use jotgate::{Code, Denial, KeysUnavailable, Rejection};
use std::fmt;
use std::time::Duration;

/// Why a token or a request may not pass. [`JwtValidator::answer`](crate::JwtValidator::answer) makes the HTTP answer of it; its
/// text is for operators, and not for whoever sent the token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Refused {
    /// It must not pass.
    Rejected(Rejection),
    /// Nobody can say: the issuer's keys are not at hand. Answer 503, not 401.
    KeysUnavailable {
        /// Whose keys are missing, and why.
        unavailable: Box<KeysUnavailable>,
        /// After how long to try again.
        retry_after: Duration,
    },
    /// The validator was shut down.
    Closed,
    /// The policy lets the request pass without a token, and the endpoint asks for one.
    NoToken,
    /// The token may pass, and its claims do not fit the type that the endpoint reads them as.
    OtherClaims,
    /// The endpoint asks for a token, and no layer has looked for one.
    Unguarded,
}

impl Refused {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Rejected(rejection) => rejection.code,
            Self::KeysUnavailable { .. } => Code::KeysUnavailable,
            Self::NoToken => Code::MissingToken,
            Self::OtherClaims => Code::InvalidClaim,
            Self::Closed | Self::Unguarded => Code::InternalError,
        }
    }

    /// The claim that the code is about, where there is one. The name is the policy's, never the token's.
    #[must_use]
    pub fn claim(&self) -> Option<&str> {
        match self {
            Self::Rejected(rejection) => rejection.claim.as_ref().map(|claim| claim.as_str()),
            _ => None,
        }
    }

    /// The entry of the policy's `issuers`, counted from 0, where it got that far.
    #[must_use]
    pub fn issuer(&self) -> Option<usize> {
        match self {
            Self::Rejected(rejection) => rejection.issuer,
            Self::KeysUnavailable { unavailable, .. } => Some(unavailable.issuer),
            _ => None,
        }
    }

    /// The entry of the policy's `routes` that the request took, counted from 0.
    #[must_use]
    pub fn route(&self) -> Option<usize> {
        match self {
            Self::Rejected(rejection) => rejection.route,
            _ => None,
        }
    }

    pub(crate) fn denial(&self) -> Denial {
        match self {
            Self::Rejected(rejection) => Denial::from(rejection),
            Self::KeysUnavailable { unavailable, retry_after } => {
                let mut denial = Denial::new(Code::KeysUnavailable);
                denial.issuer = Some(unavailable.issuer);
                denial.retry_after = Some(*retry_after);
                denial
            }
            _ => Denial::new(self.code()),
        }
    }
}

impl From<Rejection> for Refused {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(rejection) => rejection.fmt(f),
            Self::KeysUnavailable { unavailable, .. } => write!(f, "{}: {}", self.code(), unavailable.detail()),
            Self::Closed => f.write_str("the validator was shut down"),
            Self::NoToken => write!(f, "{}: the endpoint asks for a token, and the policy does not", self.code()),
            Self::OtherClaims => write!(f, "{}: the claims do not fit the type of the endpoint", self.code()),
            Self::Unguarded => f.write_str("the endpoint asks for a token, and there is no JwtLayer around it"),
        }
    }
}

impl std::error::Error for Refused {}
