//! What jotgate is compared with: the feature `peers`, because these libraries take longer to build than everything else.

use crate::bare::{Bytes, modulus_and_exponent, point, secret, split};
use crate::jotgate::read;
use crate::tokens::{Jwk, Row, TokenFile};
use aws_lc_rs::signature::ParsedPublicKey;
use jsonwebtoken::{DecodingKey, Validation};
use std::error::Error;

/// aws-lc-rs with keys parsed once: what there would be to gain from another provider.
pub(crate) struct AwsLc {
    message: Bytes,
    signature: Bytes,
    key: AwsLcKey,
}

enum AwsLcKey {
    Public(ParsedPublicKey),
    Secret(Box<aws_lc_rs::hmac::Key>),
}

impl AwsLc {
    pub(crate) fn new(row: &Row) -> Result<Self, Box<dyn Error>> {
        use aws_lc_rs::signature::{
            ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
            RSA_PSS_2048_8192_SHA256, RsaParameters, RsaPublicKeyComponents,
        };
        let rsa = |parameters: &'static RsaParameters| -> Result<_, Box<dyn Error>> {
            let (n, e) = modulus_and_exponent(&row.jwk)?;
            Ok(RsaPublicKeyComponents { n, e }.to_parsed_public_key(parameters)?)
        };
        let key = match row.algorithm.as_str() {
            "RS256" => AwsLcKey::Public(rsa(&RSA_PKCS1_2048_8192_SHA256)?),
            "PS256" => AwsLcKey::Public(rsa(&RSA_PSS_2048_8192_SHA256)?),
            "ES256" => AwsLcKey::Public(ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point(&row.jwk)?)?),
            "ES384" => AwsLcKey::Public(ParsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point(&row.jwk)?)?),
            "EdDSA" => AwsLcKey::Public(ParsedPublicKey::new(&ED25519, Jwk::bytes(row.jwk.x.as_ref(), "x")?)?),
            _ => {
                let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &secret(&row.jwk)?);
                AwsLcKey::Secret(Box::new(key))
            }
        };
        let (message, signature) = split(row)?;
        Ok(Self { message, signature, key })
    }

    pub(crate) fn verifies(&self) -> bool {
        match &self.key {
            AwsLcKey::Public(key) => key.verify_sig(&self.message, &self.signature).is_ok(),
            AwsLcKey::Secret(key) => aws_lc_rs::hmac::verify(key, &self.message, &self.signature).is_ok(),
        }
    }
}

/// jsonwebtoken on aws-lc-rs. It takes issuer, audience and times from the payload in a pass of its own.
pub(crate) struct JsonWebToken {
    key: DecodingKey,
    validation: Validation,
}

impl JsonWebToken {
    pub(crate) fn new(file: &TokenFile, row: &Row) -> Result<Self, Box<dyn Error>> {
        let member = |name: &str, value: &Option<String>| value.clone().ok_or(format!("the key has no {name}"));
        let jwk = &row.jwk;
        let key = match row.algorithm.as_str() {
            "RS256" | "PS256" => DecodingKey::from_rsa_components(&member("n", &jwk.n)?, &member("e", &jwk.e)?)?,
            "ES256" | "ES384" => DecodingKey::from_ec_components(&member("x", &jwk.x)?, &member("y", &jwk.y)?)?,
            "EdDSA" => DecodingKey::from_ed_components(&member("x", &jwk.x)?)?,
            _ => DecodingKey::from_secret(&Jwk::bytes(jwk.k.as_ref(), "k")?),
        };
        let mut validation = Validation::new(row.algorithm.parse()?);
        validation.leeway = 0;
        validation.validate_nbf = true;
        validation.set_issuer(&[&file.issuer]);
        validation.set_audience(&[&file.audience]);
        Ok(Self { key, validation })
    }

    pub(crate) fn reads_claims(&self, token: &str) -> bool {
        read(jsonwebtoken::decode(token, &self.key, &self.validation).ok().map(|data| data.claims))
    }
}
