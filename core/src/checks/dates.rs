//! The dates of a token, and the age and the lifetime that follow from them.
//!
//! They share a file because they share the leeway and count from each other's claims. A date that is no number of seconds
//! refuses the token before any of them is asked (RFC 7519 section 2), so here a date is there or not.

use crate::codes::Code;
use crate::document::{PolicyDuration, PolicyError};
use crate::explain::{Facts, NOT_ASKED, date, span, told};
use crate::limits;
use crate::rejection::Rejection;
use crate::token::Payload;

/// What the policy says about dates. Times are in seconds with their fraction, as NumericDates are: to round either side
/// would let a token live a little longer than it says.
#[derive(Debug)]
pub(crate) struct DateBounds {
    leeway: f64,
    max_age: Option<f64>,
    max_lifetime: Option<f64>,
    reject_future_iat: bool,
}

impl DateBounds {
    /// `path` is that of the issuer's entry.
    pub(crate) fn compile(
        leeway: Option<PolicyDuration>, max_age: Option<PolicyDuration>, max_lifetime: Option<PolicyDuration>,
        reject_future_iat: bool, path: &str,
    ) -> Result<Self, PolicyError> {
        let seconds = |duration: PolicyDuration| duration.0.as_secs_f64();
        // A leeway is for clocks that differ. A longer one would be a longer life for every token.
        if leeway.is_some_and(|leeway| leeway.0 > limits::LEEWAY_MAX) {
            return Err(PolicyError::new(format!("{path}.leeway"), "at most 300 seconds"));
        }
        Ok(Self {
            leeway: leeway.map_or(limits::LEEWAY.as_secs_f64(), seconds),
            max_age: max_age.map(seconds),
            max_lifetime: max_lifetime.map(seconds),
            reject_future_iat,
        })
    }

    /// An age counts from a date in the past: a token from the future would be younger than it can be.
    fn refuses_future_iat(&self) -> bool {
        self.reject_future_iat || self.max_age.is_some()
    }
}

/// `exp` (RFC 7519 section 4.1.4): "on or after" the date the token has expired.
impl DateBounds {
    pub(super) fn check_exp(&self, expires: Option<f64>, now: f64) -> Result<(), Rejection> {
        match expires {
            Some(expires) if now - self.leeway >= expires => {
                Err(Rejection::claim(Code::Expired, "exp", "the token has expired"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn exp_facts(&self, payload: &Payload<'_>, now: f64, code: Option<Code>) -> Facts {
        let expected = || format!("after {}{}", date(now), self.allowance());
        let Some(facts) = dated(payload, "exp", code, expected) else {
            return Facts::idle("the token has none; see required_claims");
        };
        match (code, payload.numeric_date("exp")) {
            (Some(Code::Expired), Ok(Some(expires))) => {
                facts.note(format!("expired {} ago: get a new token, or compare the clocks", span(now - expires)))
            }
            (None, Ok(Some(expires))) if expires > now => {
                facts.note(format!("valid for another {}", span(expires - now)))
            }
            (None, _) => facts.note("expired, but within the leeway"),
            _ => facts,
        }
    }
}

/// `nbf` (RFC 7519 section 4.1.5): before the date the token is not valid yet. On it, it is.
impl DateBounds {
    pub(super) fn check_nbf(&self, begins: Option<f64>, now: f64) -> Result<(), Rejection> {
        match begins {
            Some(begins) if begins > now + self.leeway => {
                Err(Rejection::claim(Code::NotYetValid, "nbf", "the token is not valid yet"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn nbf_facts(&self, payload: &Payload<'_>, now: f64, code: Option<Code>) -> Facts {
        let expected = || format!("at most {}{}", date(now), self.allowance());
        let Some(facts) = dated(payload, "nbf", code, expected) else { return Facts::idle("the token has none") };
        match (code, payload.numeric_date("nbf")) {
            (Some(Code::NotYetValid), Ok(Some(begins))) => {
                facts.note(format!("valid in {}: compare the clocks, or allow for a leeway", span(begins - now)))
            }
            _ => facts,
        }
    }
}

/// `iat`. RFC 7519 section 4.1.6 says nothing of the future; a policy may, and an age needs it.
impl DateBounds {
    pub(super) fn check_iat(&self, issued: Option<f64>, now: f64) -> Result<(), Rejection> {
        match issued {
            Some(issued) if self.refuses_future_iat() && issued > now + self.leeway => {
                Err(Rejection::claim(Code::IssuedInFuture, "iat", "the token is from the future"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn iat_facts(&self, payload: &Payload<'_>, now: f64, code: Option<Code>) -> Facts {
        let expected = || match self.refuses_future_iat() {
            true => format!("at most {}{}", date(now), self.allowance()),
            false => "a date".to_owned(),
        };
        let Some(facts) = dated(payload, "iat", code, expected) else { return Facts::idle("the token has none") };
        match (code, payload.numeric_date("iat")) {
            (Some(Code::IssuedInFuture), Ok(Some(issued))) => {
                facts.note(format!("issued {} from now: compare the clocks, or allow for a leeway", span(issued - now)))
            }
            (None, Ok(Some(issued))) if issued > now + self.leeway => {
                facts.note("in the future, which the policy does not refuse")
            }
            _ => facts,
        }
    }
}

/// `max_age`. RFC 7519 section 4.1.6 leaves it to the application what the age of a token means; here this does.
impl DateBounds {
    pub(super) fn check_max_age(&self, issued: Option<f64>, now: f64) -> Result<(), Rejection> {
        let Some(max_age) = self.max_age else { return Ok(()) };
        let issued = issued.ok_or_else(|| Rejection::claim(Code::MissingClaim, "iat", "max_age needs it"))?;
        if now - self.leeway > issued + max_age {
            return Err(Rejection::claim(Code::TooOld, "iat", "the token is older than max_age"));
        }
        Ok(())
    }

    pub(super) fn max_age_facts(&self, issued: Option<f64>, now: f64) -> Facts {
        let Some(max_age) = self.max_age else { return Facts::idle(NOT_ASKED) };
        let facts = Facts::checked().expected(format!("issued at most {} ago{}", span(max_age), self.allowance()));
        match issued {
            Some(issued) if issued <= now => facts.found(format!("{} ago", span(now - issued))),
            Some(issued) => facts.found(format!("{} from now", span(issued - now))),
            None => facts.note("max_age counts from iat, and the token has no usable iat"),
        }
    }
}

/// `max_lifetime`: a token that lives for years defeats rotation, whatever its `exp` says. No leeway here, because both
/// dates come from the issuer's clock.
impl DateBounds {
    pub(super) fn check_max_lifetime(&self, issued: Option<f64>, expires: Option<f64>) -> Result<(), Rejection> {
        let Some(max_lifetime) = self.max_lifetime else { return Ok(()) };
        let expires = expires.ok_or_else(|| Rejection::claim(Code::MissingClaim, "exp", "max_lifetime needs it"))?;
        let issued = issued.ok_or_else(|| Rejection::claim(Code::MissingClaim, "iat", "max_lifetime needs it"))?;
        if expires - issued > max_lifetime {
            return Err(Rejection::claim(Code::LifetimeTooLong, "exp", "the token lives longer than max_lifetime"));
        }
        Ok(())
    }

    pub(super) fn max_lifetime_facts(&self, issued: Option<f64>, expires: Option<f64>) -> Facts {
        let Some(max_lifetime) = self.max_lifetime else { return Facts::idle(NOT_ASKED) };
        let facts = Facts::checked().expected(format!("at most {} from iat to exp", span(max_lifetime)));
        match (issued, expires) {
            (Some(issued), Some(expires)) if expires >= issued => facts.found(span(expires - issued)),
            (Some(_), Some(_)) => facts.found("exp lies before iat"),
            _ => facts.note("max_lifetime needs both iat and exp"),
        }
    }
}

impl DateBounds {
    fn allowance(&self) -> String {
        if self.leeway > 0.0 { format!(", with a leeway of {}", span(self.leeway)) } else { String::new() }
    }
}

/// What is said of a date before it is compared; `None` when the token has none.
fn dated(
    payload: &Payload<'_>, name: &'static str, code: Option<Code>, expected: impl FnOnce() -> String,
) -> Option<Facts> {
    let value = payload.get(name)?;
    let expected = if code == Some(Code::InvalidClaim) { "a number of seconds".to_owned() } else { expected() };
    let found = payload.numeric_date(name).ok().flatten().map_or_else(|| told(value), date);
    Some(Facts::checked().expected(expected).found(found))
}
