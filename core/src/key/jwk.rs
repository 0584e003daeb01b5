//! One JSON Web Key (RFC 7517 section 4, RFC 7518 section 6, RFC 8037 section 2).
//!
//! What the key is, is read strictly. How its numbers are written is read as issuers write them: a number has one value
//! in every spelling, so taking the other spellings lets no other key in.

use super::number::{self, Written};
use super::skip::{SkipReason, Spelling};
use super::thumbprint::Thumbprints;
use super::{Key, pem};
use crate::algorithm::{Algorithm, Algorithms};
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

/// Reads a key that may verify signatures of `allowed` algorithms, and tells a foreign spelling; everything else is skipped,
/// with the reason.
pub(crate) fn read(
    jwk: &[Member<'_>], trust: Trust, allowed: Algorithms,
) -> Result<(Key, Option<Spelling>), SkipReason> {
    let kty = text(jwk, "kty")?.ok_or(SkipReason::NoKeyType)?;
    let id = text(jwk, "kid")?;
    check_purpose(jwk)?;
    let (material, spelling) = match kty.as_ref() {
        "RSA" => {
            refuse_private(jwk, &["d", "p", "q", "dp", "dq", "qi", "oth"])?;
            let (modulus, exponent) = (octets(jwk, "n")?.without_zeros(), octets(jwk, "e")?.without_zeros());
            let spelling = modulus.spelling.or(exponent.spelling);
            (Material::Rsa { modulus: modulus.octets, exponent: exponent.octets }, spelling)
        }
        "EC" => {
            refuse_private(jwk, &["d"])?;
            point(jwk)?
        }
        "OKP" => {
            refuse_private(jwk, &["d"])?;
            if text(jwk, "crv")?.ok_or(SkipReason::NoCurve)? != "Ed25519" {
                return Err(SkipReason::Curve);
            }
            let x = octets(jwk, "x")?;
            let point = x.octets.try_into().map_err(|_| SkipReason::CoordinateLength)?;
            (Material::Ed25519(point), x.spelling)
        }
        "oct" if trust == Trust::Fetched => return Err(SkipReason::PublishedSecret),
        "oct" => {
            let secret = secret(jwk)?;
            super::secret::check(&secret)?;
            (Material::Secret(secret), None)
        }
        _ => return Err(SkipReason::KeyType),
    };
    // What is wrong with the key itself is told before what is wrong with its `alg`.
    let bound = algorithm(jwk);
    let served = match bound {
        Ok(Some(bound)) => Algorithms::which(|algorithm| algorithm == bound && allowed.contains(algorithm)),
        _ => allowed,
    };
    let mut key = Key::new(material, served)?;
    key.algorithm = bound?;
    if let Some(bound) = key.algorithm.filter(|bound| !key.fits(*bound)) {
        let short = key.is_symmetric() && bound.is_symmetric();
        return Err(if short { SkipReason::ShortSecret } else { SkipReason::AlgorithmType });
    }
    key.id = id.map(|id| id.into());
    key.thumbprints = thumbprints(jwk).map(Box::new);
    Ok((key, spelling))
}

/// The `kid` of a key that may be unusable otherwise.
pub(crate) fn id(jwk: &[Member<'_>]) -> Option<Box<str>> {
    text(jwk, "kid").ok().flatten().map(Into::into)
}

/// RFC 7517 sections 4.2 and 4.3: a key for another purpose than verifying is not for us. SPIFFE calls the keys of its
/// tokens `jwt-svid` (SPIFFE Trust Domain and Bundle section 4.2.2).
fn check_purpose(jwk: &[Member<'_>]) -> Result<(), SkipReason> {
    if text(jwk, "use")?.is_some_and(|purpose| !matches!(purpose.as_ref(), "sig" | "jwt-svid")) {
        return Err(SkipReason::Use);
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
        Some(_) => Err(SkipReason::Operations),
    }
}

/// What names the key's certificate. Of what names it wrongly, nothing is taken: the key counts by its id all the same.
fn thumbprints(jwk: &[Member<'_>]) -> Option<Thumbprints> {
    let said = |name: &str| find(jwk, name).and_then(Value::as_str);
    // RFC 7517 section 4.7: in base64, not base64url, and the first is that of this key.
    let chain = find(jwk, "x5c").and_then(Value::as_array).unwrap_or_default();
    let certificate = chain.first().and_then(|first| first.as_str()).and_then(|text| pem::decode(&text));
    let certificate = certificate.as_deref().filter(|der| !der.is_empty());
    Thumbprints::of_jwk(said("x5t").as_deref(), said("x5t#S256").as_deref(), certificate)
}

fn algorithm(jwk: &[Member<'_>]) -> Result<Option<Algorithm>, SkipReason> {
    match text(jwk, "alg")? {
        None => Ok(None),
        Some(name) => Algorithm::from_name(&name).map(Some).ok_or(SkipReason::Algorithm),
    }
}

/// RFC 7518 section 6.2.1.2: coordinates have the full length of the field, leading zeros included. One of another length
/// is refused, for it may as well have been cut at its other end.
fn point(jwk: &[Member<'_>]) -> Result<(Material, Option<Spelling>), SkipReason> {
    let crv = text(jwk, "crv")?.ok_or(SkipReason::NoCurve)?;
    let (field_bytes, material): (usize, fn(Vec<u8>) -> Material) = match crv.as_ref() {
        "P-256" => (32, Material::P256),
        "P-384" => (48, Material::P384),
        "P-521" => (66, Material::P521),
        _ => return Err(SkipReason::Curve),
    };
    let (x, y) = (octets(jwk, "x")?, octets(jwk, "y")?);
    if x.octets.len() != field_bytes || y.octets.len() != field_bytes {
        return Err(SkipReason::CoordinateLength);
    }
    let uncompressed = [&[4], x.octets.as_slice(), y.octets.as_slice()].concat();
    let spelling = x.spelling.or(y.spelling);
    Ok((material(uncompressed), spelling))
}

fn refuse_private(jwk: &[Member<'_>], names: &[&str]) -> Result<(), SkipReason> {
    if names.iter().any(|name| find(jwk, name).is_some()) { Err(SkipReason::PrivateKey) } else { Ok(()) }
}

/// A number of a public key, in any of its spellings.
fn octets(jwk: &[Member<'_>], name: &str) -> Result<Written, SkipReason> {
    number::read(&text(jwk, name)?.ok_or(SkipReason::MissingMember)?)
}

/// A secret is no number: it stands in the policy, whose author can mend it, and is read as strictly as a token.
fn secret(jwk: &[Member<'_>]) -> Result<Vec<u8>, SkipReason> {
    let text = text(jwk, "k")?.ok_or(SkipReason::MissingMember)?;
    token::decode(text.as_bytes()).map_err(|_| SkipReason::NotBase64Url)
}

fn text<'a>(jwk: &[Member<'a>], name: &str) -> Result<Option<Cow<'a, str>>, SkipReason> {
    match find(jwk, name) {
        None => Ok(None),
        Some(value) => value.as_str().map(Some).ok_or(SkipReason::NotText),
    }
}

/// A member that is there. `null` is how many serialisers write that one is not.
fn find<'a>(jwk: &[Member<'a>], name: &str) -> Option<Value<'a>> {
    let found = jwk.iter().find(|member| member.name == name).map(|member| member.value);
    found.filter(|value| *value != Value::Null)
}

#[cfg(test)]
mod tests {
    use super::{Trust, read};
    use crate::algorithm::Algorithms;
    use crate::json;
    use crate::key::SkipReason;

    fn skipped(algorithm: &str, secret: usize) -> Option<SkipReason> {
        let secret = "A".repeat(secret);
        let jwk = format!(r#"{{"kty":"oct","alg":"{algorithm}","k":"{secret}"}}"#);
        let members = json::object(&jwk, 2).unwrap_or_default();
        read(&members, Trust::Inline, Algorithms::EVERY).err()
    }

    /// RFC 7518 section 3.2: as many octets as the hash; 43 digits are 32, and 64 are 48.
    #[test]
    fn a_secret_that_is_too_short_for_its_algorithm_is_told_as_that() {
        for (algorithm, secret, reason) in [
            ("HS256", 43, None),
            ("HS256", 40, Some(SkipReason::ShortSecret)),
            ("HS384", 43, Some(SkipReason::ShortSecret)),
            ("HS384", 64, None),
            ("HS512", 64, Some(SkipReason::ShortSecret)),
            ("ES256", 64, Some(SkipReason::AlgorithmType)),
        ] {
            assert_eq!(skipped(algorithm, secret), reason, "{algorithm}, {secret} digits");
        }
    }
}
