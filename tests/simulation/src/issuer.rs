//! The issuer: which keys it publishes when, and how it answers when.

use crate::random::{DAY, HOUR, MINUTE, Random, SECOND};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::json;

pub(crate) const OURS: &str = "https://idp.test/";
pub(crate) const THEIRS: &str = "https://other.test/";
pub(crate) const AUDIENCE: &str = "https://api.test";
pub(crate) const OUR_URL: &str = "https://idp.test/jwks";
pub(crate) const THEIR_URL: &str = "https://other.test/jwks";

/// A key of ours by its number; the other issuer has the key of this number alone.
pub(crate) const THEIR_KEY: usize = usize::MAX;

/// What is published from a time on.
#[derive(Debug)]
pub(crate) struct Publication {
    pub(crate) from: i64,
    pub(crate) keys: Vec<usize>,
    /// The key that new tokens are signed with.
    pub(crate) signer: usize,
    pub(crate) body: String,
    pub(crate) etag: String,
}

/// How the issuer answers during a span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Nobody listens.
    Down,
    /// Answers after longer than any timeout.
    Slow,
    /// Answers with something that is no key set.
    Corrupt,
    /// Answers every other time.
    Flaky,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Outage {
    pub(crate) from: i64,
    pub(crate) until: i64,
    pub(crate) trouble: Trouble,
}

/// Everything that happens at the issuer, known beforehand.
#[derive(Debug)]
pub(crate) struct Issuer {
    pub(crate) publications: Vec<Publication>,
    pub(crate) outages: Vec<Outage>,
    /// When each key was last published; the far future where it still is.
    dropped_at: Vec<i64>,
    /// A token of each key, good for the whole run.
    pub(crate) tokens: Vec<String>,
    pub(crate) their_token: String,
    pub(crate) their_body: String,
    /// Tokens of the other issuer that are signed by our keys.
    pub(crate) crossed: Vec<String>,
    /// `Cache-Control` of its answers.
    pub(crate) cache_control: Option<String>,
}

impl Issuer {
    pub(crate) fn new(seed: u64, until: i64) -> Self {
        let mut random = Random::new(seed, 1);
        let publications = publications(&mut random, until);
        let count = publications.iter().flat_map(|publication| &publication.keys).max().map_or(0, |last| last + 1);
        let mut dropped_at = vec![0; count];
        for (place, publication) in publications.iter().enumerate() {
            let ends = publications.get(place + 1).map_or(i64::MAX, |next| next.from);
            publication.keys.iter().for_each(|key| dropped_at[*key] = ends);
        }
        let cache_control = match random.next() % 4 {
            0 => Some("no-store".to_owned()),
            1 => Some(format!("max-age={}", random.between(0, 7200))),
            _ => None,
        };
        Self {
            outages: outages(&mut random, until),
            dropped_at,
            tokens: (0..count).map(|key| token(key, OURS)).collect(),
            their_token: token(THEIR_KEY, THEIRS),
            their_body: key_set(&[THEIR_KEY]),
            crossed: (0..count).map(|key| token(key, THEIRS)).collect(),
            publications,
            cache_control,
        }
    }

    pub(crate) fn published(&self, at: i64) -> &Publication {
        let place = self.publications.partition_point(|publication| publication.from <= at);
        &self.publications[place.saturating_sub(1)]
    }

    /// For how long the key has been dropped.
    pub(crate) fn dropped_for(&self, key: usize, at: i64) -> i64 {
        at.saturating_sub(self.dropped_at[key]).max(0)
    }

    pub(crate) fn trouble(&self, at: i64) -> Option<Outage> {
        let place = self.outages.partition_point(|outage| outage.from <= at);
        let last = self.outages.get(place.checked_sub(1)?)?;
        (at < last.until).then_some(*last)
    }

    /// Whether every request of the span was answered well.
    pub(crate) fn healthy_since(&self, from: i64, at: i64) -> bool {
        !self.outages.iter().any(|outage| outage.from <= at && outage.until > from)
    }
}

/// Rotations: announced ahead, sudden, or because a key was stolen.
fn publications(random: &mut Random, until: i64) -> Vec<Publication> {
    let mut keys = vec![0, 1];
    let mut found = vec![publication(0, keys.clone(), 0)];
    let (mut at, mut next) = (0, 2);
    while at < until {
        at += random.interval(4 * DAY).max(HOUR);
        let signer = next;
        next += 1;
        match random.next() % 3 {
            0 => {
                keys.push(signer);
                found.push(publication(at, keys.clone(), keys[keys.len() - 2]));
                at += random.between(HOUR, 3 * DAY);
                found.push(publication(at, keys.clone(), signer));
                at += random.between(HOUR, 3 * DAY);
                keys = vec![keys[keys.len() - 2], signer];
            }
            1 => keys = vec![keys[keys.len() - 1], signer],
            _ => keys = vec![signer],
        }
        found.push(publication(at, keys.clone(), signer));
    }
    found
}

fn publication(from: i64, keys: Vec<usize>, signer: usize) -> Publication {
    let body = key_set(&keys);
    let etag = format!("\"{}\"", keys.iter().map(ToString::to_string).collect::<Vec<_>>().join("-"));
    Publication { from, keys, signer, body, etag }
}

fn outages(random: &mut Random, until: i64) -> Vec<Outage> {
    let mut found = Vec::new();
    let mut at = random.interval(5 * DAY);
    while at < until {
        let length = match random.next() % 4 {
            0 => random.between(SECOND, MINUTE),
            1 => random.between(MINUTE, HOUR),
            2 => random.between(HOUR, 12 * HOUR),
            _ => random.between(12 * HOUR, 3 * DAY),
        };
        let trouble = match random.next() % 4 {
            0 => Trouble::Slow,
            1 => Trouble::Corrupt,
            2 => Trouble::Flaky,
            _ => Trouble::Down,
        };
        found.push(Outage { from: at, until: at + length, trouble });
        at += length + random.interval(5 * DAY).max(HOUR);
    }
    found
}

fn pair(key: usize) -> Option<Ed25519KeyPair> {
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&key.to_le_bytes());
    Ed25519KeyPair::from_seed_unchecked(&seed).ok()
}

fn key_set(keys: &[usize]) -> String {
    let one = |key: &usize| {
        let point = pair(*key).map(|pair| URL_SAFE_NO_PAD.encode(pair.public_key()));
        json!({"kty": "OKP", "crv": "Ed25519", "kid": key.to_string(), "x": point})
    };
    json!({"keys": keys.iter().map(one).collect::<Vec<_>>()}).to_string()
}

/// A token that lives as long as the run.
fn token(key: usize, issuer: &str) -> String {
    let header = json!({"alg": "EdDSA", "kid": key.to_string()}).to_string();
    let claims = json!({"iss": issuer, "aud": AUDIENCE, "exp": 9_000_000_000_i64}).to_string();
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = pair(key).map(|pair| URL_SAFE_NO_PAD.encode(pair.sign(message.as_bytes())));
    format!("{message}.{}", signature.unwrap_or_default())
}

/// A token under a key id that nobody has.
pub(crate) fn junk(number: u64) -> String {
    let header = json!({"alg": "EdDSA", "kid": format!("junk-{number}")}).to_string();
    let claims = json!({"iss": OURS, "aud": AUDIENCE, "exp": 9_000_000_000_i64}).to_string();
    format!("{}.{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims), "A".repeat(86))
}
