//! The budget of fetches for unknown key ids: tokens that anyone can make up must not decide how often we ask.

use super::settings::Settings;
use crate::limits;
use crate::time::Timestamp;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

/// The key ids that were asked for within the last `cooldown`, as hashes. Never longer than
/// [`limits::REMEMBERED_KIDS`], whatever tokens arrive.
#[derive(Clone, Debug)]
pub(crate) struct Refetches {
    /// Oldest first. Shared between states, because most transitions leave it as it is.
    asked: Arc<[Asked]>,
}

/// What the budget says to a key id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Allowance {
    /// Ask.
    Granted,
    /// It was asked for within the last `cooldown`, and the answer stands.
    Asked,
    /// Others have spent the budget.
    Spent,
}

#[derive(Clone, Copy, Debug)]
struct Asked {
    at: Timestamp,
    /// `None` when the fetch failed, so that nobody was answered.
    kid: Option<u64>,
    /// Whether the fetch was made for this key id alone, and not due anyway.
    paid: bool,
}

impl Refetches {
    pub(crate) fn none() -> Self {
        Self { asked: Arc::new([]) }
    }

    /// Whether a fetch may start for this key id.
    pub(crate) fn allow(&self, kid: u64, settings: &Settings, now: Timestamp) -> Allowance {
        let mut spent = 0_u32;
        for asked in self.recent(settings, now) {
            if asked.kid == Some(kid) {
                return Allowance::Asked;
            }
            spent = spent.saturating_add(u32::from(asked.paid));
        }
        if spent < limits::REFETCH_BUDGET { Allowance::Granted } else { Allowance::Spent }
    }

    /// The fetch that was started at this time has failed: it stays spent, but the key id has no answer.
    pub(crate) fn unanswered(&self, started_at: Timestamp) -> Self {
        let forget = |asked: &Asked| match asked.at == started_at {
            true => Asked { kid: None, ..*asked },
            false => *asked,
        };
        Self { asked: self.asked.iter().map(forget).collect() }
    }

    /// The fetch that was started at this time has brought the key that it was made for. What finds a key is no junk, and costs
    /// nothing of the budget: nobody but the issuer can bring that about, once for each key. The id stays answered.
    pub(crate) fn found(&self, started_at: Timestamp, kid: u64) -> Self {
        let paid_back =
            |asked: &Asked| Asked { paid: asked.paid && (asked.at, asked.kid) != (started_at, Some(kid)), ..*asked };
        Self { asked: self.asked.iter().map(paid_back).collect() }
    }

    /// Remembers that a fetch has started for this key id.
    pub(crate) fn with(&self, kid: u64, paid: bool, settings: &Settings, now: Timestamp) -> Self {
        let recent: Vec<Asked> = self.recent(settings, now).copied().collect();
        let surplus = recent.len().saturating_add(1).saturating_sub(limits::REMEMBERED_KIDS);
        let kept = recent.into_iter().skip(surplus);
        Self { asked: kept.chain([Asked { at: now, kid: Some(kid), paid }]).collect() }
    }

    fn recent<'s>(&'s self, settings: &'s Settings, now: Timestamp) -> impl Iterator<Item = &'s Asked> {
        self.asked.iter().filter(move |asked| now.since(asked.at) < settings.cooldown)
    }
}

/// Keyed by the validator's seed, so that nobody can choose key ids that look like another's.
pub(crate) fn hash(seed: u64, kid: Option<&str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    seed.hash(&mut hasher);
    kid.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::{Allowance, Refetches, Settings, limits};
    use crate::time::Timestamp;

    #[test]
    fn no_window_of_the_cooldowns_length_holds_more_than_the_budget() {
        let settings = Settings::default();
        let at = Timestamp::from_seconds;
        let mut refetches = Refetches::none();
        let mut started = Vec::new();
        for second in 0..200 {
            let kid = u64::try_from(second).expect("not negative");
            if refetches.allow(kid, &settings, at(second)) == Allowance::Granted {
                refetches = refetches.with(kid, true, &settings, at(second));
                started.push(second);
            }
        }
        assert_eq!(started, [0, 1, 30, 31, 60, 61, 90, 91, 120, 121, 150, 151, 180, 181]);
    }

    #[test]
    fn a_failed_fetch_is_spent_but_answers_nobody() {
        let settings = Settings::default();
        let now = Timestamp::from_seconds(0);
        let refetches = Refetches::none().with(1, true, &settings, now).unanswered(now);
        assert_eq!(refetches.allow(1, &settings, now), Allowance::Granted);
        let refetches = refetches.with(1, true, &settings, now).unanswered(now);
        assert_eq!(refetches.allow(1, &settings, now), Allowance::Spent);
    }

    #[test]
    fn what_finds_its_key_costs_nothing() {
        let settings = Settings::default();
        let now = Timestamp::from_seconds(0);
        let mut refetches = Refetches::none();
        for kid in 0..10 {
            assert_eq!(refetches.allow(kid, &settings, now), Allowance::Granted);
            refetches = refetches.with(kid, true, &settings, now).found(now, kid);
            assert_eq!(refetches.allow(kid, &settings, now), Allowance::Asked);
        }
        for junk in 100..102 {
            assert_eq!(refetches.allow(junk, &settings, now), Allowance::Granted);
            refetches = refetches.with(junk, true, &settings, now).found(now, 7);
        }
        assert_eq!(refetches.allow(102, &settings, now), Allowance::Spent);
    }

    #[test]
    fn remembers_a_bounded_number() {
        let settings = Settings::default();
        let now = Timestamp::from_seconds(0);
        let mut refetches = Refetches::none();
        for kid in 0..1000 {
            refetches = refetches.with(kid, false, &settings, now);
        }
        assert_eq!(refetches.asked.len(), limits::REMEMBERED_KIDS);
        assert_eq!(refetches.allow(999, &settings, now), Allowance::Asked);
        assert_eq!(refetches.allow(0, &settings, now), Allowance::Granted, "forgotten, and nothing was spent");
    }
}
