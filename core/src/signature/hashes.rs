//! Hashes and HMAC: by `ring` where it is in the build, for its HMAC is the faster one, and by `aws-lc-rs` otherwise. For
//! these the two have the same functions.

use crate::algorithm::{Algorithm, Algorithms};
#[cfg(not(feature = "ring"))]
use aws_lc_rs::{digest, hmac};
#[cfg(feature = "ring")]
use ring::{digest, hmac};

/// The SHA-256 of `bytes`: to tell keys apart without keeping their bytes.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    hash(&digest::SHA256, bytes)
}

/// The SHA-1 of `bytes`: the name of a certificate (RFC 7515 section 4.1.7), which proves nothing.
pub(crate) fn sha1(bytes: &[u8]) -> [u8; 20] {
    hash(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes)
}

/// An HMAC secret, prepared for each hash that it serves, since preparing it costs as much as using it.
pub(super) struct Secret {
    sha256: Option<hmac::Key>,
    sha384: Option<hmac::Key>,
    sha512: Option<hmac::Key>,
}

impl Secret {
    pub(super) fn new(secret: &[u8], serves: Algorithms) -> Self {
        let prepared = |algorithm, hash| serves.contains(algorithm).then(|| hmac::Key::new(hash, secret));
        Self {
            sha256: prepared(Algorithm::Hs256, hmac::HMAC_SHA256),
            sha384: prepared(Algorithm::Hs384, hmac::HMAC_SHA384),
            sha512: prepared(Algorithm::Hs512, hmac::HMAC_SHA512),
        }
    }

    pub(super) fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let key = match algorithm {
            Algorithm::Hs256 => self.sha256.as_ref(),
            Algorithm::Hs384 => self.sha384.as_ref(),
            Algorithm::Hs512 => self.sha512.as_ref(),
            _ => None,
        };
        key.is_some_and(|key| hmac::verify(key, message, signature).is_ok())
    }
}

fn hash<const N: usize>(algorithm: &'static digest::Algorithm, bytes: &[u8]) -> [u8; N] {
    let mut hash = [0; N];
    for (to, from) in hash.iter_mut().zip(digest::digest(algorithm, bytes).as_ref()) {
        *to = *from;
    }
    hash
}
