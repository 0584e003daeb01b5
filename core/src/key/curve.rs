//! Checks of elliptic-curve points when they are loaded: a point off its curve, or of small order, is no key.

use super::Unusable;
use curve25519_dalek::edwards::CompressedEdwardsY;

/// An uncompressed point on P-256 other than infinity (RFC 7518 section 6.2.1, SP 800-56A section 5.6.2.3.3).
pub(crate) fn check_p256(point: &[u8]) -> Result<(), Unusable> {
    check_uncompressed(point)?;
    p256::PublicKey::from_sec1_bytes(point).map(|_| ()).map_err(|_| OFF_CURVE)
}

/// An uncompressed point on P-384 other than infinity.
pub(crate) fn check_p384(point: &[u8]) -> Result<(), Unusable> {
    check_uncompressed(point)?;
    p384::PublicKey::from_sec1_bytes(point).map(|_| ()).map_err(|_| OFF_CURVE)
}

/// A canonical encoding (RFC 8032 section 5.1.3) of a point on the curve that is not of small order.
///
/// Under a small-order key anyone can make signatures that verify, and verification itself does not notice.
pub(crate) fn check_ed25519(encoding: &[u8; 32]) -> Result<(), Unusable> {
    let point = CompressedEdwardsY(*encoding).decompress().ok_or(OFF_CURVE)?;
    if point.is_small_order() {
        return Err(Unusable("the Ed25519 point is of small order"));
    }
    if point.compress().as_bytes() != encoding {
        return Err(Unusable("the Ed25519 point is not in canonical form"));
    }
    Ok(())
}

fn check_uncompressed(point: &[u8]) -> Result<(), Unusable> {
    if point.first() == Some(&4) { Ok(()) } else { Err(Unusable("the point is not in uncompressed form")) }
}

const OFF_CURVE: Unusable = Unusable("the point is not on its curve");

#[cfg(test)]
mod tests {
    use super::check_ed25519;

    /// The encoding whose y is this small number, little-endian.
    fn encoding(y: u8, sign: u8) -> [u8; 32] {
        let mut bytes = [0; 32];
        (bytes[0], bytes[31]) = (y, sign);
        bytes
    }

    #[test]
    fn refuses_small_order_points_of_either_sign() {
        for y in [0, 1] {
            assert!(check_ed25519(&encoding(y, 0)).is_err(), "{y}");
            assert!(check_ed25519(&encoding(y, 0x80)).is_err(), "{y}");
        }
    }

    #[test]
    fn refuses_points_off_the_curve_and_encodings_beyond_the_field() {
        assert!(check_ed25519(&encoding(2, 0)).is_err(), "no point has this y");
        assert!(check_ed25519(&encoding(3, 0)).is_ok());
        let mut beyond = [0xff; 32]; // 2^255 - 19 + 3, which stands for y = 3
        (beyond[0], beyond[31]) = (0xf0, 0x7f);
        assert!(check_ed25519(&beyond).is_err());
    }
}
