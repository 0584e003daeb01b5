//! Checks of RSA public keys when they are loaded, not when the first token arrives.

use super::Unusable;
use crate::limits;

/// Both numbers big-endian, without leading zeros (RFC 7518 section 2: Base64urlUInt has a minimal number of octets).
pub(crate) fn check(modulus: &[u8], exponent: &[u8]) -> Result<(), Unusable> {
    let (Some(&first), Some(last)) = (modulus.first(), modulus.last()) else {
        return Err(Unusable("the RSA modulus is empty"));
    };
    if first == 0 || exponent.first() == Some(&0) {
        return Err(Unusable("the RSA modulus and exponent must not begin with a zero octet"));
    }
    let leading_zeros = usize::try_from(first.leading_zeros()).unwrap_or(0);
    let bits = modulus.len().saturating_mul(8).saturating_sub(leading_zeros);
    if !limits::RSA_BITS_RANGE.contains(&bits) {
        return Err(Unusable("the RSA modulus must have 2048 to 8192 bits"));
    }
    if last % 2 == 0 {
        return Err(Unusable("the RSA modulus must be odd"));
    }
    // An exponent of 1 makes every message its own signature; a huge one makes each check slow.
    let value = exponent.iter().try_fold(0_u64, |value, byte| value.checked_mul(256)?.checked_add(u64::from(*byte)));
    match value {
        Some(value) if value % 2 == 1 && (3..1 << 33).contains(&value) => Ok(()),
        _ => Err(Unusable("the RSA exponent must be odd, at least 3 and below 2^33")),
    }
}
