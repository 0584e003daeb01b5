//! Warnings about keys.

use super::document::{duration, is_set, texts};
use super::secret;
use super::warning::{Severity, Warning};
use crate::format::{Format, policy};
use serde_json::{Value, json};
use std::time::Duration;

pub(super) fn lint(entry: &Value, path: &str, warnings: &mut Vec<Warning>) {
    let keys = entry.get("keys").unwrap_or(&Value::Null);
    let jwks = entry.get("jwks").unwrap_or(&Value::Null);
    let unsigned = is_set(keys, "accept_unsigned");
    let mut warn = |code, severity, field: &str, message: &str, hint: &str| {
        warnings.push(Warning::new(code, severity, format!("{path}.{field}"), message, hint));
    };
    if unsigned {
        let message = "tokens are not signed: anyone can write one that passes";
        warn("accept_unsigned", Severity::High, "keys.accept_unsigned", message, "give the issuer's keys");
    } else if entry.get("algorithms").is_none() {
        let message = "every algorithm that fits the keys passes";
        let hint = "list the algorithms that the issuer signs with (RFC 8725 section 3.1)";
        warn("no_algorithms", Severity::Low, "algorithms", message, hint);
    }
    if let Some(written) = keys.get("secret") {
        if let Some(reason) = secret::weakness(written) {
            let hint = "make 32 random bytes, for example with: openssl rand -hex 32";
            warn("weak_secret", Severity::High, "keys.secret", reason, hint);
        }
        if let Some(message) = secret::encoded_text(written) {
            let hint = "if the issuer decodes it, write it under that name in place of text; else nothing is wrong";
            warn("encoded_secret", Severity::Low, "keys.secret.text", message, hint);
        }
        let message = "whoever checks tokens with this secret can also make them";
        let hint = "let the issuer sign with a private key, and give its public key or key set here";
        warn("hmac_secret", Severity::Low, "keys.secret", message, hint);
    }
    if is_set(keys, "allow_expired_certificates") {
        let message = "certificates are used whose owners may long have given up their keys";
        let hint = "replace the certificate, and leave this out";
        warn("expired_certificates", Severity::Medium, "keys.allow_expired_certificates", message, hint);
    }
    if is_set(entry, "try_all_keys") {
        let message = "tokens without a kid cost up to four signature checks";
        warn("tries_all_keys", Severity::Low, "try_all_keys", message, "let the issuer write the kid into its tokens");
    }
    if is_set(jwks, "allow_http") {
        let message = "whoever can change what the network carries can give keys, and so make tokens that pass";
        match plain_url(entry) {
            Some(field) => warn("http_keys", Severity::High, &field, message, "fetch keys over https"),
            // The metadata may name a key set over http.
            None if keys.get("discovery").is_some() => {
                warn("http_keys", Severity::High, "jwks.allow_http", message, "fetch keys over https");
            }
            None => {
                let message = "no key is fetched over http";
                warn("needless_allow_http", Severity::Low, "jwks.allow_http", message, "leave it out");
            }
        }
    }
    if duration(jwks.get("max_stale")) > Some(Duration::from_secs(7 * 86_400)) {
        let message =
            "a key that the issuer has withdrawn goes on passing for this long while the issuer is out of reach";
        warn("long_stale", Severity::Medium, "jwks.max_stale", message, "a day is enough for most outages");
    }
    if duration(jwks.get("ttl")) > Some(Duration::from_secs(86_400)) {
        let message = "a key that the issuer has withdrawn goes on passing for this long";
        warn("long_ttl", Severity::Low, "jwks.ttl", message, "an hour costs the issuer 24 requests a day");
    }
}

/// The field of a URL that is fetched over http from another host: what the core refuses when it is not allowed.
fn plain_url(entry: &Value) -> Option<String> {
    let mut entry = entry.clone();
    entry.get_mut("jwks")?.as_object_mut()?.remove("allow_http");
    let document = json!({"version": 1, "issuers": [entry]}).to_string();
    let error = policy(&document, Format::Json).err()?;
    let field = error.path().strip_prefix("issuers[0].")?;
    // `discovery: true` is no URL that somebody could change, and what stands in for a key is none.
    let is_url = match field {
        "keys.discovery" => entry.pointer("/keys/discovery").is_some_and(Value::is_string),
        field => field == "keys" || field.starts_with("keys.jwks_uri"),
    };
    is_url.then(|| field.to_owned())
}

/// Two entries that trust the same keys: a token of the one is as good as one of the other but for its `iss`.
pub(super) fn lint_shared(entries: &[Value], warnings: &mut Vec<Warning>) {
    let mut seen: Vec<(String, usize)> = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let Some(keys) = entry.get("keys") else { continue };
        for (field, material) in sources(keys) {
            match seen.iter().find(|(other, _)| *other == material) {
                Some((_, other)) if *other != index => {
                    let path = format!("issuers[{index}].keys.{field}");
                    let message = format!("issuers[{other}] has the same keys: either issuer can sign for the other");
                    let hint = "give each issuer keys of its own, or make one entry with a list of issuers";
                    warnings.push(Warning::new("shared_keys", Severity::Medium, path, &message, hint));
                }
                Some(_) => {}
                None => seen.push((material, index)),
            }
        }
    }
}

/// The key sources of an entry, each as a text that is the same for the same keys.
fn sources(keys: &Value) -> Vec<(&'static str, String)> {
    let uris = texts(keys, "jwks_uri").into_iter().map(|uri| ("jwks_uri", format!("jwks_uri {uri}")));
    let others = ["discovery", "jwks", "pem", "secret", "trust_store"].into_iter().filter_map(|field| {
        let value = keys.get(field).filter(|value| !value.is_boolean())?;
        Some((field, format!("{field} {value}")))
    });
    uris.chain(others).collect()
}
