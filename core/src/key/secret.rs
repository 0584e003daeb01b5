//! Checks of HMAC secrets: long enough, and not a public key given in the wrong place.

use super::shape::Shape;
use super::{Unusable, pem};
use crate::limits;

/// A public key used as an HMAC secret lets everyone who knows it sign (RFC 8725 section 2.1), so whatever reads as
/// one is refused here, however it is written.
pub(crate) fn check(secret: &[u8]) -> Result<(), Unusable> {
    if secret.len() < limits::SECRET_BYTES_MIN {
        return Err(Unusable("an HMAC secret must have at least 32 bytes"));
    }
    if Shape::of(secret) != Shape::Other || std::str::from_utf8(secret).is_ok_and(reads_as_key) {
        return Err(Unusable(
            "this looks like a key or certificate, not like an HMAC secret; public keys belong to pem or jwks",
        ));
    }
    Ok(())
}

fn reads_as_key(text: &str) -> bool {
    // Byte order marks, control characters and white space in front have each hidden a key from such checks before.
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}');
    text.contains("-----BEGIN")
        || text.starts_with("ssh-")
        || text.starts_with("ecdsa-sha2-")
        || pem::decode(text).is_some_and(|der| Shape::of(&der) != Shape::Other)
        || reads_as_jwk(text)
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
    fn refuses_short_secrets_and_keys_in_disguise() {
        assert!(check(&[7; 32]).is_ok());
        assert!(check(b"").is_err());
        assert!(check(&[7; 31]).is_err());
        for text in [
            "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----",
            "\u{feff}  -----BEGIN RSA PUBLIC KEY-----\nMFkw\n-----END",
            "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ",
            " {\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}   ",
            "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\"}]}",
        ] {
            assert!(check(text.as_bytes()).is_err(), "{text}");
        }
    }
}
