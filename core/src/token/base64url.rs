//! Strict base64url (RFC 7515 section 2): no padding, no white space, no stray bits. One text for one token.

use base64::Engine as _;
use base64::engine::general_purpose::{NO_PAD, URL_SAFE_NO_PAD};

/// Texts of a few hundred bytes and more decode several times as fast with vector instructions.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
type Engine = base64::engine::Simd;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
type Engine = base64::engine::GeneralPurpose;

/// Decodes what stands in tokens. Which instructions the processor has is known at run time only, so a policy makes a
/// decoder and keeps it: a global one would have to be locked while it is made, and a child of a fork could be born with
/// the lock taken.
#[derive(Debug)]
pub(crate) struct Decoder(Engine);

impl Decoder {
    pub(crate) fn new() -> Self {
        #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
        let engine = Engine::url_safe(NO_PAD);
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        let engine = Engine::new(&base64::alphabet::URL_SAFE, NO_PAD);
        Self(engine)
    }

    /// Fills `bytes`, which is [`decoded_len`] long, with what `text` encodes.
    pub(crate) fn decode_into(&self, text: &[u8], bytes: &mut [u8]) -> Result<(), NotBase64Url> {
        match self.0.decode_slice(text, bytes) {
            Ok(written) if written == bytes.len() => Ok(()),
            _ => Err(NotBase64Url),
        }
    }
}

/// The text is not strict base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotBase64Url;

/// How many bytes a text encodes, if it encodes any.
pub(crate) fn decoded_len(text: &[u8]) -> usize {
    text.len().saturating_mul(3) / 4
}

/// What `text` encodes, where nobody waits for it: in keys and policies.
pub(crate) fn decode(text: impl AsRef<[u8]>) -> Result<Vec<u8>, NotBase64Url> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| NotBase64Url)
}

#[cfg(test)]
mod tests {
    use super::{Decoder, NotBase64Url, decoded_len};
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as SCALAR;
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    fn decode(text: impl AsRef<[u8]>) -> Result<Vec<u8>, NotBase64Url> {
        let mut bytes = vec![0; decoded_len(text.as_ref())];
        let decoded = Decoder::new().decode_into(text.as_ref(), &mut bytes).map(|()| bytes);
        assert_eq!(decoded, super::decode(text));
        decoded
    }

    #[test]
    fn takes_one_spelling_only() {
        assert_eq!(decode("-_-_"), Ok(vec![0xfb, 0xff, 0xbf]));
        assert_eq!(decode(""), Ok(vec![]));
        for text in ["AA==", "A", "AB", "AAB", "+/+/", "AA A", "AA\n", " AA", "A\0AA", "AAé", "AAAAA"] {
            assert!(decode(text).is_err(), "{text:?}");
        }
    }

    /// Long enough for every loop of the decoder: vectors, whole groups, and the rest.
    fn long(len: usize) -> Vec<u8> {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut text: Vec<u8> = (0..len).map(|index| alphabet[index * 7 % 64]).collect();
        *text.last_mut().expect("some text") = b'A';
        text
    }

    #[test]
    fn refuses_every_foreign_byte_at_every_place_of_a_long_text() {
        for len in [200, 198, 199] {
            let text = long(len);
            assert_eq!(decode(&text).ok(), SCALAR.decode(&text).ok());
            assert!(decode(&text).is_ok());
            for place in 0..len {
                for foreign in b" \t\r\n+/=.,~\0\x7f\x80\xc3\xff" {
                    let mut bad = text.clone();
                    bad[place] = *foreign;
                    assert_eq!(decode(&bad), Err(NotBase64Url), "{foreign} at {place} of {len}");
                    let mut longer = text.clone();
                    longer.insert(place, *foreign);
                    assert_eq!(decode(&longer), Err(NotBase64Url), "{foreign} before {place} of {len}");
                }
            }
        }
    }

    #[test]
    fn refuses_padding_stray_bits_and_odd_lengths_of_a_long_text() {
        let with_end = |len: usize, end: &str| [&long(len), end.as_bytes()].concat();
        for (len, end) in [(198, "=="), (198, "="), (199, "="), (200, "="), (200, "===="), (200, "A"), (196, "A")] {
            assert_eq!(decode(with_end(len, end)), Err(NotBase64Url), "{end} after {len}");
        }
        // Two characters hold a byte and four bits that must be zero, three hold two bytes and two such bits.
        for (len, end) in [(196, "AB"), (196, "AI"), (196, "AAB"), (196, "AAC")] {
            assert_eq!(decode(with_end(len, end)), Err(NotBase64Url), "{end} after {len}");
        }
        for (len, end) in [(196, "AQ"), (196, "AAE")] {
            assert!(decode(with_end(len, end)).is_ok(), "{end} after {len}");
        }
    }

    proptest! {
        #[test]
        fn decodes_what_was_encoded(bytes in prop::collection::vec(any::<u8>(), 0..700)) {
            prop_assert_eq!(decode(SCALAR.encode(&bytes)), Ok(bytes));
        }

        #[test]
        fn agrees_with_the_scalar_decoder(text in "[A-Za-z0-9_-]{0,300}", change in any::<(u16, u8)>()) {
            prop_assert_eq!(decode(&text).ok(), SCALAR.decode(&text).ok());
            let mut changed = text.into_bytes();
            if let Some(place) = usize::from(change.0).checked_rem(changed.len()) {
                changed[place] = change.1;
            }
            prop_assert_eq!(decode(&changed).ok(), SCALAR.decode(&changed).ok());
        }
    }
}
