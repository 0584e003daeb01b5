//! Our checks of points against the crates that compute with points: p256, p384 and curve25519-dalek.

use super::points::{check_ed25519, check_p256, check_p384};
use super::{BadKey, Material, Provider};
use crate::algorithm::Algorithms;
use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::scalar::Scalar;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use proptest::prelude::{Just, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};

type Outcome = Result<(), BadKey>;

fn p256_says(point: &[u8]) -> Outcome {
    judged(point, p256::PublicKey::from_sec1_bytes(point).is_ok())
}

fn p384_says(point: &[u8]) -> Outcome {
    judged(point, p384::PublicKey::from_sec1_bytes(point).is_ok())
}

fn judged(point: &[u8], is_key: bool) -> Outcome {
    match point.first() {
        Some(4) if is_key => Ok(()),
        Some(4) => Err(BadKey::OffCurve),
        _ => Err(BadKey::NotUncompressed),
    }
}

fn dalek_says(encoding: &[u8; 32]) -> Outcome {
    let point = CompressedEdwardsY(*encoding).decompress().ok_or(BadKey::OffCurve)?;
    if point.is_small_order() {
        return Err(BadKey::SmallOrder);
    }
    if point.compress().as_bytes() != encoding {
        return Err(BadKey::NotCanonical);
    }
    Ok(())
}

/// A point of the curve: the generator, so many times.
fn p256_point(times: u64) -> Vec<u8> {
    let point = p256::ProjectivePoint::GENERATOR * p256::Scalar::from(times);
    point.to_affine().to_sec1_point(false).as_bytes().to_vec()
}

fn p384_point(times: u64) -> Vec<u8> {
    let point = p384::ProjectivePoint::GENERATOR * p384::Scalar::from(times);
    point.to_affine().to_sec1_point(false).as_bytes().to_vec()
}

/// Numbers at the edges of a field: 0, 1, 2, …, those about the prime, and the largest that the bytes hold.
fn edges(prime: &[u8]) -> Vec<Vec<u8>> {
    let near = |middle: &[u8], by: i32| {
        let mut number = middle.to_vec();
        let mut carry = by;
        for byte in number.iter_mut().rev() {
            carry += i32::from(*byte);
            *byte = u8::try_from(carry.rem_euclid(256)).unwrap();
            carry = carry.div_euclid(256);
        }
        number
    };
    let zero = vec![0; prime.len()];
    let largest = vec![0xff; prime.len()];
    let edges = [near(&largest, 0), near(&largest, -1)].into_iter();
    edges.chain((0..25).map(|by| near(&zero, by))).chain((-25..25).map(|by| near(prime, by))).collect()
}

fn from_hex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn p256_prime() -> Vec<u8> {
    from_hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff")
}

fn p384_prime() -> Vec<u8> {
    from_hex("fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff")
}

fn ed25519_prime() -> Vec<u8> {
    from_hex("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed")
}

fn encoded(mut y: Vec<u8>, sign: bool) -> [u8; 32] {
    y.reverse();
    let mut encoding: [u8; 32] = y.try_into().unwrap();
    encoding[31] ^= if sign { 0x80 } else { 0 };
    encoding
}

/// Points of a curve, points with a bit changed or of another length, and bytes that are no points.
fn points(point: fn(u64) -> Vec<u8>, prime: fn() -> Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let length = prime().len();
    let coordinate = prop_oneof![
        prop::sample::select(edges(&prime())),
        prop::collection::vec(any::<u8>(), length),
        any::<u64>().prop_map(move |times| point(times.max(1))[1..=length].to_vec()),
    ];
    prop_oneof![
        any::<u64>().prop_map(move |times| point(times.max(1))),
        (any::<u64>(), 0..=2 * length, 0..8_u32).prop_map(move |(times, at, bit)| {
            let mut point = point(times.max(1));
            point[at] ^= 1_u8 << bit;
            point
        }),
        (any::<u64>(), 0..=2 * length + 2).prop_map(move |(times, length)| {
            let mut point = point(times.max(1));
            point.resize(length, 0);
            point
        }),
        (any::<u64>(), any::<u64>()).prop_map(move |(one, other)| {
            let (one, other) = (point(one.max(1)), point(other.max(1)));
            [&one[..=length], &other[length + 1..]].concat()
        }),
        (prop_oneof![Just(4_u8), any::<u8>()], coordinate.clone(), coordinate).prop_map(|(form, x, y)| [
            vec![form],
            x,
            y
        ]
        .concat()),
    ]
}

fn encodings() -> impl Strategy<Value = [u8; 32]> {
    let point = (any::<u64>(), prop::sample::select(EIGHT_TORSION.to_vec()))
        .prop_map(|(times, torsion)| (ED25519_BASEPOINT_POINT * Scalar::from(times) + torsion).compress().to_bytes());
    prop_oneof![
        any::<[u8; 32]>(),
        point.clone(),
        (point, 0..32_usize, 0..8_u32).prop_map(|(mut point, at, bit)| {
            point[at] ^= 1_u8 << bit;
            point
        }),
        (prop::sample::select(edges(&ed25519_prime())), any::<bool>()).prop_map(|(y, sign)| encoded(y, sign)),
    ]
}

proptest! {
    #[test]
    fn p256_agrees(point in points(p256_point, p256_prime)) {
        prop_assert_eq!(check_p256(&point), p256_says(&point));
    }

    #[test]
    fn p384_agrees(point in points(p384_point, p384_prime)) {
        prop_assert_eq!(check_p384(&point), p384_says(&point));
    }

    #[test]
    fn ed25519_agrees(encoding in encodings()) {
        prop_assert_eq!(check_ed25519(&encoding), dalek_says(&encoding));
    }
}

#[test]
fn all_pairs_of_edges_agree() {
    for x in edges(&p256_prime()) {
        for y in edges(&p256_prime()) {
            let point = [&[4], x.as_slice(), &y].concat();
            assert_eq!(check_p256(&point), p256_says(&point), "{point:?}");
        }
    }
    for x in edges(&p384_prime()) {
        for y in edges(&p384_prime()) {
            let point = [&[4], x.as_slice(), &y].concat();
            assert_eq!(check_p384(&point), p384_says(&point), "{point:?}");
        }
    }
    for y in edges(&ed25519_prime()) {
        for sign in [false, true] {
            let encoding = encoded(y.clone(), sign);
            assert_eq!(check_ed25519(&encoding), dalek_says(&encoding), "{encoding:?}");
        }
    }
}

/// Both signs of each, and both ways to write those whose y has two within 255 bits.
#[test]
fn all_points_of_small_order_are_refused() {
    let mut seen = std::collections::BTreeSet::new();
    for point in EIGHT_TORSION {
        let mut encoding = point.compress().to_bytes();
        for _ in 0..2 {
            encoding[31] ^= 0x80;
            assert_eq!(check_ed25519(&encoding), Err(BadKey::SmallOrder), "{encoding:?}");
            seen.insert(encoding);
        }
    }
    assert_eq!(seen.len(), 10, "y of order 1, 2, 4, and two of order 8, with either sign");
    let [zero, one] = [0, 1].map(|by| edges(&ed25519_prime()).into_iter().nth(2 + 25 + 25 + by).unwrap());
    assert!(zero.ends_with(&[0xed]) && one.ends_with(&[0xee]), "p and p + 1");
    for encoding in [encoded(zero.clone(), false), encoded(zero, true), encoded(one.clone(), false), encoded(one, true)]
    {
        assert_eq!(check_ed25519(&encoding), Err(BadKey::SmallOrder), "{encoding:?}");
    }
}

/// What a provider says of points is what our checks say, whatever it finds out itself.
fn takes_no_key_that_is_no_point<P: Provider>() {
    let new = |material| P::new(material, Algorithms::EVERY).err();
    assert_eq!(new(Material::P256(p256_point(5))), None);
    assert_eq!(new(Material::P384(p384_point(5))), None);
    assert_eq!(new(Material::Ed25519(ED25519_BASEPOINT_POINT.compress().to_bytes())), None);
    for (material, why) in [
        (Material::P256(Vec::new()), BadKey::NotUncompressed),
        (Material::P256(vec![0]), BadKey::NotUncompressed),
        (Material::P256([&[4], [7; 64].as_slice()].concat()), BadKey::OffCurve),
        (Material::P256(p384_point(5)), BadKey::OffCurve),
        (Material::P384([&[4], [7; 96].as_slice()].concat()), BadKey::OffCurve),
        (Material::P384(p256_point(5)), BadKey::OffCurve),
        (Material::P521([&[4], [7; 132].as_slice()].concat()), BadKey::OffCurve),
        (Material::P521(p256_point(5)), BadKey::OffCurve),
        (Material::Ed25519([0; 32]), BadKey::SmallOrder),
    ] {
        assert_eq!(new(material), Some(why));
    }
}

#[cfg(feature = "ring")]
#[test]
fn ring_takes_no_key_that_is_no_point() {
    takes_no_key_that_is_no_point::<super::ring::Verifier>();
}

#[cfg(feature = "aws-lc")]
#[test]
fn aws_lc_takes_no_key_that_is_no_point() {
    takes_no_key_that_is_no_point::<super::aws_lc::Verifier>();
}
