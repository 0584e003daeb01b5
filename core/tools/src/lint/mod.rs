//! What a policy allows, and its author may not have meant. Each warning is about a document that compiles: what cannot
//! be meant is a policy error instead.

mod issuers;
mod keys;
mod names;
mod routes;
mod secret;

use crate::format::{Format, policy};
use jotgate::PolicyError;
use jotgate::text::{Style, plain, plain_json, styled};
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;

/// Something that a policy allows and that is seldom meant.
///
/// Codes and paths are stable; messages and hints may change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Warning {
    /// The stable name of the rule, such as `any_audience`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Where it is, as in `issuers[0].audience`.
    pub path: String,
    /// What it means.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// How bad it is when what a warning is about was not meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Severity {
    /// Tokens may pass that nobody wants to pass.
    High,
    /// One more mistake elsewhere, and such tokens pass.
    Medium,
    /// It could be clearer or tighter.
    Low,
}

/// What a policy document, as JSON, allows and its author may not have meant; the worst first.
///
/// | code | severity | warns of |
/// |---|---|---|
/// | `accept_unsigned` | high | tokens that anyone can write |
/// | `any_issuer` | high | `issuer: any`: the keys alone decide |
/// | `any_audience` | high | `audience: any`: tokens made for other services pass (RFC 8725 section 3.9) |
/// | `exp_not_required` | high | tokens without `exp` live for ever, unless `max_age` or `max_lifetime` bounds them |
/// | `http_keys` | high | keys fetched over a network that may change them |
/// | `weak_secret` | high | an HMAC secret that can be guessed (RFC 8725 section 3.5) |
/// | `skips_everything` | high | a route that lets every request through without a token |
/// | `shared_keys` | medium | two issuer entries with the same keys: one can sign for the other |
/// | `any_tenant` | medium | `tenants: any` |
/// | `audience_is_issuer` | medium | an audience that is the issuer: tokens for the issuer's own use pass |
/// | `expired_certificates` | medium | `allow_expired_certificates` |
/// | `unreachable_route` | medium | a route behind one that takes all its requests |
/// | `token_in_query` | medium | tokens in URLs, which end in logs (RFC 9700 section 4.3.2) |
/// | `long_stale` | medium | `jwks.max_stale` over 7 days: so long a withdrawn key lives through an outage |
/// | `optional_everywhere` | medium | a route that asks no request for a token |
/// | `mapped_name` | medium | a claim named as it is not called where it is looked up, before or after `claim_mapping` |
/// | `hmac_secret` | low | a shared secret: whoever checks tokens can make them |
/// | `no_algorithms` | low | no list of algorithms: every one that fits the keys passes |
/// | `typ_not_checked` | low | ID tokens and other kinds may pass as access tokens (RFC 8725 section 3.11) |
/// | `long_leeway` | low | a leeway over 60 seconds |
/// | `long_ttl` | low | `jwks.ttl` over 24 hours |
/// | `needless_allow_http` | low | `jwks.allow_http` where nothing is fetched over http |
/// | `token_in_cookie` | low | tokens that browsers send unasked: mind cross-site requests |
/// | `tries_all_keys` | low | `try_all_keys` |
/// | `large_tokens` | low | `limits.token_bytes` over 64 KiB |
/// | `forwards_token` | low | `forward` with claims in header fields, and the token beside them |
///
/// ```
/// let warnings = jotgate_tools::lint(r#"{"version": 1, "issuers": [{
///     "issuer": "https://idp.example.com/",
///     "audience": "any",
///     "keys": { "jwks_uri": "https://idp.example.com/jwks" }
/// }]}"#)?;
/// assert_eq!(warnings[0].code, "any_audience");
/// assert_eq!(warnings[0].path, "issuers[0].audience");
/// # Ok::<(), jotgate::PolicyError>(())
/// ```
///
/// # Errors
///
/// The document is not a policy, as [`policy`] says.
pub fn lint(policy_json: &str) -> Result<Vec<Warning>, PolicyError> {
    policy(policy_json, Format::Json)?;
    let document: Value = serde_json::from_str(policy_json).unwrap_or_default();
    let mut warnings = Vec::new();
    for (index, entry) in list(&document, "issuers").iter().enumerate() {
        let path = format!("issuers[{index}]");
        keys::lint(entry, &path, &mut warnings);
        issuers::lint(entry, &path, &mut warnings);
        names::lint(entry, &path, &mut warnings);
    }
    keys::lint_shared(list(&document, "issuers"), &mut warnings);
    routes::lint(list(&document, "routes"), &mut warnings);
    issuers::lint_token(&document, &mut warnings);
    names::lint_forward(&document, &mut warnings);
    warnings.sort_by_key(|warning| warning.severity);
    Ok(warnings)
}

impl Severity {
    /// The name, as JSON has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

impl Warning {
    fn new(code: &'static str, severity: Severity, path: impl Into<String>, message: &str, hint: &str) -> Self {
        Self { code, severity, path: path.into(), message: message.to_owned(), hint: hint.to_owned() }
    }

    /// The warnings as a JSON list, the same in every language.
    #[must_use]
    pub fn list_to_json(warnings: &[Self]) -> String {
        plain_json(&serde_json::to_string(warnings).unwrap_or_default())
    }

    /// The warning in two lines for people. With `colour` it holds ANSI escape sequences.
    #[must_use]
    pub fn to_text(&self, colour: bool) -> String {
        let style = match self.severity {
            Severity::High => Style::Bad,
            Severity::Medium => Style::Warning,
            Severity::Low => Style::Faint,
        };
        let severity = styled(&format!("{:6}", self.severity.name()), style, colour);
        let path = styled(&plain(&self.path), Style::Strong, colour);
        let hint = styled(&self.hint, Style::Faint, colour);
        format!("{severity}  {path}: {} [{}]\n        {hint}\n", plain(&self.message), self.code)
    }
}

/// The elements of a member that is a list.
fn list<'v>(object: &'v Value, name: &str) -> &'v [Value] {
    object.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The texts of a member that is a text or a list of texts.
fn texts<'v>(object: &'v Value, name: &str) -> Vec<&'v str> {
    match object.get(name) {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// A duration of a document that compiles: a number of seconds, or text with a unit.
fn duration(value: Option<&Value>) -> Option<Duration> {
    let value = value?;
    let Some(text) = value.as_str() else {
        return value.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    };
    let (number, unit) = text.split_at_checked(text.find(|c: char| !c.is_ascii_digit())?)?;
    let millis: u64 = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(millis).map(Duration::from_millis)
}

fn is_word(object: &Value, name: &str, word: &str) -> bool {
    object.get(name).and_then(Value::as_str) == Some(word)
}

fn is_set(object: &Value, name: &str) -> bool {
    object.get(name).and_then(Value::as_bool) == Some(true)
}
