//! What a validator tells the application as it happens.

use crate::refused::Refused;
use jotgate::Timestamp;
use serde_json::json;

/// Something that happened at a validator, for [`Builder::on_event`](crate::Builder::on_event). Nothing of a token is in it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'e> {
    /// To the key sets, or to the policy.
    KeySets(&'e jotgate::Event),
    /// A token or a request was refused.
    #[non_exhaustive]
    Refused {
        /// When, by the validator's clock.
        at: Timestamp,
        /// Why.
        refused: &'e Refused,
    },
}

impl Event<'_> {
    /// The event as one flat JSON object, the same in every language: `at` (Unix time in seconds), `event`, and its members. A refusal
    /// is `rejected`, with `code`, `claim`, and the places of `issuer` and `route` in the policy.
    #[must_use]
    pub fn to_json(&self) -> String {
        match self {
            Self::KeySets(event) => serde_json::to_string(event).unwrap_or_default(),
            Self::Refused { at, refused } => json!({
                "at": seconds(*at),
                "event": "rejected",
                "code": refused.code().name(),
                "claim": refused.claim(),
                "issuer": refused.issuer(),
                "route": refused.route(),
            })
            .to_string(),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 milliseconds, 285,000 years from now")]
fn seconds(at: Timestamp) -> f64 {
    at.as_millis() as f64 / 1000.0
}

/// Takes events.
pub(crate) type Listener = Box<dyn Fn(&Event<'_>) + Send + Sync>;
