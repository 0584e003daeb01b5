//! What a row has come to.

use crate::arrow::Text;
use jotgate::{
    Code, KeysNeeded, KeysUnavailable, Question, Rejection, Timestamp, Undecided, Validator, Verdict, Verified,
};

#[derive(Debug)]
pub(super) enum Outcome {
    /// Not asked yet.
    Unasked,
    /// The row holds no token, or names no time: there is nothing to ask.
    Null,
    Accepted(Verified),
    Rejected(Rejection),
    /// Refused without the core: by the application's hooks, or because there is no token of the scheme.
    Refused {
        code: Code,
        claim: Option<String>,
        issuer: Option<usize>,
    },
    Unavailable(KeysUnavailable),
    /// Keys have to be had first.
    Needed(KeysNeeded),
    /// The same, but nobody can wait for them here.
    OutOfReach,
    Undecided(Undecided),
    /// The application is being asked about it.
    Asked,
}

/// How the tokens of a column are asked about.
#[derive(Clone, Copy)]
pub(super) struct Asking<'a> {
    pub(super) validator: &'a Validator,
    pub(super) now: Timestamp,
    pub(super) scheme: Option<&'a str>,
}

/// For which time a row is judged: that of its own where the column has some, where null names none.
#[derive(Clone, Copy)]
pub(super) enum AsOf {
    Now,
    Then(Timestamp),
    Unknown,
}

/// The columns beside the claims.
pub(super) struct Shown<'a> {
    pub(super) verdict: Option<&'static str>,
    pub(super) code: Option<Code>,
    pub(super) claim: Option<&'a str>,
    pub(super) issuer: Option<usize>,
}

impl Outcome {
    pub(super) fn of(text: Text<'_>, as_of: AsOf, asking: Asking<'_>) -> Self {
        let field = match text {
            Text::Null => return Self::Null,
            Text::Broken => return Self::internal_error(),
            Text::Bytes(field) => field,
        };
        let question = match asking.scheme {
            None => Some(Question::token(field)),
            Some(scheme) => Question::credentials(field, scheme),
        };
        let question = match (question, as_of) {
            (_, AsOf::Unknown) => return Self::Null,
            (None, _) => return Self::Refused { code: Code::MissingToken, claim: None, issuer: None },
            (Some(question), AsOf::Now) => question,
            (Some(question), AsOf::Then(time)) => question.as_of(time),
        };
        match asking.validator.validate(question, asking.now) {
            Verdict::Accepted(verified) => Self::Accepted(verified),
            Verdict::Undecided(undecided) => Self::Undecided(undecided),
            Verdict::Rejected(rejection) => Self::Rejected(rejection),
            Verdict::KeysUnavailable(outcome) => Self::Unavailable(outcome),
            Verdict::KeysNeeded(needed) => Self::Needed(needed),
            // No other is given for a token.
            _ => Self::internal_error(),
        }
    }

    pub(super) fn internal_error() -> Self {
        Self::Refused { code: Code::InternalError, claim: None, issuer: None }
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self, Self::Unasked | Self::Needed(_))
    }

    pub(super) fn verified(&self) -> Option<&Verified> {
        match self {
            Self::Accepted(verified) => Some(verified),
            _ => None,
        }
    }

    pub(super) fn shown(&self) -> Shown<'_> {
        let (verdict, code, claim, issuer) = match self {
            Self::Null => (None, None, None, None),
            Self::Accepted(verified) => (Some(ACCEPTED), None, None, Some(verified.issuer_index())),
            Self::Rejected(rejection) => {
                let claim = rejection.claim.as_ref().map(|claim| claim.as_str());
                (Some(REJECTED), Some(rejection.code), claim, rejection.issuer)
            }
            Self::Refused { code, claim, issuer } => (Some(REJECTED), Some(*code), claim.as_deref(), *issuer),
            Self::Unavailable(outcome) => (Some(UNAVAILABLE), Some(Code::KeysUnavailable), None, Some(outcome.issuer)),
            Self::Needed(_) | Self::OutOfReach => (Some(UNAVAILABLE), Some(Code::KeysUnavailable), None, None),
            // Nothing that has no verdict passes.
            Self::Unasked | Self::Undecided(_) | Self::Asked => (Some(REJECTED), Some(Code::InternalError), None, None),
        };
        Shown { verdict, code, claim, issuer }
    }
}

const ACCEPTED: &str = "accepted";
const REJECTED: &str = "rejected";
const UNAVAILABLE: &str = "unavailable";
