//! What some DER is, told from the tags of its outermost elements: enough to send it to its reader, or to say what was
//! pasted instead of a public key.

use super::Unusable;
use super::elements::Elements;
use spki::der::Tag;

/// The structures that people paste where a public key belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).
    PublicKey,
    /// RSAPublicKey (RFC 8017 appendix A.1.1).
    RsaPublicKey,
    /// Certificate (RFC 5280 section 4.1).
    Certificate,
    /// CertificationRequest (RFC 2986 section 4).
    CertificateRequest,
    /// CertificateList (RFC 5280 section 5.1).
    RevocationList,
    /// PrivateKeyInfo (RFC 5208), RSAPrivateKey (RFC 8017), ECPrivateKey (RFC 5915), or PKCS #8 encrypted.
    PrivateKey,
    /// ContentInfo (RFC 5652 section 3): a `.p7b` file, for one.
    Cms,
    /// PFX (RFC 7292 section 4).
    Pkcs12,
    /// None of these.
    Other,
}

impl Shape {
    /// The shape of the element with which `der` begins.
    pub(crate) fn of(der: &[u8]) -> Self {
        use Tag::{BitString, Integer, ObjectIdentifier, OctetString, Sequence};
        let Some(outer) = Elements::of_sequence(der) else {
            return Self::Other;
        };
        match outer.tags(MOST_ELEMENTS).as_slice() {
            [Sequence, BitString] => Self::PublicKey,
            [Integer, Integer] => Self::RsaPublicKey,
            [Sequence, Sequence, BitString] => Self::signed(der),
            [Integer, OctetString, ..]
            | [Integer, Integer, Integer, Integer, ..]
            | [Integer, Sequence, OctetString, ..]
            | [Sequence, OctetString] => Self::PrivateKey,
            [ObjectIdentifier, ..] => Self::Cms,
            [Integer, Sequence, ..] => Self::Pkcs12,
            _ => Self::Other,
        }
    }

    /// The shape of a signed structure: only a list has a time directly inside what is signed, and only a request has
    /// its subject right behind the version.
    fn signed(der: &[u8]) -> Self {
        let to_be_signed = Elements::of_sequence(der).and_then(|mut outer| outer.any()).and_then(Elements::inside);
        let tags = to_be_signed.map(|inner| inner.tags(MOST_ELEMENTS)).unwrap_or_default();
        match tags.as_slice() {
            tags if tags.iter().any(|tag| matches!(tag, Tag::UtcTime | Tag::GeneralizedTime)) => Self::RevocationList,
            [Tag::Integer, Tag::Sequence, Tag::Sequence] => Self::CertificateRequest,
            [Tag::Integer, Tag::Sequence, Tag::Sequence, Tag::ContextSpecific { .. }] => Self::CertificateRequest,
            _ => Self::Certificate,
        }
    }

    /// Why something of this shape is not taken as a public key.
    pub(crate) fn refusal(self) -> Unusable {
        Unusable(match self {
            Self::PublicKey | Self::RsaPublicKey => "this is a public key of another form than its label says",
            Self::Certificate => "this is a certificate, which its label does not say",
            Self::CertificateRequest => "this is a certificate request; give the certificate that was made from it",
            Self::RevocationList => "this is a certificate revocation list, not a certificate",
            Self::PrivateKey => "this is a private key; a validator needs the public key",
            Self::Cms => "this is a PKCS #7 bundle; give the signer's certificate alone",
            Self::Pkcs12 => "this is a PKCS #12 store; it belongs to trust_store",
            Self::Other => "this is no public key and no certificate",
        })
    }
}

/// More than any of the structures has at its outermost level, or as many as it takes to tell.
const MOST_ELEMENTS: usize = 10;

#[cfg(test)]
mod tests {
    use super::Shape;

    /// A SEQUENCE of empty elements with these tags.
    fn sequence(tags: &[u8]) -> Vec<u8> {
        let inside: Vec<u8> = tags.iter().flat_map(|tag| [*tag, 0]).collect();
        wrapped(&inside)
    }

    fn wrapped(inside: &[u8]) -> Vec<u8> {
        [&[0x30, u8::try_from(inside.len()).unwrap()], inside].concat()
    }

    /// Something signed whose first part has elements with these tags.
    fn signed(tags: &[u8]) -> Vec<u8> {
        wrapped(&[sequence(tags), vec![0x30, 0, 3, 0]].concat())
    }

    #[test]
    fn each_structure_is_told_by_its_outermost_elements() {
        for (tags, shape) in [
            (&[0x30, 3][..], Shape::PublicKey),
            (&[2, 2], Shape::RsaPublicKey),
            (&[2, 4], Shape::PrivateKey),
            (&[2, 2, 2, 2, 2, 2, 2, 2, 2], Shape::PrivateKey),
            (&[2, 0x30, 4], Shape::PrivateKey),
            (&[0x30, 4], Shape::PrivateKey),
            (&[6, 0xa0], Shape::Cms),
            (&[2, 0x30, 0x30], Shape::Pkcs12),
            (&[4], Shape::Other),
            (&[], Shape::Other),
        ] {
            assert_eq!(Shape::of(&sequence(tags)), shape, "{tags:?}");
        }
    }

    #[test]
    fn what_is_signed_is_told_by_what_stands_in_it() {
        for (tags, shape) in [
            (&[0xa0, 2, 0x30, 0x30, 0x30, 0x30, 0x30][..], Shape::Certificate),
            (&[2, 0x30, 0x30, 0x17, 0x17], Shape::RevocationList),
            (&[2, 0x30, 0x30, 0x18], Shape::RevocationList),
            (&[2, 0x30, 0x30], Shape::CertificateRequest),
            (&[2, 0x30, 0x30, 0xa0], Shape::CertificateRequest),
            (&[2, 0x30, 0x30, 0x30], Shape::Certificate),
        ] {
            assert_eq!(Shape::of(&signed(tags)), shape, "{tags:?}");
        }
    }
}
