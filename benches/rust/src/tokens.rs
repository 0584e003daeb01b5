//! The file that `benches/tokens/generate.py` writes: the scenarios, with tokens, keys and policies for them.

use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
#[cfg_attr(not(feature = "peers"), expect(dead_code, reason = "jotgate has them from the policy"))]
pub(crate) struct TokenFile {
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) comparisons: Vec<Row>,
    pub(crate) rows: Vec<Row>,
    pub(crate) rejections: Vec<Row>,
}

/// One scenario for one algorithm, size and case.
#[derive(Deserialize)]
pub(crate) struct Row {
    pub(crate) scenario: String,
    /// What is done: decides which of the optional fields are there.
    pub(crate) does: String,
    pub(crate) program: String,
    pub(crate) languages: Vec<String>,
    pub(crate) cores: usize,
    pub(crate) algorithm: String,
    pub(crate) size: String,
    pub(crate) case: String,
    pub(crate) token: String,
    pub(crate) jwk: Jwk,
    pub(crate) policy: Box<RawValue>,
    /// Beside a token that is refused, one that is not.
    pub(crate) good: Option<String>,
    pub(crate) request: Option<Exchange>,
    pub(crate) cached_policy: Option<Box<RawValue>>,
    pub(crate) tokens: Option<usize>,
    pub(crate) quick_tokens: Option<usize>,
    pub(crate) distinct: Option<Vec<String>>,
    pub(crate) steps: Option<Vec<Step>>,
}

/// A request that carries the token.
#[derive(Deserialize)]
pub(crate) struct Exchange {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
}

/// A policy of so many keys or issuers.
#[derive(Deserialize)]
pub(crate) struct Step {
    pub(crate) count: usize,
    pub(crate) policy: Box<RawValue>,
}

/// A public key, or a secret (RFC 7518 section 6); all values are base64url.
#[derive(Deserialize)]
pub(crate) struct Jwk {
    pub(crate) n: Option<String>,
    pub(crate) e: Option<String>,
    pub(crate) x: Option<String>,
    pub(crate) y: Option<String>,
    pub(crate) k: Option<String>,
}

impl Jwk {
    /// The member of that name, decoded; an error names it.
    pub(crate) fn bytes(member: Option<&String>, name: &str) -> Result<Vec<u8>, String> {
        use base64::Engine as _;
        let text = member.ok_or_else(|| format!("the key has no {name}"))?;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).map_err(|error| format!("{name}: {error}"))
    }
}
