//! A key-set scenario as it stands in a vector file, and what is observed when it is played.

use crate::case::Response;
use serde::de::{Deserializer, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Deserialize)]
pub(crate) struct Scenario {
    pub(crate) id: String,
    pub(crate) policy: Value,
    /// The tokens that the steps name.
    pub(crate) tokens: BTreeMap<String, String>,
    /// Where the clock stands at first, in seconds since the epoch.
    pub(crate) start: i64,
    pub(crate) steps: Vec<Step>,
}

/// One step; what it expects is for the judge to read, not for the runner.
#[derive(Deserialize)]
pub(crate) struct Step {
    /// Sets the clock, in seconds after `start`, before anything else happens.
    pub(crate) at: Option<f64>,
    #[serde(flatten)]
    pub(crate) action: Action,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    /// What the issuer answers from now on, by URL; others stay as they are.
    Serve(BTreeMap<String, Served>),
    /// Validates a token to its verdict, and then lets the fetches that are due run.
    Validate(String),
    /// Begins a validation under a name; it may have to wait for a fetch that is held back.
    Begin { name: String, token: String },
    /// The verdict of a validation that was begun.
    End(String),
    /// Answers the fetches of this URL that were held back, with what is served now.
    Release(String),
    /// Observes the last fetch that was asked for.
    #[serde(deserialize_with = "anything")]
    Requested(()),
    /// Lets the fetches that are due run, with no validation.
    #[serde(deserialize_with = "anything")]
    Poll(()),
    /// Observes in how many seconds the machine wants to be polled.
    #[serde(deserialize_with = "anything")]
    Wakeup(()),
    /// Asks for a refresh of every source, and lets the fetches run.
    #[serde(deserialize_with = "anything")]
    Refresh(()),
    /// Asks for a refresh of every source, and lets nothing run.
    #[serde(deserialize_with = "anything")]
    RefreshKeys(()),
    /// Keeps a snapshot under a name.
    Export(String),
    /// Goes on with a new validator, whose key sets are empty.
    #[serde(deserialize_with = "anything")]
    Restart(()),
    /// Has another policy come in the place of the one before.
    Replace(Value),
    /// Asks, as an endpoint does, something of a token that was accepted.
    Require { of: String, asks: Value },
    /// Takes a snapshot in.
    Import(Snapshot),
    /// What the store gives from now on; a scenario with such a step is played with a store.
    Store(Option<String>),
    /// How the store behaves from now on; what a step does not name stays as it is.
    StoreDoes { load: Option<Does>, save: Option<Does> },
    /// Ends the loads or saves that the store has held, oldest first.
    StoreRelease(Part),
    /// Reports what is held for longer than its timeout.
    #[serde(deserialize_with = "anything")]
    Overrun(()),
    /// Observes that a validation still waits, and how often it has asked.
    Waiting(String),
    /// Observes the key ids of the texts that were saved since the last such step.
    #[serde(deserialize_with = "anything")]
    Saved(()),
    /// Goes on in a process in which nobody does what was begun.
    #[serde(deserialize_with = "anything")]
    Reissue(()),
    /// Observes one source.
    Health {
        #[serde(default)]
        source: usize,
    },
    /// Observes the names of the events since the last such step.
    #[serde(deserialize_with = "anything")]
    Events(()),
    /// Observes the warnings since the last such step.
    #[serde(deserialize_with = "anything")]
    Warnings(()),
}

/// What a function of the store does.
#[derive(Clone, Copy, Default, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Does {
    #[default]
    Work,
    Fail,
    /// It waits for a step that releases it.
    Hold,
}

/// A function of the store.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Part {
    Load,
    Save,
}

/// Reads what only the judge reads.
fn anything<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    IgnoredAny::deserialize(deserializer).map(drop)
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Snapshot {
    /// One that a step has kept.
    Kept(String),
    Text(String),
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Served {
    Answer(Response),
    Trouble(Trouble),
    /// The connection fails, and the client says why.
    Failing {
        down: String,
    },
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Trouble {
    /// The connection fails.
    Down,
    /// No answer in time.
    Timeout,
    /// The answer waits for a step that releases it.
    Hold,
}

#[derive(Serialize)]
pub(crate) struct Played {
    pub(crate) id: String,
    /// As many as the scenario has.
    pub(crate) steps: Vec<Observed>,
}

/// What a step showed; members that say nothing about it are left out.
#[derive(Default, Serialize)]
pub(crate) struct Observed {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) verdict: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) claim: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) challenge: Option<String>,
    /// Where a document that was refused is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) replaced: Option<bool>,
    /// Seconds until the keys may be asked for again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after: Option<f64>,
    /// Requests that were made since the scenario began.
    pub(crate) fetches: u64,
    /// How often key sets were saved to the store since then.
    pub(crate) saves: u64,
    /// How often the store was asked for what it has since then.
    pub(crate) loads: u64,
    /// How often the validation has asked the core.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) asked: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) waiting: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) saved: Option<Vec<Vec<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) requested: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) polled: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wakeup: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) imported: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) health: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) events: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) warnings: Option<Vec<String>>,
}
