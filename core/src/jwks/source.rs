//! One URL that keys come from: the present state, swapped as a whole, so that reading it takes no lock.

use super::caching::{self, Caching};
use super::clock::Moment;
use super::counters::Counters;
use super::errand::{Begun, Cause, Order, Stage};
use super::event::{Event, EventKind};
use super::held::Held;
use super::ledger::Ledger;
use super::metadata;
use super::problem::{Failed, Problem};
use super::settings::{Location, Settings};
pub(crate) use super::state::{Need, Want};
use super::state::{NewSet, Place, State};
use super::work::{FetchRequest, FetchResponse, Work, WorkFailure, WorkId};
use crate::key::{KeySet, SetError, Trust, WrongDocument, without_mark};
use arc_swap::{ArcSwap, Guard};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A state held for the time of one validation.
pub(crate) struct Snapshot(pub(super) Guard<Arc<State>>);

/// One source of keys of one issuer.
#[derive(Debug)]
pub(crate) struct Source {
    /// Which of all sources that there have been it is: the upper half of its work's ids.
    number: u32,
    /// The place among the sources of the policy, for events; [`NOWHERE`] before it is in one.
    place: AtomicUsize,
    pub(super) location: Location,
    pub(super) settings: Settings,
    pub(super) state: ArcSwap<State>,
    pub(super) counters: Counters,
    ledger: Arc<Ledger>,
}

/// What an answer was worth.
enum Answer {
    Set(NewSet),
    NotModified(Caching),
    Metadata(Arc<str>, Caching),
}

impl Source {
    pub(crate) fn new(number: u32, location: Location, settings: Settings, seed: u64, ledger: Arc<Ledger>) -> Self {
        let state = ArcSwap::from_pointee(State::empty(seed));
        let place = AtomicUsize::new(NOWHERE);
        Self { number, place, location, settings, state, counters: Counters::default(), ledger }
    }

    pub(super) fn is_number(&self, number: u32) -> bool {
        self.number == number
    }

    // In one order with the policies that come in place: whoever seats one looks afterwards whether it still is the latest.
    pub(super) fn take_place(&self, place: usize) {
        self.place.store(place, Ordering::SeqCst);
    }

    /// The longest body of a key set, in bytes.
    pub(super) fn body_limit(&self) -> usize {
        self.settings.max_body
    }

    /// Whether it is what a policy plans with this place and these options.
    pub(super) fn is_of(&self, location: &Location, settings: &Settings) -> bool {
        self.location == *location && self.settings == *settings
    }

    /// Ends what is out, for ever: the policy that asked for it is no more. Validations that began under that are told so.
    pub(super) fn close(&self) {
        self.transition(|state| ((), Some(state.closed())));
    }

    /// Asks for a fetch for a validation that found no key in the set `seen`, or learns that there is none to be had.
    pub(crate) fn want(&self, need: Need<'_>, seen: Option<&Held>, moment: Moment) -> Want {
        let (want, at_hand) = self.transition(|state| {
            let (want, next) = state.want(need, seen, &self.place(), moment.machine);
            ((want, state.usable(moment.machine).is_some()), next)
        });
        match &want {
            Want::Start(begun) => {
                self.note_started(*begun, moment);
                if at_hand {
                    self.note(moment, EventKind::UnknownKid);
                }
            }
            Want::Limited => {
                if self.counters.note_flood(moment.machine, self.settings.cooldown) {
                    self.note(moment, EventKind::FloodLimited);
                }
            }
            Want::Settled | Want::Wait(_) | Want::Unavailable(_) | Want::LookAgain => {}
        }
        want
    }

    /// What [`Source::want`] would answer; nothing starts.
    pub(crate) fn would_want(&self, need: Need<'_>, seen: Option<&Held>, moment: Moment) -> Want {
        self.state.load().want(need, seen, &self.place(), moment.machine).0
    }

    /// The work to be given out, if there is some.
    pub(crate) fn poll(&self, moment: Moment) -> Option<Work> {
        let (order, begun) = self.transition(|state| match state.given_out(&self.place(), moment.machine) {
            Some((order, begun, next)) => (Some((order, begun)), Some(next)),
            None => (None, None),
        })?;
        if let Some(begun) = begun {
            self.note_started(begun, moment);
        }
        Some(self.work(&order))
    }

    /// Gives out anew what is out.
    pub(crate) fn reissue(&self, moment: Moment) {
        self.transition(|state| ((), state.reissued(&self.place(), moment.machine)));
    }

    /// Makes a fetch due at once.
    pub(crate) fn ask_to_refresh(&self) {
        self.transition(|state| ((), state.asked_to_refresh()));
    }

    /// Takes an answer in; whether it brought or confirmed a key set. Whatever is no good key set leaves the keys as they
    /// were.
    pub(crate) fn complete(&self, sequence: u32, response: FetchResponse<'_>, moment: Moment) -> bool {
        let state = self.state.load_full();
        let live = state.live_fetch(moment.machine).filter(|fetch| fetch.sequence == sequence);
        let Some(fetch) = live else { return false };
        let caching = caching::read(response.headers, moment.host);
        let answer = match fetch.stage {
            Stage::Stored => return false,
            Stage::Metadata => self.read_metadata(response, caching),
            Stage::KeySet if response.status == 304 && fetch.condition.is_some() => Ok(Answer::NotModified(caching)),
            Stage::KeySet => self.read_set(response, caching, state.held.as_ref()),
        };
        self.counters.note_bytes(response.body.len());
        let landed = match answer {
            Ok(answer) => self.transition(|state| {
                let next = match &answer {
                    Answer::Set(set) => state.replaced(sequence, set, &self.settings, moment.machine),
                    Answer::NotModified(caching) => state.confirmed(sequence, caching, &self.settings, moment.machine),
                    Answer::Metadata(url, caching) => {
                        state.located(sequence, url, caching, &self.settings, moment.machine)
                    }
                };
                (next.is_some(), next)
            }),
            Err(failed) => {
                let failed = match caching::values(response.headers, "location").next() {
                    Some(place) if matches!(response.status, 300..=399) => failed.because(&format!("to {place}")),
                    _ => failed,
                };
                if !self.go_to_next_place(sequence, failed.problem, moment) {
                    self.fail_with(sequence, failed, moment);
                }
                return false;
            }
        };
        if landed {
            self.note_answered(response, state.held.as_ref(), moment);
        }
        landed && fetch.stage == Stage::KeySet
    }

    /// Has the next place asked, where metadata may lie in several and this one has none for certain. An answer that says
    /// anything else, and no answer, leave the place as it is: metadata that cannot be had now is not to be looked for elsewhere.
    fn go_to_next_place(&self, sequence: u32, problem: Problem, moment: Moment) -> bool {
        let (Location::Metadata { places, .. }, Problem::Status(status)) = (&self.location, problem) else {
            return false;
        };
        metadata::is_elsewhere(status)
            && self.transition(|state| {
                let next = match state.live_fetch(moment.machine) {
                    Some(fetch) if fetch.stage == Stage::Metadata => {
                        state.missed(sequence, places.count(), moment.machine)
                    }
                    _ => None,
                };
                (next.is_some(), next)
            })
    }

    /// Ends a fetch with the set at hand, which came from a snapshot since it was `before`; whether that answers the fetch.
    pub(super) fn settle(&self, sequence: u32, before: Option<&Held>, moment: Moment) -> bool {
        let fetched_at = self.transition(|state| {
            let next = state.settled(sequence, moment.machine);
            (next.as_ref().and_then(|next| next.held.as_ref()).map(|held| held.fetched_at), next)
        });
        if let Some(fetched_at) = fetched_at {
            self.counters.note_shared();
            self.note(moment, EventKind::FetchShared { age: moment.machine.since(fetched_at).as_secs() });
            self.note_keys(before, moment);
        }
        fetched_at.is_some()
    }

    /// Takes in that nothing came of the work. A store that fails is as good as one that has nothing.
    pub(crate) fn fail(&self, sequence: u32, failure: WorkFailure, cause: &str, moment: Moment) {
        if !self.go_on(sequence, moment) {
            self.fail_with(sequence, Failed::from(Problem::Fetch(failure)).because(cause), moment);
        }
    }

    /// Has the fetch made, because the store did not spare it; whether there is one to be made. A look into the store that
    /// took all the time of the fetch ends like a fetch without an answer.
    pub(super) fn go_on(&self, sequence: u32, moment: Moment) -> bool {
        self.transition(|state| {
            let next = state.looked(sequence, &self.place(), moment.machine);
            (next.is_some(), next)
        })
    }

    /// Whether a look into the store is what is out.
    pub(super) fn is_looking(&self, sequence: u32, moment: Moment) -> bool {
        let state = self.state.load();
        let fetch = state.live_fetch(moment.machine);
        fetch.is_some_and(|fetch| fetch.sequence == sequence && fetch.stage == Stage::Stored)
    }

    fn fail_with(&self, sequence: u32, failed: Failed, moment: Moment) {
        let url = self.state.load().live_fetch(moment.machine).map(|fetch| Arc::clone(&fetch.url));
        let failure = failed.at(url.as_ref().unwrap_or_else(|| self.location.url()));
        let ended = self.transition(|state| {
            let next = state.failed(sequence, &failure, &self.settings, moment.machine);
            (next.as_ref().map(|next| (next.retry_at, next.failures == 1, next.usable(moment.machine).is_some())), next)
        });
        if let Some((retry_at, is_first, serves)) = ended {
            self.counters.note_failure();
            if is_first {
                let meanwhile =
                    if serves { "the keys at hand serve on" } else { "its tokens get 503 until one succeeds" };
                self.ledger.told.warnings.push(format!("no keys from {failure}; {meanwhile}").into());
            }
            self.note(moment, EventKind::FetchFailed { failure, retry_at: moment.to_host(retry_at) });
        }
    }

    fn work(&self, order: &Order) -> Work {
        let (id, timeout) = (self.work_id(order.sequence), order.timeout);
        let accept = match order.stage {
            Stage::Stored => return Work::Load { id, timeout },
            Stage::Metadata => "application/json",
            Stage::KeySet => "application/jwk-set+json, application/json",
        };
        // Bot rules in front of issuers refuse the names that HTTP clients have by default.
        let mut headers = vec![("accept", accept.to_owned()), ("user-agent", USER_AGENT.to_owned())];
        if let Some(etag) = &order.etag {
            headers.push(("if-none-match", etag.as_ref().to_owned()));
        }
        if order.cause == Cause::Forced {
            headers.push(("cache-control", "no-cache".to_owned()));
        }
        let url = order.url.as_ref().to_owned();
        Work::Fetch(FetchRequest { id, url, timeout, headers, max_body: self.settings.max_body })
    }

    pub(crate) fn work_id(&self, sequence: u32) -> WorkId {
        WorkId::new(self.number, sequence)
    }

    /// Tells that a set past its freshness served, once for each set.
    pub(super) fn note_stale(&self, held: &Held, moment: Moment) {
        if self.counters.note_stale(held.fetched_at) {
            let age = moment.machine.since(held.fetched_at).as_secs();
            self.note(moment, EventKind::StaleServed { age });
        }
    }

    /// Takes a set from a snapshot; whether it was newer than what is at hand.
    pub(super) fn import(&self, held: &Held, found: Option<&Arc<str>>) -> bool {
        self.transition(|state| {
            let next = state.imported(held.clone(), found.cloned(), &self.settings);
            (next.is_some(), next)
        })
    }

    fn place(&self) -> Place<'_> {
        let shares = self.ledger.shares.load(Ordering::Relaxed);
        Place { location: &self.location, settings: &self.settings, shares }
    }

    fn read_metadata(&self, response: FetchResponse<'_>, caching: Caching) -> Result<Answer, Failed> {
        let Location::Metadata { places, issuers, allow_http } = &self.location else {
            return Err(Problem::NotMetadata(WrongDocument::Other).into());
        };
        if metadata::is_elsewhere(response.status) {
            return Err(metadata::nowhere(response.status, places));
        }
        let document = self.body(response)?.map_err(Problem::NotMetadata)?;
        let found = metadata::key_set_url(document, issuers, places.at(0), *allow_http)?;
        Ok(Answer::Metadata(found, caching))
    }

    fn read_set(&self, response: FetchResponse<'_>, caching: Caching, held: Option<&Held>) -> Result<Answer, Failed> {
        let document = self.body(response)?.map_err(Problem::NotAKeySet)?;
        // Most refreshes bring the same text: then there is nothing to parse.
        if let Some(held) = held.filter(|held| *held.document == *document) {
            let (keys, document) = (Arc::clone(&held.keys), Arc::clone(&held.document));
            return Ok(Answer::Set(NewSet { keys, document, caching }));
        }
        let keys = Arc::new(parse(document, &self.settings)?);
        Ok(Answer::Set(NewSet { keys, document: document.into(), caching }))
    }

    /// The body of an answer of status 200 within the limit, as text, or what it is where it is none. A byte order mark is no
    /// part of the text (RFC 8259 section 8.1).
    fn body<'r>(&self, response: FetchResponse<'r>) -> Result<Result<&'r str, WrongDocument>, Problem> {
        if response.status != 200 {
            return Err(Problem::Status(response.status));
        }
        if response.body.len() > self.settings.max_body {
            return Err(Problem::TooLarge);
        }
        let text = std::str::from_utf8(response.body).map(without_mark);
        Ok(text.map_err(|_| WrongDocument::of(response.body)))
    }

    fn note_started(&self, begun: Begun, moment: Moment) {
        self.counters.note_fetch();
        self.note(moment, EventKind::FetchStarted { forced: begun.forced, metadata: begun.metadata });
    }

    fn note_answered(&self, response: FetchResponse<'_>, before: Option<&Held>, moment: Moment) {
        if response.status == 304 {
            self.counters.note_not_modified();
        }
        self.note(moment, EventKind::FetchOk { status: response.status, bytes: response.body.len() });
        self.note_keys(before, moment);
    }

    /// Tells how the keys differ from those of the set `before`.
    fn note_keys(&self, before: Option<&Held>, moment: Moment) {
        let now = self.state.load();
        let Some(keys) = now.held.as_ref().map(|held| &held.keys) else { return };
        if before.is_some_and(|before| Arc::ptr_eq(&before.keys, keys)) {
            return;
        }
        let none = KeySet::default();
        let before = before.map_or(&none, |before| &before.keys);
        let (added, removed) = (keys.missing_from(before), before.missing_from(keys));
        if added > 0 || removed > 0 {
            self.note(moment, EventKind::KeysChanged { added, removed, keys: keys.len() });
        }
        if let Some(first) = keys.skipped.first() {
            let (skipped, reason) = (keys.skipped_count, first.reason);
            self.note(moment, EventKind::KeySkipped { skipped, reason });
        }
        if let Some(first) = keys.lenient.first() {
            let (lenient, reason) = (keys.lenient_count, first.reason);
            self.note(moment, EventKind::KeyLenient { lenient, reason });
        }
    }

    fn note(&self, moment: Moment, kind: EventKind) {
        let source = self.place.load(Ordering::Relaxed);
        // One that was closed has a place that is another's by now.
        if source != NOWHERE && !self.state.load().is_closed() {
            let source = u32::try_from(source).ok();
            self.ledger.told.events.push(Event { at: moment.host, source, kind });
        }
    }

    /// Replaces the state by what `step` makes of it, again from the start when another thread was faster.
    fn transition<R>(&self, step: impl Fn(&State) -> (R, Option<State>)) -> R {
        let mut current = self.state.load();
        loop {
            let (result, next) = step(&current);
            let Some(next) = next else { return result };
            let untaken = i64::from(next.is_untaken()).saturating_sub(i64::from(current.is_untaken()));
            // Counted before anybody can take it: what is taken at once would else hide, for a moment, what others have begun.
            self.ledger.untaken.fetch_add(untaken.max(0), Ordering::SeqCst);
            let previous = self.state.compare_and_swap(&*current, Arc::new(next));
            if Arc::ptr_eq(&previous, &current) {
                self.ledger.untaken.fetch_add(untaken.min(0), Ordering::SeqCst);
                return result;
            }
            self.ledger.untaken.fetch_sub(untaken.max(0), Ordering::SeqCst);
            current = previous;
        }
    }
}

/// Reads a fetched key set.
pub(super) fn parse(document: &str, settings: &Settings) -> Result<KeySet, Problem> {
    KeySet::read(document, Trust::Fetched, settings.max_keys, settings.algorithms).map_err(|error| match error {
        SetError::NotAKeySet(wrong) => Problem::NotAKeySet(wrong),
        SetError::NoKeys => Problem::NoKeys,
    })
}

/// The place of a source that is in no policy yet.
const NOWHERE: usize = usize::MAX;

const USER_AGENT: &str = concat!("jotgate/", env!("CARGO_PKG_VERSION"));
