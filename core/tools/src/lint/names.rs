//! Warnings about names of claims that nobody will find, and about what goes on to the application behind.

use super::document::{is_set, list, texts};
use super::warning::{Severity, Warning};
use serde_json::{Map, Value};

/// With a claim mapping there are two names for a claim: client ids and scopes are looked up by the one in the token, rules
/// by the one that the mapping gives.
pub(super) fn lint(entry: &Value, path: &str, warnings: &mut Vec<Warning>) {
    let Some(mapping) = mapping(entry) else { return };
    let mut warn = |path: String, message: String, hint: String| {
        warnings.push(Warning::new("mapped_name", Severity::Medium, path, &message, &hint));
    };
    for field in ["client_id", "scopes"] {
        for name in entry.get(field).map(|field| texts(field, "claims")).unwrap_or_default() {
            if let Some(remote) = remote_of(mapping, name).filter(|_| !mapping.contains_key(name)) {
                let message = format!("{name} is a name that claim_mapping gives, and {field} is read before that");
                warn(format!("{path}.{field}.claims"), message, format!("write the name in the token, {remote}"));
            }
        }
    }
    for (index, rule) in list(entry, "claims").iter().enumerate() {
        let first = rule.get("claim").and_then(|claim| claim.as_str().or_else(|| claim.get(0)?.as_str()));
        if let Some((name, local)) = first.and_then(|name| gone(mapping, name)) {
            let message = format!("claim_mapping has taken {name} away before rules are checked");
            warn(format!("{path}.claims[{index}].claim"), message, format!("write the name that it gives, {local}"));
        }
    }
}

/// `forward` reads claims by the names that the application sees, and leaves the token in the request unless it says so.
pub(super) fn lint_forward(document: &Value, warnings: &mut Vec<Warning>) {
    let Some(forward) = document.get("forward") else { return };
    let headers = forward.get("claims_to_headers").and_then(Value::as_object);
    for name in headers.into_iter().flat_map(Map::keys) {
        let mappings = list(document, "issuers").iter().filter_map(mapping);
        if let Some((name, local)) = mappings.filter_map(|mapping| gone(mapping, name)).next() {
            let path = format!("forward.claims_to_headers.{name}");
            let message = format!("claim_mapping has taken {name} away before claims go on");
            let hint = format!("write the name that it gives, {local}");
            warnings.push(Warning::new("mapped_name", Severity::Medium, path, &message, &hint));
        }
    }
    if headers.is_some_and(|headers| !headers.is_empty()) && !is_set(forward, "strip_token") {
        let message = "the application behind gets the token beside the header fields, and may log or send it on";
        let hint = "set  strip_token: true  unless the application needs the token itself";
        warnings.push(Warning::new("forwards_token", Severity::Low, "forward.strip_token", message, hint));
    }
}

fn mapping(entry: &Value) -> Option<&Map<String, Value>> {
    entry.get("claim_mapping").and_then(Value::as_object)
}

/// The name in the token behind a name that the mapping gives.
fn remote_of<'m>(mapping: &'m Map<String, Value>, local: &str) -> Option<&'m str> {
    mapping.iter().find(|(_, given)| given.as_str() == Some(local)).map(|(remote, _)| remote.as_str())
}

/// A name in the token that the mapping takes away, with the name that it gives instead.
fn gone<'m>(mapping: &'m Map<String, Value>, name: &'m str) -> Option<(&'m str, &'m str)> {
    let local = mapping.get(name)?.as_str()?;
    (local != name && remote_of(mapping, name).is_none()).then_some((name, local))
}
