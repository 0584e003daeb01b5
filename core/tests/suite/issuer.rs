//! An issuer in a test: Ed25519 keys from a number, tokens, and key-set documents.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

pub(crate) const ISSUER: &str = "https://idp.test/";
pub(crate) const JWKS_URI: &str = "https://idp.test/jwks";
pub(crate) const AUDIENCE: &str = "https://api.test";

/// A time in seconds at which the tokens of [`Key::token`] are good.
pub(crate) const START: i64 = 1_800_000_000;

/// A signing key whose id and material follow from one number.
pub(crate) struct Key(pub(crate) u8);

impl Key {
    fn pair(&self) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[self.0; 32]).expect("a seed of 32 bytes")
    }

    pub(crate) fn id(&self) -> String {
        format!("key-{}", self.0)
    }

    pub(crate) fn jwk(&self) -> Value {
        json!({"kty": "OKP", "crv": "Ed25519", "kid": self.id(), "x": encode(self.pair().public_key().as_ref())})
    }

    /// A token for [`AUDIENCE`] that lives for a year.
    pub(crate) fn token(&self) -> String {
        self.sign(
            &json!({"alg": "EdDSA", "kid": self.id()}),
            &json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": START + 365 * 86_400}),
        )
    }

    pub(crate) fn sign(&self, header: &Value, payload: &Value) -> String {
        let input = format!("{}.{}", encode(header.to_string()), encode(payload.to_string()));
        let signature = self.pair().sign(input.as_bytes());
        format!("{input}.{}", encode(signature.as_ref()))
    }
}

/// The key-set document of these keys.
pub(crate) fn key_set(keys: &[Key]) -> String {
    json!({"keys": keys.iter().map(Key::jwk).collect::<Vec<_>>()}).to_string()
}

/// A policy for [`ISSUER`] whose keys come from [`JWKS_URI`], with the given `jwks` settings.
pub(crate) fn policy(jwks: Value) -> Value {
    json!({
        "version": 1,
        "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"jwks_uri": JWKS_URI}, "jwks": jwks}]
    })
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
