//! What one source knows, as an immutable value: each transition takes a state and gives the next.
//!
//! All times are machine times (see [`super::clock`]), which never run backwards.

use super::caching::Caching;
use super::problem::Problem;
use super::random::Random;
use super::refetches::{self, Allowance, Refetches};
use super::settings::{Location, Settings};
use crate::key::KeySet;
use crate::limits;
use crate::time::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// Why a validation needs more than the keys at hand.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Need<'a> {
    /// No key of the set fits. `Some` names the token's key id.
    UnknownKey(Option<&'a str>),
    /// The set knows the token's key but cannot use it: asking again would not help.
    Nothing,
}

/// What the machine answers to a validation that found no key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    /// The source has said all that it has to say.
    Settled,
    /// As [`Want::Settled`], but only because the budget for unknown key ids is spent.
    Limited,
    /// The caller must start this fetch.
    Start(Order),
    /// Another caller has started the fetch of this number.
    Wait(u32),
    /// Nobody can know before this time.
    Unavailable(Timestamp),
    /// Another set is at hand than the one that lacked the key.
    LookAgain,
}

/// Why a fetch is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// There is no usable set, or it is time for a new one.
    Freshness,
    /// A token or the host wants to know what the issuer says right now, whatever caches lie between.
    Forced,
}

/// What a fetch is to bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The document that says where the key set lies.
    Metadata,
    KeySet,
}

/// A fetch to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) sequence: u32,
    pub(crate) stage: Stage,
    pub(crate) cause: Cause,
    pub(crate) url: Arc<str>,
    /// The set that we hold, as a condition: the answer may be that nothing changed.
    pub(crate) etag: Option<Arc<str>>,
}

/// The last good key set.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) keys: Arc<KeySet>,
    /// The text of the set, for snapshots.
    pub(crate) document: Arc<str>,
    pub(crate) etag: Option<Arc<str>>,
    /// What the issuer said about freshness; it holds on when a later "not modified" says nothing.
    pub(crate) stated: Option<Duration>,
    /// When the fetch that brought or confirmed the set was started: what the issuer dropped before, it cannot hold.
    pub(crate) fetched_at: Timestamp,
    pub(crate) fresh_until: Timestamp,
    pub(crate) usable_until: Timestamp,
}

/// Where metadata said that the key set lies.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) url: Arc<str>,
    /// From here on it is asked again before the next fetch of keys.
    fresh_until: Timestamp,
}

/// The state of one source.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(crate) held: Option<Held>,
    pub(crate) found: Option<Found>,
    pub(crate) in_flight: Option<InFlight>,
    /// Fetches that failed since the last success.
    pub(crate) failures: u32,
    pub(crate) last_problem: Option<Problem>,
    /// No fetch before this time.
    pub(crate) retry_at: Timestamp,
    /// When the next refresh ahead of expiry is due.
    refresh_at: Timestamp,
    /// A fetch that is due at once: the second of two in a row, or one that the host asked for.
    owed: Option<Cause>,
    last_sequence: u32,
    refetches: Refetches,
    random: Random,
}

/// The fetch that is out.
#[derive(Clone, Debug)]
pub(crate) struct InFlight {
    pub(crate) sequence: u32,
    pub(crate) stage: Stage,
    cause: Cause,
    /// The key id that it was forced for, as a hash; `None` where the host asked for it.
    asked: Option<u64>,
    /// The set whose tag the request carried as a condition: the one that 304 confirms, whatever was imported since.
    pub(crate) condition: Option<Held>,
    pub(crate) started_at: Timestamp,
    /// From here on the host has lost the fetch, and another may start.
    lost_at: Timestamp,
}

const LONG_AGO: Timestamp = Timestamp::from_millis(i64::MIN);

impl State {
    pub(crate) fn empty(seed: u64) -> Self {
        Self {
            held: None,
            found: None,
            in_flight: None,
            failures: 0,
            last_problem: None,
            retry_at: LONG_AGO,
            refresh_at: LONG_AGO,
            owed: None,
            last_sequence: 0,
            refetches: Refetches::none(),
            random: Random::new(seed),
        }
    }

    /// The set that may verify tokens now: the last good one, until it is too stale.
    pub(crate) fn usable(&self, now: Timestamp) -> Option<&Held> {
        self.held.as_ref().filter(|held| now < held.usable_until)
    }

    /// Whether other keys are usable than those of the set `seen`.
    pub(crate) fn has_newer(&self, seen: Option<&Held>, now: Timestamp) -> bool {
        let other = |held: &Held| seen.is_none_or(|seen| !Arc::ptr_eq(&held.keys, &seen.keys));
        self.usable(now).is_some_and(other)
    }

    /// When the source wants a fetch that no validation asks for; `None` while it has no keys to refresh.
    pub(crate) fn due_at(&self) -> Option<Timestamp> {
        let due_at = match (self.owed, &self.held) {
            (Some(_), _) => LONG_AGO,
            (None, Some(_)) => self.refresh_at,
            (None, None) => return None,
        };
        Some(match &self.in_flight {
            Some(fetch) => fetch.lost_at,
            None => due_at.max(self.retry_at),
        })
    }

    pub(crate) fn live_fetch(&self, now: Timestamp) -> Option<&InFlight> {
        self.in_flight.as_ref().filter(|fetch| now < fetch.lost_at)
    }

    /// Whether it is time to refresh, were there no pause and no fetch out.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        self.owed.is_some() || (self.held.is_some() && self.refresh_at <= now)
    }

    /// What to do for a validation that found no key in the set `seen`, and the state after that.
    pub(crate) fn want(
        &self, need: Need<'_>, seen: Option<&Held>, at: &Place<'_>, now: Timestamp,
    ) -> (Want, Option<Self>) {
        if self.has_newer(seen, now) {
            return (Want::LookAgain, None);
        }
        let usable = self.usable(now).is_some();
        let kid = match need {
            Need::Nothing if usable => return (Want::Settled, None),
            Need::Nothing => None,
            Need::UnknownKey(kid) => kid,
        };
        if let Some(fetch) = self.live_fetch(now) {
            return (Want::Wait(fetch.sequence), None);
        }
        if now < self.retry_at {
            return (Want::Unavailable(self.retry_at), None);
        }
        if let Some(cause) = self.owed {
            return self.begin(cause, at, now);
        }
        if !usable {
            return self.begin(Cause::Freshness, at, now);
        }
        self.refetch(refetches::hash(self.random.seed(), kid), at, now)
    }

    /// A set that is at hand lacks the key: ask again. A fetch that is due anyway costs nothing of the budget.
    fn refetch(&self, kid: u64, at: &Place<'_>, now: Timestamp) -> (Want, Option<Self>) {
        let free = self.failures > 0 || self.is_due(now);
        match self.refetches.allow(kid, at.settings, now) {
            Allowance::Asked if !free => return (Want::Settled, None),
            Allowance::Spent if !free => return (Want::Limited, None),
            _ => {}
        }
        let (order, next) = self.start(Cause::Forced, at, now);
        let in_flight = next.in_flight.map(|fetch| InFlight { asked: Some(kid), ..fetch });
        let refetches = self.refetches.with(kid, !free, at.settings, now);
        (Want::Start(order), Some(Self { in_flight, refetches, ..next }))
    }

    /// Starts the fetch that is due, if one is.
    pub(crate) fn refresh(&self, at: &Place<'_>, now: Timestamp) -> Option<(Order, Self)> {
        let due = self.due_at().is_some_and(|due| due <= now);
        (due && self.live_fetch(now).is_none()).then(|| self.start(self.owed.unwrap_or(Cause::Freshness), at, now))
    }

    /// The state in which a fetch is due at once, pauses aside.
    pub(crate) fn asked_to_refresh(&self) -> Self {
        Self { owed: Some(Cause::Forced), ..self.clone() }
    }

    fn begin(&self, cause: Cause, at: &Place<'_>, now: Timestamp) -> (Want, Option<Self>) {
        let (order, next) = self.start(cause, at, now);
        (Want::Start(order), Some(next))
    }

    fn start(&self, cause: Cause, at: &Place<'_>, now: Timestamp) -> (Order, Self) {
        let (stage, url) = match (at.location, &self.found) {
            (Location::KeySet(url), _) => (Stage::KeySet, url),
            (Location::Metadata { .. }, Some(found)) if now < found.fresh_until => (Stage::KeySet, &found.url),
            (Location::Metadata { url, .. }, _) => (Stage::Metadata, url),
        };
        // A forced fetch wants the set itself: a cache that calls an old set current would hide the new key.
        let conditional = stage == Stage::KeySet && cause == Cause::Freshness;
        let condition = self.held.as_ref().filter(|held| conditional && held.etag.is_some()).cloned();
        let etag = condition.as_ref().and_then(|held| held.etag.clone());
        let sequence = self.last_sequence.wrapping_add(1);
        let lost_at = now.after(at.settings.timeout).after(limits::FETCH_GRACE);
        let in_flight = InFlight { sequence, stage, cause, asked: None, condition, started_at: now, lost_at };
        let next = Self { last_sequence: sequence, in_flight: Some(in_flight), owed: None, ..self.clone() };
        (Order { sequence, stage, cause, url: Arc::clone(url), etag }, next)
    }

    /// The state after a fetch brought a good set; `None` when that fetch is not the one that is out.
    pub(crate) fn replaced(&self, sequence: u32, set: &NewSet, settings: &Settings, now: Timestamp) -> Option<Self> {
        let (fetch, next) = self.landed(sequence, now)?;
        let fresh_for = settings.fresh_for(set.caching.fresh_for);
        let held = Held {
            keys: Arc::clone(&set.keys),
            document: Arc::clone(&set.document),
            etag: set.caching.etag.as_deref().map(Arc::from),
            stated: set.caching.fresh_for,
            fetched_at: fetch.started_at,
            fresh_until: fetch.started_at.after(fresh_for),
            // A set that were too old on arrival would be fetched again at once, and again.
            usable_until: fetch.started_at.after(settings.life(fresh_for)).max(now.after(limits::SET_LIFE_MIN)),
        };
        Some(next.fresh(held, fresh_for, settings, now))
    }

    /// The state after the issuer confirmed the set that the fetch asked about; `None` as in [`State::replaced`].
    pub(crate) fn confirmed(
        &self, sequence: u32, caching: &Caching, settings: &Settings, now: Timestamp,
    ) -> Option<Self> {
        let held = self.live_fetch(now)?.condition.as_ref()?;
        let set = NewSet {
            keys: Arc::clone(&held.keys),
            document: Arc::clone(&held.document),
            caching: Caching {
                fresh_for: caching.fresh_for.or(held.stated),
                etag: caching.etag.clone().or_else(|| held.etag.as_deref().map(Box::from)),
            },
        };
        self.replaced(sequence, &set, settings, now)
    }

    /// The state after metadata said where the set lies; the fetch of the set is owed.
    pub(crate) fn located(
        &self, sequence: u32, url: &Arc<str>, caching: &Caching, settings: &Settings, now: Timestamp,
    ) -> Option<Self> {
        let (fetch, mut next) = self.landed(sequence, now)?;
        let fresh_for = settings.fresh_for(caching.fresh_for);
        // The metadata just read must at least serve the fetch that it was read for.
        let fresh_until = fetch.started_at.after(fresh_for).max(now.after(limits::SET_LIFE_MIN));
        next.found = Some(Found { url: Arc::clone(url), fresh_until });
        next.owed = Some(fetch.cause);
        Some(next)
    }

    /// The state after a fetch failed; `None` as in [`State::replaced`]. The keys stay as they are.
    pub(crate) fn failed(&self, sequence: u32, problem: Problem, settings: &Settings, now: Timestamp) -> Option<Self> {
        let (fetch, mut next) = self.landed(sequence, now)?;
        next.refetches = self.refetches.unanswered(fetch.started_at);
        next.failures = next.failures.saturating_add(1);
        next.last_problem = Some(problem);
        let longest = u64::try_from(settings.longest_pause(next.failures).as_millis()).unwrap_or(u64::MAX);
        // Even jitter above a floor: a pause of nothing would be no pause, and pauses cut off at the floor would all end
        // at the same moment.
        let floor = longest / 4;
        let pause = floor.saturating_add(next.random.up_to(longest.saturating_sub(floor)));
        next.retry_at = now.after(Duration::from_millis(pause));
        // The set may have moved: ask where it lies before the next attempt.
        if let Some(found) = &mut next.found {
            found.fresh_until = LONG_AGO;
        }
        Some(next)
    }

    /// The state with a set from a snapshot; `None` when the set at hand is at least as new.
    pub(crate) fn imported(&self, held: Held, found: Option<Arc<str>>, settings: &Settings) -> Option<Self> {
        if self.held.as_ref().is_some_and(|present| present.fetched_at >= held.fetched_at) {
            return None;
        }
        let (fetched_at, fresh_for) = (held.fetched_at, held.fresh_until.since(held.fetched_at));
        let found = found.map(|url| Found { url, fresh_until: LONG_AGO });
        let found = self.found.clone().or(found);
        let mut next = Self { held: Some(held), found, ..self.clone() };
        next.refresh_at = fetched_at.after(next.ahead_of(fresh_for, settings));
        Some(next)
    }

    /// The state after a set that another process has fetched was taken in and answers the fetch: it is not due itself, or
    /// it has the key that the fetch was forced for. `None` when it does not, or when that fetch is not the one that is out.
    pub(crate) fn settled(&self, sequence: u32, now: Timestamp) -> Option<Self> {
        let (fetch, next) = self.landed(sequence, now)?;
        let held = self.usable(now)?;
        let hash = |kid: Option<&str>| refetches::hash(self.random.seed(), kid);
        let answers = match fetch.cause {
            Cause::Freshness => now < self.refresh_at,
            Cause::Forced => held.keys.keys().any(|key| fetch.asked == Some(hash(key.id.as_deref()))),
        };
        answers.then_some(Self { failures: 0, last_problem: None, retry_at: LONG_AGO, ..next })
    }

    fn fresh(mut self, held: Held, fresh_for: Duration, settings: &Settings, now: Timestamp) -> Self {
        self.held = Some(held);
        self.failures = 0;
        self.last_problem = None;
        self.retry_at = LONG_AGO;
        self.refresh_at = now.after(self.ahead_of(fresh_for, settings));
        self
    }

    /// The part of the freshness after which to refresh, moved by up to a tenth of it.
    fn ahead_of(&mut self, fresh_for: Duration, settings: &Settings) -> Duration {
        let millionths = u32::try_from(self.random.up_to(200_000)).unwrap_or(100_000);
        let jitter = 0.9 + f64::from(millionths) / 1_000_000.0;
        fresh_for.mul_f64(settings.refresh_ahead * jitter).min(fresh_for)
    }

    /// Takes the fetch down when it is the one that is out. One that comes after it was given up is ignored: nobody
    /// knows how old its bytes are.
    fn landed(&self, sequence: u32, now: Timestamp) -> Option<(InFlight, Self)> {
        let fetch = self.live_fetch(now)?;
        (fetch.sequence == sequence).then(|| (fetch.clone(), Self { in_flight: None, ..self.clone() }))
    }
}

/// What of a source never changes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'s> {
    pub(crate) location: &'s Location,
    pub(crate) settings: &'s Settings,
}

/// A key set as an answer brought it.
#[derive(Clone, Debug)]
pub(crate) struct NewSet {
    pub(crate) keys: Arc<KeySet>,
    pub(crate) document: Arc<str>,
    pub(crate) caching: Caching,
}
