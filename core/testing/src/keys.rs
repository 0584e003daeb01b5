//! The issuer's keys over time: which sign, and which its key set has.

use crate::Error;
use crate::signing::{Family, SigningKey};
use jotgate::Algorithm;
use serde_json::{Value, json};
use std::sync::Arc;

/// One key and its name.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) kid: String,
    pub(crate) key: Arc<SigningKey>,
    family: Family,
    /// The one algorithm that it is for, where the policy lists one of its family.
    bound: Option<Algorithm>,
    published: bool,
}

/// All keys that the issuer has had, the newest last.
#[derive(Debug)]
pub(crate) struct Keys {
    held: Vec<Held>,
    /// A key of another purpose, as issuers have them: its id leads to nothing.
    decoy: Arc<SigningKey>,
    made: usize,
}

impl Keys {
    /// A key for each family of these algorithms.
    pub(crate) fn generate(algorithms: &[Algorithm], kid: Option<&str>) -> Result<Self, Error> {
        let decoy = Arc::new(SigningKey::generate(Family::P256)?);
        let mut keys = Self { held: Vec::new(), decoy, made: 0 };
        let mut kid = kid;
        for algorithm in algorithms {
            let family = Family::of(*algorithm)?;
            if keys.current(family).is_none() {
                let mut of_family = algorithms.iter().filter(|other| Family::of(**other) == Ok(family));
                let bound = of_family.next().filter(|_| of_family.next().is_none()).copied();
                keys.add(family, bound, kid.take())?;
            }
        }
        Ok(keys)
    }

    /// The key that signs now.
    pub(crate) fn current(&self, family: Family) -> Option<&Held> {
        self.held.iter().rev().find(|held| held.family == family)
    }

    /// The key of this name, whether it is still published or not.
    pub(crate) fn named(&self, kid: &str, family: Family) -> Option<&Held> {
        self.held.iter().rev().find(|held| held.kid == kid && held.family == family)
    }

    /// A new key for each family. The old ones stay in the set with `overlap`, and are gone without.
    pub(crate) fn rotate(&mut self, overlap: bool, kid: Option<&str>) -> Result<String, Error> {
        if !overlap {
            self.held.iter_mut().for_each(|held| held.published = false);
        }
        let mut before: Vec<Held> = Vec::new();
        for held in &self.held {
            if before.iter().all(|other| other.family != held.family) {
                before.push(held.clone());
            }
        }
        let mut kid = kid;
        let first = self.held.len();
        for held in before {
            self.add(held.family, held.bound, kid.take())?;
        }
        Ok(self.held.get(first).map(|held| held.kid.clone()).unwrap_or_default())
    }

    /// Takes the keys out of the set that do not sign any more.
    pub(crate) fn retire(&mut self) {
        let newest: Vec<String> = self
            .held
            .iter()
            .rev()
            .fold(Vec::<&Held>::new(), |mut newest, held| {
                if newest.iter().all(|other| other.family != held.family) {
                    newest.push(held);
                }
                newest
            })
            .into_iter()
            .map(|held| held.kid.clone())
            .collect();
        self.held.iter_mut().for_each(|held| held.published = newest.contains(&held.kid));
    }

    /// The key set (RFC 7517 section 5) of those families that these algorithms need.
    pub(crate) fn jwks(&self, algorithms: &[Algorithm]) -> Result<Value, Error> {
        let wanted = |held: &&Held| algorithms.iter().any(|algorithm| Family::of(*algorithm) == Ok(held.family));
        let mut keys = Vec::new();
        for held in self.held.iter().filter(|held| held.published).filter(wanted) {
            keys.push(jwk(&held.key, &held.kid, "sig", held.bound)?);
        }
        keys.push(jwk(&self.decoy, DECOY, "enc", None)?);
        Ok(json!({ "keys": keys }))
    }

    /// The same set with other keys under the same names: what a mistaken deployment of the issuer publishes.
    pub(crate) fn strangers(&self) -> Result<Value, Error> {
        let mut keys = Vec::new();
        for held in self.held.iter().filter(|held| held.published) {
            keys.push(jwk(&SigningKey::generate(held.family)?, &held.kid, "sig", held.bound)?);
        }
        Ok(json!({ "keys": keys }))
    }

    fn add(&mut self, family: Family, bound: Option<Algorithm>, kid: Option<&str>) -> Result<(), Error> {
        self.made = self.made.saturating_add(1);
        let kid = kid.map_or_else(|| format!("test-{}", self.made), str::to_owned);
        if self.held.iter().any(|held| held.kid == kid) || kid == DECOY {
            return Err(Error::new(format!("there is a key of the name {kid}")).with_hint("give each key its own"));
        }
        let key = Arc::new(SigningKey::generate(family)?);
        self.held.push(Held { kid, key, family, bound, published: true });
        Ok(())
    }
}

fn jwk(key: &SigningKey, kid: &str, purpose: &str, bound: Option<Algorithm>) -> Result<Value, Error> {
    let mut jwk = key.jwk()?;
    jwk.insert("kid".to_owned(), json!(kid));
    jwk.insert("use".to_owned(), json!(purpose));
    if let Some(algorithm) = bound {
        jwk.insert("alg".to_owned(), json!(algorithm.name()));
    }
    Ok(Value::Object(jwk))
}

/// The name of the key that is published for encryption, and verifies nothing.
pub(crate) const DECOY: &str = "test-encryption";
