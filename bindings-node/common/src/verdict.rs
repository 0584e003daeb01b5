//! One verdict on its way to JavaScript: a string or a number at once, the rest when it is asked for.

use crate::layout::{self, Written};
use jotgate::{Code, KeysNeeded, KeysUnavailable, Rejection, Timestamp, Undecided, Verdict};

/// What a validation returns to JavaScript.
pub enum Returned {
    /// Accepted: header, payload and the places of the claims as one text, see `layout.rs`.
    Verified(Written),
    /// Not accepted: the number of the code, [`Returned::KEYS_NEEDED`], [`Returned::UNDECIDED`] or [`Returned::SKIPPED`]; or a
    /// refusal that JavaScript knows, see [`Refusals`].
    Code(u32),
}

impl Returned {
    /// Stands in for a code when keys have to be fetched first; no code has this number.
    pub const KEYS_NEEDED: u32 = 0;

    /// Stands in for a code when the application has to be asked first; no code has this number.
    pub const UNDECIDED: u32 = u32::MAX - 1;

    /// Stands in for a code when the request needs no token; no code has this number.
    pub const SKIPPED: u32 = u32::MAX;
}

/// What JavaScript may still ask about the last verdict. It asks before the next validation: both are synchronous.
#[derive(Default)]
pub struct Details {
    /// The policy's issuer entry.
    pub issuer: Option<usize>,
    /// The policy's route that the request took.
    pub route: Option<usize>,
    /// Why the token was refused.
    pub rejection: Option<Rejection>,
    /// Why no key is at hand, and until when.
    pub unavailable: Option<KeysUnavailable>,
    /// What to wait for, and for how long.
    pub needed: Option<KeysNeeded>,
    /// The token of which the application has to say something.
    pub undecided: Option<Undecided>,
    /// Whether work is due beside the refusal.
    pub is_due: bool,
}

impl Details {
    /// The number of the rejection's code.
    #[must_use]
    pub fn code(&self) -> u32 {
        self.rejection.as_ref().map_or(Code::InternalError, |rejection| rejection.code).number()
    }

    /// The claim that the rejection is about.
    #[must_use]
    pub fn claim(&self) -> Option<&str> {
        Some(self.rejection.as_ref()?.claim.as_ref()?.as_str())
    }

    /// What the verdict says to operators; empty when it says nothing.
    #[must_use]
    pub fn detail(&self) -> String {
        let rejected = self.rejection.as_ref().map(|rejection| rejection.detail.to_owned());
        rejected.or_else(|| Some(self.unavailable.as_ref()?.detail())).unwrap_or_default()
    }

    /// When keys may be had again; only after `keys_unavailable`.
    #[must_use]
    pub fn retry_at(&self) -> Option<Timestamp> {
        self.unavailable.as_ref().map(|unavailable| unavailable.retry_at)
    }
}

/// The refusals that came before, in the order in which they did. JavaScript keeps what it has read of each: then the place of one
/// says all, in one crossing in place of five.
///
/// A refusal is made of the policy's words and of fixed ones, so they are few. Those beyond are told as if they were the first.
#[derive(Default)]
pub struct Refusals(Vec<Rejection>);

impl Refusals {
    /// The number of the refusal in place of that of its code: even where no work is due, odd where some is.
    pub fn number(&mut self, rejection: &Rejection, is_due: bool) -> Option<u32> {
        let place = match self.0.iter().position(|known| known == rejection) {
            Some(place) => place,
            None if self.0.len() < Self::MOST => {
                self.0.push(rejection.clone());
                self.0.len().saturating_sub(1)
            }
            None => return None,
        };
        u32::try_from(place).ok()?.checked_mul(2)?.checked_add(Self::FIRST)?.checked_add(is_due.into())
    }

    /// Beyond the numbers of all codes; `ts/codes.ts` has it too.
    const FIRST: u32 = 1 << 20;

    const MOST: usize = 64;
}

/// Splits a verdict into what is returned and what can be asked for. Whether work is due goes with tokens that are accepted or
/// refused: there, one more crossing would count.
pub fn split(verdict: Verdict, is_due: impl FnOnce() -> bool) -> (Returned, Details) {
    let mut details = Details::default();
    let returned = match verdict {
        Verdict::Accepted(verified) => Returned::Verified(layout::written(&verified, is_due())),
        Verdict::Undecided(undecided) => {
            details.undecided = Some(undecided);
            Returned::Code(Returned::UNDECIDED)
        }
        Verdict::Rejected(rejection) => {
            let code = rejection.code.number();
            details.issuer = rejection.issuer;
            details.route = rejection.route;
            details.is_due = is_due();
            details.rejection = Some(rejection);
            Returned::Code(code)
        }
        Verdict::KeysUnavailable(unavailable) => {
            details.issuer = Some(unavailable.issuer);
            details.unavailable = Some(unavailable);
            Returned::Code(Code::KeysUnavailable.number())
        }
        Verdict::KeysNeeded(needed) => {
            details.needed = Some(needed);
            Returned::Code(Returned::KEYS_NEEDED)
        }
        Verdict::Skipped(skipped) => {
            details.route = Some(skipped.route);
            Returned::Code(Returned::SKIPPED)
        }
        // A verdict that this version does not know must not let anybody pass.
        _ => Returned::Code(Code::InternalError.number()),
    };
    (returned, details)
}
