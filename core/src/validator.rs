//! The whole: a token in, a verdict out. Reading this file from top to bottom is reading the product.

mod explain;
mod facts;
mod forward;

use crate::algorithm::Algorithm;
use crate::answer::Answer;
use crate::checklist::CheckName;
use crate::checks::{NeededScopes, Passed};
use crate::codes::Code;
use crate::context::Context;
use crate::explain::{Facts, Observer, Silent};
use crate::issuers::IssuerEntry;
use crate::jwks::{
    AtHand, Event, FetchFailure, FetchId, FetchRequest, FetchResponse, Health, KeySets, Need, SnapshotError,
};
use crate::key::Candidates;
use crate::limits;
use crate::mapping;
use crate::policy::Policy;
use crate::rejection::Rejection;
use crate::request::Request;
use crate::routing::Route;
use crate::time::Timestamp;
use crate::token::{Header, Payload, Token};
use crate::verdict::{KeysNeeded, KeysUnavailable, Refusal, Skipped, Stop, Verdict, Verified};

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
}

/// The time that a token is judged for, and the time that it is.
#[derive(Clone, Copy)]
struct Times {
    token: Timestamp,
    keys: Timestamp,
}

impl Times {
    fn same(now: Timestamp) -> Self {
        Self { token: now, keys: now }
    }
}

/// What is left of a token when all checks are behind it.
struct Walked {
    text: Box<str>,
    header_len: usize,
    issuer: usize,
    passed: Passed,
}

/// A token on its way, and the issuer entry that it picked.
struct Picked<'t> {
    token: &'t Token<'t>,
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
    /// A validator with empty key sets. `seed` spreads refreshes and retries of many validators over time, so give each
    /// a random number of its own; it protects nothing.
    #[must_use]
    pub fn new(policy: Policy, seed: u64) -> Self {
        let key_sets = KeySets::new(&policy.sources, seed);
        Self { policy, key_sets }
    }

    /// The same validator for a host that looks clients up, where the policy leaves that to it (`allowed: host`).
    ///
    /// By this call the host promises to look at [`Verified::client_to_look_up`] of every accepted token, and to refuse
    /// the token with [`Code::ClientNotAllowed`] unless it knows the client. Without the call, tokens of such issuers
    /// are refused with that code.
    #[must_use]
    pub fn with_client_lookup(mut self) -> Self {
        self.policy.declare_client_lookup();
        self
    }

    /// Whether `token` may pass at the time `now`. The token is a compact JWS without the `Bearer` in front.
    ///
    /// Costs one signature check and time in proportion to the token's length, which the policy bounds.
    ///
    /// Without a request, a rule whose expression names one refuses the token.
    pub fn validate(&self, token: impl AsRef<[u8]>, now: Timestamp) -> Verdict {
        self.verdict(token.as_ref(), None, None, Times::same(now))
    }

    /// Whether `token` could have passed at the time `as_of`, with the keys of the time `now`: for audits and for replays
    /// of old tokens. [`Validator::validate`] with another time than the clock's would turn the clock of the key sets
    /// instead, and make them all look older.
    pub fn validate_as_of(&self, token: impl AsRef<[u8]>, as_of: Timestamp, now: Timestamp) -> Verdict {
        self.verdict(token.as_ref(), None, None, Times { token: as_of, keys: now })
    }

    /// Takes the request's route, finds its token where the policy looks for it, and validates that.
    pub fn validate_request(&self, request: &Request<'_>, now: Timestamp) -> Verdict {
        self.judge_request(request, Times::same(now))
    }

    /// As [`Validator::validate_request`], for the time `as_of` and the keys of the time `now`; see
    /// [`Validator::validate_as_of`].
    pub fn validate_request_as_of(&self, request: &Request<'_>, as_of: Timestamp, now: Timestamp) -> Verdict {
        self.judge_request(request, Times { token: as_of, keys: now })
    }

    fn judge_request(&self, request: &Request<'_>, times: Times) -> Verdict {
        let route = self.policy.routes.find(request);
        if let Some((index, Route { skip: true, .. })) = route {
            return Verdict::Skipped(Skipped::new(index));
        }
        match (self.policy.token_sources.token(request), route) {
            (Ok(token), route) => self.verdict(token.as_bytes(), Some(request), route, times),
            (Err(Rejection { code: Code::MissingToken, .. }), Some((index, Route { optional: true, .. }))) => {
                Verdict::Skipped(Skipped::new(index))
            }
            (Err(rejection), route) => Verdict::Rejected(on_route(rejection, route)),
        }
    }

    fn verdict(
        &self, token: &[u8], request: Option<&Request<'_>>, route: Option<(usize, &Route)>, times: Times,
    ) -> Verdict {
        match self.verified(token, request, route, times) {
            Ok(verified) => Verdict::Accepted(verified),
            Err(Stop::Reject(rejection)) => Verdict::Rejected(on_route(rejection, route)),
            Err(Stop::Unavailable(unavailable)) => Verdict::KeysUnavailable(unavailable),
            Err(Stop::Fetch(needed)) => Verdict::KeysNeeded(needed),
        }
    }

    /// The one function that makes a [`Verified`].
    fn verified(
        &self, token: &[u8], request: Option<&Request<'_>>, route: Option<(usize, &Route)>, times: Times,
    ) -> Result<Verified, Stop> {
        let Walked { text, header_len, issuer, passed } = self.walk(token, request, route, times, &mut Silent)?;
        Ok(Verified::new(text, header_len, issuer, passed.dates, passed.client_claim))
    }

    /// All checks of a token in their order. The observer that explains goes on behind a refusal, so only what passed
    /// under [`Silent`] makes a [`Verified`].
    fn walk(
        &self, token: &[u8], request: Option<&Request<'_>>, route: Option<(usize, &Route)>, times: Times,
        observer: &mut impl Observer,
    ) -> Result<Walked, Stop> {
        let limits = self.policy.limits;
        let decoded = Token::decode(token, limits, &self.policy.decoder);
        let token = observer.must(CheckName::Shape, decoded, |code| facts::shape(token, limits, code))?;
        let header = observer.must(CheckName::Header, token.header(limits), |_| facts::header())?;
        let payload = observer.must(CheckName::Payload, token.payload(limits), |_| facts::payload())?;
        let issuer = self.issuer(&payload);
        let (index, entry) =
            observer.must(CheckName::Issuer, issuer, |code| facts::issuer(&self.policy.names, &payload, code))?;
        observer.picked(index);
        let in_entry = |rejection: Rejection| Rejection { issuer: Some(index), ..rejection };

        let picked = Picked { token: &token, header: &header, index, entry, times };
        match self.authenticate(&picked, observer) {
            Ok(()) => {}
            Err(Stop::Reject(rejection)) => observer.stopped(in_entry(rejection).into())?,
            Err(stop) => observer.stopped(stop)?,
        }
        let context = Context { header: token.header_text(), payload: &payload, request, now: times.token };
        let mut passed = entry.checks.run(&header, &context, observer).map_err(in_entry)?;
        let needed = route.and_then(|(_, route)| route.scopes.as_ref());
        entry.checks.run_scopes(CheckName::RouteScopes, needed, &payload, observer).map_err(in_entry)?;
        let mapped = match &entry.mapping {
            Some(mapping) => observer
                .step(CheckName::ClaimMapping, mapping.apply(&payload), |_| mapping.facts())
                .map_err(in_entry)?,
            None => None,
        };
        let seen = mapped.as_ref().unwrap_or(&payload);
        let context = Context { payload: seen, ..context };
        entry.checks.rules.check(&context, observer).map_err(in_entry)?;

        if let (Some(mapping), Some(name)) = (&entry.mapping, &mut passed.client_claim) {
            *name = mapping.name_in(name, seen);
        }
        let claims = mapped.as_ref().map(mapping::write);
        let (text, header_len) = token.into_text(claims.as_deref());
        Ok(Walked { text, header_len, issuer: index, passed })
    }

    fn issuer(&self, payload: &Payload<'_>) -> Result<(usize, &IssuerEntry), Rejection> {
        let index = self.policy.names.select(payload)?;
        let entry = self.policy.issuers.get(index);
        let entry =
            entry.ok_or_else(|| Rejection::new(Code::InternalError, "the issuer picks an entry that is not there"))?;
        Ok((index, entry))
    }

    /// Whether the token comes from its issuer.
    fn authenticate(&self, picked: &Picked<'_>, observer: &mut impl Observer) -> Result<(), Stop> {
        let Picked { token, header, entry, .. } = *picked;
        if entry.keys.unsigned {
            let unsigned = accept_unsigned(header, token);
            observer.must(CheckName::Algorithm, unsigned, |_| facts::unsigned(header))?;
            observer.saw(CheckName::Key, None, |_| Facts::idle(UNSIGNED));
            observer.saw(CheckName::Signature, None, |_| Facts::idle(UNSIGNED));
            return Ok(());
        }
        let algorithm = allowed_algorithm(entry, header);
        let algorithm = observer.must(CheckName::Algorithm, algorithm, |code| facts::algorithm(entry, header, code))?;
        self.verify(picked, algorithm, observer)
    }

    fn verify(&self, picked: &Picked<'_>, algorithm: Algorithm, observer: &mut impl Observer) -> Result<(), Stop> {
        // Ends, because a key set has arrived before each further look.
        loop {
            match self.verify_with_keys_at_hand(picked, algorithm, observer) {
                Err(Missed::LookAgain) => {}
                Err(Missed::Stop(stop)) => return Err(stop),
                Ok(()) => return Ok(()),
            }
        }
    }

    /// Finds the key and checks the signature over the bytes as received (RFC 7515 section 5.2).
    fn verify_with_keys_at_hand(
        &self, picked: &Picked<'_>, algorithm: Algorithm, observer: &mut impl Observer,
    ) -> Result<(), Missed> {
        let Picked { token, header, entry, times, .. } = *picked;
        let kid = header.kid.as_deref();
        let fetched = self.key_sets.at_hand(entry.sources.clone(), times.keys);

        let mut candidates = Candidates::new(algorithm, times.token);
        candidates.add(&entry.keys.set, kid);
        fetched.keys().for_each(|keys| candidates.add(keys, kid));
        if let Some(store) = &entry.keys.store {
            store.offer(&mut candidates, kid);
        }
        if candidates.fitting.is_empty() || kid.is_none() {
            entry.keys.texts.iter().for_each(|key| candidates.add_key(key));
        }
        let fitting = match candidates.fitting.as_slice() {
            [] => return Err(self.missing_key(picked, &fetched, &candidates, observer)),
            [key] => std::slice::from_ref(key),
            keys if kid.is_none() && entry.try_all_keys && keys.len() <= limits::KEYS_TRIED => keys,
            keys => {
                let ambiguous = Rejection::new(Code::AmbiguousKey, "several keys fit the token");
                observer.saw(CheckName::Key, Some(&ambiguous), |_| facts::ambiguous_key(keys, kid, entry.try_all_keys));
                return Err(ambiguous.into());
            }
        };
        observer.saw(CheckName::Key, None, |_| facts::key(fitting, kid));
        let verified = match fitting.iter().any(|key| key.verify(algorithm, token.signing_input, &token.signature)) {
            true => Ok(()),
            false => Err(Rejection::new(Code::InvalidSignature, "the signature does not verify")),
        };
        observer.must(CheckName::Signature, verified, |code| facts::signature(algorithm, code))?;
        observer.verified();
        Ok(())
    }

    /// No key fits: either the sources can be asked, or nobody can know now, or the token names a key that is not there.
    fn missing_key<O: Observer>(
        &self, picked: &Picked<'_>, fetched: &AtHand<'_>, candidates: &Candidates<'_>, observer: &mut O,
    ) -> Missed {
        let Picked { header, index, .. } = *picked;
        let kid = header.kid.as_deref();
        let need = if candidates.known { Need::Nothing } else { Need::UnknownKey(kid) };
        let wanted = match O::LOOKS {
            false => self.key_sets.want(fetched, need),
            true => self.key_sets.would_want(fetched, need),
        };
        let rejection = if wanted.look_again {
            return Missed::LookAgain;
        } else if !wanted.start.is_empty() || !wanted.wait_for.is_empty() {
            let needed = KeysNeeded { start: wanted.start, wait_for: wanted.wait_for };
            self.note_unavailable(picked, FETCH_FIRST, observer);
            return Stop::Fetch(needed).into();
        } else if let Some(retry_at) = wanted.retry_at {
            self.note_unavailable(picked, NOT_AT_HAND, observer);
            return Stop::Unavailable(KeysUnavailable::new(retry_at, index)).into();
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

    fn note_unavailable(&self, picked: &Picked<'_>, detail: &'static str, observer: &mut impl Observer) {
        let unavailable = Rejection::new(Code::KeysUnavailable, detail);
        observer.saw(CheckName::Key, Some(&unavailable), |code| self.key_facts(picked, code));
    }
}

/// What explanations say where keys would be.
const UNSIGNED: &str = "the policy takes unsigned tokens";
const FETCH_FIRST: &str = "the key sets have to be fetched first";
const NOT_AT_HAND: &str = "the keys are not at hand and cannot be fetched now";

fn on_route(rejection: Rejection, route: Option<(usize, &Route)>) -> Rejection {
    Rejection { route: route.map(|(index, _)| index), ..rejection }
}

/// The waiver `accept_unsigned`: exactly `none`, and exactly no signature (RFC 7518 section 3.6).
fn accept_unsigned(header: &Header<'_>, token: &Token<'_>) -> Result<(), Rejection> {
    if header.alg != "none" {
        return Err(Rejection::new(Code::AlgorithmNotAllowed, "the policy takes unsigned tokens only"));
    }
    if !token.signature.is_empty() {
        return Err(Rejection::new(Code::MalformedToken, "an unsigned token has an empty signature"));
    }
    Ok(())
}

/// The header only agrees with the policy, it never chooses (RFC 8725 section 3.1).
fn allowed_algorithm(entry: &IssuerEntry, header: &Header<'_>) -> Result<Algorithm, Rejection> {
    Algorithm::from_name(&header.alg)
        .filter(|algorithm| entry.allows(*algorithm))
        .ok_or_else(|| Rejection::new(Code::AlgorithmNotAllowed, "the algorithm is not one that the policy allows"))
}

/// Key sets: what a host's driver calls.
///
/// All times that one validator is given come from one clock, because key sets age by them. Where that clock is set
/// back, nothing becomes younger: ages and pauses go on from where they were. Where it is set forward, key sets age by
/// as much.
impl Validator {
    /// Whether [`Validator::poll_fetch`] would have work. Costs three atomic loads, so ask after each verdict.
    #[must_use]
    pub fn fetch_due(&self, now: Timestamp) -> bool {
        self.key_sets.fetch_due(now)
    }

    /// A refresh that is due, if one is; no validation waits for it. Call again until there is none.
    #[must_use]
    pub fn poll_fetch(&self, now: Timestamp) -> Option<FetchRequest> {
        self.key_sets.poll_fetch(now)
    }

    /// When [`Validator::poll_fetch`] could next have work, for hosts that like timers; none is needed.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<Timestamp> {
        self.key_sets.next_wakeup()
    }

    /// Hands in what the issuer answered. Anything but status 200 with a key set (or 304 to a request that carried
    /// `if-none-match`) counts as a failed fetch and leaves the keys as they are; an id that is not out any more is
    /// ignored. Where the policy names the issuer's metadata, the key set is a second fetch, which the next validation or
    /// [`Validator::poll_fetch`] asks for.
    pub fn complete_fetch(&self, id: FetchId, response: FetchResponse<'_>, now: Timestamp) {
        self.key_sets.complete_fetch(id, response, now);
    }

    /// Hands in that there was no answer. The next attempt waits, longer after each failure.
    pub fn fail_fetch(&self, id: FetchId, failure: FetchFailure, now: Timestamp) {
        self.key_sets.fail_fetch(id, failure, now);
    }

    /// Makes a fetch due at every source, past all caches, pauses after failures aside: [`Validator::poll_fetch`] gives
    /// them out. For an operator who knows that keys were revoked, and for warming up before the first token.
    pub fn refresh_keys(&self) {
        self.key_sets.ask_to_refresh();
    }

    /// The fetched key sets as text, for [`Validator::import_keys`] of a later process, a fork or another host. It holds
    /// public keys and URLs, and whoever can change it can make tokens pass: store it like the policy.
    #[must_use]
    pub fn export_keys(&self) -> String {
        self.key_sets.export()
    }

    /// Begins with the key sets that [`Validator::export_keys`] wrote, as if they had been fetched when they were; for
    /// how many sources that was of use. A set counts only for the URL that it came from, only as long as it is not past
    /// the policy's `max_stale`, and only if it is newer than the set at hand.
    ///
    /// # Errors
    ///
    /// The text is no snapshot, holds a document that is no key set, or was written later than `now`: then the clock was
    /// set back in between, and nobody can say how old the sets are. Nothing has changed then.
    pub fn import_keys(&self, snapshot: &str, now: Timestamp) -> Result<usize, SnapshotError> {
        self.key_sets.import(snapshot, now)
    }

    /// Offers a snapshot that another process wrote ([`Validator::export_keys`]) in place of doing the fetch `id`, for hosts
    /// that share one store of key sets. What in it is newer than the sets at hand is taken in as by
    /// [`Validator::import_keys`]. When that answers the fetch, the fetch has ended, and whoever waits for it validates
    /// again. Otherwise (`false`) it is still to be done: where the set in the snapshot is due to be refreshed itself, where
    /// it lacks the key that a token asked for, and after [`Validator::refresh_keys`], which no store answers.
    ///
    /// # Errors
    ///
    /// As [`Validator::import_keys`]; the fetch is still to be done then.
    pub fn settle_fetch(&self, id: FetchId, snapshot: &str, now: Timestamp) -> Result<bool, SnapshotError> {
        self.key_sets.settle(id, snapshot, now)
    }

    /// Whether a fetch has brought or confirmed a key set since this was last asked: then [`Validator::export_keys`] has
    /// something for the store that other processes lack. Sets from snapshots do not count.
    #[must_use]
    pub fn export_due(&self) -> bool {
        self.key_sets.take_unexported()
    }

    /// How the key sets are, for health checks and metrics.
    #[must_use]
    pub fn health(&self, now: Timestamp) -> Health {
        self.key_sets.health(now)
    }

    /// The oldest event that was not taken yet. The latest 256 are kept; [`Health::events_dropped`] counts the others.
    #[must_use]
    pub fn poll_event(&self) -> Option<Event> {
        self.key_sets.poll_event()
    }
}

/// Answers: what a host's middleware calls.
impl Validator {
    /// The HTTP answer to a request that may not pass, in the manner of the policy's `responses`.
    #[must_use]
    pub fn answer(&self, refusal: &Refusal) -> Answer {
        let of_issuer = refusal.issuer.and_then(|index| self.policy.issuers.get(index)?.checks.scopes.as_ref());
        let of_route = refusal.route.and_then(|index| self.policy.routes.get(index)?.scopes.as_ref());
        let mut scopes: Vec<&str> = Vec::new();
        for scope in of_issuer.into_iter().chain(of_route).flat_map(NeededScopes::iter) {
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        Answer::new(self.policy.responses, refusal.code, &scopes, refusal.retry_after)
    }
}
