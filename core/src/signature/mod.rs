//! The seam to cryptography: key material goes in once, signatures are verified after that.
//!
//! A provider is one file that offers [`Verifier`]. Everything that says which key may verify what is settled before
//! a provider is asked, so a provider decides nothing but "does this signature verify".

mod ring;

pub(crate) use self::ring::{Verifier, sha256};

/// Key material that was checked and can be handed to a provider.
pub(crate) enum Material {
    /// Modulus and exponent, big-endian without leading zeros.
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    /// An uncompressed point (SEC 1 section 2.3.3) on P-256.
    P256(Vec<u8>),
    /// An uncompressed point (SEC 1 section 2.3.3) on P-384.
    P384(Vec<u8>),
    /// An encoded point (RFC 8032 section 5.1.2).
    Ed25519([u8; 32]),
    /// A shared secret.
    Secret(Vec<u8>),
}
