//! What one source knows, as an immutable value: each transition takes a state and gives the next.
//!
//! All times are machine times (see [`super::clock`]), which never run backwards.

use super::caching::Caching;
use super::errand::{Begun, Cause, Errand, Flight, InFlight, Order, Stage};
use super::held::Held;
use super::problem::{FetchFailure, Problem};
use super::random::Random;
use super::refetches::{self, Allowance, Refetches};
use super::settings::{Location, Settings};
use super::work::WorkFailure;
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
    /// This work is out now; it is given out to whoever asks for work next.
    Start(Begun),
    /// This work is out already.
    Wait(Flight),
    /// Nobody can know before this time.
    Unavailable(Timestamp),
    /// Another set is at hand than the one that lacked the key.
    LookAgain,
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
    /// The place where metadata is asked for, and how many of the places had nothing since one of them had.
    place: u32,
    missed: usize,
    /// Fetches that failed since the last success.
    pub(crate) failures: u32,
    pub(crate) last_failure: Option<FetchFailure>,
    /// How long all that has ended was out. Nothing is decided by it.
    pub(crate) fetch_time: Duration,
    /// No fetch before this time.
    pub(crate) retry_at: Timestamp,
    /// When the next refresh ahead of expiry is due.
    refresh_at: Timestamp,
    /// What is due at once: the second of two fetches in a row, or one that the host asked for.
    owed: Option<Errand>,
    last_sequence: u32,
    refetches: Refetches,
    random: Random,
    /// Whether the policy has the source no more: it is asked for nothing.
    closed: bool,
}

const LONG_AGO: Timestamp = Timestamp::from_millis(i64::MIN);

impl State {
    pub(crate) fn empty(seed: u64) -> Self {
        Self {
            held: None,
            found: None,
            in_flight: None,
            place: 0,
            missed: 0,
            failures: 0,
            last_failure: None,
            fetch_time: Duration::ZERO,
            retry_at: LONG_AGO,
            refresh_at: LONG_AGO,
            owed: None,
            last_sequence: 0,
            refetches: Refetches::none(),
            random: Random::new(seed),
            closed: false,
        }
    }

    /// The state in which nothing is out nor will be. The set serves those who look at it.
    pub(crate) fn closed(&self) -> Self {
        Self { closed: true, in_flight: None, owed: None, ..self.clone() }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
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

    /// When the source has work to be given out. Without keys that is what somebody has asked for: what was lost then, the
    /// next token asks for again.
    pub(crate) fn due_at(&self) -> Option<Timestamp> {
        if self.closed {
            return None;
        }
        let due_at = match (&self.in_flight, self.owed, &self.held) {
            (Some(fetch), ..) if !fetch.given_out => return Some(fetch.started_at),
            (_, None, None) => return None,
            (Some(fetch), ..) => return Some(fetch.lost_at()),
            (None, Some(_), _) => LONG_AGO,
            (None, None, Some(_)) => self.refresh_at,
        };
        Some(due_at.max(self.retry_at))
    }

    /// Whether there is work that nobody has taken.
    pub(super) fn is_untaken(&self) -> bool {
        self.in_flight.as_ref().is_some_and(|fetch| !fetch.given_out)
    }

    pub(crate) fn live_fetch(&self, now: Timestamp) -> Option<&InFlight> {
        self.in_flight.as_ref().filter(|fetch| now < fetch.lost_at())
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
        if self.closed {
            // Whoever asks again asks under another policy.
            return (Want::Unavailable(now.after(limits::POLICY_GONE_PAUSE)), None);
        }
        if let Some(fetch) = self.live_fetch(now) {
            return (Want::Wait(fetch.flight()), None);
        }
        if now < self.retry_at {
            return (Want::Unavailable(self.retry_at), None);
        }
        let lost = self.in_flight.as_ref().map(InFlight::lost);
        if let Some(errand) = self.owed.or(lost.filter(|lost| !usable || lost.cause == Cause::Forced)) {
            return self.begin(errand, at, now);
        }
        if !usable {
            return self.begin(Errand::of(Cause::Freshness), at, now);
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
        let errand = Errand { asked: Some((kid, now)), ..Errand::of(Cause::Forced) };
        let (want, next) = self.begin(errand, at, now);
        let refetches = self.refetches.with(kid, !free, at.settings, now);
        (want, next.map(|next| Self { refetches, ..next }))
    }

    /// The work to be given out, if there is some: what somebody waits for, a refresh that is due, or what its host has lost.
    /// An errand that begins with it is told.
    pub(crate) fn given_out(&self, at: &Place<'_>, now: Timestamp) -> Option<(Order, Option<Begun>, Self)> {
        let (begun, mut next) = match (self.live_fetch(now), &self.in_flight) {
            (Some(fetch), _) if fetch.given_out => return None,
            // Nobody came for it in time: then what time is left is no fair chance.
            (Some(fetch), _) if now.since(fetch.started_at) > at.late_after() => (None, self.timed_anew(at, now)?),
            (Some(_), _) => (None, self.clone()),
            (None, lost) => {
                self.due_at().filter(|due| *due <= now)?;
                let lost = lost.as_ref().map(InFlight::lost);
                let errand = self.owed.or(lost).unwrap_or(Errand::of(Cause::Freshness));
                let (begun, next) = self.started(errand, at, now, now.after(at.settings.timeout));
                (Some(begun), next)
            }
        };
        let fetch = next.in_flight.as_mut()?;
        fetch.given_out = true;
        let order = fetch.order(now);
        Some((order, begun, next))
    }

    /// The state in which the work that was out is given out anew, for a process in which nobody does it.
    pub(crate) fn reissued(&self, at: &Place<'_>, now: Timestamp) -> Option<Self> {
        let mut next = self.timed_anew(at, now)?;
        next.in_flight.as_mut()?.given_out = false;
        Some(next)
    }

    /// The state in which the work that is out has all its time again.
    fn timed_anew(&self, at: &Place<'_>, now: Timestamp) -> Option<Self> {
        let fetch = self.in_flight.clone()?.timed(now, now.after(at.settings.timeout));
        Some(Self { in_flight: Some(fetch), ..self.clone() })
    }

    /// The state in which a fetch is due at once, pauses aside. No store answers it: the issuer is to be asked.
    pub(crate) fn asked_to_refresh(&self) -> Option<Self> {
        let errand = Errand { looked: true, ..Errand::of(Cause::Forced) };
        (!self.closed).then(|| Self { owed: Some(errand), ..self.clone() })
    }

    fn begin(&self, errand: Errand, at: &Place<'_>, now: Timestamp) -> (Want, Option<Self>) {
        let (begun, next) = self.started(errand, at, now, now.after(at.settings.timeout));
        (Want::Start(begun), Some(next))
    }

    /// The state in which the next step of an errand is out: a look into the store if there is one, or a fetch.
    fn started(&self, errand: Errand, at: &Place<'_>, now: Timestamp, ends_at: Timestamp) -> (Begun, Self) {
        let (fetch, url) = match (at.location, &self.found) {
            (Location::KeySet(url), _) => (Stage::KeySet, url),
            (Location::Metadata { .. }, Some(found)) if now < found.fresh_until => (Stage::KeySet, &found.url),
            (Location::Metadata { places, .. }, _) => (Stage::Metadata, places.at(self.place)),
        };
        let stage = if at.shares && !errand.looked { Stage::Stored } else { fetch };
        // A forced fetch wants the set itself: a cache that calls an old set current would hide the new key.
        let conditional = stage == Stage::KeySet && errand.cause == Cause::Freshness;
        let condition = self.held.as_ref().filter(|held| conditional && held.etag.is_some()).cloned();
        let sequence = self.last_sequence.wrapping_add(1);
        let url = Arc::clone(url);
        let (started_at, deadline, given_out) = (now, ends_at, false);
        let in_flight = InFlight { sequence, stage, errand, url, condition, started_at, deadline, ends_at, given_out };
        let in_flight = in_flight.timed(now, ends_at);
        let begun = Begun {
            flight: in_flight.flight(),
            forced: errand.cause == Cause::Forced,
            metadata: fetch == Stage::Metadata,
        };
        (begun, Self { last_sequence: sequence, in_flight: Some(in_flight), owed: None, ..self.clone() })
    }

    /// The state after a look into the store that has not answered the errand: the fetch is out, for the time that is left.
    /// `None` when that look is not what is out, or no time is left.
    pub(crate) fn looked(&self, sequence: u32, at: &Place<'_>, now: Timestamp) -> Option<Self> {
        let (fetch, next) = self.landed(sequence, now)?;
        let goes_on = fetch.stage == Stage::Stored && now < fetch.ends_at;
        // A refresh that the host has asked for meanwhile is the same fetch, past all caches.
        let cause = next.owed.map_or(fetch.errand.cause, |owed| owed.cause);
        let errand = Errand { cause, looked: true, ..fetch.errand };
        goes_on.then(|| next.started(errand, at, now, fetch.ends_at).1)
    }

    /// The state after a fetch brought a good set; `None` when that fetch is not the one that is out.
    pub(crate) fn replaced(&self, sequence: u32, set: &NewSet, settings: &Settings, now: Timestamp) -> Option<Self> {
        let (fetch, mut next) = self.landed(sequence, now)?;
        next.refetches = self.paid_back(&fetch.errand, &set.keys);
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
        next.missed = 0;
        // A refresh that the host has asked for meanwhile is the same fetch, past all caches.
        let cause = next.owed.map_or(fetch.errand.cause, |owed| owed.cause);
        next.owed = Some(Errand { cause, looked: true, ..fetch.errand });
        Some(next)
    }

    /// The state after an issuer said that there is no metadata at this place, if there is another one: that is asked at once,
    /// as the second of two fetches is. `None` as in [`State::replaced`], and when all places have been asked.
    pub(crate) fn missed(&self, sequence: u32, places: usize, now: Timestamp) -> Option<Self> {
        let (fetch, mut next) = self.landed(sequence, now)?;
        next.missed = self.missed.saturating_add(1);
        if next.missed >= places {
            return None;
        }
        // The one that has metadata is remembered by that it is not left.
        next.place = self.place.wrapping_add(1);
        let cause = next.owed.map_or(fetch.errand.cause, |owed| owed.cause);
        next.owed = Some(Errand { cause, looked: true, ..fetch.errand });
        Some(next)
    }

    /// The state after a fetch failed; `None` as in [`State::replaced`]. The keys stay as they are.
    pub(crate) fn failed(
        &self, sequence: u32, failure: &FetchFailure, settings: &Settings, now: Timestamp,
    ) -> Option<Self> {
        let (fetch, mut next) = self.landed(sequence, now)?;
        if let Some((_, asked_at)) = fetch.errand.asked {
            next.refetches = self.refetches.unanswered(asked_at);
        }
        next.failures = next.failures.saturating_add(1);
        next.missed = 0;
        // The host ended it: how long that took says nothing of the issuer.
        if failure.problem() == Problem::Fetch(WorkFailure::Cancelled) {
            next.fetch_time = self.fetch_time;
        }
        next.last_failure = Some(failure.clone());
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
        let Errand { cause, asked, .. } = fetch.errand;
        let answers = match cause {
            Cause::Freshness => now < self.refresh_at,
            Cause::Forced => asked.is_some_and(|(asked, _)| self.has(asked, &held.keys)),
        };
        let refetches = self.paid_back(&fetch.errand, &held.keys);
        answers.then_some(Self { failures: 0, last_failure: None, retry_at: LONG_AGO, refetches, ..next })
    }

    /// Whether the set has a key of the id with this hash.
    fn has(&self, asked: u64, keys: &KeySet) -> bool {
        keys.keys().any(|key| refetches::hash(self.random.seed(), key.id.as_deref()) == asked)
    }

    /// The budget after an errand has brought these keys: what finds the key that a token named costs nothing of it.
    fn paid_back(&self, errand: &Errand, keys: &KeySet) -> Refetches {
        match errand.asked {
            Some((kid, asked_at)) if self.has(kid, keys) => self.refetches.found(asked_at, kid),
            _ => self.refetches.clone(),
        }
    }

    fn fresh(mut self, held: Held, fresh_for: Duration, settings: &Settings, now: Timestamp) -> Self {
        self.held = Some(held);
        self.failures = 0;
        self.last_failure = None;
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
        let fetch_time = self.fetch_time.saturating_add(now.since(fetch.started_at));
        (fetch.sequence == sequence).then(|| (fetch.clone(), Self { in_flight: None, fetch_time, ..self.clone() }))
    }
}

/// What of a source never changes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'s> {
    pub(crate) location: &'s Location,
    pub(crate) settings: &'s Settings,
    /// Whether there is a store that may have what another process has fetched.
    pub(crate) shares: bool,
}

impl Place<'_> {
    /// When work that nobody came for has lost too much of its time.
    fn late_after(&self) -> Duration {
        limits::WAIT_GRACE.min(self.settings.timeout.checked_div(2).unwrap_or_default())
    }
}

/// A key set as an answer brought it.
#[derive(Clone, Debug)]
pub(crate) struct NewSet {
    pub(crate) keys: Arc<KeySet>,
    pub(crate) document: Arc<str>,
    pub(crate) caching: Caching,
}
