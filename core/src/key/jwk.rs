//! One JSON Web Key (RFC 7517 section 4, RFC 7518 section 6, RFC 8037 section 2), read strictly.

use super::{Key, Unusable};
use crate::algorithm::Algorithm;
use crate::json::{Member, Value};
use crate::signature::Material;
use crate::token;
use std::borrow::Cow;

/// Where a key set comes from, which decides what may stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Written into the policy: secrets count.
    Inline,
    /// Fetched: whatever is secret there is public by now, and must not verify anything.
    Fetched,
}

/// Reads a key that may verify signatures; everything else is unusable, with the reason.
pub(crate) fn read(jwk: &[Member<'_>], trust: Trust) -> Result<Key, Unusable> {
    let kty = text(jwk, "kty")?.ok_or(Unusable("the key has no kty"))?;
    let id = text(jwk, "kid")?;
    check_purpose(jwk)?;
    let material = match kty.as_ref() {
        "RSA" => {
            refuse_private(jwk, &["d", "p", "q", "dp", "dq", "qi", "oth"])?;
            Material::Rsa { modulus: octets(jwk, "n")?, exponent: octets(jwk, "e")? }
        }
        "EC" => {
            refuse_private(jwk, &["d"])?;
            point(jwk)?
        }
        "OKP" => {
            refuse_private(jwk, &["d"])?;
            if text(jwk, "crv")?.as_deref() != Some("Ed25519") {
                return Err(Unusable("the only OKP curve supported is Ed25519"));
            }
            let point = octets(jwk, "x")?.try_into().map_err(|_| Unusable("x must have 32 octets"))?;
            Material::Ed25519(point)
        }
        "oct" if trust == Trust::Fetched => return Err(Unusable("a symmetric key in a fetched set is never used")),
        "oct" => {
            let secret = octets(jwk, "k")?;
            super::secret::check(&secret)?;
            Material::Secret(secret)
        }
        _ => return Err(Unusable("the key type is not supported")),
    };
    let mut key = Key::new(material)?;
    key.algorithm = algorithm(jwk)?;
    if key.algorithm.is_some_and(|bound| !key.fits(bound)) {
        return Err(Unusable("the key's alg does not fit its type"));
    }
    key.id = id.map(|id| id.into());
    Ok(key)
}

/// The `kid` of a key that may be unusable otherwise.
pub(crate) fn id(jwk: &[Member<'_>]) -> Option<Box<str>> {
    text(jwk, "kid").ok().flatten().map(Into::into)
}

/// RFC 7517 sections 4.2 and 4.3: a key for another purpose than verifying is not for us.
fn check_purpose(jwk: &[Member<'_>]) -> Result<(), Unusable> {
    if text(jwk, "use")?.is_some_and(|purpose| purpose != "sig") {
        return Err(Unusable("the key's use is not sig"));
    }
    match find(jwk, "key_ops") {
        None => Ok(()),
        Some(value)
            if value
                .as_strings()
                .is_some_and(|operations| operations.iter().any(|operation| operation == "verify")) =>
        {
            Ok(())
        }
        Some(_) => Err(Unusable("the key's key_ops do not include verify")),
    }
}

fn algorithm(jwk: &[Member<'_>]) -> Result<Option<Algorithm>, Unusable> {
    match text(jwk, "alg")? {
        None => Ok(None),
        Some(name) => Algorithm::from_name(&name)
            .map(Some)
            .ok_or(Unusable("the key's alg is not a supported signature algorithm")),
    }
}

/// RFC 7518 section 6.2.1: coordinates have the full length of the field, leading zeros included.
fn point(jwk: &[Member<'_>]) -> Result<Material, Unusable> {
    let crv = text(jwk, "crv")?.ok_or(Unusable("the key has no crv"))?;
    let field_bytes = match crv.as_ref() {
        "P-256" => 32,
        "P-384" => 48,
        _ => return Err(Unusable("only the curves P-256 and P-384 are supported")),
    };
    let (x, y) = (octets(jwk, "x")?, octets(jwk, "y")?);
    if x.len() != field_bytes || y.len() != field_bytes {
        return Err(Unusable("x and y must have the length of the curve's field"));
    }
    let uncompressed = [&[4], x.as_slice(), y.as_slice()].concat();
    Ok(if field_bytes == 32 { Material::P256(uncompressed) } else { Material::P384(uncompressed) })
}

fn refuse_private(jwk: &[Member<'_>], names: &[&str]) -> Result<(), Unusable> {
    if names.iter().any(|name| find(jwk, name).is_some()) {
        return Err(Unusable("the key carries private members"));
    }
    Ok(())
}

fn octets(jwk: &[Member<'_>], name: &str) -> Result<Vec<u8>, Unusable> {
    let text = text(jwk, name)?.ok_or(Unusable("a member of the key is missing"))?;
    token::decode(text.as_bytes()).map_err(|_| Unusable("a member of the key is not base64url"))
}

fn text<'a>(jwk: &[Member<'a>], name: &str) -> Result<Option<Cow<'a, str>>, Unusable> {
    match find(jwk, name) {
        None => Ok(None),
        Some(value) => value.as_str().map(Some).ok_or(Unusable("a member of the key is not a string")),
    }
}

fn find<'m, 'a>(jwk: &'m [Member<'a>], name: &str) -> Option<&'m Value<'a>> {
    jwk.iter().find(|member| member.name == name).map(|member| &member.value)
}
