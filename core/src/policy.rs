//! A policy: the rooms before put together, once, before the first token.

use crate::answer::Responses;
use crate::cache::CacheSettings;
use crate::checks::ClientCheck;
use crate::claim_names::{ClaimNames, PolicyName};
use crate::document::{
    self, Document, Mistakes, Object, PolicyError, ReferenceFailure, WrittenIssuer, WrittenLimits, all,
};
use crate::issuers::{IssuerEntry, Issuers};
use crate::jwks::Plan;
use crate::key::{GivenKey, NoTrustStores, TrustStores};
use crate::likeness::nearest;
use crate::limits;
use crate::request_parts::RequestParts;
use crate::routing::{Forwarding, Routes, TokenSources};
use crate::token::{Decoder, TokenLimits};
use std::ops::RangeInclusive;

/// A policy, read and compiled: nothing about it can fail any more.
///
/// ```
/// let policy = jotgate::Policy::from_json(r#"{
///     "version": 1,
///     "issuers": [{
///         "issuer": "https://idp.example.com/",
///         "audience": "https://api.example.com",
///         "keys": { "jwks_uri": "https://idp.example.com/jwks" }
///     }]
/// }"#)?;
///
/// let error = jotgate::Policy::from_json(r#"{"version": 1, "issuer": []}"#).unwrap_err();
/// assert_eq!(error.path(), "issuer");
/// assert_eq!(error.hint(), Some("did you mean issuers?"));
/// # Ok::<(), jotgate::PolicyError>(())
/// ```
#[derive(Debug)]
pub struct Policy {
    /// In the order of the document; verdicts tell entries by their places.
    pub(crate) issuers: Vec<IssuerEntry>,
    /// Which entry a token's issuer picks.
    pub(crate) names: Issuers,
    /// All places that keys are fetched from, each with the entry that it belongs to.
    pub(crate) sources: Vec<Plan>,
    /// What is read of a token at most.
    pub(crate) limits: TokenLimits,
    /// How many verified tokens are kept, where the policy wants that.
    pub(crate) cache: Option<CacheSettings>,
    /// Made once, because it finds out what the processor can do.
    pub(crate) decoder: Decoder,
    /// In whose manner refused requests are answered.
    pub(crate) responses: Responses,
    /// Where in a request the token is.
    pub(crate) token_sources: TokenSources,
    /// What becomes of a request that goes on.
    pub(crate) forwarding: Forwarding,
    /// Which requests need what.
    pub(crate) routes: Routes,
    /// What verdicts name claims by. What it has handed out lives as long as it, and hosts point to that.
    claim_names: ClaimNames,
}

impl Policy {
    /// The longest policy document, in bytes.
    pub const MOST_BYTES: usize = limits::POLICY_BYTES;

    /// Reads a policy document from JSON text of at most 16 MiB.
    ///
    /// A `trust_store` is read from PEM alone; for Java and PKCS #12 stores see [`Policy::from_json_with`].
    ///
    /// # Errors
    ///
    /// The text is no strict JSON object, a field is unknown, missing, of a wrong type or out of range, fields
    /// contradict each other, or a key is not usable. The error names the field by its path.
    pub fn from_json(document: &str) -> Result<Self, PolicyError> {
        Self::from_json_with(document, &NoTrustStores)
    }

    /// Reads a policy document as [`Policy::from_json`] does, with a reader of trust stores.
    ///
    /// # Errors
    ///
    /// As [`Policy::from_json`], or the reader refuses a store.
    pub fn from_json_with(document: &str, stores: &dyn TrustStores) -> Result<Self, PolicyError> {
        Self::compile(document::read(document)?, stores)
    }

    /// Reads a policy document as [`Policy::from_json_with`] does, with the texts that the host has read, in the order of
    /// [`references`](crate::references): what [`fill_references`](crate::fill_references) gives, made a policy.
    ///
    /// # Errors
    ///
    /// As both. What is not there is told together with what else is wrong; nothing is told that follows from it.
    pub fn from_json_filled(
        document: &str, read: &[Result<Vec<u8>, ReferenceFailure>], stores: &dyn TrustStores,
    ) -> Result<Self, PolicyError> {
        Self::compile(document::read_filled(document, read)?, stores)
    }

    /// Takes the policy unless one of its issuers leaves it to the host which clients are allowed (`allowed: host`).
    ///
    /// For hosts that were given no way to look clients up: it is better to say so when they start than to refuse every
    /// token. The others call [`Validator::with_client_lookup`](crate::Validator::with_client_lookup).
    ///
    /// # Errors
    ///
    /// An issuer does. The path of the error is that of its `client_id.allowed`.
    pub fn without_client_lookup(self) -> Result<Self, PolicyError> {
        match self.client_lookup_path() {
            None => Ok(self),
            Some(path) => Err(PolicyError::new(path, "the client is to be looked up, and nobody does")
                .with_hint("give the validator a client look-up, or list the client ids")),
        }
    }

    /// Where the policy first leaves it to the host which clients are allowed, such as `issuers[0].client_id.allowed`.
    #[must_use]
    pub fn client_lookup_path(&self) -> Option<String> {
        let asks = |entry: &IssuerEntry| entry.checks.client_id.as_ref().is_some_and(ClientCheck::asks_host);
        self.issuers.iter().position(asks).map(|index| format!("issuers[{index}].client_id.allowed"))
    }

    /// The keys that stand in the policy as text and in trust stores, for people who look at it; key sets are listed by
    /// [`listed_keys`](crate::listed_keys).
    #[must_use]
    pub fn given_keys(&self) -> Vec<GivenKey> {
        self.issuers.iter().enumerate().flat_map(|(index, entry)| entry.given_keys(index)).collect()
    }

    /// Has another policy's names of claims be names here too, where this one comes in its place.
    pub(crate) fn keep_names_of(&mut self, before: &Self) {
        self.claim_names.keep_all(&before.claim_names);
    }

    /// A name that it looks for or gives, or a policy before it; a text that is none of them is no name of a claim here.
    pub(crate) fn claim_name(&self, name: &str) -> Option<&PolicyName> {
        self.claim_names.find(name)
    }

    /// From now on the host looks clients up.
    pub(crate) fn declare_client_lookup(&mut self) {
        for client in self.issuers.iter_mut().filter_map(|entry| entry.checks.client_id.as_mut()) {
            client.declare_lookup();
        }
    }

    /// Defaults applied, contradictions refused. `mistakes` are those in the form of the document.
    fn compile((document, mut mistakes): (Document, Mistakes), stores: &dyn TrustStores) -> Result<Self, PolicyError> {
        if document.version != 1 {
            mistakes.add(PolicyError::new("version", "the only version is 1"));
        }
        if document.issuers.is_empty() {
            mistakes.add(PolicyError::new("issuers", "expected at least one issuer"));
        }
        let token_sources = mistakes.keep(TokenSources::compile(document.token.0.sources.map(objects)));
        let forward = document.forward.map(|forward| forward.0);
        let forwarding = token_sources.as_ref().and_then(|tokens| mistakes.keep(Forwarding::compile(forward, tokens)));
        let mut claim_names = ClaimNames::default();
        let routes = objects(document.routes);
        let routes = mistakes.keep(Routes::compile(routes, document.unmatched, document.targets.0, &mut claim_names));
        let limits = mistakes.keep(token_limits(&document.limits.0));
        let token_bytes = limits.as_ref().map_or(TokenLimits::default().token_bytes, |limits| limits.token_bytes);
        let cache = document.cache.map(|cache| CacheSettings::compile(&cache.0, token_bytes)).transpose();
        let cache = mistakes.keep(cache);
        let mut sources = Vec::new();
        let issuers = compile_issuers(document.issuers, &mut sources, stores, &mut claim_names, &mut mistakes);
        // With an issuer that is not known, nobody can say which of them a route may name.
        if let (Some((names, _)), Some(routes), true) = (&issuers, &routes, mistakes.nothing_mended()) {
            mistakes.keep(check_issuers_of_routes(routes, names));
        }
        let around = token_sources.zip(forwarding).zip(routes).zip(limits).zip(cache);
        let (((((token_sources, forwarding), routes), limits), cache), (names, issuers)) =
            mistakes.finish(around.zip(issuers))?;
        let mut policy = Self {
            issuers,
            names,
            sources,
            limits,
            cache,
            decoder: Decoder::new(),
            responses: document.responses,
            forwarding,
            token_sources,
            routes,
            claim_names,
        };
        if policy.reads_path() {
            policy.routes.refuse_odd_targets();
        }
        Ok(policy)
    }

    /// The parts of requests that something in the policy reads: where a token is looked for, what routes and entries ask of
    /// it, and how requests go on. Which routes there are decides by method and path alone.
    pub(crate) fn reads(&self) -> RequestParts {
        let mut parts = RequestParts::none();
        // An explanation says of a request without a token whether there is such a field at all.
        parts.read_header("authorization");
        self.token_sources.reads(&mut parts);
        self.forwarding.reads(&mut parts);
        self.issuers.iter().for_each(|entry| entry.checks.reads(&mut parts));
        self.routes.asks().for_each(|(_, asks)| asks.reads(&mut parts));
        parts
    }

    /// Whether an expression looks at the path of a request. It does so as the path came, and who reads the path in another
    /// way sees another request. Those of routes do not count: a policy whose routes ask for anything refuses odd targets anyway.
    fn reads_path(&self) -> bool {
        let entry = |entry: &IssuerEntry| {
            entry.checks.rules.read_path() || entry.checks.client_id.as_ref().is_some_and(ClientCheck::reads_path)
        };
        self.token_sources.read_path() || self.issuers.iter().any(entry)
    }
}

/// The entries, and what picks them: nothing where one of them is wrong.
fn compile_issuers(
    written: Vec<Object<WrittenIssuer>>, sources: &mut Vec<Plan>, stores: &dyn TrustStores, kept: &mut ClaimNames,
    mistakes: &mut Mistakes,
) -> Option<(Issuers, Vec<IssuerEntry>)> {
    // An entry that takes any issuer beside others would leave it open whose rules count.
    let sole = written.len() == 1;
    let mut names = Issuers::default();
    let mut entries = Some(Vec::with_capacity(written.len()));
    for (index, Object(issuer)) in written.into_iter().enumerate() {
        let path = format!("issuers[{index}]");
        let listed = issuer.algorithms.as_deref();
        let named = names.register(issuer.issuer.clone(), issuer.tenants.clone(), listed, index, sole, kept);
        let named = mistakes.keep(named);
        let entry = mistakes.keep(IssuerEntry::compile(issuer, index, sources, stores, kept, &path));
        match (&mut entries, named, entry) {
            (Some(entries), Some(()), Some(entry)) => entries.push(entry),
            _ => entries = None,
        }
    }
    Some(names).zip(entries)
}

/// A route names issuers as the entries do: what is none of them would take no token at all.
fn check_issuers_of_routes(routes: &Routes, names: &Issuers) -> Result<(), PolicyError> {
    let known = names.written();
    let unknown = routes.asks().flat_map(|(index, asks)| {
        let named = asks.issuers().iter().enumerate();
        named.filter(|(_, name)| !known.contains(name)).map(move |(place, name)| (index, place, name))
    });
    let wrong = unknown.map(|(index, place, name)| {
        let path = format!("routes[{index}].issuers[{place}]");
        let error = PolicyError::new(path, "this is none of the policy's issuers");
        Err(match nearest(name, &known) {
            Some((nearest, _)) => error.with_hint(format!("did you mean {nearest}?")),
            None => error,
        })
    });
    all(wrong).map(|_: Vec<()>| ())
}

fn objects<T>(objects: Vec<Object<T>>) -> Vec<T> {
    objects.into_iter().map(|object| object.0).collect()
}

/// Bounds of the policy, within those that the code is made for.
fn token_limits(limits: &WrittenLimits) -> Result<TokenLimits, PolicyError> {
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
