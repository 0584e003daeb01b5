//! Scopes (RFC 6749 section 3.3): which an issuer's entry or a route asks for, and whether a token has them.

use super::names;
use crate::claim_names::{ClaimNames, PolicyName};
use crate::claims::{Granted, USUAL_SCOPE_CLAIMS, is_scope_token};
use crate::codes::Code;
use crate::document::{Object, PolicyError, WrittenRouteScopes, WrittenScopes};
use crate::explain::{Facts, told};
use crate::rejection::Rejection;
use crate::text::listed;
use crate::token::Payload;

/// Scopes that a token must have: each of `all`, and one of `any` unless that is empty.
#[derive(Debug)]
pub(crate) struct NeededScopes {
    all: Vec<String>,
    any: Vec<String>,
}

impl NeededScopes {
    /// The scopes as written; each is a scope token, so it can stand in a challenge as it is.
    pub(crate) fn compile(all: Vec<String>, any: Vec<String>, path: &str) -> Result<Self, PolicyError> {
        for (name, tokens) in [("all", &all), ("any", &any)] {
            if let Some(index) = tokens.iter().position(|token| !is_scope_token(token)) {
                return Err(PolicyError::new(
                    format!("{path}.{name}[{index}]"),
                    "not a scope token (RFC 6749 section 3.3)",
                ));
            }
        }
        if all.is_empty() && any.is_empty() {
            return Err(PolicyError::new(path, "expected scopes in all or any"));
        }
        Ok(Self { all, any })
    }

    /// All of them, for a challenge: it cannot say that one of several is enough (RFC 6750 section 3).
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.all.iter().chain(&self.any).map(String::as_str)
    }

    /// Whether the first of `claims` that the token has grants what is needed.
    pub(crate) fn check(&self, claims: &[PolicyName], payload: &Payload<'_>) -> Result<(), Rejection> {
        let found = claims.iter().find_map(|name| Some((name, payload.get_present(name)?)));
        let Some((name, value)) = found else {
            let mut rejection = Rejection::new(Code::InsufficientScope, "the token names no scope");
            rejection.claim = claims.first().map(Into::into);
            return Err(rejection);
        };
        let invalid = || Rejection::claim(Code::InvalidClaim, name, "must be a string or a list of strings");
        let granted = Granted::read(value).ok_or_else(invalid)?;
        if self.are_met(|scope| granted.has(scope)) {
            Ok(())
        } else {
            Err(Rejection::claim(Code::InsufficientScope, name, "the token lacks a scope"))
        }
    }

    /// What an explanation says of this check.
    pub(crate) fn facts(&self, claims: &[PolicyName], payload: &Payload<'_>) -> Facts {
        let mut expected = Vec::new();
        if !self.all.is_empty() {
            expected.push(format!("all of {}", listed(&self.all)));
        }
        if !self.any.is_empty() {
            expected.push(format!("one of {}", listed(&self.any)));
        }
        let facts = Facts::checked().expected(expected.join(", and "));
        let Some((name, value)) = claims.iter().find_map(|name| Some((name, payload.get_present(name)?))) else {
            return facts.note(format!("the token has none of the claims {}", listed(claims)));
        };
        let granted = Granted::read(value);
        let has = |scope: &String| granted.as_ref().is_some_and(|granted| granted.has(scope));
        let lacking = self.all.iter().filter(|scope| !has(scope));
        let lacking: Vec<&String> = match self.any.iter().any(has) {
            false => lacking.chain(&self.any).collect(),
            true => lacking.collect(),
        };
        let lacks = (!lacking.is_empty()).then(|| format!("the token lacks {}", listed(lacking)));
        facts.found(format!("{name}: {}", told(value))).note_if(lacks)
    }

    /// Whether each of `all` and one of `any` is granted.
    fn are_met(&self, granted: impl Fn(&str) -> bool) -> bool {
        self.all.iter().all(|scope| granted(scope))
            && (self.any.is_empty() || self.any.iter().any(|scope| granted(scope)))
    }
}

/// The scopes that a route or an endpoint asks for, as it writes them.
pub(super) fn of_route(
    written: Option<Object<WrittenRouteScopes>>, path: &str,
) -> Result<Option<NeededScopes>, PolicyError> {
    written.map(|Object(scopes)| NeededScopes::compile(scopes.all, scopes.any, path)).transpose()
}

/// The claims that hold scopes, and the scopes that every token of the issuer needs; `path` is that of the issuer's entry.
/// The claims are known even where the issuer's entry needs no scope, because a route may.
pub(crate) fn compile(
    written: Option<WrittenScopes>, kept: &mut ClaimNames, path: &str,
) -> Result<(Vec<PolicyName>, Option<NeededScopes>), PolicyError> {
    let path = format!("{path}.scopes");
    let WrittenScopes { claims, all, any } = written.unwrap_or_default();
    let needs_none = all.is_none() && any.is_none();
    let claims = names::lookup_names(claims, &USUAL_SCOPE_CLAIMS, kept, &format!("{path}.claims"))?;
    if needs_none {
        return Ok((claims, None));
    }
    let needed = NeededScopes::compile(all.unwrap_or_default(), any.unwrap_or_default(), &path)?;
    Ok((claims, Some(needed)))
}
