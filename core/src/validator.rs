//! The whole: a token in, a verdict out. Reading this file from top to bottom is reading the product.

mod accepted;
mod answers;
mod authenticated;
mod explain;
mod facts;
mod forward;
mod key_sets;
mod reads;
mod replacing;
mod signed;

use crate::algorithm::Algorithm;
use crate::cache::{Cache, Entry, Known};
use crate::checklist::CheckName;
use crate::checks::Passed;
use crate::codes::Code;
use crate::context::Context;
use crate::explain::{Facts, NOT_ASKED, Observer, Silent};
use crate::issuers::IssuerEntry;
use crate::jwks::{AtHand, KeySets, Need};
use crate::key::{Candidates, Signer, Thumbprints};
use crate::limits;
use crate::policy::Policy;
use crate::question::{Question, Subject};
use crate::rejection::Rejection;
use crate::request::Request;
use crate::routing::Taken;
use crate::time::Timestamp;
use crate::token::{Header, Headers, Payload, Rewritten, Token};
use crate::undecided::Undecided;
use crate::verdict::{KeysNeeded, KeysUnavailable, Skipped, Stop, Verdict};
use crate::verified::{Shared, Texts};
use accepted::Accepted;
use authenticated::{Authenticated, Walked};
use signed::{Checked, Read, Signed};
use std::sync::Arc;

/// Validates tokens against one policy, and keeps the key sets that the policy names.
///
/// It can be shared between threads: nothing in it blocks, a validation whose keys are at hand takes no lock, and key
/// sets are replaced as a whole. It does no I/O, reads no clock, and starts no thread; see [`Verdict::KeysNeeded`] for
/// how key sets get in.
///
/// ```
/// use jotgate::{Policy, Timestamp, Validator, Verdict};
///
/// let policy = Policy::from_json(r#"{
///     "version": 1,
///     "issuers": [{
///         "issuer": "https://idp.example.com/",
///         "audience": "https://api.example.com",
///         "keys": { "secret": { "text": "a secret of at least 32 bytes, which nobody knows" } }
///     }]
/// }"#)?;
/// let validator = Validator::new(policy, 7);
/// match validator.validate("not a token", Timestamp::from_seconds(1_800_000_000)) {
///     Verdict::Accepted(verified) => println!("{:?}", verified.claims().subject()),
///     Verdict::Rejected(rejection) => assert_eq!(rejection.code.name(), "malformed_token"),
///     other => println!("{other:?}"),
/// }
/// # Ok::<(), jotgate::PolicyError>(())
/// ```
#[derive(Debug)]
pub struct Validator {
    policy: Policy,
    key_sets: KeySets,
    /// Tokens whose signatures were verified, where the policy wants them kept.
    cache: Option<Cache>,
    /// Headers of tokens that passed.
    headers: Headers,
    /// How many tokens have passed.
    accepted: Accepted,
    /// What the host has promised to say of tokens.
    promises: Promises,
    seed: u64,
}

/// What a host says of tokens itself, whichever policy they are judged by.
#[derive(Clone, Copy, Debug, Default)]
struct Promises {
    /// Whether it knows the client, where the policy asks for that.
    clients: bool,
    /// Of each token that passes, whether it was revoked.
    revocation: bool,
}

/// The time that a token is judged for, and the time that it is.
#[derive(Clone, Copy)]
struct Times {
    token: Timestamp,
    keys: Timestamp,
}

/// What is judged: a token, the request that it came with and the routes that this takes, if there is one, and the times.
#[derive(Clone, Copy)]
struct Subjected<'q> {
    token: &'q [u8],
    request: Option<&'q Request<'q>>,
    routes: &'q Taken<'q>,
    times: Times,
}

/// A token on its way, and the issuer entry that it picked.
struct Picked<'t> {
    signed: Signed<'t>,
    header: &'t Header<'t>,
    index: usize,
    entry: &'t IssuerEntry,
    times: Times,
}

/// Why the keys at hand verify nothing.
enum Missed {
    Stop(Stop),
    /// A key set has arrived since they were looked at.
    LookAgain,
}

impl<T: Into<Stop>> From<T> for Missed {
    fn from(stop: T) -> Self {
        Self::Stop(stop.into())
    }
}

impl Validator {
    /// A validator with empty key sets. `seed` spreads refreshes and retries of many validators over time, and keys the
    /// hashes by which made-up key ids are remembered: give each a random number of its own, such as the operating system has.
    /// Who knows it can foresee pauses, and make up key ids that count as asked for already; no token passes by it.
    #[must_use]
    pub fn new(policy: Policy, seed: u64) -> Self {
        let key_sets = KeySets::new(&policy.sources, seed);
        let cache = policy.cache.map(|settings| Cache::new(settings, seed));
        let (headers, promises) = (Headers::default(), Promises::default());
        let accepted = Accepted::of(policy.issuers.len());
        Self { policy, key_sets, cache, headers, accepted, promises, seed }
    }

    /// The same validator for a host that looks clients up, where the policy leaves that to it (`allowed: host`): such a
    /// token is [`Verdict::Undecided`] until the host has answered. Without this call it is refused with
    /// [`Code::ClientNotAllowed`].
    #[must_use]
    pub fn with_client_lookup(mut self) -> Self {
        self.policy.declare_client_lookup();
        self.promises.clients = true;
        self
    }

    /// The same validator for a host that knows which tokens were revoked: each token that passes is [`Verdict::Undecided`]
    /// until the host has answered.
    #[must_use]
    pub fn with_revocation_check(mut self) -> Self {
        self.promises.revocation = true;
        self
    }

    /// The same validator for a host with a store of key sets that processes share: [`Work::Load`] is given out before
    /// fetches, and [`Work::Save`] after them.
    ///
    /// [`Work::Load`]: crate::Work::Load
    /// [`Work::Save`]: crate::Work::Save
    #[must_use]
    pub fn with_store(self) -> Self {
        self.key_sets.share();
        self
    }

    /// Whether a token or a request may pass, at the time `now`.
    ///
    /// Costs one signature check and time in proportion to the token's length, which the policy bounds.
    pub fn validate<'q>(&self, question: impl Into<Question<'q>>, now: Timestamp) -> Verdict {
        let Question { subject, as_of } = question.into();
        let times = Times { token: as_of.unwrap_or(now), keys: now };
        match subject {
            Subject::Token(token) => self.verdict(Subjected { token, request: None, routes: &Taken::default(), times }),
            Subject::Request(request) => self.verdict_on_request(request, times),
        }
    }

    /// Takes the request's routes, and finds its token where the policy looks for it.
    fn verdict_on_request(&self, request: &Request<'_>, times: Times) -> Verdict {
        let routes = match self.policy.routes.find(request) {
            Ok(routes) => routes,
            Err(rejection) => return Verdict::Rejected(rejection),
        };
        if let Some(index) = routes.let_pass_unseen() {
            return Verdict::Skipped(Skipped::new(index));
        }
        match self.policy.token_sources.token(request) {
            Ok(token) => {
                let token = token.as_bytes();
                self.verdict(Subjected { token, request: Some(request), routes: &routes, times })
            }
            Err(rejection) => match routes.let_pass_without(&rejection) {
                Some(index) => Verdict::Skipped(Skipped::new(index)),
                None => Verdict::Rejected(routes.on_route(rejection)),
            },
        }
    }

    fn verdict(&self, subject: Subjected<'_>) -> Verdict {
        let routes = subject.routes;
        let walked = match self.known(subject.token) {
            Some(known) => self.walk_again(known, subject),
            None => self.walk(subject, &mut Silent),
        };
        match walked {
            Ok((judged, client)) => {
                self.accepted.note(judged.issuer, subject.token);
                Undecided::verdict(judged, routes.index(), client, self.promises.revocation)
            }
            Err(Stop::Reject(rejection)) => Verdict::Rejected(routes.on_route(rejection)),
            Err(Stop::Unavailable(unavailable)) => Verdict::KeysUnavailable(unavailable),
            Err(Stop::Fetch(needed)) => Verdict::KeysNeeded(needed),
        }
    }

    /// What the cache knows of a token. Explanations do not ask: they look at the token itself, and leave the cache as it is.
    fn known(&self, token: &[u8]) -> Option<(&Cache, Known<'_>)> {
        let cache = self.cache.as_ref()?;
        // No longer token is in it, and what a junk token costs has the same bound as ever.
        let known = if token.len() > self.policy.limits.token_bytes { None } else { cache.find(token) };
        Some((cache, known?))
    }

    /// The walk of a token of which every byte is known. That it has the shape of a token, and what it says, follows from the bytes
    /// and from `limits`, which a validator has for life; so it was found out when they came first. All else is checked.
    fn walk_again(&self, (cache, known): (&Cache, Known<'_>), subject: Subjected<'_>) -> Result<Walked, Stop> {
        let entry = known.entry();
        let payload = entry.texts.payload();
        let read = Read { signed: Signed::Known(subject.token, entry), header: &entry.header, payload: &payload };
        let (authenticated, index, passed) = self.check(&read, subject, &mut Silent)?;
        match authenticated.signer() {
            None => known.was_of_use(),
            Some(signer) => cache.keep(entry.signed_by(signer)),
        }
        let texts = Shared::Cached(Arc::clone(&entry.texts));
        Ok(authenticated.judged(texts, (self.key_sets.origin(), index), subject.times.token, passed))
    }

    /// Keeps a token that passes. One that a check refuses was signed as well, but who sends expired tokens, or tokens of another
    /// audience, shall not push out those that are of use.
    fn remember(&self, token: &[u8], header: Option<Header<'static>>, signer: Option<Signer>, texts: Texts) -> Shared {
        let (Some(cache), Some(header), Some(signer)) = (&self.cache, header, signer) else {
            return Shared::Own(texts);
        };
        let texts = Arc::new(texts);
        cache.keep(Entry { token: token.into(), signer, header, texts: Arc::clone(&texts) });
        Shared::Cached(texts)
    }

    /// All checks of a token in their order: what can be read of it, whose it is, whether it comes from there, and whether
    /// the policy lets it pass.
    fn walk<O: Observer>(&self, subject: Subjected<'_>, observer: &mut O) -> Result<O::Kept<Walked>, Stop> {
        let Subjected { token, .. } = subject;
        let limits = self.policy.limits;
        let decoded = Token::decode(token, limits, &self.policy.decoder, &self.headers);
        let token = observer.must(CheckName::Shape, decoded, |code| facts::shape(token, limits, code))?;
        let header = observer.must(CheckName::Header, token.header(limits), |code| facts::header(&token, code))?;
        let table = observer.must(CheckName::Payload, token.read_payload(limits), |_| facts::payload())?;
        let payload = Payload::of(token.payload_text(), &table);
        let read = Read { signed: Signed::Token(&token), header: &header, payload: &payload };
        let (authenticated, index, passed) = self.check(&read, subject, observer)?;
        let header = self.cache.is_some().then(|| header.to_owned());
        Ok(O::kept(authenticated, |authenticated| {
            let (text, header_len) = token.into_text();
            let texts = Texts { text, header_len, table };
            let texts = self.remember(subject.token, header, authenticated.signer(), texts);
            authenticated.judged(texts, (self.key_sets.origin(), index), subject.times.token, passed)
        }))
    }

    /// All checks of a token that was read.
    fn check<O: Observer>(
        &self, read: &Read<'_>, subject: Subjected<'_>, observer: &mut O,
    ) -> Result<Checked<O>, Stop> {
        let Subjected { request, routes, times, .. } = subject;
        let Read { signed, header, payload } = *read;
        let issuer = self.issuer(payload, &header.alg);
        let (index, entry) =
            observer.must(CheckName::Issuer, issuer, |code| facts::issuer(&self.policy.names, payload, code))?;
        observer.picked(index);
        let in_entry = |rejection: Rejection| Rejection { issuer: Some(index), ..rejection };

        let picked = Picked { signed, header, index, entry, times };
        let authenticated = match self.authenticate(&picked, observer) {
            Ok(authenticated) => authenticated,
            Err(Stop::Reject(rejection)) => observer.stopped(in_entry(rejection).into())?,
            Err(stop) => observer.stopped(stop)?,
        };
        let context = Context { header: signed.header_text(), payload, request, now: times.token };
        let passed = self.judge(entry, header, &context, routes, observer).map_err(in_entry)?;
        // A validation comes here with a signature that verified alone, unless the policy waives it.
        if !O::LOOKS
            && !entry.keys.unsigned
            && let Signed::Token(token) = signed
        {
            token.keep_header(header, &self.headers);
        }
        Ok((authenticated, index, passed))
    }

    /// Whether the policy lets a token pass that comes from its issuer: the registered claims, the client and the scopes, what
    /// the routes ask for, and the rules.
    fn judge(
        &self, entry: &IssuerEntry, header: &Header<'_>, context: &Context<'_>, routes: &Taken<'_>,
        observer: &mut impl Observer,
    ) -> Result<Passed, Rejection> {
        // Before anything looks at them, so that all see one value.
        let as_texts = if entry.numeric_ids { context.payload.with_ids_as_texts()? } else { None };
        let payload = &as_texts.as_ref().map_or(*context.payload, Rewritten::payload);
        let context = &Context { payload, ..*context };
        let mut passed = entry.checks.run(header, context, observer)?;
        for (index, asks) in routes.asks() {
            let issuer = if asks.issuers().is_empty() { None } else { self.policy.names.name_of(payload) };
            asks.run(index, issuer.as_deref(), (&entry.checks, header), context, observer)?;
        }
        if routes.asks().all(|(_, asks)| asks.scopes.is_none()) {
            observer.saw(CheckName::RouteScopes, None, |_| Facts::idle(NOT_ASKED));
        }
        let mapped = match &entry.mapping {
            Some(mapping) => observer.step(CheckName::ClaimMapping, mapping.apply(payload), |_| mapping.facts())?,
            None => None,
        };
        let seen = &mapped.as_ref().map_or(*payload, Rewritten::payload);
        let context = Context { payload: seen, ..*context };
        entry.checks.rules.check(&context, observer)?;
        routes.asks().try_for_each(|(index, asks)| asks.run_rules(index, &context, observer))?;

        if let (Some(mapping), Some(name)) = (&entry.mapping, &mut passed.client_claim) {
            *name = mapping.name_in(name, seen);
        }
        passed.scopes_in = entry.scopes_in(payload, seen);
        passed.claims = mapped.or(as_texts);
        Ok(passed)
    }

    fn issuer(&self, payload: &Payload<'_>, algorithm: &str) -> Result<(usize, &IssuerEntry), Rejection> {
        let index = self.policy.names.select(payload, algorithm)?;
        let entry = self.policy.issuers.get(index);
        let entry =
            entry.ok_or_else(|| Rejection::new(Code::InternalError, "the issuer picks an entry that is not there"))?;
        Ok((index, entry))
    }

    /// Whether the token comes from its issuer.
    fn authenticate<O: Observer>(&self, picked: &Picked<'_>, observer: &mut O) -> Result<O::Kept<Authenticated>, Stop> {
        let Picked { signed, header, index, entry, .. } = *picked;
        if entry.keys.unsigned {
            let unsigned = Authenticated::without_signature(signed.signature_is_empty(), header);
            let authenticated = observer.must(CheckName::Algorithm, unsigned, |_| facts::unsigned(header))?;
            observer.saw(CheckName::Key, None, |_| Facts::idle(UNSIGNED));
            observer.saw(CheckName::Signature, None, |_| Facts::idle(UNSIGNED));
            return Ok(observer.keep(authenticated));
        }
        let algorithm = allowed_algorithm(entry, header);
        let algorithm = observer.must(CheckName::Algorithm, algorithm, |code| {
            let siblings = self.policy.names.siblings(index);
            facts::algorithm(siblings.filter_map(|index| self.policy.issuers.get(index)), header, code)
        })?;
        // Ends, because a key set has arrived before each further look.
        loop {
            match self.verify_with_keys_at_hand(picked, algorithm, observer) {
                Err(Missed::LookAgain) => {}
                Err(Missed::Stop(stop)) => return Err(stop),
                Ok(authenticated) => return Ok(authenticated),
            }
        }
    }

    /// Finds the key and checks the signature over the bytes as received (RFC 7515 section 5.2).
    fn verify_with_keys_at_hand<O: Observer>(
        &self, picked: &Picked<'_>, algorithm: Algorithm, observer: &mut O,
    ) -> Result<O::Kept<Authenticated>, Missed> {
        let Picked { signed, header, entry, times, .. } = *picked;
        let kid = header.kid.as_deref();
        if kid.is_some_and(|kid| entry.keys.denies(kid)) {
            let denied = Rejection::new(Code::UnusableKey, DENIED);
            observer.saw(CheckName::Key, Some(&denied), |_| facts::denied_key(header));
            return Err(denied.into());
        }
        let fetched = match O::LOOKS {
            false => self.key_sets.at_hand(entry.sources.clone(), times.keys),
            true => self.key_sets.seen(entry.sources.clone(), times.keys),
        };
        if !O::LOOKS {
            fetched.note_stale();
        }

        let certificate = match kid {
            Some(_) => None,
            None => Thumbprints::read(header.x5t.as_deref(), header.x5t_s256.as_deref()),
        };
        let mut candidates = Candidates::new(algorithm, times.token, certificate);
        entry.keys.deny(&mut candidates, || fetched.keys().collect());
        candidates.add(&entry.keys.set, kid);
        fetched.keys().for_each(|keys| candidates.add(keys, kid));
        if let Some(store) = &entry.keys.store {
            store.offer(&mut candidates, kid);
        }
        if candidates.fitting.is_empty() || kid.is_none() {
            entry.keys.texts.iter().for_each(|key| candidates.add_key(key));
        }
        candidates.gathered();
        let tries_all = kid.is_none() && entry.try_all_keys && !candidates.by_certificate();
        let fitting = match candidates.fitting.as_slice() {
            [] => return Err(self.missing_key(picked, &fetched, &candidates, observer)),
            [key] => std::slice::from_ref(key),
            keys if tries_all && keys.len() <= limits::KEYS_TRIED => keys,
            keys => {
                let ambiguous = Rejection::new(Code::AmbiguousKey, "several keys fit the token");
                observer
                    .saw(CheckName::Key, Some(&ambiguous), |_| facts::ambiguous_key(keys, header, entry.try_all_keys));
                return Err(ambiguous.into());
            }
        };
        observer.saw(CheckName::Key, None, |_| facts::key(fitting, header));
        let verified = signed.verified(algorithm, fitting, &self.policy);
        let authenticated =
            observer.must(CheckName::Signature, verified, |code| facts::signature(algorithm, &signed, code))?;
        observer.verified();
        Ok(observer.keep(authenticated))
    }

    /// No key fits: either the sources can be asked, or nobody can know now, or the token names a key that is not there.
    fn missing_key<O: Observer>(
        &self, picked: &Picked<'_>, fetched: &AtHand<'_>, candidates: &Candidates<'_>, observer: &mut O,
    ) -> Missed {
        let Picked { header, index, .. } = *picked;
        // A thumbprint is a name as good as a key id, and junk of either kind has the same budget.
        let name = header.kid.as_deref().or(header.x5t_s256.as_deref()).or(header.x5t.as_deref());
        let need = if candidates.known { Need::Nothing } else { Need::UnknownKey(name) };
        let wanted = match O::LOOKS {
            false => self.key_sets.want(fetched, need),
            true => self.key_sets.would_want(fetched, need),
        };
        let rejection = if wanted.look_again {
            return Missed::LookAgain;
        } else if !wanted.wait_for.is_empty() {
            let needed = KeysNeeded { wait_for: wanted.wait_for, patience: wanted.patience };
            self.note_unavailable(picked, FETCH_FIRST, observer);
            return Stop::Fetch(needed).into();
        } else if let Some(retry_at) = wanted.retry_at {
            self.note_unavailable(picked, NOT_AT_HAND, observer);
            return Stop::Unavailable(KeysUnavailable::new(retry_at, index, self.key_sets.failure(fetched))).into();
        } else if candidates.met_denied {
            let denied = Rejection::new(Code::UnusableKey, DENIED);
            observer.saw(CheckName::Key, Some(&denied), |_| facts::denied_key(header));
            return denied.into();
        } else if candidates.outdated {
            Rejection::new(Code::UnusableKey, "the certificate of the key is not valid at this time")
        } else if candidates.known {
            Rejection::new(Code::UnusableKey, "the key that the token names cannot verify it")
        } else {
            Rejection::new(Code::UnknownKey, "the issuer has no such key")
        };
        observer.saw(CheckName::Key, Some(&rejection), |code| self.key_facts(picked, code));
        rejection.into()
    }

    /// Why no key fits, and what there is instead.
    fn key_facts(&self, picked: &Picked<'_>, code: Option<Code>) -> Facts {
        let told = self.key_sets.told(picked.entry.sources.clone(), picked.times.keys);
        facts::missing_key(picked.entry, picked.header, &told, code)
    }

    fn note_unavailable(&self, picked: &Picked<'_>, detail: &'static str, observer: &mut impl Observer) {
        let unavailable = Rejection::new(Code::KeysUnavailable, detail);
        observer.saw(CheckName::Key, Some(&unavailable), |code| self.key_facts(picked, code));
    }
}

const DENIED: &str = "the policy takes the key out of use (keys.denied_kids)";

/// What explanations say where keys would be.
const UNSIGNED: &str = "the policy takes unsigned tokens";
const FETCH_FIRST: &str = "the key sets have to be fetched first";
const NOT_AT_HAND: &str = "the keys are not at hand and cannot be fetched now";

/// The header only agrees with the policy, it never chooses (RFC 8725 section 3.1).
fn allowed_algorithm(entry: &IssuerEntry, header: &Header<'_>) -> Result<Algorithm, Rejection> {
    Algorithm::from_name(&header.alg)
        .filter(|algorithm| entry.allows(*algorithm))
        .ok_or_else(|| Rejection::new(Code::AlgorithmNotAllowed, "the algorithm is not one that the policy allows"))
}
