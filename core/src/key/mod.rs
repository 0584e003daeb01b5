//! Keys: read from whatever form they come in, checked once, and bound to the algorithms they may verify.

mod skip;
mod unusable;
mod number;
mod thumbprint;
mod wrong_document;
mod roca;
mod rsa;
mod elements;
mod shape;
mod public;
mod certificate;
mod pem;
mod secret;
mod jwk;
mod set;
mod listing;
mod store;

use crate::algorithm::{Algorithm, Algorithms, Family};
use crate::signature::{self, Material, Provider as _, Verifier};
use crate::time::Timestamp;
use certificate::Validity;
pub(crate) use jwk::Trust;
pub use listing::{GivenKey, KeySetPlace, ListedKey, listed_keys};
pub(crate) use pem::decode as from_base64;
pub(crate) use set::{Candidates, KeySet, SetError};
pub use skip::{SkipReason, Spelling};
pub use store::{NamedCertificate, TrustStoreContent, TrustStoreError, TrustStoreFormat, TrustStores};
pub(crate) use store::{NoTrustStores, StoreContent, StoreError, StoreType, TrustStore};
pub(crate) use thumbprint::Thumbprints;
pub(crate) use unusable::Unusable;
pub use wrong_document::WrongDocument;
pub(crate) use wrong_document::without_mark;

/// What the period of validity of a certificate is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Periods {
    /// Outside of it the certificate's key is not used.
    Checked,
    /// The waiver `allow_expired_certificates`.
    Ignored,
}

/// A key that may verify signatures of certain algorithms, and no others.
pub(crate) struct Key {
    /// The `kid` of a JWK, or the alias of a certificate in a trust store; keys given as text have none.
    pub(crate) id: Option<Box<str>>,
    family: Family,
    /// The JWK's `alg`, which binds the key to one algorithm (RFC 7517 section 4.4).
    algorithm: Option<Algorithm>,
    /// The length of an RSA modulus or of a secret, for people who look at keys.
    bits: u32,
    /// Those of the family, without the HMAC algorithms whose hash is longer than the secret (RFC 7518 section 3.2).
    suiting: Algorithms,
    /// When a key from a certificate may be used; other keys have no such bounds.
    validity: Option<Validity>,
    /// What names the certificate of the key, where it has one. Boxed, because few sets have them and some have many keys.
    thumbprints: Option<Box<Thumbprints>>,
    verifier: Verifier,
    /// Tells whether two keys are the same.
    identity: [u8; 32],
}

/// Who made a signature: the SHA-256 of the key, which names it as long as nobody finds collisions in SHA-256, and the algorithm,
/// which has the family of the key with it. It does not depend on the key's id, nor on the set that it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signer {
    algorithm: Algorithm,
    key: [u8; 32],
}

impl Key {
    /// A public key or certificate from text, in any of the forms that [`pem::read`] takes.
    pub(crate) fn from_text(text: &str, periods: Periods, allowed: Algorithms) -> Result<Self, Unusable> {
        let pem::Read { material, certificate } = pem::read(text)?;
        Self::of_certificate(material, certificate, periods, allowed)
    }

    /// The key in a certificate in DER.
    fn from_certificate(der: &[u8], periods: Periods, allowed: Algorithms) -> Result<Self, Unusable> {
        let (material, validity) = certificate::read(der)?;
        Self::of_certificate(material, Some((validity, Thumbprints::of(der))), periods, allowed)
    }

    fn of_certificate(
        material: Material, certificate: Option<(Validity, Thumbprints)>, periods: Periods, allowed: Algorithms,
    ) -> Result<Self, Unusable> {
        let (validity, thumbprints) = certificate.unzip();
        let validity = validity.filter(|_| periods == Periods::Checked);
        Ok(Self { validity, thumbprints: thumbprints.map(Box::new), ..Self::new(material, allowed)? })
    }

    /// An HMAC secret.
    pub(crate) fn from_secret(secret: Vec<u8>, allowed: Algorithms) -> Result<Self, Unusable> {
        secret::check(&secret)?;
        Ok(Self::new(Material::Secret(secret), allowed)?)
    }

    /// A key that is asked for signatures of `allowed` algorithms and no others. Which these are decides what of the key is
    /// prepared, and never whether it is a key.
    fn new(material: Material, allowed: Algorithms) -> Result<Self, SkipReason> {
        let bits = bits(&material);
        let (family, identity, secret_bytes) = match &material {
            Material::Rsa { modulus, exponent } => {
                rsa::check(modulus, exponent)?;
                // With the length, no octet of one can count as one of the other.
                (Family::Rsa, [modulus.len().to_be_bytes().as_slice(), modulus, exponent].concat(), 0)
            }
            Material::P256(point) => (Family::P256, point.clone(), 0),
            Material::P384(point) => (Family::P384, point.clone(), 0),
            Material::P521(point) => (Family::P521, point.clone(), 0),
            Material::Ed25519(point) => (Family::Ed25519, point.to_vec(), 0),
            Material::Secret(secret) => (Family::Hmac, secret.clone(), secret.len()),
        };
        let suiting = Algorithms::which(|algorithm| {
            family == algorithm.family() && (family != Family::Hmac || secret_bytes >= algorithm.hash_bytes())
        });
        let served = Algorithms::which(|algorithm| suiting.contains(algorithm) && allowed.contains(algorithm));
        let identity = signature::sha256(&identity);
        let verifier = Verifier::new(material, served)?;
        let (id, algorithm, validity, thumbprints) = (None, None, None, None);
        Ok(Self { id, family, algorithm, bits, suiting, validity, thumbprints, verifier, identity })
    }

    /// Whether keys of this type may verify signatures of `algorithm`, whatever this key's own `alg` says.
    pub(crate) fn suits(&self, algorithm: Algorithm) -> bool {
        self.suiting.contains(algorithm)
    }

    /// Whether the key may verify signatures of `algorithm`.
    pub(crate) fn fits(&self, algorithm: Algorithm) -> bool {
        self.suits(algorithm) && self.algorithm.is_none_or(|bound| bound == algorithm)
    }

    /// Whether the certificate that the key comes from, if any, is valid at this time.
    pub(crate) fn is_valid_at(&self, now: Timestamp) -> bool {
        self.validity.is_none_or(|validity| validity.contains(now))
    }

    pub(crate) fn is_symmetric(&self) -> bool {
        self.family == Family::Hmac
    }

    /// Whether `signature` is this key's signature of `message`. A key that does not fit the algorithm never says yes.
    pub(crate) fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        self.fits(algorithm) && self.verifier.verify(algorithm, message, signature)
    }

    /// Who signs with this key by this algorithm.
    pub(crate) fn signer(&self, algorithm: Algorithm) -> Signer {
        Signer { algorithm, key: self.identity }
    }

    /// Whether this key may verify signatures of `algorithm`, and is the one with which `signer` signed by it.
    pub(crate) fn is_of(&self, signer: &Signer, algorithm: Algorithm) -> bool {
        self.fits(algorithm) && algorithm == signer.algorithm && self.identity == signer.key
    }

    fn is_same(&self, other: &Self) -> bool {
        self.family == other.family && self.identity == other.identity
    }
}

/// The length of a modulus, which has no zeros in front, or of a secret; of keys on a curve the curve says it.
fn bits(material: &Material) -> u32 {
    let (octets, zeros) = match material {
        Material::Rsa { modulus, .. } => (modulus.len(), modulus.first().map_or(0, |first| first.leading_zeros())),
        Material::Secret(secret) => (secret.len(), 0),
        _ => return 0,
    };
    u32::try_from(octets).unwrap_or(u32::MAX).saturating_mul(8).saturating_sub(zeros)
}

/// Shows neither the material nor the id: the id may come from a fetched set.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("family", &self.family).field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}
