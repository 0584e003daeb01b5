//! Public keys in DER: SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7) and RSAPublicKey (PKCS #1, RFC 8017).

use super::Unusable;
use crate::signature::Material;
use pkcs1::RsaPublicKeyRef;
use spki::SubjectPublicKeyInfoRef;
use spki::der::Decode as _;
use spki::der::asn1::ObjectIdentifier;

/// Reads a SubjectPublicKeyInfo.
pub(crate) fn spki(der: &[u8]) -> Result<Material, Unusable> {
    let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| Unusable("the public key is damaged"))?;
    material(&info)
}

/// The key in a SubjectPublicKeyInfo, as it also stands in a certificate.
pub(crate) fn material(info: &SubjectPublicKeyInfoRef<'_>) -> Result<Material, Unusable> {
    let key = info.subject_public_key.as_bytes().ok_or(Unusable("the public key is damaged"))?;
    match info.algorithm.oid {
        RSA_ENCRYPTION => pkcs1(key),
        EC_PUBLIC_KEY => {
            let parameters = info.algorithm.parameters.as_ref();
            match parameters.and_then(|parameters| parameters.decode_as::<ObjectIdentifier>().ok()) {
                Some(SECP256R1) => Ok(Material::P256(key.to_vec())),
                Some(SECP384R1) => Ok(Material::P384(key.to_vec())),
                Some(SECP521R1) => Ok(Material::P521(key.to_vec())),
                _ => Err(Unusable("only the curves P-256, P-384 and P-521 are supported")),
            }
        }
        ID_ED25519 => key.try_into().map(Material::Ed25519).map_err(|_| Unusable("the public key is damaged")),
        _ => Err(Unusable("only RSA, EC and Ed25519 keys are supported")),
    }
}

/// Reads an RSAPublicKey.
pub(crate) fn pkcs1(der: &[u8]) -> Result<Material, Unusable> {
    let key = RsaPublicKeyRef::from_der(der).map_err(|_| Unusable("the RSA public key is damaged"))?;
    Ok(Material::Rsa { modulus: key.modulus.as_bytes().to_vec(), exponent: key.public_exponent.as_bytes().to_vec() })
}

const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const SECP256R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const SECP384R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const SECP521R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
const ID_ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
