//! Java key stores: a list of entries in big-endian numbers, and a SHA-1 digest of them that is keyed by the password.
//!
//! Java specifies the format in no document but its own reader, `sun.security.provider.JavaKeyStore`.

use super::errors::{TOO_MANY_ENTRIES, WRONG_PASSWORD};
use super::hash::StoreHash;
use super::magic::{JKS_MAGIC, is_pkcs12};
use jotgate::{NamedCertificate, TrustStoreError};

/// Reads the certificates of the store. An entry with a private key counts by the first certificate of its chain, as
/// `KeyStore.getCertificate` has it; the private key itself stays encrypted.
pub(super) fn read(store: &[u8], password: Option<&str>) -> Result<Vec<NamedCertificate>, TrustStoreError> {
    let password = password.ok_or(TrustStoreError::Password("a Java key store has a password"))?;
    let mut rest = Cursor(store);
    if rest.bytes(4) != Some(&JKS_MAGIC) {
        return Err(other_format(store));
    }
    if rest.number() != Some(2) {
        return Err(TrustStoreError::Content("only version 2 of Java key stores is read"));
    }
    let count = rest.number().ok_or(DAMAGED)?;
    if count > NamedCertificate::MOST {
        return Err(TOO_MANY_ENTRIES);
    }
    let mut entries = Vec::new();
    for _ in 0..count {
        entries.extend(rest.entry().ok_or(DAMAGED)?);
    }
    if rest.0.len() != DIGEST_BYTES {
        return Err(DAMAGED);
    }
    let signed = store.strip_suffix(rest.0).unwrap_or_default();
    let password: Vec<u8> = password.encode_utf16().flat_map(u16::to_be_bytes).collect();
    if StoreHash::Sha1.digest(&[&password, b"Mighty Aphrodite", signed]) != rest.0 {
        return Err(WRONG_PASSWORD);
    }
    Ok(entries)
}

/// What is left to read.
struct Cursor<'s>(&'s [u8]);

impl<'s> Cursor<'s> {
    /// An entry; the inner `None` is one without a certificate.
    fn entry(&mut self) -> Option<Option<NamedCertificate>> {
        let kind = self.number()?;
        let alias = std::str::from_utf8(self.text()?).ok()?.to_owned();
        self.bytes(8)?; // when the entry was made
        let certificate = match kind {
            PRIVATE_KEY => {
                let length = self.number()?;
                self.bytes(length)?;
                let mut first = None;
                for _ in 0..self.number()? {
                    let certificate = self.certificate()?;
                    first = first.or(Some(certificate));
                }
                first
            }
            CERTIFICATE => Some(self.certificate()?),
            _ => return None,
        };
        Some(certificate.map(|certificate| NamedCertificate { alias, der: certificate.to_vec() }))
    }

    fn certificate(&mut self) -> Option<&'s [u8]> {
        let kind = self.text()?;
        let length = self.number()?;
        self.bytes(length).filter(|_| kind == b"X.509")
    }

    /// A text with its length in front.
    fn text(&mut self) -> Option<&'s [u8]> {
        let length = u16::from_be_bytes(self.bytes(2)?.try_into().ok()?);
        self.bytes(length.into())
    }

    fn number(&mut self) -> Option<usize> {
        usize::try_from(u32::from_be_bytes(self.bytes(4)?.try_into().ok()?)).ok()
    }

    fn bytes(&mut self, count: usize) -> Option<&'s [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }
}

/// Java reads any of its formats under the name of any other, so a wrong `type` is the usual mistake.
fn other_format(store: &[u8]) -> TrustStoreError {
    match store {
        [b'-', ..] => TrustStoreError::Type("this is PEM text; set type to pem"),
        _ if is_pkcs12(store) => TrustStoreError::Type("this is a PKCS #12 store; set type to pkcs12"),
        [0xce, 0xce, 0xce, 0xce, ..] => {
            TrustStoreError::Content("this is a JCEKS store; keytool -importkeystore writes it as PKCS #12")
        }
        _ => TrustStoreError::Content("this is no Java key store"),
    }
}

const PRIVATE_KEY: usize = 1;
const CERTIFICATE: usize = 2;
const DIGEST_BYTES: usize = 20;
const DAMAGED: TrustStoreError = TrustStoreError::Content("the Java key store is damaged or cut short");
