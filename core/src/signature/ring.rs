//! The provider on `ring`.

use super::{BadPoint, Material, Provider, points};
use crate::algorithm::{Algorithm, Family};
use ring::signature::{
    self, ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
};
use ring::{digest, hmac};

/// Key material in the form that verifies fastest.
pub(crate) struct Verifier(Prepared);

enum Prepared {
    Rsa(RsaPublicKeyComponents<Vec<u8>>),
    /// ECDSA and EdDSA: the curve fixes the algorithm.
    Point(UnparsedPublicKey<Vec<u8>>),
    /// A key of each hash, since preparing one costs as much as using it.
    Secret(Box<[hmac::Key; 3]>),
}

impl Provider for Verifier {
    /// `ring` looks at a point only when it verifies by it, and never at the order of an Ed25519 one.
    fn new(material: Material) -> Result<Self, BadPoint> {
        Ok(Self(match material {
            Material::Rsa { modulus, exponent } => Prepared::Rsa(RsaPublicKeyComponents { n: modulus, e: exponent }),
            Material::P256(point) => {
                points::check_p256(&point)?;
                Prepared::Point(UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point))
            }
            Material::P384(point) => {
                points::check_p384(&point)?;
                Prepared::Point(UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point))
            }
            Material::Ed25519(point) => {
                points::check_ed25519(&point)?;
                Prepared::Point(UnparsedPublicKey::new(&signature::ED25519, point.to_vec()))
            }
            Material::Secret(secret) => Prepared::Secret(Box::new(
                [hmac::HMAC_SHA256, hmac::HMAC_SHA384, hmac::HMAC_SHA512].map(|hash| hmac::Key::new(hash, &secret)),
            )),
        }))
    }

    fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        match &self.0 {
            Prepared::Rsa(key) => {
                rsa(algorithm).is_some_and(|parameters| key.verify(parameters, message, signature).is_ok())
            }
            Prepared::Point(key) => {
                matches!(algorithm.family(), Family::P256 | Family::P384 | Family::Ed25519)
                    && key.verify(message, signature).is_ok()
            }
            Prepared::Secret(keys) => {
                let [sha256, sha384, sha512] = keys.as_ref();
                match algorithm {
                    Algorithm::Hs256 => hmac::verify(sha256, message, signature).is_ok(),
                    Algorithm::Hs384 => hmac::verify(sha384, message, signature).is_ok(),
                    Algorithm::Hs512 => hmac::verify(sha512, message, signature).is_ok(),
                    _ => false,
                }
            }
        }
    }

    fn sha256(bytes: &[u8]) -> [u8; 32] {
        hash(&digest::SHA256, bytes)
    }

    fn sha1(bytes: &[u8]) -> [u8; 20] {
        hash(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes)
    }
}

fn hash<const N: usize>(algorithm: &'static digest::Algorithm, bytes: &[u8]) -> [u8; N] {
    let mut hash = [0; N];
    for (to, from) in hash.iter_mut().zip(digest::digest(algorithm, bytes).as_ref()) {
        *to = *from;
    }
    hash
}

fn rsa(algorithm: Algorithm) -> Option<&'static RsaParameters> {
    match algorithm {
        Algorithm::Rs256 => Some(&RSA_PKCS1_2048_8192_SHA256),
        Algorithm::Rs384 => Some(&RSA_PKCS1_2048_8192_SHA384),
        Algorithm::Rs512 => Some(&RSA_PKCS1_2048_8192_SHA512),
        Algorithm::Ps256 => Some(&RSA_PSS_2048_8192_SHA256),
        Algorithm::Ps384 => Some(&RSA_PSS_2048_8192_SHA384),
        Algorithm::Ps512 => Some(&RSA_PSS_2048_8192_SHA512),
        _ => None,
    }
}
