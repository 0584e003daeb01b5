//! The bounds of what is read here. What a policy may say, the core bounds.

use std::ops::RangeInclusive;
use std::time::Duration;

/// Longest policy of a gateway that is read into ours, in bytes.
pub(crate) const IMPORT_BYTES: usize = 1024 * 1024;

/// Most levels of YAML and TOML: as many as the core takes of JSON.
pub(crate) const DEPTH_MAX: usize = 64;

/// What `jwks.ttl` and `jwks.timeout` of a policy may be: a gateway's setting outside of these cannot come along.
pub(crate) const TTL_RANGE: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(30 * 24 * 60 * 60);
pub(crate) const TIMEOUT_RANGE: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_secs(300);

/// Most rounds of hashing that the passwords of one PKCS #12 store may cost, over all its parts: about a second. Today's
/// tools write some ten thousand.
pub(crate) const STORE_ROUNDS_MAX: u32 = 2_000_000;
