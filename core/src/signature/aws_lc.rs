//! The provider on `aws-lc-rs`, which keeps keys set up between signatures and verifies on P-521.

use super::hashes::Secret;
use super::{BadKey, Material, Provider, points};
use crate::algorithm::{Algorithm, Algorithms};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents, VerificationAlgorithm,
};

/// Key material in the form that verifies fastest.
pub(crate) struct Verifier {
    serves: Algorithms,
    prepared: Prepared,
}

enum Prepared {
    /// A parsed key is bound to one padding and one hash, so there is one for each algorithm that the key serves.
    Rsa(Box<[(Algorithm, ParsedPublicKey)]>),
    /// ECDSA and EdDSA: the curve fixes the algorithm.
    Point(ParsedPublicKey),
    Secret(Box<Secret>),
}

impl Provider for Verifier {
    const NAME: &'static str = "aws-lc";

    fn knows(_: Algorithm) -> bool {
        true
    }

    /// Parsing checks that a point is on its curve too, but takes more forms of it than RFC 7518 has, and does not look at the
    /// order of an Ed25519 one.
    fn new(material: Material, serves: Algorithms) -> Result<Self, BadKey> {
        let prepared = match material {
            Material::Rsa { modulus, exponent } => {
                let key = RsaPublicKeyComponents { n: modulus, e: exponent };
                let served = serves.iter().filter_map(|algorithm| Some((algorithm, rsa(algorithm)?)));
                let parsed = served.map(|(algorithm, parameters)| Some((algorithm, set_up(&key, parameters)?)));
                Prepared::Rsa(parsed.collect::<Option<_>>().ok_or(BadKey::Provider)?)
            }
            Material::P256(point) => {
                points::check_p256(&point)?;
                parsed(&ECDSA_P256_SHA256_FIXED, &point)?
            }
            Material::P384(point) => {
                points::check_p384(&point)?;
                parsed(&ECDSA_P384_SHA384_FIXED, &point)?
            }
            Material::P521(point) => {
                points::check_p521(&point)?;
                parsed(&ECDSA_P521_SHA512_FIXED, &point)?
            }
            Material::Ed25519(point) => {
                points::check_ed25519(&point)?;
                parsed(&ED25519, &point)?
            }
            Material::Secret(secret) => Prepared::Secret(Box::new(Secret::new(&secret, serves))),
        };
        Ok(Self { serves, prepared })
    }

    fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        self.serves.contains(algorithm)
            && match &self.prepared {
                Prepared::Rsa(keys) => {
                    keys.iter().any(|(served, key)| *served == algorithm && key.verify_sig(message, signature).is_ok())
                }
                Prepared::Point(key) => key.verify_sig(message, signature).is_ok(),
                Prepared::Secret(secret) => secret.verify(algorithm, message, signature),
            }
    }
}

/// An RSA key with all that its first signature would set up: that is done under a lock, and a process that is forked off in
/// the meantime would find the lock taken for ever. So a signature that cannot be one is checked now.
fn set_up(key: &RsaPublicKeyComponents<Vec<u8>>, parameters: &'static RsaParameters) -> Option<ParsedPublicKey> {
    let parsed = key.to_parsed_public_key(parameters).ok()?;
    let no_signature = vec![0; key.n.len()];
    parsed.verify_sig(&[], &no_signature).is_err().then_some(parsed)
}

fn parsed(algorithm: &'static dyn VerificationAlgorithm, point: &[u8]) -> Result<Prepared, BadKey> {
    ParsedPublicKey::new(algorithm, point).map(Prepared::Point).map_err(|_| BadKey::Provider)
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
