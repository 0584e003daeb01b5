//! The file that `benches/tokens/generate.py` writes.

use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
#[cfg_attr(not(feature = "peers"), expect(dead_code, reason = "jotgate has them from the policy"))]
pub(crate) struct TokenFile {
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) rows: Vec<Row>,
    pub(crate) rejections: Vec<Case>,
    pub(crate) growth: Vec<Case>,
}

/// A token that everybody must accept, with the key that verifies it.
#[derive(Deserialize)]
pub(crate) struct Row {
    pub(crate) algorithm: String,
    pub(crate) size: String,
    pub(crate) token: String,
    pub(crate) jwk: Jwk,
    pub(crate) policy: Box<RawValue>,
}

/// A token and a policy that only jotgate is measured with. For a rejection `case` is the code.
#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) case: String,
    pub(crate) algorithm: String,
    pub(crate) size: String,
    pub(crate) token: String,
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
