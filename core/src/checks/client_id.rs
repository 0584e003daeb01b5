//! The client that a token was given to. Claims name it differently by issuer: `client_id` (RFC 8693 section 4.3), `azp`
//! (OpenID Connect Core section 2), `cid`.

use super::names;
use crate::claim_names::{ClaimNames, PolicyName};
use crate::codes::Code;
use crate::context::Context;
use crate::document::{AllowedClients, PolicyError, WrittenClientId};
use crate::explain::{Facts, told};
use crate::expression::Expression;
use crate::rejection::Rejection;
use crate::request_parts::RequestParts;
use crate::text::listed;
use std::collections::BTreeSet;

/// Which clients may use a token, and what names the client in it.
#[derive(Debug)]
pub(crate) struct ClientCheck {
    id: ClientId,
    allowed: Clients,
}

/// What names the client.
#[derive(Debug)]
enum ClientId {
    /// The first of these claims that is there.
    Claims(Vec<PolicyName>),
    /// What an expression gives.
    Expression(Expression),
}

/// Who knows the clients that may use a token.
#[derive(Debug)]
enum Clients {
    Listed(BTreeSet<String>),
    /// The host. Until it has said that it looks clients up, none is allowed.
    Host {
        looks_up: bool,
    },
}

impl ClientCheck {
    /// `path` is that of the issuer's entry.
    pub(crate) fn compile(written: WrittenClientId, kept: &mut ClaimNames, path: &str) -> Result<Self, PolicyError> {
        let path = format!("{path}.client_id");
        let allowed = match written.allowed {
            AllowedClients::Host => Clients::Host { looks_up: false },
            AllowedClients::Listed(ids) if ids.is_empty() => {
                let error = PolicyError::new(format!("{path}.allowed"), "expected at least one client id");
                return Err(error.with_hint("when the application looks clients up, write  allowed: host"));
            }
            AllowedClients::Listed(ids) => Clients::Listed(ids.into_iter().collect()),
        };
        let Some(text) = written.expression else {
            let claims = names::lookup_names(written.claims, &CLIENT_CLAIMS, kept, &format!("{path}.claims"))?;
            return Ok(Self { id: ClientId::Claims(claims), allowed });
        };
        let path = format!("{path}.expression");
        if written.claims.is_some() {
            return Err(PolicyError::new(path, "either claims or an expression name the client"));
        }
        if let Clients::Host { .. } = allowed {
            // The host reads the id from the claim that it is told.
            let error = PolicyError::new(path, "the host looks up what a claim names, not what an expression gives");
            return Err(error.with_hint("name the claim in claims, or list the clients in allowed"));
        }
        Ok(Self { id: ClientId::Expression(Expression::compile(&text, false, &path)?), allowed })
    }

    /// Whether the policy leaves it to the host which clients are allowed.
    pub(crate) fn asks_host(&self) -> bool {
        matches!(self.allowed, Clients::Host { .. })
    }

    /// From now on the host looks clients up, where it is asked to.
    pub(crate) fn declare_lookup(&mut self) {
        if let Clients::Host { looks_up } = &mut self.allowed {
            *looks_up = true;
        }
    }

    /// Whether what names the client depends on how the request's path is spelled.
    pub(crate) fn reads_path(&self) -> bool {
        matches!(&self.id, ClientId::Expression(expression) if expression.reads_path())
    }

    /// Adds the parts of the request that name the client.
    pub(super) fn reads(&self, parts: &mut RequestParts) {
        self.id.reads(parts);
    }

    /// Gives the claim that the host is to look up, where it is the host that knows the clients.
    pub(super) fn check(&self, context: &Context<'_>) -> Result<Option<PolicyName>, Rejection> {
        self.allowed.check(&self.id, context)
    }

    pub(super) fn facts(&self, context: &Context<'_>) -> Facts {
        self.allowed.facts(&self.id, context)
    }
}

/// The clients whose tokens a route takes. What names the client in a token, the issuer's entry says.
#[derive(Debug)]
pub(crate) struct RouteClients {
    allowed: Clients,
    /// Where the issuer's entry says nothing.
    id: ClientId,
}

impl RouteClients {
    /// `path` is that of the route.
    pub(super) fn compile(allowed: AllowedClients, kept: &mut ClaimNames, path: &str) -> Result<Self, PolicyError> {
        let path = format!("{path}.client_id.allowed");
        let ids = match allowed {
            AllowedClients::Host => {
                let error = PolicyError::new(path, "the host looks up the clients of an issuer, not those of a route");
                return Err(error.with_hint("list the clients"));
            }
            AllowedClients::Listed(ids) if ids.is_empty() => {
                return Err(PolicyError::new(path, "expected at least one client id"));
            }
            AllowedClients::Listed(ids) => ids,
        };
        let id = ClientId::Claims(CLIENT_CLAIMS.iter().map(|name| kept.keep(name)).collect());
        Ok(Self { allowed: Clients::Listed(ids.into_iter().collect()), id })
    }

    pub(super) fn check(&self, issuer: Option<&ClientCheck>, context: &Context<'_>) -> Result<(), Rejection> {
        self.allowed.check(self.id(issuer), context).map(|_| ())
    }

    pub(super) fn facts(&self, issuer: Option<&ClientCheck>, context: &Context<'_>) -> Facts {
        self.allowed.facts(self.id(issuer), context)
    }

    /// Adds the parts of the request that name the client where the issuer's entry says nothing.
    pub(super) fn reads(&self, parts: &mut RequestParts) {
        self.id.reads(parts);
    }

    fn id<'a>(&'a self, issuer: Option<&'a ClientCheck>) -> &'a ClientId {
        issuer.map_or(&self.id, |check| &check.id)
    }
}

impl ClientId {
    fn reads(&self, parts: &mut RequestParts) {
        match self {
            Self::Claims(_) => {}
            Self::Expression(expression) => expression.reads(parts),
        }
    }
}

impl Clients {
    fn check(&self, id: &ClientId, context: &Context<'_>) -> Result<Option<PolicyName>, Rejection> {
        let claims = match id {
            ClientId::Claims(claims) => claims,
            ClientId::Expression(expression) => return self.check_expression(expression, context).map(|()| None),
        };
        // The first that is there counts, even where a later one would be allowed: otherwise a token could name two clients and
        // pass as either.
        let found = claims.iter().find_map(|name| Some((name, context.payload.get_present(name)?)));
        let Some((name, value)) = found else {
            let mut rejection = Rejection::new(Code::ClientNotAllowed, "the token names no client");
            rejection.claim = claims.first().map(Into::into);
            return Err(rejection);
        };
        let id = value.as_str().ok_or_else(|| Rejection::claim(Code::InvalidClaim, name, "must be a string"))?;
        match self {
            Self::Listed(allowed) if allowed.contains(id.as_ref()) => Ok(None),
            Self::Listed(_) => {
                Err(Rejection::claim(Code::ClientNotAllowed, name, "the client is none of the allowed ones"))
            }
            Self::Host { looks_up: true } => Ok(Some(name.clone())),
            Self::Host { looks_up: false } => {
                Err(Rejection::claim(Code::ClientNotAllowed, name, "the host does not look clients up"))
            }
        }
    }

    /// Anything but the id of an allowed client refuses the token, an error and no id included.
    fn check_expression(&self, expression: &Expression, context: &Context<'_>) -> Result<(), Rejection> {
        let id = expression.text(context).ok().flatten();
        match (self, id) {
            (Self::Listed(allowed), Some(id)) if allowed.contains(&id) => Ok(()),
            _ => Err(Rejection::new(Code::ClientNotAllowed, "the expression gives none of the allowed clients")),
        }
    }

    /// The clients that may, and the one that the token names. For a host that looks clients up, that is all there is to say.
    fn facts(&self, id: &ClientId, context: &Context<'_>) -> Facts {
        let facts = match self {
            Self::Listed(allowed) => Facts::checked().expected(format!("one of {}", listed(allowed))),
            Self::Host { looks_up: true } => {
                Facts::checked().expected("a client that the host knows").note("the host looks it up after all checks")
            }
            Self::Host { looks_up: false } => Facts::checked()
                .expected("a client that the host knows")
                .note("the host has no look-up: give the validator one, or list the clients"),
        };
        match id {
            ClientId::Claims(claims) => {
                match claims.iter().find_map(|name| Some((name, context.payload.get_present(name)?))) {
                    Some((name, value)) => facts.found(format!("{name}: {}", told(value))),
                    None => facts.note(format!("the token has none of the claims {}", listed(claims))),
                }
            }
            ClientId::Expression(expression) => match expression.text(context) {
                Ok(Some(id)) => facts.found(id),
                Ok(None) => facts.note("the expression finds nothing"),
                Err(_) => facts.note("the expression gives no text"),
            },
        }
    }
}

/// Claims that name the client where the policy names none.
/// Where an entry names none.
pub(crate) const CLIENT_CLAIMS: [&str; 3] = ["client_id", "azp", "cid"];
