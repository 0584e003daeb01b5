//! What people want to know of a key: its kind, its size, its names. Nothing here decides whether it counts.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use der::DateTime;
use jotgate::{GivenKey, ListedKey, Timestamp};
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;

/// One key, as it is shown.
#[derive(Serialize)]
pub(super) struct Shown {
    index: usize,
    pub(super) kid: Option<String>,
    kty: Option<String>,
    crv: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    /// The length of the modulus or of the secret.
    bits: Option<usize>,
    /// RFC 7638, of public keys in their usual spelling.
    thumbprint: Option<String>,
    pub(super) usable: bool,
    /// What it may verify.
    algorithms: Vec<&'static str>,
    /// Why it is not usable, or in which spelling it is: a stable name.
    reason: Option<&'static str>,
    detail: Option<&'static str>,
    /// The first and the last second of its certificate, as Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid: Option<[i64; 2]>,
    /// What it stands in: a list of keys, or a field for one.
    #[serde(skip)]
    listed: bool,
}

impl Shown {
    pub(super) fn new(listed: &ListedKey, jwk: &Value) -> Self {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str).map(str::to_owned);
        let (reason, detail) = match (listed.skipped, listed.lenient) {
            (Some(reason), _) => (Some(reason.name()), Some(reason.detail())),
            (None, Some(spelling)) => (Some(spelling.name()), Some(spelling.detail())),
            (None, None) => (None, None),
        };
        let bits = match jwk.get("kty").and_then(Value::as_str) {
            Some("RSA") => text("n").and_then(|modulus| bits(&modulus)),
            Some("oct") => text("k").and_then(|secret| octets(&secret)?.len().checked_mul(8)),
            _ => None,
        };
        Self {
            index: listed.index,
            kid: text("kid"),
            kty: text("kty"),
            crv: text("crv"),
            alg: text("alg"),
            purpose: text("use"),
            bits,
            thumbprint: thumbprint(jwk).filter(|_| listed.lenient.is_none()),
            usable: listed.skipped.is_none(),
            algorithms: listed.algorithms.iter().map(|algorithm| algorithm.name()).collect(),
            reason,
            detail,
            valid: None,
            listed: true,
        }
    }

    /// The same key, which the policy takes out of use.
    pub(super) fn denied(self) -> Self {
        let (reason, detail) = DENIED;
        Self { usable: false, reason: Some(reason), detail: Some(detail), ..self }
    }

    /// A key that stands in the policy as text or in a trust store.
    pub(super) fn given(index: usize, key: &GivenKey, now: Timestamp) -> Self {
        let why = match key.valid {
            _ if key.denied => Some(DENIED),
            _ if key.kty.is_none() => Some(("certificate", "the key of this certificate is not usable")),
            Some((from, _)) if now < from => Some(("not_yet_valid", "the certificate is not valid yet")),
            Some((_, until)) if seconds(now) > seconds(until) => Some(("expired", "the certificate has expired")),
            _ if key.algorithms.is_empty() => Some(("algorithms", "the entry allows no algorithm that it fits")),
            _ => None,
        };
        Self {
            index,
            kid: key.id.clone(),
            kty: key.kty.map(str::to_owned),
            crv: key.crv.map(str::to_owned),
            alg: None,
            purpose: None,
            bits: key.bits.and_then(|bits| usize::try_from(bits).ok()),
            thumbprint: None,
            usable: why.is_none(),
            algorithms: key.algorithms.iter().map(|algorithm| algorithm.name()).collect(),
            reason: why.map(|(reason, _)| reason),
            detail: why.map(|(_, detail)| detail),
            valid: key.valid.map(|(from, until)| [seconds(from), seconds(until)]),
            listed: false,
        }
    }

    /// Its place and its id.
    pub(super) fn name(&self) -> String {
        let kid = self.kid.as_deref().map(|kid| format!("\"{kid}\""));
        let place = Some(format!("keys[{}]", self.index)).filter(|_| self.listed);
        let parts: Vec<String> = place.into_iter().chain(kid).collect();
        if parts.is_empty() { "key".to_owned() } else { parts.join(" ") }
    }

    /// What it is, behind a colon: `RSA 2048 bits, use sig, alg RS256`.
    pub(super) fn kind(&self) -> String {
        let bits = self.bits.map(|bits| format!("{bits} bits"));
        let first = [self.kty.clone(), self.crv.clone(), bits];
        let first = first.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let purpose = self.purpose.as_deref().map(|purpose| format!("use {purpose}"));
        let algorithm = self.alg.as_deref().map(|alg| format!("alg {alg}"));
        let parts = [Some(first).filter(|first| !first.is_empty()), purpose, algorithm];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) }
    }

    /// Lines about it: what it verifies, or why it counts for nothing.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let said = self.detail.zip(self.reason).map(|(detail, reason)| format!("{detail} ({reason})"));
        if self.usable {
            lines.push(format!("verifies {}", self.algorithms.join(", ")));
        }
        lines.extend(said);
        lines.extend(
            self.valid.map(|[from, until]| format!("certificate valid from {} to {}", date(from), date(until))),
        );
        lines.extend(self.thumbprint.as_ref().map(|thumbprint| format!("thumbprint {thumbprint}")));
        lines
    }
}

const DENIED: (&str, &str) = ("denied", "denied_kids names it");

fn seconds(time: Timestamp) -> i64 {
    time.as_millis().div_euclid(1000)
}

/// A day in UTC, or the seconds where the calendar of certificates ends.
fn date(seconds: i64) -> String {
    let since = u64::try_from(seconds).ok().map(Duration::from_secs);
    match since.and_then(|since| DateTime::from_unix_duration(since).ok()) {
        Some(date) => date.to_string(),
        None => seconds.to_string(),
    }
}

/// The length of a number (RFC 7518 section 2), in bits.
fn bits(text: &str) -> Option<usize> {
    let octets = octets(text)?;
    let first = octets.iter().position(|octet| *octet != 0)?;
    let zeros = octets.get(first)?.leading_zeros();
    octets.len().checked_sub(first)?.checked_mul(8)?.checked_sub(usize::try_from(zeros).ok()?)
}

fn octets(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

/// The SHA-256 over the members that a key needs, in their order (RFC 7638 section 3.2). Of secrets there is none: it would
/// help whoever guesses them (section 7).
fn thumbprint(jwk: &Value) -> Option<String> {
    let names: &[&str] = match jwk.get("kty")?.as_str()? {
        "RSA" => &["e", "kty", "n"],
        "EC" => &["crv", "kty", "x", "y"],
        "OKP" => &["crv", "kty", "x"],
        _ => return None,
    };
    let member = |name: &&str| Some(format!("\"{name}\":{}", Value::from(jwk.get(name)?.as_str()?)));
    let members = names.iter().map(member).collect::<Option<Vec<String>>>()?;
    Some(URL_SAFE_NO_PAD.encode(crate::store::sha256(format!("{{{}}}", members.join(",")).as_bytes())))
}
