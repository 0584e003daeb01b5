//! What of a key set is usable, for people who look at one: the same reading as that of a set that was fetched.

use super::jwk::{self, Trust};
use super::{SkipReason, Spelling, WrongDocument};
use crate::algorithm::{Algorithm, Algorithms};
use crate::json::{self, Value};
use crate::limits;
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
