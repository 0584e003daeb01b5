//! All key-set sources of a validator, on one clock.

use super::clock::Moment;
use super::errand::Flight;
use super::event::Event;
use super::health::{Health, LenientKey, SkippedKey, SourceHealth, SourceState};
use super::held::Held;
use super::line::{Line, Sources};
use super::origin::Origin;
use super::problem::FetchFailure;
use super::settings::{Location, Settings};
use super::source::{Need, Snapshot, Source, Want};
use super::state::State;
use super::work::WorkId;
use crate::key::KeySet;
use crate::limits;
use crate::time::Timestamp;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// A source as the policy plans it.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The entry of the policy's `issuers`.
    pub(crate) issuer: usize,
    pub(crate) location: Location,
    pub(crate) settings: Settings,
}

/// The key sets of all issuers of one policy. What a driver asks and reports is about those of the latest policy of the line, to
/// which this one may belong no more; validations look at their own.
#[derive(Debug)]
pub(crate) struct KeySets {
    pub(super) sources: Arc<Sources>,
    pub(super) line: Arc<Line>,
    pub(super) origin: Origin,
}

/// The states of an issuer's sources, held for the time of one validation.
pub(crate) struct AtHand<'s> {
    sources: &'s [(usize, Arc<Source>)],
    /// Nearly every issuer has one or two URLs: room for them needs no allocation.
    few: [Option<Snapshot>; limits::SOURCES_INLINE],
    more: Vec<Snapshot>,
    moment: Moment,
}

/// What the sources of an issuer want for a validation that found no key.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// The work that may bring the key.
    pub(crate) wait_for: Vec<WorkId>,
    /// For how long to wait at most until one of them is reported.
    pub(crate) patience: Duration,
    /// When a source that cannot be asked now can be asked again, on the host's clock.
    pub(crate) retry_at: Option<Timestamp>,
    /// Whether other sets are at hand by now than those that lacked the key.
    pub(crate) look_again: bool,
}

impl<'s> AtHand<'s> {
    /// The sets that may verify tokens now.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &KeySet> {
        self.sets().filter_map(|(_, held)| Some(held?.keys.as_ref()))
    }

    /// Tells of the sets among them that are past their freshness.
    pub(crate) fn note_stale(&self) {
        for (source, held) in self.sets() {
            if let Some(held) = held.filter(|held| held.fresh_until <= self.moment.machine) {
                source.note_stale(held, self.moment);
            }
        }
    }

    /// The sources, each with its set when that may verify tokens.
    fn sets(&self) -> impl Iterator<Item = (&Source, Option<&Held>)> {
        let snapshots = self.few.iter().flatten().chain(&self.more);
        let sets = snapshots.map(|Snapshot(state)| state.usable(self.moment.machine));
        self.sources.iter().map(|(_, source)| &**source).zip(sets)
    }
}

impl KeySets {
    pub(crate) fn new(plans: &[Plan], seed: u64) -> Self {
        let line = Arc::new(Line::new(seed));
        let source = |plan: &Plan| (plan.issuer, line.source(plan.location.clone(), plan.settings));
        let sources = line.begin(plans.iter().map(source).collect());
        let origin = line.origin();
        Self { sources, line, origin }
    }

    /// Of which origin tokens are that the policy accepts.
    pub(crate) fn origin(&self) -> Origin {
        self.origin
    }

    /// From now on key sets are looked for in a store, and saved there.
    pub(crate) fn share(&self) {
        self.line.share();
    }

    /// The states of the sources at these places, for a validation.
    pub(crate) fn at_hand(&self, places: Range<usize>, now: Timestamp) -> AtHand<'_> {
        self.held(places, self.line.clock.read(now))
    }

    /// What [`KeySets::at_hand`] would give, for those who only look: the clock stays as it is too.
    pub(crate) fn seen(&self, places: Range<usize>, now: Timestamp) -> AtHand<'_> {
        self.held(places, self.line.clock.peek(now))
    }

    fn held(&self, places: Range<usize>, moment: Moment) -> AtHand<'_> {
        let sources = self.sources.get(places).unwrap_or_default();
        let mut snapshots = sources.iter().map(|(_, source)| Snapshot(source.state.load()));
        let few = std::array::from_fn(|_| snapshots.next());
        AtHand { sources, few, more: snapshots.collect(), moment }
    }

    /// What the sources want for a validation that found no key in the sets at hand.
    pub(crate) fn want(&self, at_hand: &AtHand<'_>, need: Need<'_>) -> Wanted {
        self.wanted(at_hand, |source, seen| source.want(need, seen, at_hand.moment))
    }

    /// What [`KeySets::want`] would answer; nothing begins.
    pub(crate) fn would_want(&self, at_hand: &AtHand<'_>, need: Need<'_>) -> Wanted {
        self.wanted(at_hand, |source, seen| source.would_want(need, seen, at_hand.moment))
    }

    /// A set that arrived since the validation looked may have the key, so nothing is asked for before it has looked again.
    /// While one source has a fetch out, which may bring the key, those that have a set are not asked for another: that
    /// would spend their budget for nothing.
    fn wanted(&self, at_hand: &AtHand<'_>, ask: impl Fn(&Source, Option<&Held>) -> Want) -> Wanted {
        let moment = at_hand.moment;
        let is_out = |source: &Source| source.state.load().live_fetch(moment.machine).is_some();
        let mut wanted = Wanted {
            look_again: at_hand.sets().any(|(source, seen)| source.state.load().has_newer(seen, moment.machine)),
            ..Wanted::default()
        };
        if wanted.look_again {
            return wanted;
        }
        // Looked at once: a fetch that ends meanwhile has brought the key or has failed, and its source says so when it is asked.
        let out: Vec<bool> = at_hand.sets().map(|(source, _)| is_out(source)).collect();
        let any_out = out.contains(&true);
        // Whoever has waited for so long reports all of it as failed, so none of it may have time left.
        let mut last_deadline = moment.machine;
        let mut wait = |wanted: &mut Wanted, source: &Source, flight: Flight| {
            wanted.wait_for.push(source.work_id(flight.sequence));
            last_deadline = last_deadline.max(flight.deadline);
        };
        // One that was out may have ended without the key: then there is nothing to wait for, and the others are asked after all.
        let (first, others): (Vec<_>, Vec<_>) =
            at_hand.sets().zip(out).partition(|((_, seen), is_out)| !any_out || seen.is_none() || *is_out);
        for group in [first, others] {
            if !wanted.wait_for.is_empty() || wanted.look_again {
                break;
            }
            for ((source, seen), _) in group {
                match ask(source, seen) {
                    Want::Settled | Want::Limited => {}
                    Want::Start(begun) => {
                        self.line.note_due(source);
                        wait(&mut wanted, source, begun.flight);
                    }
                    Want::Wait(flight) => wait(&mut wanted, source, flight),
                    Want::Unavailable(until) => {
                        let until = moment.to_host(until);
                        wanted.retry_at = Some(wanted.retry_at.map_or(until, |earliest| earliest.min(until)));
                    }
                    Want::LookAgain => wanted.look_again = true,
                }
            }
        }
        // Who waits for work looks again anyway.
        wanted.look_again &= wanted.wait_for.is_empty();
        if !wanted.wait_for.is_empty() {
            wanted.patience = last_deadline.after(limits::WAIT_GRACE).since(moment.machine);
        }
        wanted
    }

    /// How the sources at these places are, and which keys they have.
    pub(crate) fn told(&self, places: Range<usize>, now: Timestamp) -> Vec<(SourceHealth, Vec<String>)> {
        let moment = self.line.clock.peek(now);
        let sources = self.sources.get(places).unwrap_or_default();
        let kids = |source: &Source| {
            let state = source.state.load();
            let keys = state.held.iter().flat_map(|held| held.keys.keys());
            keys.filter_map(|key| key.id.as_deref()).take(limits::SKIPPED_KEYS_TOLD).map(told_kid).collect()
        };
        sources.iter().map(|(issuer, source)| (source_health(*issuer, source, moment), kids(source))).collect()
    }

    /// Makes every source due at once.
    pub(crate) fn ask_to_refresh(&self) {
        for (_, source) in self.line.sources().iter() {
            source.ask_to_refresh();
            self.line.note_due(source);
        }
    }

    pub(crate) fn poll_event(&self) -> Option<Event> {
        self.line.ledger.told.events.pop()
    }

    pub(crate) fn poll_warning(&self) -> Option<Arc<str>> {
        self.line.ledger.told.warnings.pop()
    }

    /// The fetch that failed, if one has of those that could bring the keys.
    pub(crate) fn failure(&self, at_hand: &AtHand<'_>) -> Option<FetchFailure> {
        at_hand.sources.iter().find_map(|(_, source)| source.state.load().last_failure.clone())
    }

    pub(crate) fn health(&self, now: Timestamp) -> Health {
        let moment = self.line.clock.read(now);
        let sources = self.line.sources();
        let sources = sources.iter().map(|(issuer, source)| source_health(*issuer, source, moment)).collect();
        Health {
            sources,
            ready: false,
            issuers: Vec::new(),
            events_dropped: self.line.ledger.told.events.dropped(),
            cache: None,
        }
    }
}

fn source_health(issuer: usize, source: &Source, moment: Moment) -> SourceHealth {
    let state = source.state.load();
    let failure = state.last_failure.as_ref();
    let held = state.held.as_ref();
    let skipped = held.map_or(&[][..], |held| &held.keys.skipped);
    let lenient = held.map_or(&[][..], |held| &held.keys.lenient);
    let kid = |id: &Option<Box<str>>| id.as_deref().map(told_kid);
    let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    SourceHealth {
        issuer,
        url: source.location.url().as_ref().to_owned(),
        jwks_uri: state.found.as_ref().map(|found| found.url.as_ref().to_owned()),
        state: source_state(&state, moment.machine),
        in_flight: state.live_fetch(moment.machine).is_some(),
        age: held.map(|held| moment.machine.since(held.fetched_at).as_secs_f64()),
        keys: held.map_or(0, |held| held.keys.len()),
        skipped: skipped
            .iter()
            .map(|key| SkippedKey {
                index: key.index,
                kid: kid(&key.id),
                reason: key.reason,
                detail: key.reason.detail(),
            })
            .collect(),
        skipped_count: held.map_or(0, |held| held.keys.skipped_count),
        lenient: lenient
            .iter()
            .map(|key| LenientKey {
                index: key.index,
                kid: kid(&key.id),
                reason: key.reason,
                detail: key.reason.detail(),
            })
            .collect(),
        lenient_count: held.map_or(0, |held| held.keys.lenient_count),
        next_refresh: state.due_at().map(|due| moment.to_host(due.max(moment.machine))),
        fetches: count(&source.counters.fetches),
        failures: count(&source.counters.failures),
        fetch_time: state.fetch_time.as_secs_f64(),
        failures_in_a_row: state.failures,
        not_modified: count(&source.counters.not_modified),
        shared: count(&source.counters.shared),
        bytes: count(&source.counters.bytes),
        last_error: failure.map(FetchFailure::problem),
        last_error_cause: failure.and_then(FetchFailure::cause).map(str::to_owned),
        last_error_hint: failure.map(|failure| failure.hint().to_owned()),
        flood_rejections: count(&source.counters.flood_rejections),
    }
}

fn told_kid(kid: &str) -> String {
    kid.chars().take(limits::KID_CHARS_TOLD).collect()
}

fn source_state(state: &State, now: Timestamp) -> SourceState {
    match &state.held {
        None => SourceState::Empty,
        Some(held) if now >= held.usable_until => SourceState::Expired,
        Some(held) if now >= held.fresh_until => SourceState::Stale,
        Some(_) if state.is_due(now) => SourceState::Due,
        Some(_) => SourceState::Fresh,
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, KeySets, Location, Need, Ordering, Plan, WorkId};
    use crate::jwks::{FetchResponse, Settings};
    use crate::jwks::{Report, Work, WorkFailure};
    use crate::time::Timestamp;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
    const SET: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"5EKmK0WXA9Ql5g4rwu-z0tD7AeAZSd0RPRPMaXbUw5I",
        "y":"7I-EV0J-Go1A6uU1J8-mouB0uFhmlfUhV2Myb1Ep-j0"}]}"#;

    fn sets(urls: usize) -> KeySets {
        let location = |url| Location::KeySet(format!("https://idp.test/{url}").into());
        let plan = |url| Plan { issuer: 0, location: location(url), settings: Settings::default() };
        KeySets::new(&(0..urls).map(plan).collect::<Vec<_>>(), 1)
    }

    /// What is given out now.
    fn polled(sets: &KeySets) -> Vec<WorkId> {
        std::iter::from_fn(|| sets.poll_work(NOW)).map(|work| Work::id(&work)).collect()
    }

    fn answer(sets: &KeySets, id: WorkId) {
        let response = FetchResponse { status: 200, headers: &[], body: SET.as_bytes() };
        sets.report(id, Report::Fetched(response), NOW).expect("no text of a store");
    }

    /// Another thread's fetch ends between a validation's look at the keys and its question what to fetch.
    #[test]
    fn a_set_that_arrives_after_the_look_is_looked_at_before_anything_is_asked() {
        let sets = sets(1);
        let first = sets.at_hand(0..1, NOW);
        let second = sets.at_hand(0..1, NOW);
        let wanted = sets.want(&first, Need::UnknownKey(Some("a")));
        assert_eq!(polled(&sets), wanted.wait_for);
        answer(&sets, wanted.wait_for[0]);

        let wanted = sets.want(&second, Need::UnknownKey(Some("a")));
        assert!(wanted.look_again);
        assert_eq!((polled(&sets).len(), wanted.wait_for.len(), wanted.retry_at), (0, 0, None));
        let again = sets.at_hand(0..1, NOW);
        assert_eq!(again.keys().count(), 1);
        assert!(!sets.want(&again, Need::UnknownKey(Some("a"))).look_again, "the look that saw the set");
    }

    /// A thread that finds out anew when the next work is due takes the mark away for a moment: whoever has just begun
    /// work must not be told in that moment that there is none, since nobody else would come for it.
    #[test]
    fn work_that_has_begun_is_due_whatever_the_mark_says() {
        let sets = sets(1);
        let wanted = sets.want(&sets.at_hand(0..1, NOW), Need::UnknownKey(Some("a")));
        sets.line.due_at.store(i64::MAX, Ordering::SeqCst);
        assert!(sets.work_due(NOW));
        assert_eq!(polled(&sets), wanted.wait_for);
        assert!(!sets.work_due(NOW), "it was taken");
    }

    /// What is taken before the thread that has begun it goes on hides no other work.
    #[test]
    fn work_that_is_taken_at_once_hides_no_other() {
        for round in 0..150 {
            let sets = sets(2);
            let begin = |place| sets.want(&sets.at_hand(place..place + 1, NOW), Need::UnknownKey(None));
            begin(1);
            let first = &sets.sources[0].1;
            std::thread::scope(|scope| {
                scope.spawn(|| begin(0));
                while first.poll(sets.line.clock.read(NOW)).is_none() {}
                sets.line.due_at.store(i64::MAX, Ordering::SeqCst);
                assert!(sets.work_due(NOW), "round {round}: the second's work is there");
            });
        }
    }

    /// A host that stops ends what it has out, at whatever time that is.
    #[test]
    fn a_fetch_that_was_cancelled_took_no_time() {
        let sets = sets(1);
        let id = |now| sets.want(&sets.at_hand(0..1, now), Need::UnknownKey(Some("a"))).wait_for[0];
        let ended = |id, failure, now| sets.report(id, Report::Failed { failure, cause: "" }, now).expect("no store");
        let later = |millis| NOW.after(Duration::from_millis(millis));
        ended(id(NOW), WorkFailure::Cancelled, later(700));
        assert_eq!(sets.health(later(700)).sources[0].fetch_time, 0.0);
        ended(id(later(60_000)), WorkFailure::Timeout, later(60_250));
        let source = &sets.health(later(60_250)).sources[0];
        assert_eq!((source.fetch_time, source.fetches, source.failures), (0.25, 2, 2));
    }

    #[test]
    fn a_set_that_arrives_at_one_source_is_looked_at_while_another_is_out() {
        let sets = sets(2);
        let (first, second) = (sets.at_hand(0..2, NOW), sets.at_hand(0..2, NOW));
        let wanted = sets.want(&first, Need::UnknownKey(Some("a")));
        assert_eq!(polled(&sets), wanted.wait_for);
        answer(&sets, wanted.wait_for[1]);

        assert!(sets.want(&second, Need::UnknownKey(Some("a"))).look_again);
        let again = sets.at_hand(0..2, NOW);
        let wanted = sets.want(&again, Need::UnknownKey(Some("b")));
        assert_eq!(
            (wanted.look_again, polled(&sets).len(), wanted.wait_for.len()),
            (false, 0, 1),
            "the one that is out"
        );
    }
}
