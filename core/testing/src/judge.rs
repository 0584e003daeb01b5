//! What the core says, with an application that agrees to everything.

use jotgate::{Code, HostAnswer, HostQuestion, Question, Rejection, Timestamp, Validator, Verdict};

/// A verdict without the claims.
pub(crate) enum Judged {
    Accepted,
    /// No token was looked at.
    Skipped,
    Refused(Rejection),
    /// The keys are not at hand.
    Open,
}

impl Judged {
    /// Whether it is a refusal with this code.
    pub(crate) fn is(&self, code: Code) -> bool {
        matches!(self, Self::Refused(rejection) if rejection.code == code)
    }
}

/// Asks the core.
pub(crate) fn judge<'q>(validator: &Validator, question: impl Into<Question<'q>>, now: Timestamp) -> Judged {
    match settled(validator.validate(question, now)) {
        Verdict::Accepted(_) => Judged::Accepted,
        Verdict::Skipped(_) => Judged::Skipped,
        Verdict::Rejected(rejection) => Judged::Refused(rejection),
        _ => Judged::Open,
    }
}

/// The verdict when the application knows every client and has revoked no token.
pub(crate) fn settled(verdict: Verdict) -> Verdict {
    let mut verdict = verdict;
    while let Verdict::Undecided(undecided) = verdict {
        let answer = match undecided.question() {
            HostQuestion::Client { .. } => HostAnswer::Yes,
            _ => HostAnswer::No,
        };
        verdict = undecided.answer(answer);
    }
    verdict
}
