//! The policy of a run, and what follows from it.

use crate::issuer::{AUDIENCE, OUR_URL, OURS, THEIR_URL, THEIRS};
use crate::random::{HOUR, MINUTE, Random, SECOND};
use serde_json::json;

/// The settings that the properties speak of, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    pub(crate) ttl: i64,
    pub(crate) max_stale: i64,
    pub(crate) timeout: i64,
    pub(crate) cooldown: i64,
    pub(crate) backoff_max: i64,
    /// How often a node sees a request, on average.
    pub(crate) traffic: i64,
}

impl Terms {
    /// Settings that follow from the seed; `ttl` replaces one of them.
    pub(crate) fn new(seed: u64, ttl: Option<i64>, traffic: i64) -> Self {
        let mut random = Random::new(seed, 2);
        let drawn = [5 * MINUTE, HOUR, 6 * HOUR][usize::try_from(random.next() % 3).unwrap_or(0)];
        Self {
            ttl: ttl.unwrap_or(drawn),
            max_stale: [0, HOUR, 24 * HOUR][usize::try_from(random.next() % 3).unwrap_or(0)],
            timeout: random.between(2, 15) * SECOND,
            cooldown: random.between(10, 90) * SECOND,
            backoff_max: random.between(30, 600) * SECOND,
            traffic,
        }
    }

    pub(crate) fn policy(&self) -> String {
        let issuer = |name: &str, url: &str| {
            json!({
                "issuer": name,
                "audience": AUDIENCE,
                "keys": {"jwks_uri": url},
                "jwks": {
                    "ttl": self.ttl / SECOND,
                    "max_stale": self.max_stale / SECOND,
                    "timeout": self.timeout / SECOND,
                    "cooldown": self.cooldown / SECOND,
                    "backoff": {"max": self.backoff_max / SECOND},
                }
            })
        };
        json!({"version": 1, "issuers": [issuer(OURS, OUR_URL), issuer(THEIRS, THEIR_URL)]}).to_string()
    }

    /// How long a set may serve at the most.
    pub(crate) fn life(&self) -> i64 {
        self.ttl.max(self.max_stale)
    }
}
