//! The edge that no panic crosses: a panic that reached an `extern "C"` function would abort the host's process.

use crate::status::{JOTGATE_OK, JOTGATE_PANIC, Status};
use std::mem;
use std::panic::{self, AssertUnwindSafe};

/// Runs `body` and turns its outcome into a status; a panic becomes [`JOTGATE_PANIC`].
pub(crate) fn guard(body: impl FnOnce() -> Result<(), Status>) -> Status {
    guard_or(JOTGATE_PANIC, || body().err().unwrap_or(JOTGATE_OK))
}

/// Runs `body`; a panic becomes `fallback`.
pub(crate) fn guard_or<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    // The state behind the handles is replaced as a whole, never changed in place, so a panic leaves none of it half
    // written and it may be used again.
    match panic::catch_unwind(AssertUnwindSafe(body)) {
        Ok(value) => value,
        Err(payload) => {
            // Dropping a payload runs code of its own, which could panic again outside of any catch. It is neither
            // read nor shown, because a panic message may quote what it was working on.
            mem::forget(payload);
            fallback
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{guard, guard_or};
    use crate::status::{JOTGATE_NULL_ARGUMENT, JOTGATE_OK, JOTGATE_PANIC};
    use std::panic;

    #[test]
    fn an_outcome_is_passed_on() {
        assert_eq!(guard(|| Ok(())), JOTGATE_OK);
        assert_eq!(guard(|| Err(JOTGATE_NULL_ARGUMENT)), JOTGATE_NULL_ARGUMENT);
        assert_eq!(guard_or(1, || 2), 2);
    }

    #[test]
    fn a_panic_becomes_a_status() {
        assert_eq!(guard(|| panic::resume_unwind(Box::new("a bug"))), JOTGATE_PANIC);
        assert_eq!(guard_or(7, || panic::resume_unwind(Box::new("a bug"))), 7);
    }

    #[test]
    fn a_payload_that_panics_when_dropped_stays_inside() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic::resume_unwind(Box::new("again"));
            }
        }
        assert_eq!(guard(|| panic::resume_unwind(Box::new(Bomb))), JOTGATE_PANIC);
    }
}
