//! What a password does in a PKCS #12 store: it keys the integrity code and the encryption.
//!
//! Neither protects much here, since store and password stand in the same policy. They are undone to read the store, in
//! all the forms that Java and OpenSSL have written, old ones included.

use super::elements::Elements;
use super::errors::{PKCS12_DAMAGED, WRONG_PASSWORD};
use super::hash::StoreHash;
use crate::limits;
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt as _, InnerIvInit as _, KeyInit};
use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Tag, Tagged as _};
use jotgate::TrustStoreError;
use std::num::NonZeroU32;

/// A password, and the work that may still be spent on it.
pub(super) struct Password<'p> {
    text: Option<&'p str>,
    rounds_left: u32,
}

impl<'p> Password<'p> {
    pub(super) fn new(text: Option<&'p str>) -> Self {
        Self { text, rounds_left: limits::STORE_ROUNDS_MAX }
    }

    /// Checks the MacData (RFC 7292 section 4) over what it protects.
    pub(super) fn check_code(&mut self, code: AnyRef<'_>, message: &[u8]) -> Result<(), TrustStoreError> {
        let (algorithm, digest, salt, rounds) = mac_data(code).ok_or(PKCS12_DAMAGED)?;
        let hash = match algorithm {
            SHA1 => StoreHash::Sha1,
            SHA256 => StoreHash::Sha256,
            SHA384 => StoreHash::Sha384,
            SHA512 => StoreHash::Sha512,
            _ => {
                return Err(TrustStoreError::Content("the store's integrity code is not an HMAC with SHA-1 or SHA-2"));
            }
        };
        let key = self.derive(hash, Purpose::Code, salt, rounds, hash.bytes())?;
        if hash.is_code(&key, message, digest) { Ok(()) } else { Err(WRONG_PASSWORD) }
    }

    /// Decrypts with an AlgorithmIdentifier of RFC 8018 section 6.2 or RFC 7292 appendix C.
    pub(super) fn decrypt(&mut self, algorithm: AnyRef<'_>, encrypted: &[u8]) -> Result<Vec<u8>, TrustStoreError> {
        let (kind, parameters) = algorithm_identifier(algorithm).ok_or(PKCS12_DAMAGED)?;
        if kind == PBES2 {
            return self.decrypt_pbes2(parameters.ok_or(PKCS12_DAMAGED)?, encrypted);
        }
        let (cipher, key_bytes) = match kind {
            PBE_SHA1_3DES => (Cipher::TripleDes, 24),
            PBE_SHA1_RC2_128 => (Cipher::Rc2, 16),
            PBE_SHA1_RC2_40 => (Cipher::Rc2, 5),
            _ => return Err(UNKNOWN_ENCRYPTION),
        };
        let mut parameters = parameters.and_then(Elements::inside).ok_or(PKCS12_DAMAGED)?;
        let salt = parameters.take(Tag::OctetString).ok_or(PKCS12_DAMAGED)?.value();
        let rounds: u32 = parameters.take(Tag::Integer).and_then(|rounds| rounds.decode_as().ok()).ok_or(ROUNDS)?;
        let key = self.derive(StoreHash::Sha1, Purpose::Key, salt, rounds, key_bytes)?;
        let iv = self.derive(StoreHash::Sha1, Purpose::Iv, salt, rounds, 8)?;
        cipher.decrypt(&key, &iv, encrypted).ok_or(WRONG_PASSWORD)
    }

    fn decrypt_pbes2(&mut self, parameters: AnyRef<'_>, encrypted: &[u8]) -> Result<Vec<u8>, TrustStoreError> {
        let mut parameters = Elements::inside(parameters).ok_or(PKCS12_DAMAGED)?;
        let mut next = || parameters.any().and_then(algorithm_identifier).ok_or(PKCS12_DAMAGED);
        let ((derivation, derivation_parameters), (encryption, iv)) = (next()?, next()?);
        if derivation != PBKDF2 {
            return Err(UNKNOWN_ENCRYPTION);
        }
        let (cipher, key_bytes) = match encryption {
            AES128_CBC => (Cipher::Aes128, 16),
            AES192_CBC => (Cipher::Aes192, 24),
            AES256_CBC => (Cipher::Aes256, 32),
            DES_EDE3_CBC => (Cipher::TripleDes, 24),
            _ => return Err(UNKNOWN_ENCRYPTION),
        };
        let iv = iv.filter(|iv| iv.tag() == Tag::OctetString).ok_or(PKCS12_DAMAGED)?;
        let (hash, salt, rounds) = derivation_parameters.ok_or(PKCS12_DAMAGED).and_then(pbkdf2_parameters)?;
        let rounds = NonZeroU32::new(rounds).ok_or(ROUNDS)?;
        self.spend(rounds.get(), key_bytes, hash)?;
        let mut key = vec![0; key_bytes];
        hash.pbkdf2(self.text()?.as_bytes(), salt, rounds, &mut key);
        cipher.decrypt(&key, iv.value(), encrypted).ok_or(WRONG_PASSWORD)
    }

    /// The derivation of RFC 7292 appendix B.2.
    fn derive(
        &mut self, hash: StoreHash, purpose: Purpose, salt: &[u8], rounds: u32, bytes: usize,
    ) -> Result<Vec<u8>, TrustStoreError> {
        if rounds == 0 {
            return Err(ROUNDS);
        }
        self.spend(rounds, bytes, hash)?;
        let password: Vec<u8> = self.text()?.encode_utf16().chain([0]).flat_map(u16::to_be_bytes).collect();
        let block = hash.block_bytes();
        let diversifier = vec![purpose as u8; block];
        let mut input = [filled(salt, block), filled(&password, block)].concat();
        let mut derived = Vec::new();
        while derived.len() < bytes {
            let mut digest = hash.digest(&[&diversifier, &input]);
            for _ in 1..rounds {
                digest = hash.digest(&[&digest]);
            }
            let addend = filled(&digest, block);
            input.chunks_exact_mut(block).for_each(|chunk| add_with_one(chunk, &addend));
            derived.extend(digest);
        }
        derived.truncate(bytes);
        Ok(derived)
    }

    /// Accounts for a derivation before it is made.
    fn spend(&mut self, rounds: u32, bytes: usize, hash: StoreHash) -> Result<(), TrustStoreError> {
        let blocks = u32::try_from(bytes.div_ceil(hash.bytes())).unwrap_or(u32::MAX);
        self.rounds_left =
            rounds.checked_mul(blocks).and_then(|cost| self.rounds_left.checked_sub(cost)).ok_or(ROUNDS)?;
        Ok(())
    }

    fn text(&self) -> Result<&'p str, TrustStoreError> {
        self.text.ok_or(TrustStoreError::Password("the store has a password"))
    }
}

/// What derived bytes are for (RFC 7292 appendix B.3).
#[derive(Clone, Copy)]
enum Purpose {
    Key = 1,
    Iv = 2,
    Code = 3,
}

#[derive(Clone, Copy)]
enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    TripleDes,
    Rc2,
}

impl Cipher {
    /// The plain bytes; `None` when they do not end as they must.
    fn decrypt(self, key: &[u8], iv: &[u8], encrypted: &[u8]) -> Option<Vec<u8>> {
        fn cbc<C: KeyInit + BlockCipherDecrypt>(key: &[u8], iv: &[u8], encrypted: &[u8]) -> Option<Vec<u8>> {
            let cipher = C::new_from_slice(key).ok()?;
            Decryptor::inner_iv_slice_init(cipher, iv).ok()?.decrypt_padded_vec::<Pkcs7>(encrypted).ok()
        }
        match self {
            Self::Aes128 => cbc::<aes::Aes128>(key, iv, encrypted),
            Self::Aes192 => cbc::<aes::Aes192>(key, iv, encrypted),
            Self::Aes256 => cbc::<aes::Aes256>(key, iv, encrypted),
            Self::TripleDes => cbc::<des::TdesEde3>(key, iv, encrypted),
            Self::Rc2 => cbc::<rc2::Rc2>(key, iv, encrypted),
        }
    }
}

/// Digest algorithm, digest, salt and rounds of a MacData.
fn mac_data(code: AnyRef<'_>) -> Option<(ObjectIdentifier, &[u8], &[u8], u32)> {
    let mut data = Elements::inside(code)?;
    let mut info = Elements::inside(data.take(Tag::Sequence)?)?;
    let (algorithm, _) = algorithm_identifier(info.take(Tag::Sequence)?)?;
    let digest = info.take(Tag::OctetString)?.value();
    let salt = data.take(Tag::OctetString)?.value();
    // A number too large for the type is as far beyond the bound as the largest that fits.
    let rounds = if data.is_empty() { 1 } else { data.take(Tag::Integer)?.decode_as().unwrap_or(u32::MAX) };
    Some((algorithm, digest, salt, rounds))
}

/// Hash, salt and rounds (RFC 8018 appendix A.2).
fn pbkdf2_parameters(parameters: AnyRef<'_>) -> Result<(StoreHash, &[u8], u32), TrustStoreError> {
    let mut parameters = Elements::inside(parameters).ok_or(PKCS12_DAMAGED)?;
    let salt = parameters.take(Tag::OctetString).ok_or(UNKNOWN_ENCRYPTION)?.value();
    let rounds = parameters.take(Tag::Integer).ok_or(PKCS12_DAMAGED)?.decode_as().unwrap_or(u32::MAX);
    let mut hash = StoreHash::Sha1;
    while !parameters.is_empty() {
        let parameter = parameters.any().ok_or(PKCS12_DAMAGED)?;
        // A key length, which the cipher gives as well, may stand in front of the hash.
        if parameter.tag() == Tag::Sequence {
            hash = match algorithm_identifier(parameter).ok_or(PKCS12_DAMAGED)?.0 {
                HMAC_SHA1 => StoreHash::Sha1,
                HMAC_SHA256 => StoreHash::Sha256,
                HMAC_SHA384 => StoreHash::Sha384,
                HMAC_SHA512 => StoreHash::Sha512,
                _ => return Err(UNKNOWN_ENCRYPTION),
            };
        }
    }
    Ok((hash, salt, rounds))
}

/// RFC 5280 section 4.1.1.2.
fn algorithm_identifier(element: AnyRef<'_>) -> Option<(ObjectIdentifier, Option<AnyRef<'_>>)> {
    let mut identifier = Elements::inside(element)?;
    let algorithm = identifier.take(Tag::ObjectIdentifier)?.decode_as().ok()?;
    Some((algorithm, identifier.any()))
}

/// `bytes` over and over, until whole blocks are full; nothing stays nothing.
fn filled(bytes: &[u8], block: usize) -> Vec<u8> {
    bytes.iter().copied().cycle().take(bytes.len().next_multiple_of(block)).collect()
}

/// Big-endian `number + addend + 1`, without what does not fit.
fn add_with_one(number: &mut [u8], addend: &[u8]) {
    let mut carry = true;
    for (digit, other) in number.iter_mut().zip(addend).rev() {
        let (sum, first) = digit.overflowing_add(*other);
        let (sum, second) = sum.overflowing_add(carry.into());
        (*digit, carry) = (sum, first || second);
    }
}

/// Which of the two it is cannot be told.
const ROUNDS: TrustStoreError = TrustStoreError::Content("the store asks for no rounds of hashing, or for millions");
const UNKNOWN_ENCRYPTION: TrustStoreError =
    TrustStoreError::Content("the store is encrypted in an unknown way; keytool -importkeystore writes it anew");

const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");
const HMAC_SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.7");
const HMAC_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.9");
const HMAC_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.10");
const HMAC_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.11");
const PBES2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.13");
const PBKDF2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.12");
const AES128_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.2");
const AES192_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.22");
const AES256_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.42");
const DES_EDE3_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.3.7");
const PBE_SHA1_3DES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.3");
const PBE_SHA1_RC2_128: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.5");
const PBE_SHA1_RC2_40: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.6");
