//! Verdicts as types.

use crate::undecided::{Question, UndecidedToken};
use jotgate::{Code, WorkId};
use jotgate_edge::VerdictRecord;
use jotgate_edge::numbers::verdict as kind;
use std::sync::Arc;

/// What came of a validation. Only [`Verdict::Accepted`] and [`Verdict::Skipped`] let a request pass.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum Verdict {
    /// The token may pass.
    Accepted {
        /// What was verified.
        token: AcceptedToken,
    },
    /// The token must not pass.
    Rejected {
        /// Why.
        rejection: Rejection,
    },
    /// Nobody can say, because the issuer's keys cannot be had for now. Answer 503, not 401.
    Unavailable {
        /// The number of the code.
        code: u32,
        /// The entry of the policy's `issuers`, counted from 0.
        issuer: Option<u32>,
        /// When to try again, in milliseconds since the Unix epoch.
        retry_at_ms: i64,
        /// What is the matter, for operators.
        reason: String,
    },
    /// Keys must be got first. Do the work that is due, wait for one of these ids to be reported, ask again.
    KeysNeeded {
        /// The ids of the work that may bring the keys.
        wait_for: Vec<u64>,
        /// For how long to wait at most, in milliseconds.
        patience_ms: u64,
    },
    /// The policy asks for no token here: the request may pass, without claims.
    Skipped {
        /// The entry of the policy's `routes`, counted from 0.
        route: Option<u32>,
    },
    /// The token passes the policy, and the host has to be asked about it: it must not pass before the host's answer.
    Undecided {
        /// The entry of the policy's `issuers`, counted from 0.
        issuer: Option<u32>,
        /// What the host is asked.
        question: Question,
        /// Where the answer goes.
        token: Arc<UndecidedToken>,
    },
}

/// A verdict, and whether there is work.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// Whether [`crate::Core::poll_work`] has work.
    pub work_due: bool,
}

/// Verdicts in the order of their tokens, and whether there is work.
#[derive(Clone, Debug, uniffi::Record)]
pub struct JudgedMany {
    /// A verdict for each token.
    pub verdicts: Vec<Verdict>,
    /// Whether [`crate::Core::poll_work`] has work.
    pub work_due: bool,
}

/// What was verified.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct AcceptedToken {
    /// The entry of the policy's `issuers`, counted from 0.
    pub issuer: u32,
    /// The header, as JSON text without duplicate members.
    pub header: String,
    /// The claims, as JSON text without duplicate members.
    pub payload: String,
    /// `exp` in seconds since the Unix epoch.
    pub expires_at: Option<f64>,
    /// `nbf` in seconds since the Unix epoch.
    pub not_before: Option<f64>,
    /// `iat` in seconds since the Unix epoch.
    pub issued_at: Option<f64>,
    /// The time that the token was judged for, in milliseconds since the Unix epoch.
    pub judged_for_ms: i64,
    /// In which claim the scopes are; none for the usual ones.
    pub scope_claim: Option<String>,
    /// The validator that has accepted it, or its line; [`crate::Core::require`] asks for it.
    pub origin: u64,
}

/// Why a token must not pass.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Rejection {
    /// The number of the code.
    pub code: u32,
    /// The entry of the policy's `issuers`, counted from 0; none when the validation got not that far.
    pub issuer: Option<u32>,
    /// The entry of the policy's `routes`, counted from 0; none when there is none.
    pub route: Option<u32>,
    /// The claim that the code is about.
    pub claim: Option<String>,
    /// What was expected, for the log.
    pub detail: Option<String>,
}

impl Rejection {
    /// That of a call that brought no verdict.
    pub(crate) fn internal_error() -> Self {
        Self { code: Code::InternalError.number(), issuer: None, route: None, claim: None, detail: None }
    }
}

impl Verdict {
    /// That of a call that brought no verdict.
    pub(crate) fn internal_error() -> Self {
        Self::Rejected { rejection: Rejection::internal_error() }
    }
}

impl From<&jotgate::Rejection> for Rejection {
    fn from(rejection: &jotgate::Rejection) -> Self {
        Self::from(&VerdictRecord::from(rejection))
    }
}

impl From<&VerdictRecord<'_>> for Rejection {
    fn from(record: &VerdictRecord<'_>) -> Self {
        Self {
            code: record.code,
            issuer: place(record.issuer),
            route: place(record.route),
            claim: record.claim.map(str::to_owned),
            detail: record.detail.map(str::to_owned),
        }
    }
}

impl From<jotgate::Verdict> for Verdict {
    fn from(given: jotgate::Verdict) -> Self {
        let record = VerdictRecord::from(&given);
        if record.kind != kind::UNDECIDED {
            return Self::of_record(&record);
        }
        let (issuer, question) = (place(record.issuer), Question::from(&record));
        match given {
            jotgate::Verdict::Undecided(undecided) => {
                Self::Undecided { issuer, question, token: Arc::new(UndecidedToken::new(undecided)) }
            }
            _ => Self::internal_error(),
        }
    }
}

impl Verdict {
    /// Of a verdict that needs no answer of the host.
    fn of_record(record: &VerdictRecord<'_>) -> Self {
        match record.kind {
            kind::ACCEPTED => match AcceptedToken::of(record) {
                Some(token) => Self::Accepted { token },
                None => Self::internal_error(),
            },
            kind::REJECTED => Self::Rejected { rejection: Rejection::from(record) },
            kind::UNAVAILABLE => Self::Unavailable {
                code: record.code,
                issuer: place(record.issuer),
                retry_at_ms: record.retry_at_ms,
                reason: record.reason.clone().unwrap_or_default(),
            },
            kind::KEYS_NEEDED => Self::KeysNeeded {
                wait_for: record.wait_for.iter().copied().map(WorkId::number).collect(),
                patience_ms: record.patience_ms,
            },
            kind::SKIPPED => Self::Skipped { route: place(record.route) },
            _ => Self::internal_error(),
        }
    }
}

impl AcceptedToken {
    fn of(record: &VerdictRecord<'_>) -> Option<Self> {
        let (header, payload) = record.text.split_at_checked(record.header_len)?;
        let [expires_at, not_before, issued_at] = record.dates;
        Some(Self {
            issuer: place(record.issuer)?,
            header: header.to_owned(),
            payload: payload.to_owned(),
            expires_at,
            not_before,
            issued_at,
            judged_for_ms: record.judged_for_ms,
            scope_claim: record.scope_claim.map(str::to_owned),
            origin: record.origin,
        })
    }
}

/// The edge has -1 where there is none.
fn place(number: i32) -> Option<u32> {
    u32::try_from(number).ok()
}
