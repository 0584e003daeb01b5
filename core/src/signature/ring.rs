//! The provider on `ring`.

use super::hashes::Secret;
use super::{BadKey, Material, Provider, points};
use crate::algorithm::{Algorithm, Algorithms};
use ring::signature::{
    self, ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
};

/// Key material in the form that verifies fastest.
pub(crate) struct Verifier {
    serves: Algorithms,
    prepared: Prepared,
}

enum Prepared {
    /// `ring` has no form that spares the set-up at each check, and none that is bound to an algorithm.
    Rsa(RsaPublicKeyComponents<Vec<u8>>),
    /// ECDSA and EdDSA: the curve fixes the algorithm.
    Point(UnparsedPublicKey<Vec<u8>>),
    Secret(Box<Secret>),
}

impl Provider for Verifier {
    const NAME: &'static str = "ring";

    fn knows(algorithm: Algorithm) -> bool {
        algorithm != Algorithm::Es512
    }

    /// `ring` looks at a point only when it verifies by it, and never at the order of an Ed25519 one.
    fn new(material: Material, serves: Algorithms) -> Result<Self, BadKey> {
        let prepared = match material {
            Material::Rsa { modulus, exponent } => Prepared::Rsa(RsaPublicKeyComponents { n: modulus, e: exponent }),
            Material::P256(point) => {
                points::check_p256(&point)?;
                Prepared::Point(UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point))
            }
            Material::P384(point) => {
                points::check_p384(&point)?;
                Prepared::Point(UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point))
            }
            Material::P521(point) => {
                points::check_p521(&point)?;
                return Err(BadKey::Provider);
            }
            Material::Ed25519(point) => {
                points::check_ed25519(&point)?;
                Prepared::Point(UnparsedPublicKey::new(&signature::ED25519, point.to_vec()))
            }
            Material::Secret(secret) => Prepared::Secret(Box::new(Secret::new(&secret, serves))),
        };
        Ok(Self { serves, prepared })
    }

    fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        self.serves.contains(algorithm)
            && match &self.prepared {
                Prepared::Rsa(key) => {
                    rsa(algorithm).is_some_and(|parameters| key.verify(parameters, message, signature).is_ok())
                }
                Prepared::Point(key) => key.verify(message, signature).is_ok(),
                Prepared::Secret(secret) => secret.verify(algorithm, message, signature),
            }
    }
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
