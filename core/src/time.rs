//! Points in time as the host hands them in: the core never reads a clock.

use std::time::Duration;

/// A point in time: milliseconds since the Unix epoch.
///
/// Every function of the core that depends on time takes one, so a host can run the core on a clock of its own
/// (a test, a simulation, a replay of last week's token). Arithmetic saturates instead of wrapping.
///
/// ```
/// use jotgate::Timestamp;
/// assert_eq!(Timestamp::from_seconds(1_602_582_000).as_millis(), 1_602_582_000_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From whole seconds since the Unix epoch, as a NumericDate (RFC 7519 section 2) counts them.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// From milliseconds since the Unix epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// This point, later by `duration`; stays at the end of time when it would pass it.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }

    /// How long it takes from `earlier` until this point; zero when this point is not later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0).try_into().unwrap_or(0))
    }

    /// Seconds since the Unix epoch with their fraction, to compare with a NumericDate without truncating either.
    #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 milliseconds, 285,000 years from now")]
    pub(crate) fn as_numeric_date(self) -> f64 {
        self.0 as f64 / 1000.0
    }
}

/// The current time of a host that has one, for hosts written in Rust.
impl From<std::time::SystemTime> for Timestamp {
    fn from(time: std::time::SystemTime) -> Self {
        match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => Self(millis(since)),
            Err(before) => Self(millis(before.duration()).saturating_neg()),
        }
    }
}

fn millis(duration: Duration) -> i64 {
    duration.as_millis().try_into().unwrap_or(i64::MAX)
}
