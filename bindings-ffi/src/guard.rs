//! The edge that no panic crosses.

use crate::status::{JOTGATE_OK, JOTGATE_PANIC, Status};

/// Runs `body` and turns its outcome into a status; a panic becomes [`JOTGATE_PANIC`].
pub(crate) fn guard(body: impl FnOnce() -> Result<(), Status>) -> Status {
    guard_or(JOTGATE_PANIC, || body().err().unwrap_or(JOTGATE_OK))
}

/// Runs `body`; a panic becomes `fallback`.
pub(crate) fn guard_or<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    jotgate_edge::guard::guard(fallback, || {
        point("enter");
        body()
    })
}

/// A place at which the tests of the C interface have a bug: there is none in a library that ships.
#[cfg(not(feature = "panics"))]
pub(crate) const fn point(_place: &str) {}

/// Panics where the variable JOTGATE_PANIC_AT names the place, so that a C program meets a bug of the library.
#[cfg(feature = "panics")]
#[expect(clippy::panic, reason = "that is what it is for")]
pub(crate) fn point(place: &str) {
    if std::env::var_os("JOTGATE_PANIC_AT").is_some_and(|wanted| wanted == place) {
        panic!("a bug, made by a test");
    }
}

#[cfg(test)]
mod tests {
    use super::guard;
    use crate::status::{JOTGATE_NULL_ARGUMENT, JOTGATE_OK, JOTGATE_PANIC};
    use std::panic;

    #[test]
    fn an_outcome_becomes_a_status() {
        assert_eq!(guard(|| Ok(())), JOTGATE_OK);
        assert_eq!(guard(|| Err(JOTGATE_NULL_ARGUMENT)), JOTGATE_NULL_ARGUMENT);
        assert_eq!(guard(|| panic::resume_unwind(Box::new("a bug"))), JOTGATE_PANIC);
    }
}
