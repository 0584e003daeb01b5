//! Key sets as a whole.

use crate::core::Core;
use crate::failure::{CallFailure, held, text};
use jotgate::Timestamp;
use jotgate_edge::guard::guard;

/// Times are milliseconds since the Unix epoch.
#[uniffi::export]
impl Core {
    /// Makes every source due.
    pub fn refresh_keys(&self) {
        guard((), || self.validator().refresh_keys());
    }

    /// How the key sets are, as JSON text.
    ///
    /// # Errors
    ///
    /// The library failed.
    pub fn health(&self, now_ms: i64) -> Result<String, CallFailure> {
        held(|| json(&self.validator().health(Timestamp::from_millis(now_ms))))
    }

    /// The oldest event that was not taken yet, as JSON text.
    ///
    /// # Errors
    ///
    /// The library failed.
    pub fn poll_event(&self) -> Result<Option<String>, CallFailure> {
        held(|| self.validator().poll_event().as_ref().map(json).transpose())
    }

    /// The oldest warning for the log that was not taken yet.
    pub fn poll_warning(&self) -> Option<String> {
        guard(None, || self.validator().poll_warning().map(|warning| warning.to_string()))
    }

    /// The fetched key sets as text.
    ///
    /// # Errors
    ///
    /// The library failed.
    pub fn export_keys(&self) -> Result<String, CallFailure> {
        held(|| Ok(self.validator().export_keys()))
    }

    /// Takes fetched key sets in; gives for how many sources they were of use.
    ///
    /// # Errors
    ///
    /// The text is no snapshot.
    pub fn import_keys(&self, snapshot: Vec<u8>, now_ms: i64) -> Result<u64, CallFailure> {
        held(|| {
            let taken = self.validator().import_keys(text(&snapshot, "the snapshot")?, Timestamp::from_millis(now_ms));
            let taken = taken.map_err(|error| CallFailure::Snapshot { text: error.to_string() })?;
            Ok(u64::try_from(taken).unwrap_or(u64::MAX))
        })
    }
}

fn json(value: &impl serde::Serialize) -> Result<String, CallFailure> {
    serde_json::to_string(value).map_err(|_| CallFailure::Unexpected)
}
