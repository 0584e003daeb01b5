//! The seam to cryptography: key material goes in once, signatures are verified after that.
//!
//! A provider is one file with a `Verifier` that is a [`Provider`]; the lines `use` below pick one: `aws-lc` where it is in the
//! build, because nobody adds it without wanting it, and `ring` otherwise. Everything that says which key may verify what is
//! settled before a provider is asked, so a provider decides nothing but "is this a key" and "does this signature verify".
//! No other module names a crate of cryptography; `tests/house` checks that.
//!
//! - `ring.rs`: the provider on `ring`.
//! - `aws_lc.rs`: the provider on `aws-lc-rs`.
//! - `hashes.rs`: hashes and HMAC for both.
//! - `points.rs`: the checks of points that a provider has no function for.

mod hashes;
mod lack;
mod points;
#[cfg(feature = "aws-lc")]
mod aws_lc;
// Tests hold one provider against the other.
#[cfg(all(feature = "ring", any(test, not(feature = "aws-lc"))))]
mod ring;
#[cfg(all(test, feature = "aws-lc", feature = "ring"))]
mod agreement;
#[cfg(test)]
mod tests;

#[cfg(feature = "aws-lc")]
pub(crate) use self::aws_lc::Verifier;
#[cfg(all(feature = "ring", not(feature = "aws-lc")))]
pub(crate) use self::ring::Verifier;
pub(crate) use hashes::{sha1, sha256};
pub(crate) use lack::lack;

use crate::algorithm::{Algorithm, Algorithms};

#[cfg(not(any(feature = "ring", feature = "aws-lc")))]
compile_error!(
    "jotgate needs a provider of cryptography: switch on its feature `ring`, which is a default one, or `aws-lc`"
);

/// What a provider offers: key material in the form that verifies fastest.
pub(crate) trait Provider: Sized + Send + Sync + 'static {
    /// The feature of the crate that brings it.
    const NAME: &'static str;

    /// Whether it verifies signatures of this algorithm at all.
    fn knows(algorithm: Algorithm) -> bool;

    /// Takes in a key for signatures of the algorithms that it `serves`; all of them are of the key's family.
    ///
    /// Lengths of RSA keys and secrets were checked before. Whether a point is one is for the provider to say, and it
    /// must say so here: not when the first token arrives, and without a source of random numbers. What the key serves decides
    /// what is prepared, and never whether it is a key. A key of a family that the provider does not know is refused.
    fn new(material: Material, serves: Algorithms) -> Result<Self, BadKey>;

    /// Whether `signature` is this key's signature of `message` under `algorithm`; never for an algorithm that the key does
    /// not serve.
    ///
    /// ECDSA signatures are `r` and `s` in the length of the field (RFC 7518 section 3.4).
    fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool;
}

/// Key material that can be handed to a provider.
pub(crate) enum Material {
    /// Modulus and exponent, big-endian without leading zeros.
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    /// A point (SEC 1 section 2.3.3) on P-256.
    P256(Vec<u8>),
    /// A point (SEC 1 section 2.3.3) on P-384.
    P384(Vec<u8>),
    /// A point (SEC 1 section 2.3.3) on P-521.
    P521(Vec<u8>),
    /// An encoded point (RFC 8032 section 5.1.2).
    Ed25519([u8; 32]),
    /// A shared secret.
    Secret(Vec<u8>),
}

/// Why key material is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadKey {
    /// A compressed point, or infinity. RFC 7518 knows neither, and keys in DER are not to differ.
    NotUncompressed,
    /// A point of another length, beyond the field, or off the curve.
    OffCurve,
    /// Under a key of small order anyone can make signatures that verify.
    SmallOrder,
    /// Another encoding stands for the same Ed25519 point (RFC 8032 section 5.1.3).
    NotCanonical,
    /// The provider does not take it, as one without the curve.
    Provider,
}
