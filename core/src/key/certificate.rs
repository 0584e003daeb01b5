//! X.509 certificates (RFC 5280), taken as what they are in a gateway's policy: a public key with a period of validity.
//!
//! The certificate stands in the policy, so the policy vouches for it. Issuer, signature, names, usages and extensions
//! prove nothing more here: that they are there in DER is seen to, and what they say is not looked at.

use super::{Unusable, public};
use crate::signature::Material;
use crate::time::Timestamp;
use spki::der::asn1::{
    AnyRef, BitStringRef, ContextSpecific, GeneralizedTime, IntRef, ObjectIdentifier, OctetStringRef,
    PrintableStringRef, TeletexStringRef, UtcTime, Utf8StringRef,
};
use spki::der::{self, Decode as _, Header, Reader as _, SliceReader, Tag, TagMode, TagNumber, Tagged as _};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use std::time::Duration;

/// When a certificate may be used, in whole seconds since the epoch, both ends included (RFC 5280 section 4.1.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Validity {
    not_before: i64,
    not_after: i64,
}

impl Validity {
    /// The second that `now` lies in counts: times in certificates have no fractions.
    pub(crate) fn contains(&self, now: Timestamp) -> bool {
        (self.not_before..=self.not_after).contains(&now.as_millis().div_euclid(1000))
    }

    /// Its first and its last second.
    pub(super) fn ends(self) -> (Timestamp, Timestamp) {
        (Timestamp::from_seconds(self.not_before), Timestamp::from_seconds(self.not_after))
    }
}

/// Reads one certificate that fills `der`.
pub(crate) fn read(der: &[u8]) -> Result<(Material, Validity), Unusable> {
    let Certificate { key, validity, .. } = certificate(der).map_err(|_| Unusable("the certificate is damaged"))?;
    Ok((public::material(&key)?, validity))
}

/// The subject's common name, by which people tell certificates apart (RFC 5280 appendix A.1, X520CommonName).
pub(crate) fn common_name(der: &[u8]) -> Option<String> {
    let name = certificate(der).ok()?.common_name?;
    match name.tag() {
        Tag::Utf8String => name.decode_as::<Utf8StringRef<'_>>().ok().map(|text| text.as_str().to_owned()),
        Tag::PrintableString => name.decode_as::<PrintableStringRef<'_>>().ok().map(|text| text.as_str().to_owned()),
        Tag::TeletexString => name.decode_as::<TeletexStringRef<'_>>().ok().map(|text| text.as_str().to_owned()),
        Tag::BmpString => {
            let (units, rest) = name.value().as_chunks::<2>();
            let text = String::from_utf16(&units.iter().map(|unit| u16::from_be_bytes(*unit)).collect::<Vec<_>>());
            text.ok().filter(|_| rest.is_empty())
        }
        _ => None,
    }
}

/// What is looked at in a certificate.
struct Certificate<'a> {
    key: SubjectPublicKeyInfoRef<'a>,
    validity: Validity,
    /// The first of the subject.
    common_name: Option<AnyRef<'a>>,
}

/// RFC 5280 section 4.1.1.
fn certificate(der: &[u8]) -> der::Result<Certificate<'_>> {
    let mut reader = SliceReader::new(der)?;
    let signed = reader.sequence(|fields| {
        let signed = fields.sequence(to_be_signed)?;
        AlgorithmIdentifierRef::decode(fields)?;
        BitStringRef::decode(fields)?;
        der::Result::Ok(signed)
    })?;
    reader.finish()?;
    Ok(signed)
}

/// RFC 5280 section 4.1.2.
fn to_be_signed<'a>(fields: &mut SliceReader<'a>) -> der::Result<Certificate<'a>> {
    let version = fields.context_specific::<u8>(TagNumber(0), TagMode::Explicit)?;
    if version.is_some_and(|version| version > VERSION_3) {
        return Err(Tag::Integer.value_error().into());
    }
    if IntRef::decode(fields)?.as_bytes().len() > SERIAL_BYTES {
        return Err(Tag::Integer.length_error().into());
    }
    AlgorithmIdentifierRef::decode(fields)?;
    name(fields)?;
    let validity =
        fields.sequence(|period| der::Result::Ok(Validity { not_before: time(period)?, not_after: time(period)? }))?;
    let common_name = name(fields)?;
    let key = SubjectPublicKeyInfoRef::decode(fields)?;
    // The unique identifiers of issuer and subject, and the extensions.
    fields.context_specific::<BitStringRef<'_>>(TagNumber(1), TagMode::Implicit)?;
    fields.context_specific::<BitStringRef<'_>>(TagNumber(2), TagMode::Implicit)?;
    if let Some(outer) = ContextSpecific::<AnyRef<'_>>::decode_explicit(fields, TagNumber(3))? {
        extensions(outer.value)?;
    }
    Ok(Certificate { key, validity, common_name })
}

/// RFC 5280 section 4.1.2.5.
fn time(period: &mut SliceReader<'_>) -> der::Result<i64> {
    let since_epoch = match Tag::peek(period)? {
        Tag::UtcTime => UtcTime::decode(period)?.to_unix_duration(),
        _ => GeneralizedTime::decode(period)?.to_unix_duration(),
    };
    Ok(seconds(since_epoch))
}

/// RFC 5280 section 4.1.2.4: a SEQUENCE of SETs of types with their values. Gives the first common name.
fn name<'a>(fields: &mut SliceReader<'a>) -> der::Result<Option<AnyRef<'a>>> {
    let mut common_name = None;
    fields.sequence(|name| {
        while !name.is_finished() {
            let header = Header::decode(name)?;
            header.tag().assert_eq(Tag::Set)?;
            name.read_nested(header.length(), |set| {
                while !set.is_finished() {
                    let (kind, value) = set.sequence(|attribute| {
                        der::Result::Ok((<ObjectIdentifier>::decode(attribute)?, AnyRef::decode(attribute)?))
                    })?;
                    if kind == COMMON_NAME {
                        common_name.get_or_insert(value);
                    }
                }
                der::Result::Ok(())
            })?;
        }
        der::Result::Ok(())
    })?;
    Ok(common_name)
}

/// RFC 5280 section 4.1.2.9.
fn extensions(outer: AnyRef<'_>) -> der::Result<()> {
    outer.tag().assert_eq(Tag::Sequence)?;
    let mut list = SliceReader::new(outer.value())?;
    while !list.is_finished() {
        list.sequence(|extension| {
            <ObjectIdentifier>::decode(extension)?;
            Option::<bool>::decode(extension)?;
            <&OctetStringRef>::decode(extension)
        })?;
    }
    Ok(())
}

fn seconds(since_epoch: Duration) -> i64 {
    i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX)
}

const VERSION_3: u8 = 2;

/// RFC 4519 section 2.3.
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// RFC 5280 section 4.1.2.2 allows 20 octets, and some count them without the one that a sign may take.
const SERIAL_BYTES: usize = 21;

/// Against the crate `x509-cert`, which reads each field into a type of its own.
#[cfg(test)]
mod tests {
    use super::{Certificate, Validity, certificate, common_name, seconds};
    use crate::key::pem::Block;
    use proptest::prelude::{Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};
    use spki::der::{Decode as _, Encode as _};
    use std::collections::BTreeSet;
    use std::sync::LazyLock;

    /// The certificates in the vectors.
    static CERTIFICATES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
        let mut found = BTreeSet::new();
        for file in ["key_forms.json", "trust_store.json"] {
            let path = format!("{}/../tests/vectors/tokens/{file}", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(path).unwrap().replace("\\n", "\n");
            let mut rest = text.as_str();
            while let Some((block, after)) = Block::first(rest) {
                found.extend(block.certificate());
                rest = after;
            }
        }
        found.into_iter().filter(|der| theirs(der).is_some()).collect()
    });

    /// Validity, public key in DER and common name.
    type Read = Option<(Validity, Vec<u8>, Option<String>)>;

    fn ours(der: &[u8]) -> Read {
        let Certificate { key, validity, .. } = certificate(der).ok()?;
        Some((validity, key.to_der().unwrap(), common_name(der)))
    }

    fn theirs(der: &[u8]) -> Read {
        let certificate = x509_cert::Certificate::from_der(der).ok()?;
        let certificate = certificate.tbs_certificate();
        let period = certificate.validity();
        let validity = Validity {
            not_before: seconds(period.not_before.to_unix_duration()),
            not_after: seconds(period.not_after.to_unix_duration()),
        };
        let name = certificate.subject().common_name().ok().flatten().map(|name| name.value().into_owned());
        Some((validity, certificate.subject_public_key_info().to_der().unwrap(), name))
    }

    /// A certificate with some bytes changed, taken out, or put in, with the lengths about them left as they are.
    fn damaged() -> impl Strategy<Value = Vec<u8>> {
        let place = (prop::sample::select(&**CERTIFICATES), any::<prop::sample::Index>());
        let tags = [0x01, 0x02, 0x03, 0x05, 0x17, 0x18, 0x30, 0x31, 0x80, 0x81, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xff];
        let byte = prop_oneof![any::<u8>(), prop::sample::select(tags.to_vec())];
        (place, byte, 0..4_u8).prop_map(|((mut der, at), byte, how)| {
            let at = at.index(der.len());
            match how {
                0 => der.insert(at, byte),
                1 => drop(der.remove(at)),
                _ => der[at] = byte,
            }
            der
        })
    }

    proptest! {
        #[test]
        fn damage_is_judged_as_x509_cert_does(der in damaged()) {
            prop_assert_eq!(ours(&der), theirs(&der));
        }
    }

    #[test]
    fn certificates_are_read_as_x509_cert_does_whole_and_with_each_byte_changed() {
        assert!(CERTIFICATES.len() > 4);
        for whole in CERTIFICATES.iter() {
            assert_eq!(ours(whole), theirs(whole));
            for at in 0..whole.len().min(420) {
                for byte in [0, 1, whole[at] ^ 1, whole[at] ^ 0x20, whole[at].wrapping_sub(1), whole[at] ^ 0x80] {
                    let mut der = whole.clone();
                    der[at] = byte;
                    assert_eq!(ours(&der), theirs(&der), "{at} {byte} {der:02x?}");
                }
            }
        }
    }

    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = match u8::try_from(content.len()) {
            Ok(short) if short < 0x80 => vec![short],
            Ok(long) => vec![0x81, long],
            Err(_) => [&[0x82], &u16::try_from(content.len()).unwrap().to_be_bytes()[..]].concat(),
        };
        [&[tag], &length[..], content].concat()
    }

    /// A certificate with this version, serial number, common name (its tag and octets) and element for the extensions.
    fn made(version: u8, serial: &[u8], common_name: (u8, &[u8]), extensions: &[u8]) -> Vec<u8> {
        let ed25519 = tlv(0x30, &tlv(6, &[0x2b, 0x65, 0x70]));
        let named = [tlv(6, &[0x55, 4, 3]), tlv(common_name.0, common_name.1)].concat();
        let name = tlv(0x30, &tlv(0x31, &tlv(0x30, &named)));
        let period = tlv(0x30, &tlv(0x17, b"260101000000Z").repeat(2));
        let key = tlv(0x30, &[ed25519.clone(), tlv(3, &[[0].as_slice(), &[7; 32]].concat())].concat());
        let version = tlv(0xa0, &tlv(2, &[version]));
        let fields = [version, tlv(2, serial), ed25519.clone(), name.clone(), period, name, key, extensions.to_vec()];
        tlv(0x30, &[tlv(0x30, &fields.concat()), ed25519, tlv(3, &[0, 0])].concat())
    }

    #[test]
    fn a_common_name_is_read_in_each_of_its_types() {
        for (tag, octets, name) in [
            (0x0c, "\u{e9}".as_bytes(), Some("\u{e9}")),
            (0x13, b"abc", Some("abc")),
            (0x14, b"abc", Some("abc")),
            (0x1e, &[0, b'a', 0x30, 0x42], Some("a\u{3042}")),
            (0x1e, &[0, b'a', 0x30], None),
            (0x1e, &[0xd8, 0], None),
            (0x16, b"abc", None),
        ] {
            assert_eq!(common_name(&made(2, &[1], (tag, octets), &[])).as_deref(), name, "{tag:#x} {octets:?}");
        }
    }

    #[test]
    fn version_serial_number_and_extensions_are_those_of_rfc_5280() {
        let reads = |version: u8, serial: &[u8], extensions: &[u8]| {
            certificate(&made(version, serial, (0x0c, b"a"), extensions)).is_ok()
        };
        assert!(reads(2, &[1; 21], &[]) && !reads(2, &[1; 22], &[]));
        assert!(reads(0, &[1], &[]) && !reads(3, &[1], &[]));
        let extension = tlv(0x30, &[tlv(6, &[0x55, 0x1d, 0x0e]), tlv(4, &[4, 0])].concat());
        for (inside, good) in [
            (tlv(0x30, &extension), true),
            (tlv(0x30, &extension.repeat(2)), true),
            (tlv(0x31, &extension), false),
            (tlv(0x30, &tlv(2, &[1])), false),
            (tlv(0x30, &[extension, vec![0x30]].concat()), false),
        ] {
            assert_eq!(reads(2, &[1], &tlv(0xa3, &inside)), good, "{inside:?}");
        }
    }
}
