//! Thumbprints of certificates (RFC 7515 sections 4.1.7 and 4.1.8, RFC 7517 sections 4.8 and 4.9), as names of keys.
//!
//! A thumbprint picks a key as a key id does, and proves nothing: whoever finds a second certificate of the same SHA-1 still
//! needs the signature of a key that the policy or the issuer has named.

use super::number;
use crate::signature::{sha1, sha256};

/// The thumbprints that something has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Thumbprints {
    sha1: Option<[u8; 20]>,
    sha256: Option<[u8; 32]>,
}

/// What a key is to a token that names a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// The key's certificate has a thumbprint that the token names.
    Yes,
    /// It has others.
    No,
    /// Nothing is known of the key's certificate that could be compared.
    Unknown,
}

impl Thumbprints {
    /// Those in the members `x5t` and `x5t#S256` of a header or of a key; `None` when neither is a thumbprint.
    ///
    /// Gateways write the hexadecimal digits in base64 in place of the octets, and SHA-256 under `x5t` (WSO2 does both), so it
    /// is the length that tells. `x5t#S256` counts where both have one of the same kind.
    pub(crate) fn read(x5t: Option<&str>, x5t_s256: Option<&str>) -> Option<Self> {
        let mut found = Self::default();
        for text in [x5t, x5t_s256].into_iter().flatten() {
            found.sha1 = octets(text).or(found.sha1);
            found.sha256 = octets(text).or(found.sha256);
        }
        found.if_any()
    }

    /// Those of a certificate in DER.
    pub(super) fn of(der: &[u8]) -> Self {
        Self { sha1: Some(sha1(der)), sha256: Some(sha256(der)) }
    }

    /// Those that a JWK's members say, and where they say none of a kind, those of its certificate.
    pub(super) fn of_jwk(x5t: Option<&str>, x5t_s256: Option<&str>, certificate: Option<&[u8]>) -> Option<Self> {
        let written = Self::read(x5t, x5t_s256).unwrap_or_default();
        let made = certificate.map(Self::of).unwrap_or_default();
        Self { sha1: written.sha1.or(made.sha1), sha256: written.sha256.or(made.sha256) }.if_any()
    }

    /// Whether these, of a token, name the key that has those.
    pub(super) fn name(&self, key: Option<&Self>) -> Named {
        let Some(key) = key else { return Named::Unknown };
        match (same(self.sha1, key.sha1), same(self.sha256, key.sha256)) {
            (Some(true), _) | (_, Some(true)) => Named::Yes,
            (None, None) => Named::Unknown,
            _ => Named::No,
        }
    }

    /// Whether one of these is another than the key's.
    pub(super) fn contradict(&self, key: Option<&Self>) -> bool {
        key.is_some_and(|key| same(self.sha1, key.sha1) == Some(false) || same(self.sha256, key.sha256) == Some(false))
    }

    fn if_any(self) -> Option<Self> {
        (self.sha1.is_some() || self.sha256.is_some()).then_some(self)
    }
}

/// Whether both are there and the same.
fn same<const N: usize>(ours: Option<[u8; N]>, theirs: Option<[u8; N]>) -> Option<bool> {
    Some(ours? == theirs?)
}

/// So many octets in any base64, or their hexadecimal digits, as they are or in base64.
fn octets<const N: usize>(text: &str) -> Option<[u8; N]> {
    let decoded = number::read(text).ok().map(|written| written.octets).unwrap_or_default();
    <[u8; N]>::try_from(decoded.as_slice()).ok().or_else(|| hex(&decoded)).or_else(|| hex(text.as_bytes()))
}

fn hex<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let pairs = digits.chunks_exact(2);
    if digits.len() != N.saturating_mul(2) {
        return None;
    }
    let octets: Option<Vec<u8>> = pairs
        .map(|pair| {
            let [high, low] = pair else { return None };
            let (high, low) = (char::from(*high).to_digit(16)?, char::from(*low).to_digit(16)?);
            u8::try_from(high.checked_mul(16)?.checked_add(low)?).ok()
        })
        .collect();
    octets?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::{Named, Thumbprints};
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    #[test]
    fn is_read_in_each_spelling() {
        let made = Thumbprints::of(b"a certificate");
        let (sha1, sha256) = (made.sha1.expect("20 octets"), made.sha256.expect("32 octets"));
        let hex = |octets: &[u8]| octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>();
        for octets in [sha1.as_slice(), &sha256] {
            let digits = hex(octets);
            for text in [
                URL_SAFE_NO_PAD.encode(octets),
                STANDARD.encode(octets),
                URL_SAFE_NO_PAD.encode(&digits),
                STANDARD.encode(digits.to_uppercase()),
                digits,
            ] {
                let read = Thumbprints::read(Some(&text), None).expect("a thumbprint");
                assert_eq!(read.name(Some(&made)), Named::Yes, "{text}");
            }
        }
        for text in ["", "AAAA", "no thumbprint", &URL_SAFE_NO_PAD.encode([0; 21])] {
            assert_eq!(Thumbprints::read(Some(text), None), None, "{text}");
        }
    }

    #[test]
    fn names_what_it_can_be_compared_with() {
        let (one, other) = (Thumbprints::of(b"one"), Thumbprints::of(b"other"));
        let (sha1, sha256) = (Thumbprints { sha256: None, ..one }, Thumbprints { sha1: None, ..one });
        assert_eq!(sha1.name(Some(&one)), Named::Yes);
        assert_eq!(sha1.name(Some(&other)), Named::No);
        assert_eq!(sha1.name(Some(&sha256)), Named::Unknown);
        assert_eq!(sha1.name(None), Named::Unknown);
        let mixed = Thumbprints { sha256: other.sha256, ..one };
        assert_eq!(mixed.name(Some(&one)), Named::Yes);
        assert!(mixed.contradict(Some(&one)) && !one.contradict(Some(&sha1)));
    }
}
