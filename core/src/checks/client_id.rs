//! The client that a token was given to. Claims name it differently by issuer: `client_id` (RFC 8693 section 4.3), `azp`
//! (OpenID Connect Core section 2), `cid`.

use super::names;
use crate::codes::Code;
use crate::context::Context;
use crate::document::{AllowedClients, PolicyError, WrittenClientId};
use crate::explain::{Facts, told};
use crate::expression::Expression;
use crate::rejection::Rejection;
use crate::text::listed;
use std::collections::BTreeSet;
use std::sync::Arc;

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
    Claims(Vec<Arc<str>>),
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
    pub(crate) fn compile(written: WrittenClientId, path: &str) -> Result<Self, PolicyError> {
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
            let default = ["client_id", "azp", "cid"];
            let claims = names::lookup_names(written.claims, &default, &format!("{path}.claims"))?;
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

    /// Gives the claim that the host is to look up, where it is the host that knows the clients.
    pub(super) fn check(&self, context: &Context<'_>) -> Result<Option<Arc<str>>, Rejection> {
        let claims = match &self.id {
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
        match &self.allowed {
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
    fn check_expression(&self, expression: &Expression, context: &Context<'_>) -> Result<(), Rejection> {
        let id = expression.text(context).ok().flatten();
        match (&self.allowed, id) {
            (Clients::Listed(allowed), Some(id)) if allowed.contains(&id) => Ok(()),
            _ => Err(Rejection::new(Code::ClientNotAllowed, "the expression gives none of the allowed clients")),
        }
    }

    /// The clients that may, and the one that the token names. For a host that looks clients up, that is all there is to say.
    pub(super) fn facts(&self, context: &Context<'_>) -> Facts {
        let facts = match &self.allowed {
            Clients::Listed(allowed) => Facts::checked().expected(format!("one of {}", listed(allowed))),
            Clients::Host { looks_up: true } => {
                Facts::checked().expected("a client that the host knows").note("the host looks it up after all checks")
            }
            Clients::Host { looks_up: false } => Facts::checked()
                .expected("a client that the host knows")
                .note("the host has no look-up: give the validator one, or list the clients"),
        };
        match &self.id {
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
