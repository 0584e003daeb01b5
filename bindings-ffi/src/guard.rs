//! The edge that no panic crosses, for functions that return a status.

use crate::status::{JOTGATE_OK, JOTGATE_PANIC, Status};
pub(crate) use jotgate_edge::guard::guard as guard_or;

/// Runs `body` and turns its outcome into a status; a panic becomes [`JOTGATE_PANIC`].
pub(crate) fn guard(body: impl FnOnce() -> Result<(), Status>) -> Status {
    guard_or(JOTGATE_PANIC, || body().err().unwrap_or(JOTGATE_OK))
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
