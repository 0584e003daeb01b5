//! How much a cache may hold.

use crate::document::{PolicyError, WrittenCache};
use crate::limits;
use std::ops::RangeInclusive;

/// The bounds of a cache.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CacheSettings {
    pub(super) entries: usize,
    pub(super) bytes: usize,
}

impl CacheSettings {
    /// Takes what the policy says, for tokens of at most so many bytes.
    pub(crate) fn compile(written: &WrittenCache, token_bytes: usize) -> Result<Self, PolicyError> {
        let entries = within(written.entries, limits::CACHE_ENTRIES, &limits::CACHE_ENTRIES_RANGE, "cache.entries")?;
        let bytes = within(written.bytes, limits::CACHE_BYTES, &limits::CACHE_BYTES_RANGE, "cache.bytes")?;
        // A token, its text and where its claims stand take less than four times its bytes, but for tokens of nothing but names.
        let least = token_bytes.saturating_mul(4);
        if bytes < least {
            let error =
                PolicyError::new("cache.bytes", "expected room for one token as long as limits.token_bytes allows");
            return Err(error.with_hint(format!("write at least {least}, or lower limits.token_bytes")));
        }
        Ok(Self { entries, bytes })
    }
}

fn within(
    value: Option<usize>, default: usize, range: &RangeInclusive<usize>, path: &str,
) -> Result<usize, PolicyError> {
    let value = value.unwrap_or(default);
    if range.contains(&value) {
        return Ok(value);
    }
    let error = PolicyError::new(path, format!("expected {} to {}", range.start(), range.end()));
    Err(if value == 0 { error.with_hint("leave cache out to have none") } else { error })
}
