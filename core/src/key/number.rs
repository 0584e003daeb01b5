//! The numbers of public keys in base64, in the spellings that issuers publish.
//!
//! RFC 7518 section 2 has one: base64url without padding, and no octet too many. Google and Firebase have padded them,
//! Entra has used the standard alphabet, and what Java's `BigInteger.toByteArray()` writes begins with a zero octet.

use super::skip::{SkipReason, Spelling};
use crate::limits;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

/// A number as it was written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) octets: Vec<u8>,
    /// What of it is not as RFC 7518 says.
    pub(super) spelling: Option<Spelling>,
}

/// Reads a number. One alphabet, padding whole or none, no white space, no stray bits: what would need a guess is refused.
pub(super) fn read(text: &str) -> Result<Written, SkipReason> {
    if text.len() > limits::KEY_NUMBER_CHARS {
        return Err(SkipReason::NumberLength);
    }
    let (engine, spelling) = match (text.contains(['+', '/']), text.ends_with('=')) {
        (false, false) => (&URL_SAFE_NO_PAD, None),
        (false, true) => (&URL_SAFE, Some(Spelling::Padded)),
        (true, false) => (&STANDARD_NO_PAD, Some(Spelling::Alphabet)),
        (true, true) => (&STANDARD, Some(Spelling::Alphabet)),
    };
    let octets = engine.decode(text).map_err(|_| SkipReason::NotBase64Url)?;
    Ok(Written { octets, spelling })
}

impl Written {
    /// The number without zero octets in front, which change no number (RFC 7518 section 6.3.1.1).
    pub(super) fn without_zeros(mut self) -> Self {
        let zeros = self.octets.iter().take_while(|octet| **octet == 0).count();
        if zeros > 0 {
            self.octets.drain(..zeros);
            self.spelling = Some(Spelling::LeadingZeros);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{SkipReason, Spelling, Written, limits, read};

    #[test]
    fn a_number_has_one_value_in_each_of_its_spellings() {
        let octets = vec![0, 0xfb, 0xff, 0xbf, 0xfe];
        for (text, spelling) in [
            ("APv_v_4", None),
            ("APv_v_4=", Some(Spelling::Padded)),
            ("APv/v/4", Some(Spelling::Alphabet)),
            ("APv/v/4=", Some(Spelling::Alphabet)),
        ] {
            assert_eq!(read(text), Ok(Written { octets: octets.clone(), spelling }), "{text}");
        }
        let number = read("APv_v_4").expect("a number").without_zeros();
        assert_eq!((number.octets, number.spelling), (octets[1..].to_vec(), Some(Spelling::LeadingZeros)));
        assert_eq!(read("AAAA").expect("zeros").without_zeros().octets, Vec::<u8>::new());
    }

    #[test]
    fn what_would_need_a_guess_is_refused() {
        for text in [
            "APv/v_4",
            "APv-v/4=",
            "APv_v_4==",
            "APv_v_4====",
            "APv_v=4",
            "=",
            "====",
            "A",
            "AB",
            "APv_v_5",
            "APv v_4",
            "APv_v_4\n",
            " APv_v_4",
            "APv_v_4=\n",
            "65537",
            "APv.v",
        ] {
            assert_eq!(read(text), Err(SkipReason::NotBase64Url), "{text:?}");
        }
        assert!(read(&"A".repeat(limits::KEY_NUMBER_CHARS)).is_ok());
        let long = "A".repeat(limits::KEY_NUMBER_CHARS + 1);
        assert_eq!(read(&long), Err(SkipReason::NumberLength));
    }
}
