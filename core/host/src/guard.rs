//! What holds a panic, so that one question does not take the others away.

use std::panic::{self, AssertUnwindSafe};

/// What `judge` gives; nothing where it panics.
pub fn guarded<T>(judge: impl FnOnce() -> T) -> Option<T> {
    // The state of a validator is replaced as a whole, never changed in place, so a panic leaves none of it half written.
    match panic::catch_unwind(AssertUnwindSafe(judge)) {
        Ok(judged) => Some(judged),
        Err(payload) => {
            // Dropping it runs code of its own, which could panic again. It is not shown, because it may quote a token.
            std::mem::forget(payload);
            None
        }
    }
}
