//! What of a key set and of a policy's own keys is usable, for people who look at them: the same reading as that of a validator.

use super::certificate::Validity;
use super::jwk::{self, Trust};
use super::{Key, SkipReason, Spelling, WrongDocument};
use crate::algorithm::{Algorithm, Algorithms, Family};
use crate::json::{self, Value};
use crate::limits;
use crate::time::Timestamp;
use serde::Serialize;

/// One key of a set, and whether it counts. It holds nothing of the key's numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedKey {
    /// The place in the list `keys`, counted from 0.
    pub index: usize,
    /// What the key may verify; nothing where it does not count.
    pub algorithms: Vec<Algorithm>,
    /// Why it does not count.
    pub skipped: Option<SkipReason>,
    /// How its numbers are spelled, where RFC 7518 spells them otherwise.
    pub lenient: Option<Spelling>,
}

/// A key that stands in a policy as text or in a trust store. It holds nothing of the key's numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GivenKey {
    /// The entry of the policy's `issuers`, counted from 0.
    pub issuer: usize,
    /// The field of the entry: `keys.pem`, `keys.secret` or `keys.trust_store`.
    pub field: &'static str,
    /// The alias in a trust store, in lower case.
    pub id: Option<String>,
    /// The type, as a JWK names it (RFC 7517 section 4.1); `None` for a certificate of a store whose key does not count.
    pub kty: Option<&'static str>,
    /// The curve, as a JWK names it (RFC 7518 section 6.2.1.1).
    pub crv: Option<&'static str>,
    /// The length of an RSA modulus or of a secret.
    pub bits: Option<u32>,
    /// What it may verify of the entry's tokens.
    pub algorithms: Vec<Algorithm>,
    /// Whether `denied_kids` names it.
    pub denied: bool,
    /// The first and the last second of its certificate, where that bounds its use.
    pub valid: Option<(Timestamp, Timestamp)>,
}

impl GivenKey {
    /// The key, as an entry of these algorithms has it.
    pub(crate) fn of(key: &Key, issuer: usize, field: &'static str, allowed: Algorithms) -> Self {
        let (kty, crv) = match key.family {
            Family::Rsa => ("RSA", None),
            Family::P256 => ("EC", Some("P-256")),
            Family::P384 => ("EC", Some("P-384")),
            Family::P521 => ("EC", Some("P-521")),
            Family::Ed25519 => ("OKP", Some("Ed25519")),
            Family::Hmac => ("oct", None),
        };
        let verifies = |algorithm: &Algorithm| allowed.contains(*algorithm) && key.fits(*algorithm);
        Self {
            kty: Some(kty),
            crv,
            bits: Some(key.bits).filter(|bits| *bits > 0),
            algorithms: Algorithm::ALL.iter().copied().filter(verifies).collect(),
            valid: key.validity.map(Validity::ends),
            ..Self::unusable(key.id.as_deref(), issuer, field)
        }
    }

    /// What is known of a certificate whose key does not count.
    pub(crate) fn unusable(id: Option<&str>, issuer: usize, field: &'static str) -> Self {
        let id = id.map(str::to_owned);
        Self { issuer, field, id, kty: None, crv: None, bits: None, algorithms: Vec::new(), denied: false, valid: None }
    }
}

/// Where a key set comes from, which decides what may stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KeySetPlace {
    /// It is fetched from a URL: secrets in it are public, and count for nothing.
    Fetched,
    /// It stands in the policy.
    Policy,
}

/// The keys of a key set document (RFC 7517 section 5), each judged by itself: as a set of `place` with room for `max_keys`
/// would take them for a policy that lists no algorithms. For people who look at a set; a validator reads its own.
///
/// # Errors
///
/// What the document is in place of a key set.
pub fn listed_keys(document: &str, place: KeySetPlace, max_keys: usize) -> Result<Vec<ListedKey>, WrongDocument> {
    let other = || WrongDocument::of(document.as_bytes());
    let members = json::object(document, limits::JSON_DEPTH).map_err(|_| other())?;
    let keys = members.iter().find(|member| member.name == "keys").and_then(|member| member.value.as_array());
    let trust = match place {
        KeySetPlace::Fetched => Trust::Fetched,
        KeySetPlace::Policy => Trust::Inline,
    };
    let listed = |(index, value): (usize, &Value<'_>)| {
        let judged = if index < max_keys { judged(value, trust) } else { Err(SkipReason::OverMaxKeys) };
        let (algorithms, lenient, skipped) = match judged {
            Ok((algorithms, lenient)) => (algorithms, lenient, None),
            Err(reason) => (Vec::new(), None, Some(reason)),
        };
        ListedKey { index, algorithms, skipped, lenient }
    };
    Ok(keys.ok_or_else(other)?.iter().enumerate().map(listed).collect())
}

fn judged(value: &Value<'_>, trust: Trust) -> Result<(Vec<Algorithm>, Option<Spelling>), SkipReason> {
    let Value::Object(text) = value else { return Err(SkipReason::NotAnObject) };
    let members = json::object(text, limits::JSON_DEPTH).map_err(|_| SkipReason::NotAnObject)?;
    let (key, lenient) = jwk::read(&members, trust, Algorithms::EVERY)?;
    let fits = |algorithm: &Algorithm| key.fits(*algorithm);
    Ok((Algorithm::ALL.iter().copied().filter(fits).collect(), lenient))
}
