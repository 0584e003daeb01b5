//! One verdict on its way to JavaScript: a string or a number at once, the rest when it is asked for.

use crate::layout::{self, Written};
use crate::text;
use jotgate::{Code, KeysNeeded, KeysUnavailable, Rejection, Undecided, Verdict};
use napi::bindgen_prelude::{Result, ToNapiValue, TypeName};
use napi::{ValueType, sys};

/// What a validation returns to JavaScript.
pub(crate) enum Returned {
    /// Accepted: header, payload and the places of the claims as one text, see `layout.rs`.
    Verified(Written),
    /// Not accepted: the number of the code, [`Returned::KEYS_NEEDED`], [`Returned::UNDECIDED`] or [`Returned::SKIPPED`]; or a
    /// refusal that JavaScript knows, see [`Refusals`].
    Code(u32),
}

impl Returned {
    /// Stands in for a code when keys have to be fetched first; no code has this number.
    pub(crate) const KEYS_NEEDED: u32 = 0;

    /// Stands in for a code when the application has to be asked first; no code has this number.
    pub(crate) const UNDECIDED: u32 = u32::MAX - 1;

    /// Stands in for a code when the request needs no token; no code has this number.
    pub(crate) const SKIPPED: u32 = u32::MAX;
}

impl TypeName for Returned {
    fn type_name() -> &'static str {
        "string | number"
    }

    fn value_type() -> ValueType {
        ValueType::Unknown
    }
}

impl ToNapiValue for Returned {
    unsafe fn to_napi_value(env: sys::napi_env, returned: Self) -> Result<sys::napi_value> {
        match returned {
            // SAFETY: the caller of this function promises that `env` is the environment of the running call.
            Self::Verified(text) => unsafe { text::to_js(env, &text) },
            // SAFETY: as above.
            Self::Code(number) => unsafe { u32::to_napi_value(env, number) },
        }
    }
}

/// What JavaScript may still ask about the last verdict. It asks before the next validation: both are synchronous.
#[derive(Default)]
pub(crate) struct Details {
    /// The policy's issuer entry.
    pub(crate) issuer: Option<usize>,
    /// The policy's route that the request took.
    pub(crate) route: Option<usize>,
    /// Why the token was refused.
    pub(crate) rejection: Option<Rejection>,
    /// Why no key is at hand, and until when.
    pub(crate) unavailable: Option<KeysUnavailable>,
    /// What to wait for, and for how long.
    pub(crate) needed: Option<KeysNeeded>,
    /// The token of which the application has to say something.
    pub(crate) undecided: Option<Undecided>,
    /// Whether work is due beside the refusal.
    pub(crate) is_due: bool,
}

/// The refusals that came before, in the order in which they did. JavaScript keeps what it has read of each: then the place of one
/// says all, in one crossing in place of five.
///
/// A refusal is made of the policy's words and of fixed ones, so they are few. Those beyond are told as if they were the first.
#[derive(Default)]
pub(crate) struct Refusals(Vec<Rejection>);

impl Refusals {
    /// The number of the refusal in place of that of its code: even where no work is due, odd where some is.
    pub(crate) fn number(&mut self, rejection: &Rejection, is_due: bool) -> Option<u32> {
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
pub(crate) fn split(verdict: Verdict, is_due: impl FnOnce() -> bool) -> (Returned, Details) {
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
