//! What an explanation holds, and its JSON.

use crate::checklist::CheckName;
use crate::codes::Code;
use crate::jwks::{LenientKey, Problem, SkippedKey, SourceState};
use crate::rejection::Rejection;
use crate::text::plain_json;
use crate::time::Timestamp;
use serde::{Serialize, Serializer};

/// What a validation would answer, check by check, and how the key sets of the token's issuer are.
///
/// It is for operators: it shows the values of claims that a check looked at, cut after 160 characters, and of nothing
/// else. It never shows the token, its signature, key material or secrets. The JSON of it is the same in every language
/// and stable: members are added, never renamed or removed; the texts of `detail`, `expected`, `found` and `note` may
/// change.
///
/// Behind the first check that fails the others are still looked at, as far as they mean something. When the signature
/// has not been verified, whoever sent the token chose what they look at: `verified` says so, here and at each check.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// `accepted`, `rejected`, `unavailable` or `skipped`.
    pub verdict: &'static str,
    /// The code of the refusal: the one that a validation gives.
    #[serde(serialize_with = "optional_code")]
    pub code: Option<Code>,
    /// The claim that the code is about.
    pub claim: Option<String>,
    /// The code in words, for operators.
    pub detail: Option<&'static str>,
    /// The entry of the policy's `issuers` that the token's `iss` picked, counted from 0.
    pub issuer: Option<usize>,
    /// The entry of the policy's `routes` that the request took, counted from 0.
    pub route: Option<usize>,
    /// When keys can be fetched again, in Unix seconds.
    #[serde(serialize_with = "optional_seconds")]
    pub retry_at: Option<Timestamp>,
    /// The time that the token was judged for, in Unix seconds.
    #[serde(serialize_with = "seconds")]
    pub at: Timestamp,
    /// Whether the token's signature was verified: when it was not, the token's contents are anybody's words.
    pub verified: bool,
    /// The checks, in the order in which a validation runs them.
    pub checks: Vec<Check>,
    /// The key sets that the picked issuer's keys are fetched from.
    pub key_sets: Vec<KeySource>,
}

/// One check of a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Check {
    /// The stable name; in their order:
    #[doc = check_names!()]
    /// `claim_mapping` is there where the policy maps claims.
    pub check: String,
    /// How it ended.
    pub outcome: CheckOutcome,
    /// The code that the check gives when it is the first to fail.
    #[serde(serialize_with = "optional_code")]
    pub code: Option<Code>,
    /// Whether what was found stands in a token whose signature was verified.
    pub verified: bool,
    /// What the policy asks for.
    pub expected: Option<String>,
    /// What the token or the request has.
    pub found: Option<String>,
    /// What it means, and what to do.
    pub note: Option<String>,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CheckOutcome {
    /// It holds.
    Passed,
    /// It does not.
    Failed,
    /// It was not run: the policy does not ask for it, or an earlier failure leaves nothing to check.
    Skipped,
}

/// A key set that the picked issuer's keys are fetched from.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct KeySource {
    /// The URL that the policy names: of the key set, or of the metadata that names the key set's.
    pub url: String,
    /// Where the metadata says that the key set lies.
    pub jwks_uri: Option<String>,
    /// What validations can count on.
    pub state: SourceState,
    /// Seconds since the last successful fetch was started; `None` before the first.
    pub age: Option<f64>,
    /// Keys that can be used.
    pub keys: usize,
    /// The ids of the first 20 of these keys, each cut after 64 characters.
    pub kids: Vec<String>,
    /// Keys of the set that cannot be used.
    pub skipped: usize,
    /// The first 20 of these, and why.
    pub skipped_keys: Vec<SkippedKey>,
    /// The first 20 of the keys that count although RFC 7518 spells their numbers otherwise.
    pub lenient_keys: Vec<LenientKey>,
    /// Why the last fetch failed, when no success came after it.
    pub last_error: Option<Problem>,
    /// What the host's HTTP stack said of it, or where a redirect leads.
    pub last_error_cause: Option<String>,
    /// What that means and what to do.
    pub last_error_hint: Option<String>,
}

impl Explanation {
    /// An explanation of which only the time is known.
    pub(crate) fn new(verdict: &'static str, at: Timestamp) -> Self {
        Self {
            verdict,
            code: None,
            claim: None,
            detail: None,
            issuer: None,
            route: None,
            retry_at: None,
            at,
            verified: false,
            checks: Vec::new(),
            key_sets: Vec::new(),
        }
    }

    /// What a rejection says.
    pub(crate) fn rejected(rejection: &Rejection, at: Timestamp) -> Self {
        Self {
            code: Some(rejection.code),
            claim: rejection.claim.as_ref().map(|claim| claim.as_str().to_owned()),
            detail: Some(rejection.detail),
            issuer: rejection.issuer,
            route: rejection.route,
            ..Self::new("rejected", at)
        }
    }

    /// The explanation as JSON, the same in every language.
    ///
    /// Characters that would steer a terminal are escaped, so the text can be printed as it is.
    #[must_use]
    pub fn to_json(&self) -> String {
        plain_json(&serde_json::to_string(self).unwrap_or_default())
    }
}

impl Check {
    /// A check behind a failure that leaves it nothing to look at.
    pub(super) fn unreached(check: CheckName) -> Self {
        Self {
            check: check.to_string(),
            outcome: CheckOutcome::Skipped,
            code: None,
            verified: false,
            expected: None,
            found: None,
            note: Some(NOT_REACHED.to_owned()),
        }
    }

    pub(super) fn is_unreached(&self) -> bool {
        self.outcome == CheckOutcome::Skipped && self.note.as_deref() == Some(NOT_REACHED)
    }
}

/// The note of a check behind a failure that leaves it nothing to look at.
const NOT_REACHED: &str = "not reached";

fn seconds<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_numeric_date())
}

#[expect(clippy::ref_option, reason = "serde hands in a reference to the field")]
fn optional_seconds<S: Serializer>(time: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => seconds(time, serializer),
        None => serializer.serialize_none(),
    }
}

#[expect(clippy::ref_option, reason = "serde hands in a reference to the field")]
fn optional_code<S: Serializer>(code: &Option<Code>, serializer: S) -> Result<S::Ok, S::Error> {
    match code {
        Some(code) => serializer.serialize_str(code.name()),
        None => serializer.serialize_none(),
    }
}
