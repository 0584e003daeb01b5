//! The settings of a key-set source, their defaults, and where a source lies.

use crate::algorithm::Algorithms;
use crate::limits;
use std::sync::Arc;
use std::time::Duration;

/// How one source is kept fresh, and what its keys are for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Settings {
    /// How long a set is fresh when the answer says nothing, and the most that an answer may say.
    pub(crate) ttl: Duration,
    /// Whether the answer's header fields may shorten that.
    pub(crate) respect_cache_control: bool,
    /// The least that an answer may say.
    pub(crate) min_ttl: Duration,
    /// After which part of its freshness a set is refreshed; every refresh is moved by up to a tenth.
    pub(crate) refresh_ahead: f64,
    /// How long after the last success a set may serve; the longest that a revoked key lives through an outage.
    pub(crate) max_stale: Duration,
    /// The longest time for one fetch, end to end.
    pub(crate) timeout: Duration,
    /// The window in which fetches for unknown key ids share one budget.
    pub(crate) cooldown: Duration,
    /// The longest pause after one failed fetch; it doubles with each further one.
    pub(crate) backoff_first: Duration,
    /// The longest pause after any number of failed fetches.
    pub(crate) backoff_max: Duration,
    /// The longest body, in bytes.
    pub(crate) max_body: usize,
    /// Keys beyond this number are skipped.
    pub(crate) max_keys: usize,
    /// The algorithms that the keys are prepared for.
    pub(crate) algorithms: Algorithms,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ttl: Duration::from_secs(60 * 60),
            respect_cache_control: true,
            min_ttl: Duration::from_secs(60),
            refresh_ahead: 0.8,
            max_stale: Duration::from_secs(24 * 60 * 60),
            timeout: Duration::from_secs(10),
            cooldown: Duration::from_secs(30),
            backoff_first: Duration::from_secs(1),
            backoff_max: Duration::from_secs(300),
            max_body: 512 * 1024,
            max_keys: 500,
            algorithms: Algorithms::EVERY,
        }
    }
}

impl Settings {
    /// How long a set is fresh of which the answer said `stated`.
    pub(crate) fn fresh_for(&self, stated: Option<Duration>) -> Duration {
        match stated {
            Some(stated) if self.respect_cache_control => stated.clamp(self.min_ttl.min(self.ttl), self.ttl),
            _ => self.ttl,
        }
    }

    /// How long a set may verify tokens that is fresh for `fresh_for`.
    pub(crate) fn life(&self, fresh_for: Duration) -> Duration {
        fresh_for.max(self.max_stale)
    }

    /// The longest pause after the `failures`th failure in a row.
    pub(crate) fn longest_pause(&self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(limits::BACKOFF_DOUBLINGS);
        self.backoff_first.saturating_mul(1_u32.checked_shl(doublings).unwrap_or(u32::MAX)).min(self.backoff_max)
    }
}

/// Where a source lies.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Location {
    /// The key set itself.
    KeySet(Arc<str>),
    /// Metadata that says where the key set lies (RFC 8414, OpenID Connect Discovery 1.0).
    Metadata {
        /// Where it may lie, in the order in which the places are asked: the next one where there is nothing.
        places: Places,
        /// The metadata's `issuer` must be one of these, byte for byte.
        issuers: Arc<[Box<str>]>,
        /// Whether the key set may lie at any `http` URL.
        allow_http: bool,
    },
}

impl Location {
    /// The URL that the policy names, or that follows from the issuer's.
    pub(crate) fn url(&self) -> &Arc<str> {
        match self {
            Self::KeySet(url) => url,
            Self::Metadata { places, .. } => &places.first,
        }
    }
}

/// One place and perhaps more.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Places {
    first: Arc<str>,
    others: Arc<[Arc<str>]>,
}

impl Places {
    /// The places without those that are there twice.
    pub(crate) fn new(first: &str, others: &[&str]) -> Self {
        let mut distinct: Vec<Arc<str>> = Vec::new();
        for place in others {
            if *place != first && !distinct.iter().any(|other| **other == **place) {
                distinct.push((*place).into());
            }
        }
        Self { first: first.into(), others: distinct.into() }
    }

    /// The place of this number; beyond the last they begin anew.
    pub(crate) fn at(&self, number: u32) -> &Arc<str> {
        let among = usize::try_from(number).unwrap_or(0).checked_rem(self.count()).unwrap_or(0);
        among.checked_sub(1).and_then(|other| self.others.get(other)).unwrap_or(&self.first)
    }

    pub(crate) fn count(&self) -> usize {
        self.others.len().saturating_add(1)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<str>> {
        std::iter::once(&self.first).chain(self.others.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;
    use std::time::Duration;

    #[test]
    fn the_answer_speaks_within_bounds() {
        let settings = Settings::default();
        let seconds = |stated| settings.fresh_for(Some(Duration::from_secs(stated))).as_secs();
        assert_eq!([0, 59, 61, 3599, 1_000_000].map(seconds), [60, 60, 61, 3599, 3600]);
        assert_eq!(settings.fresh_for(None).as_secs(), 3600);
        let deaf = Settings { respect_cache_control: false, ..settings };
        assert_eq!(deaf.fresh_for(Some(Duration::ZERO)).as_secs(), 3600);
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let settings = Settings::default();
        let seconds = |failures| settings.longest_pause(failures).as_secs();
        assert_eq!([1, 2, 3, 9, 10, 1000].map(seconds), [1, 2, 4, 256, 300, 300]);
    }
}
