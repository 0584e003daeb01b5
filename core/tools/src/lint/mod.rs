//! What a policy allows, and its author may not have meant. Each warning is about a document that compiles: what cannot
//! be meant is a policy error instead.

mod document;
mod elsewhere;
mod issuers;
mod keys;
mod names;
mod routes;
mod secret;
mod unfinished;
mod warning;

use crate::store::JavaStores;
use document::list;
use jotgate::{Policy, PolicyError, ReferenceFailure, fill_references, references};
use serde_json::Value;
pub use warning::{Severity, Warning};

/// What a policy document, as JSON, allows and its author may not have meant; the worst first.
///
/// | code | severity | warns of |
/// |---|---|---|
/// | `accept_unsigned` | high | tokens that anyone can write |
/// | `any_issuer` | high | `issuer: any`: the keys alone decide |
/// | `any_audience` | high | `audience: any`: tokens made for other services pass (RFC 8725 section 3.9) |
/// | `exp_not_required` | high | tokens without `exp` live for ever, unless `max_age` or `max_lifetime` bounds them |
/// | `confirmation_ignored` | high | `confirmation: ignore`: tokens bound to a client's key pass without a proof (RFC 7800) |
/// | `http_keys` | high | keys fetched over a network that may change them |
/// | `weak_secret` | high | an HMAC secret that can be guessed (RFC 8725 section 3.5) |
/// | `skips_everything` | high | a route that lets every request through without a token |
/// | `shared_keys` | medium | two issuer entries with the same keys: one can sign for the other |
/// | `any_tenant` | medium | `tenants: any` |
/// | `audience_is_issuer` | medium | an audience that is the issuer: tokens for the issuer's own use pass |
/// | `expired_certificates` | medium | `allow_expired_certificates` |
/// | `unreachable_route` | medium | a route behind one that takes all its requests, or that asks all of them for a token |
/// | `alike_routes` | medium | routes that differ in letter case or in a slash at the end alone |
/// | `path_in_expression` | medium | an expression that looks at `request.path`, which another spelling evades |
/// | `token_in_query` | medium | tokens in URLs, which end in logs (RFC 9700 section 4.3.2) |
/// | `long_stale` | medium | `jwks.max_stale` over 7 days: so long a withdrawn key lives through an outage |
/// | `optional_everywhere` | medium | a route that asks no request for a token |
/// | `mapped_name` | medium | a claim named as it is not called where it is looked up, before or after `claim_mapping` |
/// | `metadata_as_issuer` | medium | an issuer that is the address of metadata: no token has it as `iss` |
/// | `metadata_as_key_set` | medium | a `jwks_uri` that is the address of metadata |
/// | `placeholder` | low | values of examples: `example.com`, `<tenant>`, `YOUR_…`, `changeme` |
/// | `star_in_path` | medium | `/*` in a regular expression for paths, which is slashes |
/// | `hmac_secret` | low | a shared secret: whoever checks tokens can make them |
/// | `encoded_secret` | low | a secret as text that looks like base64 or hex |
/// | `no_algorithms` | low | no list of algorithms: every one that fits the keys passes |
/// | `typ_not_checked` | low | ID tokens and other kinds may pass as access tokens (RFC 8725 section 3.11) |
/// | `long_leeway` | low | a leeway over 60 seconds |
/// | `long_ttl` | low | `jwks.ttl` over 24 hours |
/// | `needless_allow_http` | low | `jwks.allow_http` where nothing is fetched over http |
/// | `token_in_cookie` | low | tokens that browsers send unasked: mind cross-site requests |
/// | `tries_all_keys` | low | `try_all_keys` |
/// | `large_tokens` | low | `limits.token_bytes` over 64 KiB |
/// | `unmatched_token` | low | routes that ask for more, and requests that none of them names need a token alone |
/// | `odd_targets` | low | `targets.allow`: paths that servers read in more than one way |
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
/// The document is not a policy, as [`policy`](crate::policy) says.
pub fn lint(policy_json: &str) -> Result<Vec<Warning>, PolicyError> {
    Policy::from_json_with(policy_json, &JavaStores)?;
    Ok(warnings(policy_json))
}

/// The same of a document with texts that lie elsewhere, as far as they are there: `read` has them, in the order of
/// [`references`]. Those that are not are mistakes, and the rest is looked at all the same.
pub(crate) fn lint_filled(policy_json: &str, read: &[Result<Vec<u8>, ReferenceFailure>]) -> Linted {
    let missing = match fill_references(policy_json, read) {
        Ok(filled) => {
            let (warnings, wrong) = lint(&filled).map_or_else(|error| (Vec::new(), Some(error)), |found| (found, None));
            return Linted { warnings, wrong };
        }
        Err(missing) => missing,
    };
    let wrong = Policy::from_json_filled(policy_json, read, &JavaStores).err().unwrap_or_else(|| missing.clone());
    let is_missing = |path: &str| missing.problems().any(|problem| problem.path() == path);
    // A document that would be none with everything in its place has no warnings either.
    let warnings = match wrong.problems().all(|problem| is_missing(problem.path())) {
        true => references(policy_json)
            .and_then(|wanted| fill_references(policy_json, &elsewhere::with_stand_ins(&wanted, read)))
            .map(|filled| warnings(&filled))
            .unwrap_or_default(),
        false => Vec::new(),
    };
    Linted { warnings, wrong: Some(wrong) }
}

/// What a look at a document found.
pub(crate) struct Linted {
    pub(crate) warnings: Vec<Warning>,
    /// What is wrong, texts that are not there included.
    pub(crate) wrong: Option<PolicyError>,
}

fn warnings(policy_json: &str) -> Vec<Warning> {
    let document: Value = serde_json::from_str(policy_json).unwrap_or_default();
    let mut warnings = Vec::new();
    for (index, entry) in list(&document, "issuers").iter().enumerate() {
        let path = format!("issuers[{index}]");
        keys::lint(entry, &path, &mut warnings);
        issuers::lint(entry, &path, &mut warnings);
        names::lint(entry, &path, &mut warnings);
        unfinished::lint(entry, &path, &mut warnings);
    }
    keys::lint_shared(list(&document, "issuers"), &mut warnings);
    routes::lint(&document, &mut warnings);
    unfinished::lint_routes(&document, &mut warnings);
    lint_expressions(&document, &mut warnings);
    issuers::lint_token(&document, &mut warnings);
    names::lint_forward(&document, &mut warnings);
    warnings.sort_by_key(|warning| warning.severity);
    warnings
}

/// Every expression of the document.
fn lint_expressions(document: &Value, warnings: &mut Vec<Warning>) {
    let mut rules = |of: &Value, path: &str| {
        for (index, rule) in list(of, "claims").iter().enumerate() {
            routes::lint_expression(rule.get("expression"), &format!("{path}.claims[{index}].expression"), warnings);
        }
    };
    for group in ["issuers", "routes"] {
        for (index, entry) in list(document, group).iter().enumerate() {
            rules(entry, &format!("{group}[{index}]"));
        }
    }
    for (index, entry) in list(document, "issuers").iter().enumerate() {
        let expression = entry.get("client_id").and_then(|client| client.get("expression"));
        routes::lint_expression(expression, &format!("issuers[{index}].client_id.expression"), warnings);
    }
    let sources = document.get("token").map(|token| list(token, "sources")).unwrap_or_default();
    for (index, source) in sources.iter().enumerate() {
        routes::lint_expression(source.get("expression"), &format!("token.sources[{index}].expression"), warnings);
    }
}
