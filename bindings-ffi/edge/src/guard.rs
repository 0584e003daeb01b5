//! What no panic crosses: one that reached another language's frames would abort the host's process.

use std::any::Any;
use std::mem;
use std::panic::{self, AssertUnwindSafe};

/// Runs `body`; a panic becomes `fallback`.
pub fn guard<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    // The state behind the handles is replaced as a whole, never changed in place, so a panic leaves none of it half
    // written and it may be used again.
    match panic::catch_unwind(AssertUnwindSafe(body)) {
        Ok(value) => value,
        Err(payload) => {
            discard(payload);
            fallback
        }
    }
}

/// Gets rid of what a caught panic carries.
///
/// Dropping it runs code of its own, which could panic again outside of any catch. It is neither read nor shown, because a
/// panic message may quote what it was working on.
pub fn discard(payload: Box<dyn Any + Send>) {
    mem::forget(payload);
}

#[cfg(test)]
mod tests {
    use super::guard;
    use std::panic;

    #[test]
    fn an_outcome_is_passed_on() {
        assert_eq!(guard(1, || 2), 2);
    }

    #[test]
    fn a_panic_becomes_the_fallback() {
        assert_eq!(guard(7, || panic::resume_unwind(Box::new("a bug"))), 7);
    }

    #[test]
    fn a_payload_that_panics_when_dropped_stays_inside() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic::resume_unwind(Box::new("again"));
            }
        }
        assert_eq!(guard(7, || panic::resume_unwind(Box::new(Bomb))), 7);
    }
}
