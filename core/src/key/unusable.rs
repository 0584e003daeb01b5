//! Why key material is not taken.

use super::skip::SkipReason;

/// Why key material is not usable; a fixed text that never holds a byte of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unusable(pub(crate) &'static str);

impl From<SkipReason> for Unusable {
    fn from(reason: SkipReason) -> Self {
        Self(reason.detail())
    }
}
