//! The checks of a token whose signature verified: one small function each, in the order of the policy.

use super::compile::{Checks, ClientCheck, ClientId, Clients, media_type};
use super::expression::Expression;
use super::facts;
use super::rule::Context;
use crate::claims::Payload;
use crate::codes::Code;
use crate::explain::{Facts, Observer};
use crate::rejection::Rejection;
use crate::token::Header;
use crate::verdict::Dates;
use std::sync::Arc;

/// What the checks have found out about a token that passed them.
pub(crate) struct Passed {
    pub(crate) dates: Dates,
    /// The claim that names the client which the host is to look up.
    pub(crate) client_claim: Option<Arc<str>>,
}

/// Runs every check, until one refuses.
pub(crate) fn check(
    checks: &Checks, header: &Header<'_>, context: &Context<'_>, observer: &mut impl Observer,
) -> Result<Passed, Rejection> {
    let payload = context.payload;
    let now = context.now.as_numeric_date();
    observer.step("typ".into(), typ(checks, header), |_| facts::typ(checks, header))?;

    let expires = date(
        observer,
        payload,
        "exp",
        |expires| expiry(checks, expires, now),
        |code| facts::exp(checks, payload, now, code),
    )?;
    let begins = date(
        observer,
        payload,
        "nbf",
        |begins| not_before(checks, begins, now),
        |code| facts::nbf(checks, payload, now, code),
    )?;
    let issued = date(
        observer,
        payload,
        "iat",
        |issued| issued_in_future(checks, issued, now),
        |code| facts::iat(checks, payload, now, code),
    )?;
    observer.step("max_age".into(), age(checks, issued, now), |_| facts::max_age(checks, issued, now))?;
    let lifetime = lifetime(checks, issued, expires);
    observer.step("max_lifetime".into(), lifetime, |_| facts::max_lifetime(checks, issued, expires))?;

    observer.step("aud".into(), audience(checks, payload), |_| facts::aud(checks, payload))?;
    observer.step("sub".into(), payload.text("sub").map(|_| ()), |_| facts::text(payload, "sub"))?;
    observer.step("jti".into(), payload.text("jti").map(|_| ()), |_| facts::text(payload, "jti"))?;
    let required = required_claims(checks, payload);
    observer.step("required_claims".into(), required, |_| facts::required_claims(checks, payload))?;
    let client_claim = match &checks.client_id {
        Some(client) => {
            let claim = client_id(client, context);
            observer.step("client_id".into(), claim, |_| facts::client_id(client, context))?
        }
        None => {
            observer.saw("client_id".into(), None, |_| Facts::idle(facts::NOT_ASKED));
            None
        }
    };
    if let Some(needed) = &checks.scopes {
        let granted = needed.check(&checks.scope_claims, payload);
        observer.step("scopes".into(), granted, |_| needed.facts(&checks.scope_claims, payload))?;
    } else {
        observer.saw("scopes".into(), None, |_| Facts::idle(facts::NOT_ASKED));
    }
    let dates = Dates { expires_at: expires, not_before: begins, issued_at: issued };
    Ok(Passed { dates, client_claim })
}

/// One of the token's dates, and the check that looks at nothing else.
fn date(
    observer: &mut impl Observer, payload: &Payload<'_>, name: &'static str,
    check: impl FnOnce(Option<f64>) -> Result<(), Rejection>, facts: impl FnOnce(Option<Code>) -> Facts,
) -> Result<Option<f64>, Rejection> {
    let date = payload.numeric_date(name);
    let value = date.as_ref().ok().copied().flatten();
    observer.step(name.into(), date.and_then(check), facts)?;
    Ok(value)
}

/// RFC 8725 section 3.11: so that a token made for another purpose is not taken for an access token.
fn typ(checks: &Checks, header: &Header<'_>) -> Result<(), Rejection> {
    let Some(accepted) = &checks.typ else { return Ok(()) };
    match &header.typ {
        Some(typ) if accepted.contains(&media_type(typ)) => Ok(()),
        _ => Err(Rejection::new(Code::InvalidType, "the header's typ is not one that the policy accepts")),
    }
}

/// RFC 7519 section 4.1.4: "on or after" the date the token has expired.
fn expiry(checks: &Checks, expires: Option<f64>, now: f64) -> Result<(), Rejection> {
    match expires {
        Some(expires) if now - checks.leeway >= expires => {
            Err(Rejection::claim(Code::Expired, "exp", "the token has expired"))
        }
        _ => Ok(()),
    }
}

/// RFC 7519 section 4.1.5.
fn not_before(checks: &Checks, not_before: Option<f64>, now: f64) -> Result<(), Rejection> {
    match not_before {
        Some(not_before) if not_before > now + checks.leeway => {
            Err(Rejection::claim(Code::NotYetValid, "nbf", "the token is not valid yet"))
        }
        _ => Ok(()),
    }
}

/// RFC 7519 section 4.1.6 says nothing of the future; a policy may, and an age needs it.
fn issued_in_future(checks: &Checks, issued: Option<f64>, now: f64) -> Result<(), Rejection> {
    match issued {
        Some(issued) if checks.refuses_future_iat() && issued > now + checks.leeway => {
            Err(Rejection::claim(Code::IssuedInFuture, "iat", "the token is from the future"))
        }
        _ => Ok(()),
    }
}

/// RFC 7519 section 4.1.6 leaves it to the application what the age of a token means; here `max_age` does.
fn age(checks: &Checks, issued: Option<f64>, now: f64) -> Result<(), Rejection> {
    let Some(max_age) = checks.max_age else { return Ok(()) };
    let issued = issued.ok_or_else(|| Rejection::claim(Code::MissingClaim, "iat", "max_age needs it"))?;
    if now - checks.leeway > issued + max_age {
        return Err(Rejection::claim(Code::TooOld, "iat", "the token is older than max_age"));
    }
    Ok(())
}

/// A token that lives for years defeats rotation, whatever its `exp` says.
fn lifetime(checks: &Checks, issued: Option<f64>, expires: Option<f64>) -> Result<(), Rejection> {
    let Some(max_lifetime) = checks.max_lifetime else { return Ok(()) };
    let expires = expires.ok_or_else(|| Rejection::claim(Code::MissingClaim, "exp", "max_lifetime needs it"))?;
    let issued = issued.ok_or_else(|| Rejection::claim(Code::MissingClaim, "iat", "max_lifetime needs it"))?;
    if expires - issued > max_lifetime {
        return Err(Rejection::claim(Code::LifetimeTooLong, "exp", "the token lives longer than max_lifetime"));
    }
    Ok(())
}

/// RFC 7519 section 4.1.3: a string or a list of strings, of which one must be ours.
fn audience(checks: &Checks, payload: &Payload<'_>) -> Result<(), Rejection> {
    let Some(value) = payload.get("aud") else {
        return match checks.audience {
            Some(_) => Err(Rejection::claim(Code::MissingClaim, "aud", "the policy asks for an audience")),
            None => Ok(()),
        };
    };
    let invalid = || Rejection::claim(Code::InvalidClaim, "aud", "must be a string or a list of strings");
    let audiences = Payload::strings(value).ok_or_else(invalid)?;
    match &checks.audience {
        Some(accepted) if !audiences.iter().any(|audience| accepted.iter().any(|ours| ours == audience)) => {
            Err(Rejection::claim(Code::AudienceMismatch, "aud", "the token is meant for another audience"))
        }
        _ => Ok(()),
    }
}

fn required_claims(checks: &Checks, payload: &Payload<'_>) -> Result<(), Rejection> {
    match checks.required_claims.iter().find(|name| payload.get_present(name).is_none()) {
        Some(name) => Err(Rejection::claim(Code::MissingClaim, name, "the policy requires it")),
        None => Ok(()),
    }
}

/// The claim that names the client differs by issuer: `client_id` (RFC 8693 section 4.3), `azp`, `cid`. Where the host
/// knows the clients, it is told which claim to look up.
fn client_id(client: &ClientCheck, context: &Context<'_>) -> Result<Option<Arc<str>>, Rejection> {
    let claims = match &client.id {
        ClientId::Claims(claims) => claims,
        ClientId::Expression(expression) => return client_found(expression, &client.allowed, context).map(|()| None),
    };
    let found = claims.iter().find_map(|name| Some((name, context.payload.get_present(name)?)));
    let Some((name, value)) = found else {
        let mut refusal = Rejection::new(Code::ClientNotAllowed, "the token names no client");
        refusal.claim = claims.first().map(Into::into);
        return Err(refusal);
    };
    let id = value.as_str().ok_or_else(|| Rejection::claim(Code::InvalidClaim, name, "must be a string"))?;
    match &client.allowed {
        Clients::Listed(allowed) if allowed.contains(id.as_ref()) => Ok(None),
        Clients::Listed(_) => {
            Err(Rejection::claim(Code::ClientNotAllowed, name, "the client is none of the allowed ones"))
        }
        Clients::Host { looks_up: true } => Ok(Some(Arc::clone(name))),
        Clients::Host { looks_up: false } => {
            Err(Rejection::claim(Code::ClientNotAllowed, name, "the host does not look clients up"))
        }
    }
}

/// Anything but the id of an allowed client refuses the token, an error and no id included.
fn client_found(expression: &Expression, allowed: &Clients, context: &Context<'_>) -> Result<(), Rejection> {
    let id = expression.text(context).ok().flatten();
    match (allowed, id) {
        (Clients::Listed(allowed), Some(id)) if allowed.contains(&id) => Ok(()),
        _ => Err(Rejection::new(Code::ClientNotAllowed, "the expression gives none of the allowed clients")),
    }
}
