//! PKCS #12 stores (RFC 7292), of which only the certificates are read.
//!
//! DER alone is read, which is what keytool and OpenSSL write.

use super::elements::Elements;
use super::errors::{PKCS12_DAMAGED, TOO_MANY_ENTRIES, WRONG_PASSWORD};
use super::magic::JKS_MAGIC;
use super::password::Password;
use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Tag, TagNumber, Tagged as _};
use jotgate::{NamedCertificate, TrustStoreError};
use std::borrow::Cow;

/// Reads the certificates that have a `friendlyName`, which is the alias. Private keys stay encrypted.
///
/// The store's integrity is checked where it carries a code for that, which some tools leave out when there is nothing
/// to hide.
pub(super) fn read(store: &[u8], password: Option<&str>) -> Result<Vec<NamedCertificate>, TrustStoreError> {
    let pfx = Pfx::parse(store).ok_or_else(|| other_format(store))?;
    let mut password = Password::new(password);
    if let Some(code) = pfx.code {
        password.check_code(code, pfx.authenticated_safe)?;
    }
    let mut contents = Elements::of_sequence(pfx.authenticated_safe).ok_or(PKCS12_DAMAGED)?;
    let mut entries = Vec::new();
    while !contents.is_empty() {
        let content = ContentInfo::parse(contents.any().ok_or(PKCS12_DAMAGED)?).ok_or(PKCS12_DAMAGED)?;
        let plain = match content.kind {
            DATA => Cow::Borrowed(content.data().ok_or(PKCS12_DAMAGED)?),
            ENCRYPTED_DATA => {
                let (algorithm, encrypted) = content.encrypted_data().ok_or(PKCS12_DAMAGED)?;
                let plain = password.decrypt(algorithm, encrypted)?;
                // One wrong key in 256 decrypts to an end that looks right; nothing but the beginning shows it then.
                if Elements::of_sequence(&plain).is_none() {
                    return Err(WRONG_PASSWORD);
                }
                Cow::Owned(plain)
            }
            _ => {
                return Err(TrustStoreError::Content("the store is encrypted to a public key, not by a password"));
            }
        };
        take_certificates(&plain, &mut entries)?;
    }
    Ok(entries)
}

/// The outermost structure (RFC 7292 section 4).
struct Pfx<'s> {
    authenticated_safe: &'s [u8],
    code: Option<AnyRef<'s>>,
}

impl<'s> Pfx<'s> {
    fn parse(store: &'s [u8]) -> Option<Self> {
        let mut pfx = Elements::of_sequence(store)?;
        let version = pfx.take(Tag::Integer)?;
        let content = ContentInfo::parse(pfx.take(Tag::Sequence)?)?;
        if version.value() != [3] || content.kind != DATA {
            return None;
        }
        let code = if pfx.is_empty() { None } else { Some(pfx.take(Tag::Sequence)?) };
        Some(Self { authenticated_safe: content.data()?, code })
    }
}

/// RFC 5652 section 3.
struct ContentInfo<'s> {
    kind: ObjectIdentifier,
    content: AnyRef<'s>,
}

impl<'s> ContentInfo<'s> {
    fn parse(element: AnyRef<'s>) -> Option<Self> {
        let mut info = Elements::inside(element)?;
        let kind = info.take(Tag::ObjectIdentifier)?.decode_as().ok()?;
        let content = Elements::inside(info.take(EXPLICIT_0)?)?.any()?;
        Some(Self { kind, content })
    }

    fn data(&self) -> Option<&'s [u8]> {
        (self.content.tag() == Tag::OctetString).then(|| self.content.value())
    }

    /// The algorithm and what it encrypted (RFC 5652 section 8).
    fn encrypted_data(&self) -> Option<(AnyRef<'s>, &'s [u8])> {
        let mut data = Elements::inside(self.content)?;
        data.take(Tag::Integer)?;
        let mut info = Elements::inside(data.take(Tag::Sequence)?)?;
        info.take(Tag::ObjectIdentifier)?;
        let algorithm = info.take(Tag::Sequence)?;
        let encrypted = info.take(Tag::ContextSpecific { constructed: false, number: TagNumber(0) })?;
        Some((algorithm, encrypted.value()))
    }
}

/// Adds the certificates of a SafeContents (RFC 7292 section 4.2).
fn take_certificates(safe_contents: &[u8], entries: &mut Vec<NamedCertificate>) -> Result<(), TrustStoreError> {
    let mut bags = Elements::of_sequence(safe_contents).ok_or(PKCS12_DAMAGED)?;
    let mut count = 0_usize;
    while !bags.is_empty() {
        count = count.saturating_add(1);
        if count > NamedCertificate::MOST || entries.len() > NamedCertificate::MOST {
            return Err(TOO_MANY_ENTRIES);
        }
        entries.extend(bag(bags.take(Tag::Sequence).ok_or(PKCS12_DAMAGED)?).ok_or(PKCS12_DAMAGED)?);
    }
    Ok(())
}

/// The certificate of a bag; the inner `None` is a bag with something else in it, or without a name.
fn bag(bag: AnyRef<'_>) -> Option<Option<NamedCertificate>> {
    let mut bag = Elements::inside(bag)?;
    let kind: ObjectIdentifier = bag.take(Tag::ObjectIdentifier)?.decode_as().ok()?;
    let content = Elements::inside(bag.take(EXPLICIT_0)?)?.any()?;
    if kind != CERTIFICATE_BAG || bag.is_empty() {
        return Some(None);
    }
    let Some(alias) = friendly_name(bag.take(Tag::Set)?)? else {
        return Some(None);
    };
    let mut content = Elements::inside(content)?;
    if content.take(Tag::ObjectIdentifier)?.decode_as::<ObjectIdentifier>().ok()? != X509_CERTIFICATE {
        return Some(None);
    }
    let certificate = Elements::inside(content.take(EXPLICIT_0)?)?.take(Tag::OctetString)?;
    Some(Some(NamedCertificate { alias, der: certificate.value().to_vec() }))
}

/// The `friendlyName` among the attributes of a bag (RFC 2985 section 5.5.1); the inner `None` is a bag without one.
fn friendly_name(attributes: AnyRef<'_>) -> Option<Option<String>> {
    let mut attributes = Elements::inside(attributes)?;
    while !attributes.is_empty() {
        let mut attribute = Elements::inside(attributes.take(Tag::Sequence)?)?;
        if attribute.take(Tag::ObjectIdentifier)?.decode_as::<ObjectIdentifier>().ok()? == FRIENDLY_NAME {
            let name = Elements::inside(attribute.take(Tag::Set)?)?.take(Tag::BmpString)?;
            let (units, rest) = name.value().as_chunks();
            let units: Vec<u16> = units.iter().map(|unit| u16::from_be_bytes(*unit)).collect();
            return String::from_utf16(&units).ok().filter(|_| rest.is_empty()).map(Some);
        }
    }
    Some(None)
}

fn other_format(store: &[u8]) -> TrustStoreError {
    match store {
        [b'-', ..] => TrustStoreError::Type("this is PEM text; set type to pem"),
        store if store.starts_with(&JKS_MAGIC) => TrustStoreError::Type("this is a Java key store; set type to jks"),
        [0x30, 0x80, ..] => TrustStoreError::Content("the store is not in DER; keytool -importkeystore writes it anew"),
        _ => TrustStoreError::Content("this is no PKCS #12 store, or it is damaged or cut short"),
    }
}

const EXPLICIT_0: Tag = Tag::ContextSpecific { constructed: true, number: TagNumber(0) };
const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const ENCRYPTED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.6");
const CERTIFICATE_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.3");
const X509_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.22.1");
const FRIENDLY_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.20");
