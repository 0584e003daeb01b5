//! Verdicts as plain fields.

use crate::numbers::verdict;
use jotgate::{Code, HostQuestion, Rejection, Undecided, Verdict, Verified, WorkId};
use std::borrow::Cow;

/// What a verdict says. A field that does not belong to its kind has the value of [`VerdictRecord::NONE`].
#[derive(Clone, Debug, PartialEq)]
pub struct VerdictRecord<'v> {
    /// One of [`crate::numbers::verdict`].
    pub kind: u32,
    /// REJECTED, UNAVAILABLE: the number of the code.
    pub code: u32,
    /// The entry of the policy's `issuers`, counted from 0; -1 when the validation got not that far.
    pub issuer: i32,
    /// REJECTED, SKIPPED: the entry of the policy's `routes`, counted from 0; -1 when there is none.
    pub route: i32,
    /// UNAVAILABLE: when to try again, in milliseconds since the Unix epoch.
    pub retry_at_ms: i64,
    /// REJECTED: the claim that the code is about. It is static or belongs to the policy, and outlives the verdict as long as
    /// the validator does.
    pub claim: Option<&'v str>,
    /// REJECTED: what was expected.
    pub detail: Option<&'static str>,
    /// UNAVAILABLE: what is the matter, for operators.
    pub reason: Option<String>,
    /// ACCEPTED: header and payload, one behind the other.
    pub text: &'v str,
    /// ACCEPTED: where the header ends.
    pub header_len: usize,
    /// ACCEPTED: `exp`, `nbf` and `iat` in seconds since the Unix epoch.
    pub dates: [Option<f64>; 3],
    /// ACCEPTED: the time that the token was judged for, in milliseconds since the Unix epoch.
    pub judged_for_ms: i64,
    /// ACCEPTED: in which claim the scopes are; see [`Verified::scope_claim`].
    pub scope_claim: Option<&'v str>,
    /// ACCEPTED: see [`Verified::origin`].
    pub origin: u64,
    /// UNDECIDED: one of [`crate::numbers::question`].
    pub question: u32,
    /// UNDECIDED with a question about the client: its id.
    pub client_id: Option<Cow<'v, str>>,
    /// UNDECIDED with a question about the client: the claim that names it.
    pub client_claim: Option<&'v str>,
    /// KEYS_NEEDED: the work that may bring the keys.
    pub wait_for: &'v [WorkId],
    /// KEYS_NEEDED: for how long to wait at most, in milliseconds.
    pub patience_ms: u64,
}

impl VerdictRecord<'static> {
    /// Nothing but "no verdict".
    pub const NONE: Self = Self {
        kind: verdict::NONE,
        code: 0,
        issuer: -1,
        route: -1,
        retry_at_ms: 0,
        claim: None,
        detail: None,
        reason: None,
        text: "",
        header_len: 0,
        dates: [None; 3],
        judged_for_ms: 0,
        scope_claim: None,
        origin: 0,
        question: 0,
        client_id: None,
        client_claim: None,
        wait_for: &[],
        patience_ms: 0,
    };
}

impl<'v> From<&'v Verdict> for VerdictRecord<'v> {
    fn from(given: &'v Verdict) -> Self {
        match given {
            Verdict::Accepted(verified) => Self::accepted(verified),
            Verdict::Undecided(undecided) => Self::undecided(undecided),
            Verdict::Rejected(rejection) => Self::from(rejection),
            Verdict::KeysUnavailable(unavailable) => Self {
                kind: verdict::UNAVAILABLE,
                code: Code::KeysUnavailable.number(),
                issuer: place(Some(unavailable.issuer)),
                retry_at_ms: unavailable.retry_at.as_millis(),
                reason: Some(unavailable.detail()),
                ..VerdictRecord::NONE
            },
            Verdict::KeysNeeded(needed) => Self {
                kind: verdict::KEYS_NEEDED,
                wait_for: &needed.wait_for,
                patience_ms: u64::try_from(needed.patience.as_millis()).unwrap_or(u64::MAX),
                ..VerdictRecord::NONE
            },
            Verdict::Skipped(skipped) => {
                Self { kind: verdict::SKIPPED, route: place(Some(skipped.route)), ..VerdictRecord::NONE }
            }
            // A kind of verdict that no interface knows yet fails closed.
            _ => Self { kind: verdict::REJECTED, code: Code::InternalError.number(), ..VerdictRecord::NONE },
        }
    }
}

impl<'v> From<&'v Rejection> for VerdictRecord<'v> {
    fn from(rejection: &'v Rejection) -> Self {
        Self {
            kind: verdict::REJECTED,
            code: rejection.code.number(),
            issuer: place(rejection.issuer),
            route: place(rejection.route),
            claim: rejection.claim.as_ref().map(|claim| claim.as_str()),
            detail: Some(rejection.detail),
            ..VerdictRecord::NONE
        }
    }
}

impl<'v> VerdictRecord<'v> {
    fn accepted(verified: &'v Verified) -> Self {
        let (text, header_len) = verified.header_and_payload();
        Self {
            kind: verdict::ACCEPTED,
            issuer: place(Some(verified.issuer_index())),
            text,
            header_len,
            dates: [verified.expires_at(), verified.not_before(), verified.issued_at()],
            judged_for_ms: verified.judged_for().as_millis(),
            scope_claim: verified.scope_claim(),
            origin: verified.origin(),
            ..VerdictRecord::NONE
        }
    }

    /// What the host is asked, and not a byte of what was verified: nobody can take it for an accepted token.
    fn undecided(undecided: &'v Undecided) -> Self {
        let asked = undecided.question();
        let number = asked.number();
        let (client_id, client_claim) = match asked {
            HostQuestion::Client { id, claim } => (Some(id), Some(claim)),
            _ => (None, None),
        };
        Self {
            kind: verdict::UNDECIDED,
            issuer: place(Some(undecided.issuer_index())),
            question: number,
            client_id,
            client_claim,
            ..VerdictRecord::NONE
        }
    }

    /// ACCEPTED: how long the payload is.
    #[must_use]
    pub fn payload_len(&self) -> usize {
        self.text.len().saturating_sub(self.header_len)
    }
}

/// A place that is always small: a policy with 2^31 entries does not fit into memory.
fn place(index: Option<usize>) -> i32 {
    index.and_then(|index| i32::try_from(index).ok()).unwrap_or(-1)
}

#[cfg(test)]
mod tests {
    use super::{VerdictRecord, verdict};
    use crate::numbers::question;
    use crate::{Options, open};
    use jotgate::{HostAnswer, Timestamp, Validator, Verdict};

    const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);
    const TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lzc3Vlci50ZXN0LyIsImNsaWVudF9pZCI6ImFwcCJ9.";

    fn validator(keys: &str, client_lookup: bool) -> Validator {
        let allowed = if client_lookup { r#","client_id":{"allowed":"host"}"# } else { "" };
        let policy = format!(
            r#"{{"version":1,"issuers":[{{"issuer":"https://issuer.test/","audience":"any","required_claims":[],"keys":{keys}{allowed}}}]}}"#
        );
        open(policy.as_bytes(), Options { client_lookup, ..Options::default() }).unwrap()
    }

    #[test]
    fn an_accepted_token_is_told_with_its_text() {
        let given = validator(r#"{"accept_unsigned":true}"#, false).validate(TOKEN, NOW);
        let record = VerdictRecord::from(&given);
        assert_eq!((record.kind, record.issuer, record.route), (verdict::ACCEPTED, 0, -1));
        assert_eq!(&record.text[..record.header_len], r#"{"alg":"none"}"#);
        assert_eq!(record.payload_len(), record.text.len() - record.header_len);
    }

    #[test]
    fn of_an_undecided_token_nothing_is_told_but_the_question() {
        let given = validator(r#"{"accept_unsigned":true}"#, true).validate(TOKEN, NOW);
        let record = VerdictRecord::from(&given);
        let asked = VerdictRecord {
            kind: verdict::UNDECIDED,
            issuer: 0,
            question: question::CLIENT,
            client_id: Some("app".into()),
            client_claim: Some("client_id"),
            ..VerdictRecord::NONE
        };
        assert_eq!(record, asked);
        let Verdict::Undecided(undecided) = given else { panic!("not undecided") };
        let refused = undecided.answer(HostAnswer::No);
        let record = VerdictRecord::from(&refused);
        assert_eq!((record.kind, record.code, record.claim), (verdict::REJECTED, 8001, Some("client_id")));
    }

    #[test]
    fn what_to_wait_for_is_told() {
        let validator = validator(r#"{"jwks_uri":"https://issuer.test/jwks"}"#, false);
        let signed = TOKEN.replacen("eyJhbGciOiJub25lIn0", "eyJhbGciOiJFUzI1NiJ9", 1);
        let given = validator.validate(&format!("{signed}c2ln"), NOW);
        let record = VerdictRecord::from(&given);
        assert_eq!((record.kind, record.wait_for.len()), (verdict::KEYS_NEEDED, 1));
        assert!(record.patience_ms > 0);
        let work = crate::WorkRecord::poll(&validator, NOW).unwrap();
        assert_eq!((work.kind, work.id), (crate::numbers::work::FETCH, record.wait_for[0].number()));
        assert_eq!((work.url.as_str(), work.text.as_str()), ("https://issuer.test/jwks", ""));
    }
}
