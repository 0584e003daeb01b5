//! What operators are told, through `tracing`. The target is `jotgate`; nothing of a token is in it.

use crate::refused::Refused;
use jotgate::{Report, Validator};
use tracing::Level;

/// Each time that a source ceases to bring keys, until it brings some again.
pub(crate) fn tell_warnings(core: &Validator) {
    while let Some(warning) = core.poll_warning() {
        tracing::warn!(target: "jotgate", "{warning}");
    }
}

/// What happened to the key sets: `event` is the name, `json` all of it.
pub(crate) fn tell_events(core: &Validator) {
    while let Some(event) = core.poll_event() {
        if tracing::enabled!(target: "jotgate", Level::DEBUG) {
            let json = serde_json::to_value(&event).unwrap_or_default();
            let name = json.get("event").and_then(|name| name.as_str()).unwrap_or_default();
            tracing::debug!(target: "jotgate", event = name, json = %json, "key sets");
        }
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

/// That a request was refused, and why. Whoever sent it is told no more than the kind of mistake.
pub(crate) fn tell_refusal(refused: &Refused) {
    let code = refused.code().name();
    match refused {
        Refused::Rejected(rejection) => tracing::debug!(
            target: "jotgate",
            code,
            detail = rejection.detail,
            claim = rejection.claim.as_ref().map(|claim| claim.as_str()),
            issuer = rejection.issuer,
            route = rejection.route,
            "refused"
        ),
        Refused::Unguarded => tracing::error!(target: "jotgate", "{refused}"),
        _ => tracing::debug!(target: "jotgate", code, detail = %refused, "refused"),
    }
}
