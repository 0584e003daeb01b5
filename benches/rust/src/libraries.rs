//! The libraries under measurement, each with its keys parsed beforehand.

use crate::tokens::{Jwk, Row, TokenFile};
use jotgate::{FetchResponse, Policy, Report, Timestamp, Validator, Verdict, Verified};
use jsonwebtoken::{DecodingKey, Validation};
use serde::Deserialize;
use serde_json::{Value, json};
use std::error::Error;
use std::hint::black_box;
use std::time::SystemTime;

/// All that stands in a small token.
#[derive(Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) sub: String,
    pub(crate) aud: String,
    pub(crate) exp: u64,
    pub(crate) nbf: u64,
    pub(crate) iat: u64,
    pub(crate) jti: String,
    pub(crate) scope: String,
}

pub(crate) struct Jotgate(Validator);

impl Jotgate {
    pub(crate) fn new(policy: &str) -> Result<Self, jotgate::PolicyError> {
        Ok(Self(Validator::new(Policy::from_json(policy)?, 1)))
    }

    /// With the policy's key set behind a URL, and what these tokens make it fetch from there already fetched.
    pub(crate) fn with_fetched_keys(policy: &str, tokens: &[String]) -> Result<Self, Box<dyn Error>> {
        let mut document: Value = serde_json::from_str(policy)?;
        let keys = document.pointer_mut("/issuers/0/keys").ok_or("the policy has no keys")?;
        let set = keys.get("jwks").ok_or("the policy has no key set")?.to_string();
        *keys = json!({"jwks_uri": "https://idp.example.com/jwks"});
        let jotgate = Self::new(&document.to_string())?;
        for token in tokens {
            let Verdict::KeysNeeded(_) = jotgate.verdict(token) else { continue };
            let now = Timestamp::from(SystemTime::now());
            while let Some(work) = jotgate.0.poll_work(now) {
                let response = FetchResponse { status: 200, headers: &[], body: set.as_bytes() };
                jotgate.0.report(work.id(), Report::Fetched(response), now)?;
            }
        }
        Ok(jotgate)
    }

    /// Reads the clock too, as a host does.
    fn verdict(&self, token: &str) -> Verdict {
        self.0.validate(token, Timestamp::from(SystemTime::now()))
    }

    fn verified(&self, token: &str) -> Option<Verified> {
        match self.verdict(token) {
            Verdict::Accepted(verified) => Some(verified),
            _ => None,
        }
    }

    pub(crate) fn accepts(&self, token: &str) -> bool {
        self.verified(token).is_some()
    }

    pub(crate) fn reads_claims(&self, token: &str) -> bool {
        self.verified(token).is_some_and(|verified| read(verified.claims().deserialize::<Claims>().ok()))
    }

    pub(crate) fn rejects(&self, token: &str, code: &str) -> bool {
        matches!(self.verdict(token), Verdict::Rejected(rejection) if rejection.code.name() == code)
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

/// Makes sure that every claim is there and that none of them is optimized away.
fn read(claims: Option<Claims>) -> bool {
    claims.is_some_and(|claims| {
        let Claims { iss, sub, aud, exp, nbf, iat, jti, scope } = black_box(claims);
        exp > nbf && nbf <= iat && [iss, sub, aud, jti, scope].iter().all(|text| !text.is_empty())
    })
}
