//! Why key material is not taken.

use crate::signature::BadPoint;

/// Why key material is not usable; a fixed text that never holds a byte of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unusable(pub(crate) &'static str);

impl From<BadPoint> for Unusable {
    fn from(why: BadPoint) -> Self {
        Self(match why {
            BadPoint::NotUncompressed => "the point is not in uncompressed form",
            BadPoint::OffCurve => "the point is not on its curve",
            BadPoint::SmallOrder => "the Ed25519 point is of small order",
            BadPoint::NotCanonical => "the Ed25519 point is not in canonical form",
        })
    }
}
