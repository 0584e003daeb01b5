//! Keys that sign, made when they are needed: the kit has none of its own. No other file names a crate of cryptography.

use crate::Error;
use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::signature::{
    self as sign, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, RsaEncoding,
};
use aws_lc_rs::{error::Unspecified, hmac, rsa};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jotgate::Algorithm;
use serde_json::{Map, Value, json};
use std::fmt;

/// A kind of key: which algorithms can share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Rsa,
    P256,
    P384,
    P521,
    Ed25519,
    Secret,
}

impl Family {
    /// The kind of key that an algorithm takes (RFC 7518 section 3.1, RFC 8037 section 3.1).
    pub(crate) fn of(algorithm: Algorithm) -> Result<Self, Error> {
        use Algorithm as A;
        Ok(match algorithm {
            A::Rs256 | A::Rs384 | A::Rs512 | A::Ps256 | A::Ps384 | A::Ps512 => Self::Rsa,
            A::Es256 => Self::P256,
            A::Es384 => Self::P384,
            A::Es512 => Self::P521,
            A::EdDsa | A::Ed25519 => Self::Ed25519,
            A::Hs256 | A::Hs384 | A::Hs512 => Self::Secret,
            _ => return Err(Error::new(format!("the kit does not sign with {algorithm}"))),
        })
    }

    fn curve(self) -> Option<(&'static EcdsaSigningAlgorithm, &'static str)> {
        match self {
            Self::P256 => Some((&sign::ECDSA_P256_SHA256_FIXED_SIGNING, "P-256")),
            Self::P384 => Some((&sign::ECDSA_P384_SHA384_FIXED_SIGNING, "P-384")),
            Self::P521 => Some((&sign::ECDSA_P521_SHA512_FIXED_SIGNING, "P-521")),
            Self::Rsa | Self::Ed25519 | Self::Secret => None,
        }
    }
}

/// A private key or a secret.
pub(crate) enum SigningKey {
    Rsa(rsa::KeyPair),
    Ec(EcdsaKeyPair, &'static str),
    Ed25519(Ed25519KeyPair),
    Secret([u8; SECRET_BYTES]),
}

impl SigningKey {
    /// A new key. An RSA key takes a tenth of a second, more or less.
    pub(crate) fn generate(family: Family) -> Result<Self, Error> {
        if let Some((algorithm, name)) = family.curve() {
            return Ok(Self::Ec(EcdsaKeyPair::generate(algorithm).map_err(broken)?, name));
        }
        Ok(match family {
            Family::Rsa => Self::Rsa(rsa::KeyPair::generate(rsa::KeySize::Rsa2048).map_err(broken)?),
            Family::Ed25519 => Self::Ed25519(Ed25519KeyPair::generate().map_err(broken)?),
            Family::P256 | Family::P384 | Family::P521 | Family::Secret => Self::Secret(random()?),
        })
    }

    /// What the key set says of it (RFC 7517 section 4, RFC 7518 section 6, RFC 8037 section 2), without its name and its use.
    pub(crate) fn jwk(&self) -> Result<Map<String, Value>, Error> {
        let jwk = match self {
            Self::Rsa(pair) => {
                let public = pkcs1::RsaPublicKeyRef::try_from(pair.public_key().as_ref())
                    .map_err(|_| Error::new("the provider of cryptography made a key that cannot be read"))?;
                let (modulus, exponent) = (public.modulus.as_bytes(), public.public_exponent.as_bytes());
                json!({ "kty": "RSA", "n": base64url(modulus), "e": base64url(exponent) })
            }
            Self::Ec(pair, curve) => {
                // SEC 1 section 2.3.3: an octet that says "uncompressed", and two coordinates of one length.
                let point = pair.public_key().as_ref().get(1..).unwrap_or_default();
                let (x, y) = point.split_at(point.len().div_euclid(2));
                json!({ "kty": "EC", "crv": curve, "x": base64url(x), "y": base64url(y) })
            }
            Self::Ed25519(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": base64url(pair.public_key().as_ref()) })
            }
            Self::Secret(secret) => json!({ "kty": "oct", "k": base64url(secret) }),
        };
        Ok(jwk.as_object().cloned().unwrap_or_default())
    }

    /// The signature over these bytes.
    pub(crate) fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, Error> {
        match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding(algorithm)?, &SystemRandom::new(), message, &mut signature).map_err(broken)?;
                Ok(signature)
            }
            Self::Ec(pair, _) => Ok(pair.sign(&SystemRandom::new(), message).map_err(broken)?.as_ref().to_vec()),
            Self::Ed25519(pair) => Ok(pair.sign(message).as_ref().to_vec()),
            Self::Secret(secret) => {
                let key = hmac::Key::new(hash(algorithm)?, secret);
                Ok(hmac::sign(&key, message).as_ref().to_vec())
            }
        }
    }
}

/// Shows the kind alone.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa(_) => "Rsa",
            Self::Ec(_, curve) => curve,
            Self::Ed25519(_) => "Ed25519",
            Self::Secret(_) => "Secret",
        })
    }
}

/// A name that nothing else has: for `jti`, and for whatever has to differ.
pub(crate) fn unique() -> Result<String, Error> {
    random::<16>().map(|octets| base64url(&octets))
}

/// Without padding (RFC 7515 section 2).
pub(crate) fn base64url(octets: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(octets)
}

fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut octets = [0; N];
    rand::fill(&mut octets).map_err(broken)?;
    Ok(octets)
}

fn padding(algorithm: Algorithm) -> Result<&'static dyn RsaEncoding, Error> {
    Ok(match algorithm {
        Algorithm::Rs256 => &sign::RSA_PKCS1_SHA256,
        Algorithm::Rs384 => &sign::RSA_PKCS1_SHA384,
        Algorithm::Rs512 => &sign::RSA_PKCS1_SHA512,
        Algorithm::Ps256 => &sign::RSA_PSS_SHA256,
        Algorithm::Ps384 => &sign::RSA_PSS_SHA384,
        Algorithm::Ps512 => &sign::RSA_PSS_SHA512,
        _ => return Err(foreign(algorithm)),
    })
}

fn hash(algorithm: Algorithm) -> Result<hmac::Algorithm, Error> {
    Ok(match algorithm {
        Algorithm::Hs256 => hmac::HMAC_SHA256,
        Algorithm::Hs384 => hmac::HMAC_SHA384,
        Algorithm::Hs512 => hmac::HMAC_SHA512,
        _ => return Err(foreign(algorithm)),
    })
}

fn foreign(algorithm: Algorithm) -> Error {
    Error::new(format!("the key is none for {algorithm}"))
}

fn broken(_: Unspecified) -> Error {
    Error::new("the provider of cryptography failed").with_hint("is there no randomness?")
}

/// Long enough for HS512 (RFC 7518 section 3.2).
const SECRET_BYTES: usize = 64;
