//! The providers against each other: the same verdict on signatures that are good, nearly good, and of other algorithms.
#![cfg(test)]

use super::{Material, Provider, aws_lc, ring};
use crate::algorithm::{Algorithm, Algorithms};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::{Just, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};
use serde_json::Value;
use std::sync::LazyLock;

/// A key as both providers hold it, and a signature of it.
struct Signed {
    ring: ring::Verifier,
    aws_lc: aws_lc::Verifier,
    algorithm: Algorithm,
    message: Vec<u8>,
    signature: Vec<u8>,
    /// The number that signatures are reckoned by: the modulus of an RSA key, and nothing for others.
    modulus: Vec<u8>,
}

/// One of each algorithm that both have, from the vectors.
static SIGNED: LazyLock<Vec<Signed>> = LazyLock::new(|| {
    let path = format!("{}/../tests/vectors/tokens/algorithms.json", env!("CARGO_MANIFEST_DIR"));
    let document: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let cases = document["cases"].as_array().unwrap();
    let named = |algorithm: Algorithm| cases.iter().find(|case| case["id"] == format!("algorithms.{algorithm}.listed"));
    Algorithm::ALL.iter().filter_map(|algorithm| Some(signed(*algorithm, named(*algorithm)?))).collect()
});

fn signed(algorithm: Algorithm, case: &Value) -> Signed {
    let jwk = &case["policy"]["issuers"][0]["keys"]["jwks"]["keys"][0];
    let number = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    let point = || [vec![4], number("x"), number("y")].concat();
    let material = || match jwk["crv"].as_str().or(jwk["kty"].as_str()).unwrap() {
        "RSA" => Material::Rsa { modulus: number("n"), exponent: number("e") },
        "P-256" => Material::P256(point()),
        "P-384" => Material::P384(point()),
        "Ed25519" => Material::Ed25519(number("x").try_into().unwrap()),
        _ => Material::Secret(number("k")),
    };
    let family = Algorithms::which(|other| other.family() == algorithm.family());
    let (message, signature) = case["token"].as_str().unwrap().rsplit_once('.').unwrap();
    Signed {
        ring: ring::Verifier::new(material(), family).ok().unwrap(),
        aws_lc: aws_lc::Verifier::new(material(), family).ok().unwrap(),
        algorithm,
        message: message.as_bytes().to_vec(),
        signature: URL_SAFE_NO_PAD.decode(signature).unwrap(),
        modulus: if jwk["kty"] == "RSA" { number("n") } else { Vec::new() },
    }
}

/// The verdict of both, which must be one.
fn verdict(signed: &Signed, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
    let verdicts =
        [signed.ring.verify(algorithm, message, signature), signed.aws_lc.verify(algorithm, message, signature)];
    assert_eq!(verdicts[0], verdicts[1], "{algorithm} under {}: {signature:02x?}", signed.algorithm);
    verdicts[0]
}

/// One number more or less, as long as there is room for it.
fn plus(number: &[u8], other: &[u8]) -> Vec<u8> {
    let mut sum = number.to_vec();
    let mut carry = 0_u16;
    for (at, byte) in sum.iter_mut().rev().enumerate() {
        let other = other.len().checked_sub(at + 1).map_or(0, |at| other[at]);
        carry += u16::from(*byte) + u16::from(other);
        *byte = carry.to_be_bytes()[1];
        carry >>= 8;
    }
    sum
}

#[test]
fn good_signatures_verify_and_no_other_algorithm_takes_them() {
    assert_eq!(SIGNED.len(), Algorithm::ALL.len() - 1, "all but ES512");
    for signed in SIGNED.iter() {
        for algorithm in Algorithm::ALL {
            let same = *algorithm == signed.algorithm
                || matches!((*algorithm, signed.algorithm), (Algorithm::EdDsa, Algorithm::Ed25519))
                || matches!((*algorithm, signed.algorithm), (Algorithm::Ed25519, Algorithm::EdDsa));
            assert_eq!(verdict(signed, *algorithm, &signed.message, &signed.signature), same, "{algorithm}");
        }
        let half = signed.signature.len() / 2;
        let [r, s] = [&signed.signature[..half], &signed.signature[half..]];
        let odd: [Vec<u8>; 9] = [
            Vec::new(),
            [&[0], signed.signature.as_slice()].concat(),
            [signed.signature.as_slice(), &[0]].concat(),
            signed.signature[1..].to_vec(),
            [s, r].concat(),
            [&[0], r, &[0], s].concat(),
            plus(&signed.signature, &signed.modulus),
            vec![0; signed.signature.len()],
            vec![0xff; signed.signature.len()],
        ];
        for (index, odd) in odd.iter().enumerate().filter(|(_, odd)| **odd != signed.signature) {
            assert!(!verdict(signed, signed.algorithm, &signed.message, odd), "{}: {index}", signed.algorithm);
        }
    }
}

#[test]
fn a_key_serves_what_it_is_for() {
    for signed in SIGNED.iter().filter(|signed| !signed.modulus.is_empty()) {
        let material = || Material::Rsa { modulus: signed.modulus.clone(), exponent: vec![1, 0, 1] };
        let others = Algorithms::which(|algorithm| {
            algorithm.family() == signed.algorithm.family() && algorithm != signed.algorithm
        });
        for serves in [others, Algorithms::NONE] {
            let ring = ring::Verifier::new(material(), serves).ok().unwrap();
            let aws_lc = aws_lc::Verifier::new(material(), serves).ok().unwrap();
            assert!(!ring.verify(signed.algorithm, &signed.message, &signed.signature));
            assert!(!aws_lc.verify(signed.algorithm, &signed.message, &signed.signature));
        }
    }
}

/// A good signature with an octet changed, cut, or put in, or another of the same or some length.
fn nearly(length: usize) -> impl Strategy<Value = (u8, usize, u8, Vec<u8>)> {
    let lengths = prop_oneof![Just(length), 0..length + 3];
    let bytes = lengths.prop_flat_map(|length| prop::collection::vec(any::<u8>(), length));
    (0..4_u8, 0..length, any::<u8>(), bytes)
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 48, ..Default::default() })]
    #[test]
    fn nearly_good_signatures_are_judged_alike((how, at, byte, bytes) in nearly(64)) {
        for signed in SIGNED.iter() {
            let mut signature = signed.signature.clone();
            let at = at * signature.len() / 64;
            match how {
                0 => signature[at] ^= byte,
                1 => signature.insert(at, byte),
                2 => drop(signature.remove(at)),
                _ => signature.clone_from(&bytes),
            }
            let good = verdict(signed, signed.algorithm, &signed.message, &signature);
            prop_assert_eq!(good, signature == signed.signature);
        }
    }
}
