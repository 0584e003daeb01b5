//! The seam to cryptography: key material goes in once, signatures are verified after that.
//!
//! A provider is one file with a `Verifier` that is a [`Provider`]; the line `use` below picks it. Everything that says
//! which key may verify what is settled before a provider is asked, so a provider decides nothing but "is this a point"
//! and "does this signature verify". No other module names a crate of cryptography; `tests/house` checks that.
//!
//! - `ring.rs`: the provider on `ring`.
//! - `points.rs`: the check of points that `ring` has no function for. A provider that parses keys itself needs it not.

mod ring;
mod points;
#[cfg(test)]
mod tests;

pub(crate) use self::ring::Verifier;

use crate::algorithm::Algorithm;

/// What a provider offers: key material in the form that verifies fastest.
pub(crate) trait Provider: Sized + Send + Sync + 'static {
    /// Takes in a key.
    ///
    /// Lengths of RSA keys and secrets were checked before. Whether a point is one is for the provider to say, and it
    /// must say so here: not when the first token arrives, and without a source of random numbers.
    fn new(material: Material) -> Result<Self, BadPoint>;

    /// Whether `signature` is this key's signature of `message` under `algorithm`.
    ///
    /// ECDSA signatures are `r` and `s` in the length of the field (RFC 7518 section 3.4). The caller has made sure that
    /// the algorithm's family is the key's; another one does not verify.
    fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool;

    /// The SHA-256 of `bytes`: to tell keys apart without keeping their bytes.
    fn sha256(bytes: &[u8]) -> [u8; 32];

    /// The SHA-1 of `bytes`: the name of a certificate (RFC 7515 section 4.1.7), which proves nothing.
    fn sha1(bytes: &[u8]) -> [u8; 20];
}

/// Key material that can be handed to a provider.
pub(crate) enum Material {
    /// Modulus and exponent, big-endian without leading zeros.
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    /// A point (SEC 1 section 2.3.3) on P-256.
    P256(Vec<u8>),
    /// A point (SEC 1 section 2.3.3) on P-384.
    P384(Vec<u8>),
    /// An encoded point (RFC 8032 section 5.1.2).
    Ed25519([u8; 32]),
    /// A shared secret.
    Secret(Vec<u8>),
}

/// Why a point is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadPoint {
    /// Compressed, or infinity. RFC 7518 knows neither, and keys in DER are not to differ.
    NotUncompressed,
    /// Of another length, beyond the field, or off the curve.
    OffCurve,
    /// Under a key of small order anyone can make signatures that verify.
    SmallOrder,
    /// Another encoding stands for the same Ed25519 point (RFC 8032 section 5.1.3).
    NotCanonical,
}
