//! What a route asks of a token, beside what the entry of the token's issuer asks. Every check is one that an entry has too.

use super::Checks;
use super::audience::Audiences;
use super::client_id::RouteClients;
use super::rules::Rules;
use super::scopes::{self, NeededScopes};
use crate::checklist::CheckName;
use crate::claim_names::ClaimNames;
use crate::codes::Code;
use crate::context::Context;
use crate::document::{Object, OneOrMany, PolicyError, WrittenClaimRule, WrittenRouteClientId, WrittenRouteScopes};
use crate::explain::{Facts, Observer};
use crate::rejection::Rejection;
use crate::request_parts::RequestParts;
use crate::text::listed;
use crate::token::Header;

/// What a route asks for; at least one thing.
#[derive(Debug)]
pub(crate) struct Asks {
    /// As the policy writes them in its entries; empty for all.
    issuers: Vec<String>,
    audience: Option<Audiences>,
    clients: Option<RouteClients>,
    pub(crate) scopes: Option<NeededScopes>,
    rules: Rules,
}

/// The same as a route writes it.
pub(crate) struct WrittenAsks {
    pub(crate) issuers: Option<OneOrMany>,
    pub(crate) audience: Option<OneOrMany>,
    pub(crate) client_id: Option<Object<WrittenRouteClientId>>,
    pub(crate) scopes: Option<Object<WrittenRouteScopes>>,
    pub(crate) claims: Option<Vec<Object<WrittenClaimRule>>>,
}

impl Asks {
    /// Nothing where the route at `path` asks for nothing. Whether there are such issuers is checked once the policy knows
    /// them all.
    pub(crate) fn compile(
        written: WrittenAsks, kept: &mut ClaimNames, path: &str,
    ) -> Result<Option<Self>, PolicyError> {
        let issuers = match written.issuers.map(OneOrMany::into_vec) {
            Some(issuers) if issuers.is_empty() => {
                return Err(PolicyError::new(format!("{path}.issuers"), "expected at least one issuer"));
            }
            issuers => issuers.unwrap_or_default(),
        };
        let audience = written.audience.map(|audience| Audiences::of_route(audience, path)).transpose()?;
        let clients =
            written.client_id.map(|client| RouteClients::compile(client.0.allowed, kept, path)).transpose()?;
        let scopes = scopes::of_route(written.scopes, &format!("{path}.scopes"))?;
        let rules = Rules::of_route(written.claims, kept, &format!("{path}.claims"))?;
        let asks = Self { issuers, audience, clients, scopes, rules };
        Ok((!asks.is_nothing()).then_some(asks))
    }

    fn is_nothing(&self) -> bool {
        let Self { issuers, audience, clients, scopes, rules } = self;
        issuers.is_empty() && audience.is_none() && clients.is_none() && scopes.is_none() && rules.is_empty()
    }

    /// Adds the parts of the request that it reads.
    pub(crate) fn reads(&self, parts: &mut RequestParts) {
        // All fields by name: one that reads the request must not be forgotten here.
        let Self { issuers: _, audience: _, clients, scopes: _, rules } = self;
        clients.iter().for_each(|clients| clients.reads(parts));
        rules.reads(parts);
    }

    /// The issuers whose tokens it takes; none for all.
    pub(crate) fn issuers(&self) -> &[String] {
        &self.issuers
    }

    /// Runs the checks of claims as the token names them, for the route of this number. `issuer` is what the policy writes for
    /// the token's issuer, and `entry` has the checks of its entry and the token's header.
    pub(crate) fn run(
        &self, route: usize, issuer: Option<&str>, entry: (&Checks, &Header<'_>), context: &Context<'_>,
        observer: &mut impl Observer,
    ) -> Result<(), Rejection> {
        let (checks, header) = entry;
        let payload = context.payload;
        let here = |rejection: Rejection| rejection.on_route(route);
        if !self.issuers.is_empty() {
            let taken = self.check_issuer(issuer).map_err(here);
            observer.step(CheckName::RouteIssuers, taken, |_| self.issuer_facts(issuer))?;
        }
        if let Some(audience) = &self.audience {
            let meant = audience.check(payload).map_err(here);
            observer.step(CheckName::RouteAud, meant, |_| audience.facts(header, payload))?;
        }
        if let Some(clients) = &self.clients {
            let of_issuer = checks.client_id.as_ref();
            let allowed = clients.check(of_issuer, context).map_err(here);
            observer.step(CheckName::RouteClientId, allowed, |_| clients.facts(of_issuer, context))?;
        }
        if let Some(scopes) = &self.scopes {
            let granted = scopes.check(&checks.scope_claims, payload).map_err(here);
            observer.step(CheckName::RouteScopes, granted, |_| scopes.facts(&checks.scope_claims, payload))?;
        }
        Ok(())
    }

    /// Runs the rules, which see claims under their mapped names.
    pub(crate) fn run_rules(
        &self, route: usize, context: &Context<'_>, observer: &mut impl Observer,
    ) -> Result<(), Rejection> {
        self.rules.check_on_route(route, context, observer)
    }

    fn check_issuer(&self, issuer: Option<&str>) -> Result<(), Rejection> {
        match issuer {
            Some(issuer) if self.issuers.iter().any(|ours| ours == issuer) => Ok(()),
            _ => Err(Rejection::claim(Code::UnknownIssuer, "iss", "the route takes no tokens of this issuer")),
        }
    }

    fn issuer_facts(&self, issuer: Option<&str>) -> Facts {
        Facts::checked().expected(format!("one of {}", listed(&self.issuers))).found_if(issuer)
    }
}
