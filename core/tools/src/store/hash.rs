//! The hashes that protect trust stores, by `ring` where it is in the build, and by `aws-lc-rs` otherwise, which has the same
//! functions; the only file of this crate that names them. SHA-1 is one of the hashes, and no signature is ever checked with it.

#[cfg(not(feature = "ring"))]
use aws_lc_rs::{digest, hmac, pbkdf2};
#[cfg(feature = "ring")]
use ring::{digest, hmac, pbkdf2};
use std::num::NonZeroU32;

/// One of them.
#[derive(Clone, Copy)]
pub(super) enum StoreHash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl StoreHash {
    /// The length of a digest.
    pub(super) fn bytes(self) -> usize {
        self.algorithm().output_len()
    }

    /// The length of the blocks that the hash works on.
    pub(super) fn block_bytes(self) -> usize {
        self.algorithm().block_len()
    }

    /// The digest of the parts, one behind the other.
    pub(super) fn digest(self, parts: &[&[u8]]) -> Vec<u8> {
        let mut context = digest::Context::new(self.algorithm());
        parts.iter().for_each(|part| context.update(part));
        context.finish().as_ref().to_vec()
    }

    /// Whether `tag` is the HMAC of `message`.
    pub(super) fn is_code(self, key: &[u8], message: &[u8], tag: &[u8]) -> bool {
        let algorithm = match self {
            Self::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => hmac::HMAC_SHA256,
            Self::Sha384 => hmac::HMAC_SHA384,
            Self::Sha512 => hmac::HMAC_SHA512,
        };
        hmac::verify(&hmac::Key::new(algorithm, key), message, tag).is_ok()
    }

    /// PBKDF2 (RFC 8018 section 5.2) with the HMAC of this hash; `rounds` is bounded by the caller.
    pub(super) fn pbkdf2(self, password: &[u8], salt: &[u8], rounds: NonZeroU32, derived: &mut [u8]) {
        let algorithm = match self {
            Self::Sha1 => pbkdf2::PBKDF2_HMAC_SHA1,
            Self::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
            Self::Sha384 => pbkdf2::PBKDF2_HMAC_SHA384,
            Self::Sha512 => pbkdf2::PBKDF2_HMAC_SHA512,
        };
        pbkdf2::derive(algorithm, rounds, salt, password, derived);
    }

    fn algorithm(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        }
    }
}
