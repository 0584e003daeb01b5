//! From the document to a policy that can be checked: defaults applied, contradictions refused.

use super::document::{
    AllowedClients, ClientId as WrittenClientId, Document, Issuer, Limits, Object, OneOrMany, Scopes,
};
use super::expression::Expression;
use super::fetched;
use super::forward::Forwarding;
use super::issuers::Issuers;
use super::keys::{self, StaticKeys};
use super::mapping::ClaimMapping;
use super::routes::Routes;
use super::rule::Rules;
use super::scopes::NeededScopes;
use super::sources::TokenSources;
use super::{Policy, PolicyError};
use crate::algorithm::Algorithm;
use crate::jwks::Plan;
use crate::key::TrustStores;
use crate::limits;
use crate::token::{Decoder, TokenLimits};
use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

/// One entry of `issuers`, ready to be checked against tokens.
#[derive(Debug)]
pub(crate) struct IssuerEntry {
    pub(crate) keys: StaticKeys,
    /// Places in the validator's sources.
    pub(crate) sources: Range<usize>,
    algorithms: [bool; Algorithm::ALL.len()],
    pub(crate) try_all_keys: bool,
    pub(crate) checks: Checks,
    pub(crate) mapping: Option<ClaimMapping>,
}

impl IssuerEntry {
    pub(crate) fn allows(&self, algorithm: Algorithm) -> bool {
        self.algorithms.get(algorithm.index()).copied().unwrap_or(false)
    }

    /// The allow-list.
    pub(crate) fn algorithms(&self) -> impl Iterator<Item = Algorithm> {
        Algorithm::ALL.iter().copied().filter(|algorithm| self.allows(*algorithm))
    }
}

/// What the claims of a token must fulfil. Times are in seconds, as NumericDates are.
#[derive(Debug)]
pub(crate) struct Checks {
    /// Media types in lower case, without `application/`; `None` checks nothing.
    pub(crate) typ: Option<Vec<String>>,
    /// `None` is the waiver `audience: any`.
    pub(crate) audience: Option<Vec<String>>,
    pub(crate) required_claims: Vec<Arc<str>>,
    pub(crate) leeway: f64,
    pub(crate) max_age: Option<f64>,
    pub(crate) max_lifetime: Option<f64>,
    pub(crate) reject_future_iat: bool,
    pub(crate) client_id: Option<ClientCheck>,
    /// The claims that may hold scopes; the first that is present counts.
    pub(crate) scope_claims: Vec<Arc<str>>,
    pub(crate) scopes: Option<NeededScopes>,
    pub(crate) rules: Rules,
}

impl Checks {
    /// An age counts from a date in the past.
    pub(crate) fn refuses_future_iat(&self) -> bool {
        self.reject_future_iat || self.max_age.is_some()
    }
}

#[derive(Debug)]
pub(crate) struct ClientCheck {
    pub(crate) id: ClientId,
    pub(crate) allowed: Clients,
}

/// What names the client.
#[derive(Debug)]
pub(crate) enum ClientId {
    /// The first of these claims that is there.
    Claims(Vec<Arc<str>>),
    /// What an expression gives.
    Expression(Expression),
}

/// Who knows the clients that may use a token.
#[derive(Debug)]
pub(crate) enum Clients {
    Listed(BTreeSet<String>),
    /// The host. Until it has said that it looks clients up, none is allowed.
    Host {
        looks_up: bool,
    },
}

pub(crate) fn compile(document: Document, stores: &dyn TrustStores) -> Result<Policy, PolicyError> {
    if document.version != 1 {
        return Err(PolicyError::new("version", "the only version is 1"));
    }
    if document.issuers.is_empty() {
        return Err(PolicyError::new("issuers", "expected at least one issuer"));
    }
    let token_sources = TokenSources::compile(document.token.0.sources.map(objects))?;
    let mut policy = Policy {
        issuers: Vec::with_capacity(document.issuers.len()),
        names: Issuers::default(),
        sources: Vec::new(),
        limits: token_limits(&document.limits.0)?,
        decoder: Decoder::new(),
        responses: document.responses,
        forwarding: Forwarding::compile(document.forward.map(|forward| forward.0), &token_sources)?,
        token_sources,
        routes: Routes::compile(objects(document.routes))?,
    };
    let sole = document.issuers.len() == 1;
    for (index, Object(issuer)) in document.issuers.into_iter().enumerate() {
        let path = format!("issuers[{index}]");
        policy.names.register(issuer.issuer.clone(), issuer.tenants.clone(), index, sole)?;
        let entry = entry(issuer, index, &mut policy.sources, stores, &path)?;
        policy.issuers.push(entry);
    }
    Ok(policy)
}

fn objects<T>(objects: Vec<Object<T>>) -> Vec<T> {
    objects.into_iter().map(|object| object.0).collect()
}

fn entry(
    issuer: Issuer, index: usize, sources: &mut Vec<Plan>, stores: &dyn TrustStores, path: &str,
) -> Result<IssuerEntry, PolicyError> {
    let settings = fetched::settings(&issuer.jwks.0, path)?;
    let secret_path = format!("{path}.keys.secret");
    let (keys, locations) = keys::load(issuer.keys.0, &issuer.issuer, issuer.jwks.0.allow_http, stores, path)?;
    let algorithms = algorithms(issuer.algorithms.as_deref(), &keys, !locations.is_empty(), path, &secret_path)?;
    let first = sources.len();
    sources.extend(locations.into_iter().map(|location| Plan { issuer: index, location, settings }));
    let leeway = issuer.leeway.map(|leeway| leeway.0).unwrap_or_default();
    if leeway > limits::LEEWAY_MAX {
        return Err(PolicyError::new(format!("{path}.leeway"), "at most 300 seconds"));
    }
    let mapping =
        ClaimMapping::compile(issuer.claim_mapping, issuer.default_claim_mapping, &format!("{path}.claim_mapping"))?;
    let (scope_claims, scopes) = scopes(issuer.scopes.map(|scopes| scopes.0), path)?;
    Ok(IssuerEntry {
        keys,
        sources: first..sources.len(),
        algorithms,
        try_all_keys: issuer.try_all_keys,
        checks: Checks {
            typ: issuer.typ.map(|typ| media_types(typ, path)).transpose()?,
            audience: audience(issuer.audience, path)?,
            required_claims: names(issuer.required_claims, &["exp"], &format!("{path}.required_claims"))?,
            leeway: leeway.as_secs_f64(),
            max_age: issuer.max_age.map(|age| age.0.as_secs_f64()),
            max_lifetime: issuer.max_lifetime.map(|lifetime| lifetime.0.as_secs_f64()),
            reject_future_iat: issuer.reject_future_iat,
            client_id: issuer.client_id.map(|client| client_check(client.0, path)).transpose()?,
            scope_claims,
            scopes,
            rules: Rules::compile(issuer.claims, &format!("{path}.claims"))?,
        },
        mapping,
    })
}

/// The allow-list (RFC 8725 section 3.1): what the policy lists, or what keys of the types at hand can verify. Keys that are
/// fetched are never symmetric, so without a list they stand for all asymmetric algorithms.
fn algorithms(
    listed: Option<&[String]>, keys: &StaticKeys, fetches: bool, path: &str, secret_path: &str,
) -> Result<[bool; Algorithm::ALL.len()], PolicyError> {
    let path = format!("{path}.algorithms");
    let mut allowed = [false; Algorithm::ALL.len()];
    let fetched = |algorithm: Algorithm| fetches && !algorithm.is_symmetric();
    let usable = |algorithm: Algorithm| keys.iter().any(|key| key.fits(algorithm)) || fetched(algorithm);
    let Some(listed) = listed else {
        for (flag, algorithm) in allowed.iter_mut().zip(Algorithm::ALL) {
            *flag = keys.iter().any(|key| key.suits(*algorithm)) || fetched(*algorithm);
        }
        return Ok(allowed);
    };
    if keys.unsigned {
        return Err(PolicyError::new(path, "accept_unsigned excludes a list of algorithms"));
    }
    if listed.is_empty() {
        return Err(PolicyError::new(path, "expected at least one algorithm"));
    }
    let mut symmetric = None;
    for (index, name) in listed.iter().enumerate() {
        let path = format!("{path}[{index}]");
        let algorithm = Algorithm::from_name(name).ok_or_else(|| unknown_algorithm(name, &path))?;
        if symmetric.is_some_and(|symmetric| symmetric != algorithm.is_symmetric()) {
            return Err(PolicyError::new(path, "HMAC and asymmetric algorithms cannot stand in one entry"));
        }
        symmetric = Some(algorithm.is_symmetric());
        if algorithm.is_symmetric() && !usable(algorithm) && keys.iter().any(|key| key.is_symmetric()) {
            return Err(PolicyError::new(
                secret_path,
                format!("the secret is shorter than the hash of {algorithm} (RFC 7518 section 3.2)"),
            ));
        }
        if let Some(flag) = allowed.get_mut(algorithm.index()) {
            *flag = true;
        }
    }
    if !Algorithm::ALL.iter().any(|algorithm| allowed.get(algorithm.index()) == Some(&true) && usable(*algorithm)) {
        return Err(PolicyError::new(path, "no key of this entry fits any of these algorithms"));
    }
    Ok(allowed)
}

fn unknown_algorithm(name: &str, path: &str) -> PolicyError {
    if name.eq_ignore_ascii_case("none") {
        return PolicyError::new(path, "none is not an algorithm")
            .with_hint("the waiver is  keys: { accept_unsigned: true }");
    }
    if matches!(name, "ES512" | "ES256K") {
        return PolicyError::new(path, format!("{name} is not supported")).with_hint("use ES256 or ES384");
    }
    let nearest = Algorithm::ALL
        .iter()
        .max_by(|a, b| strsim::jaro_winkler(name, a.name()).total_cmp(&strsim::jaro_winkler(name, b.name())));
    let error = PolicyError::new(path, "unknown algorithm");
    match nearest {
        Some(nearest) => error.with_hint(format!("did you mean {nearest}?")),
        None => error,
    }
}

fn audience(audience: OneOrMany, path: &str) -> Result<Option<Vec<String>>, PolicyError> {
    if audience.is_waiver("any") {
        return Ok(None);
    }
    let audience = audience.into_vec();
    if audience.is_empty() || audience.iter().any(String::is_empty) {
        let error = PolicyError::new(format!("{path}.audience"), "expected at least one audience, none of them empty");
        return Err(error.with_hint("the waiver is  audience: any"));
    }
    Ok(Some(audience))
}

/// RFC 7515 section 4.1.9: `application/` may be left out; RFC 2045 section 5.1: media types compare without case.
fn media_types(typ: OneOrMany, path: &str) -> Result<Vec<String>, PolicyError> {
    let types: Vec<String> = typ.into_vec().iter().map(|typ| media_type(typ)).collect();
    if types.is_empty() || types.iter().any(String::is_empty) {
        return Err(PolicyError::new(format!("{path}.typ"), "expected at least one type, none of them empty"));
    }
    Ok(types)
}

/// The form in which types are compared.
pub(super) fn media_type(typ: &str) -> String {
    let lower = typ.to_ascii_lowercase();
    match lower.strip_prefix("application/") {
        // A second slash would be a parameter, and then the prefix is not optional.
        Some(rest) if !rest.contains('/') => rest.to_owned(),
        _ => lower,
    }
}

fn client_check(client: WrittenClientId, path: &str) -> Result<ClientCheck, PolicyError> {
    let path = format!("{path}.client_id");
    let allowed = match client.allowed {
        AllowedClients::Host => Clients::Host { looks_up: false },
        AllowedClients::Listed(ids) if ids.is_empty() => {
            let error = PolicyError::new(format!("{path}.allowed"), "expected at least one client id");
            return Err(error.with_hint("when the application looks clients up, write  allowed: host"));
        }
        AllowedClients::Listed(ids) => Clients::Listed(ids.into_iter().collect()),
    };
    let Some(text) = client.expression else {
        let claims = lookup_names(client.claims, &["client_id", "azp", "cid"], &format!("{path}.claims"))?;
        return Ok(ClientCheck { id: ClientId::Claims(claims), allowed });
    };
    let path = format!("{path}.expression");
    if client.claims.is_some() {
        return Err(PolicyError::new(path, "either claims or an expression name the client"));
    }
    if let Clients::Host { .. } = allowed {
        // The host reads the id from the claim that it is told.
        let error = PolicyError::new(path, "the host looks up what a claim names, not what an expression gives");
        return Err(error.with_hint("name the claim in claims, or list the clients in allowed"));
    }
    Ok(ClientCheck { id: ClientId::Expression(Expression::compile(&text, false, &path)?), allowed })
}

/// The claims that hold scopes, and the scopes that every token of the issuer needs.
fn scopes(written: Option<Scopes>, path: &str) -> Result<(Vec<Arc<str>>, Option<NeededScopes>), PolicyError> {
    let path = format!("{path}.scopes");
    let written = written.unwrap_or_default();
    let only_names_claims = written.claims.is_some() && written.all.is_none() && written.any.is_none();
    let names_nothing = written.claims.is_none() && written.all.is_none() && written.any.is_none();
    let claims = lookup_names(written.claims, &["scope", "scp"], &format!("{path}.claims"))?;
    if only_names_claims || names_nothing {
        return Ok((claims, None));
    }
    let needed = NeededScopes::compile(written.all.unwrap_or_default(), written.any.unwrap_or_default(), &path)?;
    Ok((claims, Some(needed)))
}

/// Names of claims of which the first present one counts: there must be one.
fn lookup_names(names: Option<Vec<String>>, default: &[&str], path: &str) -> Result<Vec<Arc<str>>, PolicyError> {
    let names = self::names(names, default, path)?;
    if names.is_empty() { Err(PolicyError::new(path, "expected at least one claim")) } else { Ok(names) }
}

fn names(names: Option<Vec<String>>, default: &[&str], path: &str) -> Result<Vec<Arc<str>>, PolicyError> {
    let Some(names) = names else {
        return Ok(default.iter().map(|name| Arc::from(*name)).collect());
    };
    match names.iter().position(String::is_empty) {
        Some(index) => Err(PolicyError::new(format!("{path}[{index}]"), "a claim has a name")),
        None => Ok(names.into_iter().map(Arc::from).collect()),
    }
}

fn token_limits(limits: &Limits) -> Result<TokenLimits, PolicyError> {
    let defaults = TokenLimits::default();
    Ok(TokenLimits {
        token_bytes: within(
            limits.token_bytes,
            defaults.token_bytes,
            &limits::TOKEN_BYTES_RANGE,
            "limits.token_bytes",
        )?,
        json_depth: within(limits.json_depth, defaults.json_depth, &limits::JSON_DEPTH_RANGE, "limits.json_depth")?,
    })
}

fn within(
    value: Option<usize>, default: usize, range: &RangeInclusive<usize>, path: &str,
) -> Result<usize, PolicyError> {
    match value {
        None => Ok(default),
        Some(value) if range.contains(&value) => Ok(value),
        Some(_) => Err(PolicyError::new(path, format!("expected {} to {}", range.start(), range.end()))),
    }
}
