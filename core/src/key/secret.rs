//! Checks of HMAC secrets: long enough, and not a public key given in the wrong place.

use super::pem;
use super::shape::Shape;
use super::skip::SkipReason;
use crate::limits;

/// A public key used as an HMAC secret lets everyone who knows it sign (RFC 8725 section 2.1), so whatever reads as
/// one is refused here, however it is written.
pub(crate) fn check(secret: &[u8]) -> Result<(), SkipReason> {
    if secret.len() < limits::SECRET_BYTES_MIN {
        return Err(SkipReason::ShortSecret);
    }
    if Shape::of(secret) != Shape::Other || as_text(secret).is_some_and(|text| reads_as_key(&text)) {
        return Err(SkipReason::SecretIsKey);
    }
    Ok(())
}

/// The secret as text, be it UTF-8, or UTF-16 or UTF-32 in either order: beside Latin letters these have zeros and byte order
/// marks, of whose octets UTF-8 has none.
fn as_text(secret: &[u8]) -> Option<String> {
    let narrow = secret.iter().copied().filter(|octet| !matches!(octet, 0 | 0xfe | 0xff)).collect();
    String::from_utf8(narrow).ok()
}

fn reads_as_key(text: &str) -> bool {
    // Byte order marks, control characters and white space in front have each hidden a key from such checks before.
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}');
    text.contains("-----BEGIN")
        || text.starts_with("ssh-")
        || text.starts_with("ecdsa-sha2-")
        || decoded(text).any(|octets| Shape::of(&octets) != Shape::Other || octets.starts_with(b"-----BEGIN"))
        || reads_as_jwk(text)
}

/// What the text encodes, in base64 of either alphabet and in hexadecimal digits.
fn decoded(text: &str) -> impl Iterator<Item = Vec<u8>> {
    let standard = text.replace('-', "+").replace('_', "/");
    [pem::decode(&standard), hex(text)].into_iter().flatten()
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() || !text.is_ascii() {
        return None;
    }
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

fn reads_as_jwk(text: &str) -> bool {
    (text.starts_with('{') || text.starts_with('['))
        && (text.contains("\"kty\"") || text.contains("\"keys\""))
        && serde_json::from_str::<serde_json::Value>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn refuses_keys_in_every_encoding_and_takes_what_only_looks_like_one() {
        for text in [
            "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAI",
            "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
            "MCowBQYDK2VwAyEA11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
            "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0KTUZrdwo=",
            r#"[{"kty":"RSA","n":"AQAB","e":"AQAB"}]"#,
            r#"{"keys":[{"x":"0123456789"},{"x":""}]}"#,
        ] {
            assert!(check(text.as_bytes()).is_err(), "{text}");
        }
        for text in [
            r#"{"kty":"RSA","n":"AQAB","e":"AQAB" and no more"#,
            r#"{"secret":"0123456789012345678901234567890"}"#,
            r#""kty" "keys" 0123456789012345678901234567"#,
            "BEGIN 0123456789012345678901234567890123",
            "MCow0123456789abcdefMCow0123456789abcdef",
        ] {
            assert!(check(text.as_bytes()).is_ok(), "{text}");
        }
    }

    #[test]
    fn refuses_short_secrets_and_keys_in_disguise() {
        assert!(check(&[7; 32]).is_ok());
        assert!(check(b"").is_err());
        assert!(check(&[7; 31]).is_err());
        for text in [
            "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----",
            "\u{feff}  -----BEGIN RSA PUBLIC KEY-----\nMFkw\n-----END",
            "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ",
            "\u{1}ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ",
            "\u{feff}ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ",
            " {\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}   ",
            "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\"}]}",
        ] {
            assert!(check(text.as_bytes()).is_err(), "{text}");
            let units: Vec<u16> = text.encode_utf16().collect();
            let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            let big: Vec<u8> = [0xfeff].iter().chain(&units).flat_map(|unit: &u16| unit.to_be_bytes()).collect();
            assert!(check(&little).is_err() && check(&big).is_err(), "{text} in UTF-16");
        }
    }
}
