//! Tokens about which the host has to say something.

use crate::failure::{CallFailure, held};
use crate::numbers::HostAnswer;
use crate::verdict::Verdict;
use jotgate::Undecided;
use jotgate_edge::VerdictRecord;
use jotgate_edge::guard::guard;
use jotgate_edge::numbers::question;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// What the host is asked about a token.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Question {
    /// Whether the host knows the client that the token names.
    Client {
        /// The client's id.
        id: String,
        /// The claim that names it.
        claim: String,
    },
    /// Whether the token was revoked.
    Revoked,
    /// One that this interface does not know: answer [`HostAnswer::Failed`].
    Unknown,
}

/// A token that passes the policy, and that must not pass before the host's answer. It takes one answer.
#[derive(uniffi::Object)]
pub struct UndecidedToken(Mutex<Option<Undecided>>);

/// What the host may read of a token that is not decided on.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Texts {
    /// The header, as JSON text.
    pub header: String,
    /// The claims, as JSON text.
    pub payload: String,
}

#[uniffi::export]
impl UndecidedToken {
    /// Header and claims, for the question.
    ///
    /// # Errors
    ///
    /// It was answered or given up.
    pub fn texts(&self) -> Result<Texts, CallFailure> {
        held(|| {
            let undecided = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let undecided = undecided.as_ref().ok_or_else(used_up)?;
            let (text, header_len) = undecided.header_and_payload();
            let (header, payload) = text.split_at_checked(header_len).ok_or(CallFailure::Unexpected)?;
            Ok(Texts { header: header.to_owned(), payload: payload.to_owned() })
        })
    }

    /// The verdict that the host's answer leads to, which may be another question. A second answer is refused with
    /// `internal_error`.
    pub fn answer(&self, answer: HostAnswer) -> Verdict {
        guard(Verdict::internal_error(), || match self.taken() {
            Some(undecided) => Verdict::from(undecided.answer(jotgate::HostAnswer::from_number(answer.number()))),
            None => Verdict::internal_error(),
        })
    }

    /// Drops a token that nobody answers.
    pub fn give_up(&self) {
        guard((), || drop(self.taken()));
    }
}

impl UndecidedToken {
    pub(crate) fn new(undecided: Undecided) -> Self {
        Self(Mutex::new(Some(undecided)))
    }

    fn taken(&self) -> Option<Undecided> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Nothing of the token is shown.
impl fmt::Debug for UndecidedToken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("UndecidedToken").finish_non_exhaustive()
    }
}

impl From<&VerdictRecord<'_>> for Question {
    fn from(record: &VerdictRecord<'_>) -> Self {
        match (record.question, &record.client_id) {
            (question::CLIENT, Some(id)) => {
                Self::Client { id: id.to_string(), claim: record.client_claim.unwrap_or_default().to_owned() }
            }
            (question::REVOKED, _) => Self::Revoked,
            _ => Self::Unknown,
        }
    }
}

fn used_up() -> CallFailure {
    CallFailure::argument("the token was answered or given up")
}

#[cfg(test)]
mod tests {
    use crate::core::Core;
    use crate::numbers::HostAnswer;
    use crate::undecided::Question;
    use crate::verdict::{Rejection, Verdict};

    const POLICY: &[u8] = br#"{"version":1,"issuers":[{"issuer":"https://issuer.test/","audience":"any","required_claims":[],"keys":{"accept_unsigned":true},"client_id":{"allowed":"host"}}]}"#;
    const TOKEN: &[u8] = b"eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lzc3Vlci50ZXN0LyIsImNsaWVudF9pZCI6ImFwcCJ9.";

    fn asked() -> std::sync::Arc<super::UndecidedToken> {
        let core = Core::new(POLICY.to_vec(), 7, true, false, false).unwrap();
        match core.validate(TOKEN.to_vec(), 0, 0).verdict {
            Verdict::Undecided { question: Question::Client { id, claim }, token, .. } => {
                assert_eq!((id.as_str(), claim.as_str()), ("app", "client_id"));
                token
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_token_takes_one_answer() {
        let token = asked();
        assert_eq!(token.texts().unwrap().header, r#"{"alg":"none"}"#);
        assert!(matches!(token.answer(HostAnswer::Yes), Verdict::Accepted { .. }));
        assert!(token.texts().is_err());
        for answer in [HostAnswer::Yes, HostAnswer::No] {
            let Verdict::Rejected { rejection } = token.answer(answer) else { panic!("a second answer counts") };
            assert_eq!(rejection, Rejection::internal_error());
        }
    }

    #[test]
    fn a_token_that_was_given_up_is_never_accepted() {
        let token = asked();
        token.give_up();
        assert!(matches!(token.answer(HostAnswer::Yes), Verdict::Rejected { .. }));
    }
}
