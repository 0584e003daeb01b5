//! The floor: nothing but the check of one signature that is already split off and decoded, by an already built key.

use crate::tokens::{Jwk, Row};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::error::Error;

pub(crate) type Bytes = Vec<u8>;

/// ring, the provider that jotgate uses. It has no form of an RSA key that spares it the set-up at every check.
pub(crate) struct Ring {
    message: Bytes,
    signature: Bytes,
    key: RingKey,
}

enum RingKey {
    Rsa(&'static ring::signature::RsaParameters, ring::signature::RsaPublicKeyComponents<Bytes>),
    Point(ring::signature::UnparsedPublicKey<Bytes>),
    Secret(ring::hmac::Key),
}

impl Ring {
    pub(crate) fn new(row: &Row) -> Result<Self, Box<dyn Error>> {
        use ring::signature::{
            ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
            RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
        };
        let rsa = || -> Result<_, String> {
            let (n, e) = modulus_and_exponent(&row.jwk)?;
            Ok(RsaPublicKeyComponents { n, e })
        };
        let key = match row.algorithm.as_str() {
            "RS256" => RingKey::Rsa(&RSA_PKCS1_2048_8192_SHA256, rsa()?),
            "PS256" => RingKey::Rsa(&RSA_PSS_2048_8192_SHA256, rsa()?),
            "ES256" => RingKey::Point(UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point(&row.jwk)?)),
            "ES384" => RingKey::Point(UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point(&row.jwk)?)),
            "EdDSA" => RingKey::Point(UnparsedPublicKey::new(&ED25519, Jwk::bytes(row.jwk.x.as_ref(), "x")?)),
            _ => RingKey::Secret(ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &secret(&row.jwk)?)),
        };
        let (message, signature) = split(row)?;
        Ok(Self { message, signature, key })
    }

    pub(crate) fn verifies(&self) -> bool {
        match &self.key {
            RingKey::Rsa(parameters, key) => key.verify(parameters, &self.message, &self.signature).is_ok(),
            RingKey::Point(key) => key.verify(&self.message, &self.signature).is_ok(),
            RingKey::Secret(key) => ring::hmac::verify(key, &self.message, &self.signature).is_ok(),
        }
    }
}

/// What is signed, and the signature.
pub(crate) fn split(row: &Row) -> Result<(Bytes, Bytes), Box<dyn Error>> {
    let (message, signature) = row.token.rsplit_once('.').ok_or("a token without dots")?;
    Ok((message.into(), URL_SAFE_NO_PAD.decode(signature)?))
}

pub(crate) fn modulus_and_exponent(jwk: &Jwk) -> Result<(Bytes, Bytes), String> {
    Ok((Jwk::bytes(jwk.n.as_ref(), "n")?, Jwk::bytes(jwk.e.as_ref(), "e")?))
}

/// Uncompressed (SEC 1 section 2.3.3).
pub(crate) fn point(jwk: &Jwk) -> Result<Bytes, String> {
    let (x, y) = (Jwk::bytes(jwk.x.as_ref(), "x")?, Jwk::bytes(jwk.y.as_ref(), "y")?);
    Ok([vec![4], x, y].concat())
}

pub(crate) fn secret(jwk: &Jwk) -> Result<Bytes, String> {
    Jwk::bytes(jwk.k.as_ref(), "k")
}
