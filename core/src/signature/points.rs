//! Points on elliptic curves, checked by the equations of their curves: what a provider uses that loads a key unseen.
//!
//! Points are public, so nothing here runs in constant time. Why this is our own stands in `docs/adr/0004-…`.

use super::BadKey;
use crypto_bigint::modular::{ConstMontyForm, ConstMontyParams};
use crypto_bigint::{JacobiSymbol, U256, U384, U576, Uint, const_monty_params};

/// An uncompressed point on P-256 other than infinity (RFC 7518 section 6.2.1, SP 800-56A section 5.6.2.3.3).
pub(super) fn check_p256(point: &[u8]) -> Result<(), BadKey> {
    let (x, y) = coordinates::<32>(point)?;
    on_curve::<P256, { U256::LIMBS }>(U256::from_be_slice(x), U256::from_be_slice(y), &P256_B)
}

/// An uncompressed point on P-384 other than infinity.
pub(super) fn check_p384(point: &[u8]) -> Result<(), BadKey> {
    let (x, y) = coordinates::<48>(point)?;
    on_curve::<P384, { U384::LIMBS }>(U384::from_be_slice(x), U384::from_be_slice(y), &P384_B)
}

/// An uncompressed point on P-521 other than infinity.
pub(super) fn check_p521(point: &[u8]) -> Result<(), BadKey> {
    let (x, y) = coordinates::<66>(point)?;
    let [x, y] = [x, y].map(|coordinate| {
        let mut padded = [0; U576::BYTES];
        padded.iter_mut().rev().zip(coordinate.iter().rev()).for_each(|(to, from)| *to = *from);
        U576::from_be_slice(&padded)
    });
    on_curve::<P521, { U576::LIMBS }>(x, y, &P521_B)
}

/// A canonical encoding (RFC 8032 section 5.1.3) of a point on the curve that is not of small order.
///
/// Under a small-order key anyone can make signatures that verify, and verification itself does not notice.
pub(super) fn check_ed25519(encoding: &[u8; 32]) -> Result<(), BadKey> {
    let mut bytes = *encoding;
    let [.., last] = &mut bytes;
    *last &= 0x7f; // the sign of x
    let encoded = U256::from_le_slice(&bytes);
    let y = ConstMontyForm::<Ed25519, { U256::LIMBS }>::new(&encoded);
    let (one, d) = (ConstMontyForm::ONE, ConstMontyForm::new(&ED25519_D));
    let square = y.square();
    let d_square = d.mul(&square);

    // RFC 8032 section 5.1.3: x² = u/v has a root when u·v has one, for v is never zero (-1/d is no square). A root of
    // either sign will do: x = 0, which has only one, is of small order.
    let (u, v) = (square.sub(&one), d_square.add(&one));
    if matches!(u.mul(&v).jacobi_symbol_vartime(), JacobiSymbol::MinusOne) {
        return Err(BadKey::OffCurve);
    }
    // The points of order 1 and 2 have y² = 1 and those of order 4 have y = 0. Those of order 8 are the ones whose
    // double has y = 0, which is where d·y⁴ + 2·y² = 1.
    let order_8 = d_square.mul(&square).add(&square).add(&square).sub(&one);
    if y.mul(&u).mul(&order_8) == ConstMontyForm::ZERO {
        return Err(BadKey::SmallOrder);
    }
    if encoded >= *Ed25519::PARAMS.modulus().as_ref() { Err(BadKey::NotCanonical) } else { Ok(()) }
}

/// The coordinates of an uncompressed point (SEC 1 section 2.3.4).
fn coordinates<const BYTES: usize>(point: &[u8]) -> Result<(&[u8; BYTES], &[u8; BYTES]), BadKey> {
    let Some((4, coordinates)) = point.split_first() else {
        return Err(BadKey::NotUncompressed);
    };
    match coordinates.as_chunks() {
        ([x, y], []) => Ok((x, y)),
        _ => Err(BadKey::OffCurve),
    }
}

/// Whether y² = x³ - 3x + b, for coordinates below the curve's prime. The curves have prime order, so that each point on
/// them but infinity, which has no coordinates, makes a key (SP 800-56A section 5.6.2.3.4).
fn on_curve<P: ConstMontyParams<LIMBS>, const LIMBS: usize>(
    x: Uint<LIMBS>, y: Uint<LIMBS>, b: &Uint<LIMBS>,
) -> Result<(), BadKey> {
    let prime = P::PARAMS.modulus().as_ref();
    if x >= *prime || y >= *prime {
        return Err(BadKey::OffCurve);
    }
    let [x, y, b] = [&x, &y, b].map(ConstMontyForm::<P, LIMBS>::new);
    let three = ConstMontyForm::ONE.double().add(&ConstMontyForm::ONE);
    let right = x.square().sub(&three).mul(&x).add(&b);
    if y.square() == right { Ok(()) } else { Err(BadKey::OffCurve) }
}

// SP 800-186 sections 3.2.1.3 to 3.2.1.5, and RFC 8032 section 5.1.
const_monty_params!(P256, U256, "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
const P256_B: U256 = U256::from_be_hex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");
const_monty_params!(
    P384,
    U384,
    "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff"
);
const P384_B: U384 = U384::from_be_hex(
    "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
);
const_monty_params!(
    P521,
    U576,
    "00000000000001ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
);
const P521_B: U576 = U576::from_be_hex(
    "0000000000000051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
);
const_monty_params!(Ed25519, U256, "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed");
const ED25519_D: U256 = U256::from_be_hex("52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3");
