//! The checks of a token whose signature verified. Each has a file with what the policy says, how it decides, and what an
//! explanation tells of it; here they are put in a row.

mod asks;
mod audience;
mod client_id;
mod confirmation;
mod dates;
mod names;
mod required_claims;
mod requirement;
mod rules;
mod scopes;
mod texts;
mod typ;

use crate::checklist::CheckName;
use crate::claim_names::PolicyName;
use crate::claims::ScopesIn;
use crate::codes::Code;
use crate::context::Context;
use crate::explain::{Facts, NOT_ASKED, Observer};
use crate::rejection::Rejection;
use crate::request_parts::RequestParts;
use crate::token::{Header, Payload, Rewritten};
use crate::verified::Dates;
pub(crate) use asks::{Asks, WrittenAsks};
pub(crate) use audience::Audiences;
pub(crate) use client_id::{CLIENT_CLAIMS, ClientCheck};
pub(crate) use confirmation::Bound;
pub(crate) use dates::DateBounds;
pub(crate) use required_claims::{RFC9068_CLAIMS, RequiredClaims};
pub use requirement::Requirement;
pub(crate) use rules::Rules;
pub(crate) use scopes::{NeededScopes, compile as compile_scopes};
pub(crate) use typ::{ACCESS_TOKEN, Types};

/// What the claims of an issuer's tokens must fulfil.
#[derive(Debug)]
pub(crate) struct Checks {
    /// The kinds of tokens.
    pub(crate) typ: Types,
    /// `exp`, `nbf`, `iat`, and what counts from them.
    pub(crate) dates: DateBounds,
    /// For whom tokens are meant.
    pub(crate) audience: Audiences,
    /// What must be there at all.
    pub(crate) required_claims: RequiredClaims,
    /// What becomes of tokens that are bound to a key.
    pub(crate) confirmation: Bound,
    /// Which clients may use tokens; without it, any.
    pub(crate) client_id: Option<ClientCheck>,
    /// The claims that may hold scopes; the first that is present counts.
    pub(crate) scope_claims: Vec<PolicyName>,
    /// Whether these are those that stand for a policy which names none.
    pub(crate) usual_scope_claims: bool,
    /// The scopes that each token needs; a route may ask for more.
    pub(crate) scopes: Option<NeededScopes>,
    /// The policy's own rules. They see claims under their mapped names, so they run behind everything here.
    pub(crate) rules: Rules,
}

/// What the checks have found out about a token that passed them.
pub(crate) struct Passed {
    pub(crate) dates: Dates,
    /// The claim that names the client which the host is to look up.
    pub(crate) client_claim: Option<PolicyName>,
    /// In which of the claims that the application sees the scopes are.
    pub(crate) scopes_in: ScopesIn,
    /// The claims as the application sees them, where they are not those of the payload.
    pub(crate) claims: Option<Rewritten>,
}

impl Checks {
    /// Adds the parts of the request that the checks read.
    pub(crate) fn reads(&self, parts: &mut RequestParts) {
        // All fields by name: one that reads the request must not be forgotten here.
        let Self {
            typ: _,
            dates: _,
            audience: _,
            required_claims: _,
            confirmation: _,
            client_id,
            scope_claims: _,
            usual_scope_claims: _,
            scopes: _,
            rules,
        } = self;
        client_id.iter().for_each(|client| client.reads(parts));
        rules.reads(parts);
    }

    /// Runs the checks of the claims as the token names them, in the order of [`CheckName`], until one refuses.
    pub(crate) fn run(
        &self, header: &Header<'_>, context: &Context<'_>, observer: &mut impl Observer,
    ) -> Result<Passed, Rejection> {
        let dates = Dates { expires_at: None, not_before: None, issued_at: None };
        let mut passed = Passed { dates, client_claim: None, scopes_in: ScopesIn::Usual, claims: None };
        CheckName::IN_ORDER
            .iter()
            .try_for_each(|check| self.run_one(*check, header, context, &mut passed, observer))
            .map(|()| passed)
    }

    /// Without a wildcard: a check that has a place in the table and none here does not compile.
    fn run_one(
        &self, check: CheckName, header: &Header<'_>, context: &Context<'_>, passed: &mut Passed,
        observer: &mut impl Observer,
    ) -> Result<(), Rejection> {
        let payload = context.payload;
        let now = context.now.as_numeric_date();
        let (dates, bounds) = (&mut passed.dates, &self.dates);
        match check {
            // These come before: they make the token, find out whose it is, and verify it.
            CheckName::Route | CheckName::Token | CheckName::Shape | CheckName::Header | CheckName::Payload => Ok(()),
            CheckName::Issuer | CheckName::Algorithm | CheckName::Key | CheckName::Signature => Ok(()),

            CheckName::Typ => observer.step(check, self.typ.check(header), |_| self.typ.facts(header)),
            CheckName::Exp => {
                let facts = |code| bounds.exp_facts(payload, now, code);
                dates.expires_at = date(observer, check, payload, "exp", |exp| bounds.check_exp(exp, now), facts)?;
                Ok(())
            }
            CheckName::Nbf => {
                let facts = |code| bounds.nbf_facts(payload, now, code);
                dates.not_before = date(observer, check, payload, "nbf", |nbf| bounds.check_nbf(nbf, now), facts)?;
                Ok(())
            }
            CheckName::Iat => {
                let facts = |code| bounds.iat_facts(payload, now, code);
                dates.issued_at = date(observer, check, payload, "iat", |iat| bounds.check_iat(iat, now), facts)?;
                Ok(())
            }
            CheckName::MaxAge => {
                let issued = dates.issued_at;
                observer.step(check, bounds.check_max_age(issued, now), |_| bounds.max_age_facts(issued, now))
            }
            CheckName::MaxLifetime => {
                let (issued, expires) = (dates.issued_at, dates.expires_at);
                let outcome = bounds.check_max_lifetime(issued, expires);
                observer.step(check, outcome, |_| bounds.max_lifetime_facts(issued, expires))
            }
            CheckName::Aud => {
                observer.step(check, self.audience.check(payload), |_| self.audience.facts(header, payload))
            }
            CheckName::Sub => observer.step(check, texts::check(payload, "sub"), |_| texts::facts(payload, "sub")),
            CheckName::Jti => observer.step(check, texts::check(payload, "jti"), |_| texts::facts(payload, "jti")),
            CheckName::RequiredClaims => {
                observer.step(check, self.required_claims.check(payload), |_| self.required_claims.facts(payload))
            }
            CheckName::Confirmation => {
                observer.step(check, self.confirmation.check(payload), |_| self.confirmation.facts(payload))
            }
            CheckName::ClientId => {
                passed.client_claim = self.run_client_id(check, context, observer)?;
                Ok(())
            }
            CheckName::Scopes => self.run_scopes(check, self.scopes.as_ref(), payload, observer),

            // These come behind: they need the request's route, or the claims under their other names.
            CheckName::RouteIssuers | CheckName::RouteAud | CheckName::RouteClientId | CheckName::RouteScopes => Ok(()),
            CheckName::ClaimMapping | CheckName::Rule(_) | CheckName::RouteRule(_) => Ok(()),
        }
    }

    fn run_client_id(
        &self, check: CheckName, context: &Context<'_>, observer: &mut impl Observer,
    ) -> Result<Option<PolicyName>, Rejection> {
        let Some(client) = &self.client_id else {
            observer.saw(check, None, |_| Facts::idle(NOT_ASKED));
            return Ok(None);
        };
        observer.step(check, client.check(context), |_| client.facts(context))
    }

    /// Scopes of an issuer's entry and of a route are read from the same claims, which the entry names.
    fn run_scopes(
        &self, check: CheckName, needed: Option<&NeededScopes>, payload: &Payload<'_>, observer: &mut impl Observer,
    ) -> Result<(), Rejection> {
        let Some(needed) = needed else {
            observer.saw(check, None, |_| Facts::idle(NOT_ASKED));
            return Ok(());
        };
        let granted = needed.check(&self.scope_claims, payload);
        observer.step(check, granted, |_| needed.facts(&self.scope_claims, payload))
    }
}

/// One of the token's dates, and the check that looks at nothing else.
fn date(
    observer: &mut impl Observer, check: CheckName, payload: &Payload<'_>, claim: &'static str,
    holds: impl FnOnce(Option<f64>) -> Result<(), Rejection>, facts: impl FnOnce(Option<Code>) -> Facts,
) -> Result<Option<f64>, Rejection> {
    let date = payload.numeric_date(claim);
    // Whoever looks on goes on behind a failure, and then a bad date is none: ages and lifetimes say that it lacks.
    let value = date.as_ref().ok().copied().flatten();
    observer.step(check, date.and_then(holds), facts)?;
    Ok(value)
}
