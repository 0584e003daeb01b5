//! Which algorithms may sign the tokens of an issuer (RFC 8725 section 3.1).
//!
//! The list is of the policy, never of the token: a header that names another algorithm refuses the token, and with it falls
//! the attack that has a public key checked as if it were an HMAC secret.

use super::keys::StaticKeys;
use crate::algorithm::{Algorithm, Algorithms};
use crate::document::PolicyError;
use crate::likeness::{ALIKE, nearest};
use crate::signature;

/// The algorithms that keys are prepared for: those that are listed, as far as they have names. What is wrong with a list is
/// told after what is wrong with the keys.
pub(super) fn named(listed: Option<&[String]>) -> Algorithms {
    listed.map_or(Algorithms::EVERY, |listed| {
        Algorithms::which(|algorithm| listed.iter().any(|name| name == algorithm.name()))
    })
}

/// The allow-list: what the policy lists, or what keys of the types at hand can verify. Keys that are fetched are never
/// symmetric, so without a list they stand for all asymmetric algorithms that this build verifies.
pub(super) fn compile(
    listed: Option<&[String]>, keys: &StaticKeys, fetches: bool, path: &str, secret_path: &str,
) -> Result<Algorithms, PolicyError> {
    let path = format!("{path}.algorithms");
    // A secret that is published is none, so no fetched key is symmetric.
    let fetched = |algorithm: Algorithm| fetches && !algorithm.is_symmetric() && signature::lack(algorithm).is_none();
    let usable = |algorithm: Algorithm| keys.iter().any(|key| key.fits(algorithm)) || fetched(algorithm);
    let Some(listed) = listed else {
        return Ok(Algorithms::which(|algorithm| keys.iter().any(|key| key.suits(algorithm)) || fetched(algorithm)));
    };
    // The waiver takes tokens without signature only: a list would look like a choice.
    if keys.unsigned {
        return Err(PolicyError::new(path, "accept_unsigned excludes a list of algorithms"));
    }
    if listed.is_empty() {
        return Err(PolicyError::new(path, "expected at least one algorithm"));
    }
    // One entry, one family: with both in a list, a header could pick between them.
    let mut symmetric = None;
    let mut allowed = Algorithms::NONE;
    for (index, name) in listed.iter().enumerate() {
        let path = format!("{path}[{index}]");
        let algorithm = Algorithm::from_name(name).ok_or_else(|| unknown_algorithm(name, &path))?;
        if let Some(lack) = signature::lack(algorithm) {
            let hint = "use ES256 or ES384; aws-lc verifies P-521: a feature of the crates, and in all packages but jotgate/edge";
            return Err(PolicyError::new(path, lack).with_hint(hint));
        }
        if symmetric.is_some_and(|symmetric| symmetric != algorithm.is_symmetric()) {
            return Err(PolicyError::new(path, "HMAC and asymmetric algorithms cannot stand in one entry"));
        }
        symmetric = Some(algorithm.is_symmetric());
        if algorithm.is_symmetric() && !usable(algorithm) && keys.iter().any(|key| key.is_symmetric()) {
            return Err(PolicyError::new(
                secret_path,
                format!("the secret is shorter than the hash of {algorithm} (RFC 7518 section 3.2)"),
            ));
        }
        allowed.insert(algorithm);
    }
    // A list that no key fits refuses every token; better to say so now.
    if !allowed.iter().any(usable) {
        return Err(PolicyError::new(path, "no key of this entry fits any of these algorithms"));
    }
    Ok(allowed)
}

/// What an author may have meant. `none` is answered with the name of the waiver, so that nobody has to look for it.
fn unknown_algorithm(name: &str, path: &str) -> PolicyError {
    if name.eq_ignore_ascii_case("none") {
        return PolicyError::new(path, "none is not an algorithm")
            .with_hint("the waiver is  keys: { accept_unsigned: true }");
    }
    if name == "ES256K" {
        return PolicyError::new(path, "ES256K is not supported").with_hint("use ES256 or ES384");
    }
    let error = PolicyError::new(path, "unknown algorithm");
    let names: Vec<&str> = Algorithm::ALL.iter().map(|algorithm| algorithm.name()).collect();
    match meant(name) {
        Some(meant) => error.with_hint(format!("did you mean {meant}?")),
        None => error.with_hint(format!("expected one of {}", names.join(", "))),
    }
}

/// The algorithm that a misspelt name means: the same letters in another case, or what it looks like.
///
/// What it looks like is never HMAC. Whoever follows such a hint with a public key at hand has a secret that everybody knows.
fn meant(name: &str) -> Option<Algorithm> {
    let mut all = Algorithm::ALL.iter().copied();
    let same = all.find(|algorithm| algorithm.name().eq_ignore_ascii_case(name));
    let alike = || {
        // Somebody who writes H means HMAC, and no other family.
        let asymmetric =
            Algorithm::ALL.iter().filter(|algorithm| !algorithm.is_symmetric() && !name.starts_with(['H', 'h']));
        let (nearest, likeness) = nearest(name, asymmetric.map(|algorithm| algorithm.name()))?;
        if likeness >= ALIKE { Algorithm::from_name(nearest) } else { None }
    };
    same.or_else(alike)
}

#[cfg(test)]
mod tests {
    use super::meant;
    use crate::algorithm::Algorithm;

    fn hint(name: &str) -> Option<&'static str> {
        meant(name).map(Algorithm::name)
    }

    #[test]
    fn another_case_is_the_same_name() {
        for algorithm in Algorithm::ALL {
            assert_eq!(hint(&algorithm.name().to_ascii_lowercase()), Some(algorithm.name()));
            assert_eq!(hint(&algorithm.name().to_ascii_uppercase()), Some(algorithm.name()));
        }
    }

    #[test]
    fn a_name_that_is_like_another_is_never_taken_for_hmac() {
        for (name, expected) in [("RS-256", "RS256"), ("es265", "ES256"), ("RSA256", "RS256"), ("PS2566", "PS256")] {
            assert_eq!(hint(name), Some(expected), "{name}");
        }
        for name in ["", "S256", "HS265", "HMAC256", "H256", "SHA256", "256", "HS-256", "nonsense", "ES", "X"] {
            assert!(meant(name).is_none_or(|algorithm| !algorithm.is_symmetric()), "{name}: {:?}", meant(name));
        }
        for name in ["", "HS265", "HMAC256", "256", "nonsense"] {
            assert_eq!(hint(name), None, "{name}");
        }
    }
}
