//! Checks of RSA public keys when they are loaded, not when the first token arrives.

use super::roca;
use super::skip::SkipReason;
use crate::limits;

/// Both numbers big-endian, without leading zeros.
pub(crate) fn check(modulus: &[u8], exponent: &[u8]) -> Result<(), SkipReason> {
    let (Some(&first), Some(last)) = (modulus.first(), modulus.last()) else {
        return Err(SkipReason::RsaLength);
    };
    let leading_zeros = usize::try_from(first.leading_zeros()).unwrap_or(0);
    let bits = modulus.len().saturating_mul(8).saturating_sub(leading_zeros);
    if !limits::RSA_BITS_RANGE.contains(&bits) {
        return Err(SkipReason::RsaLength);
    }
    if last % 2 == 0 {
        return Err(SkipReason::RsaModulus);
    }
    // An exponent of 1 makes every message its own signature; a huge one makes each check slow.
    let value = exponent.iter().try_fold(0_u64, |value, byte| value.checked_mul(256)?.checked_add(u64::from(*byte)));
    match value {
        Some(value) if value % 2 == 1 && (3..1 << 33).contains(&value) => {}
        _ => return Err(SkipReason::RsaExponent),
    }
    if roca::has_fingerprint(modulus) { Err(SkipReason::RsaRoca) } else { Ok(()) }
}
