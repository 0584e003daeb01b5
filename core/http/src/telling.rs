//! What operators and the application are told: through `tracing`, by the application's listener, and in counts. Nothing of a token
//! is in it.

use crate::counters::Counters;
use crate::event::{Event, Listener};
use crate::refused::Refused;
use jotgate::{Report, Timestamp, Validator};
use jotgate_host::guarded;
use tracing::Level;

/// Who is told of one validator.
pub(crate) struct Telling {
    listener: Option<Listener>,
    pub(crate) counters: Counters,
}

impl Telling {
    pub(crate) fn new(core: &Validator, now: Timestamp, listener: Option<Listener>) -> Self {
        Self { listener, counters: Counters::new(core, now) }
    }

    /// What happened to the key sets: in `tracing`, `event` is the name and `json` all of it.
    pub(crate) fn tell_events(&self, core: &Validator, now: impl Fn() -> Timestamp) {
        while let Some(event) = core.poll_event() {
            let json = serde_json::to_value(&event).unwrap_or_default();
            let name = json.get("event").and_then(|name| name.as_str()).unwrap_or_default();
            self.counters.happened(core, &event, name, &now);
            if tracing::enabled!(target: "jotgate", Level::DEBUG) {
                tracing::debug!(target: "jotgate", event = name, json = %json, "key sets");
            }
            self.tell(&Event::KeySets(&event));
        }
    }

    /// That a request was refused, and why. Whoever sent it is told no more than the kind of mistake.
    pub(crate) fn tell_refusal(&self, refused: &Refused, at: Timestamp) {
        let code = refused.code();
        self.counters.refused(code);
        match refused {
            Refused::Rejected(rejection) => tracing::debug!(
                target: "jotgate",
                code = code.name(),
                detail = rejection.detail,
                claim = refused.claim(),
                issuer = rejection.issuer,
                route = rejection.route,
                "refused"
            ),
            _ => tracing::debug!(target: "jotgate", code = code.name(), detail = %refused, "refused"),
        }
        self.tell(&Event::Refused { at, refused });
    }

    /// A listener that panics is one that was not told, and changes no verdict.
    fn tell(&self, event: &Event<'_>) {
        let Some(listener) = &self.listener else { return };
        if guarded(|| listener(event)).is_none() {
            tracing::warn!(target: "jotgate", "on_event panicked");
        }
    }
}

/// Each time that a source ceases to bring keys, until it brings some again.
pub(crate) fn tell_warnings(core: &Validator) {
    while let Some(warning) = core.poll_warning() {
        tracing::warn!(target: "jotgate", "{warning}");
    }
}

/// That a store failed: processes fetch for themselves then.
pub(crate) fn tell_store(is_load: bool, report: &Report<'_>) {
    let Report::Failed { cause, .. } = report else { return };
    match is_load {
        true => tracing::warn!(target: "jotgate", error = cause, "the store of key sets was of no use"),
        false => tracing::warn!(target: "jotgate", error = cause, "the key sets could not be saved"),
    }
}

/// That an endpoint asks for a token where no layer has looked for one. No validator knows of it.
#[cfg(feature = "tower")]
pub(crate) fn tell_unguarded() {
    tracing::error!(target: "jotgate", "{}", Refused::Unguarded);
}
