//! Warnings about values that somebody meant to replace, and about URLs that stand in each other's place.

use super::document::{list, texts};
use super::warning::{Severity, Warning};
use serde_json::Value;

/// Of an entry: where it says who signs, for whom, and where keys are.
pub(super) fn lint(entry: &Value, path: &str, warnings: &mut Vec<Warning>) {
    let keys = entry.get("keys").unwrap_or(&Value::Null);
    if texts(entry, "issuer").into_iter().any(is_metadata) {
        let message = "this is the address of the issuer's metadata, and no token names it as its issuer";
        let hint = "write the issuer as the metadata says it: mostly the part in front of /.well-known";
        warn("metadata_as_issuer", Severity::Medium, format!("{path}.issuer"), message, hint, warnings);
    }
    if texts(keys, "jwks_uri").into_iter().any(is_metadata) {
        let message = "this is the address of the issuer's metadata, and no key set";
        let hint = "write it as  discovery, or its jwks_uri here";
        warn("metadata_as_key_set", Severity::Medium, format!("{path}.keys.jwks_uri"), message, hint, warnings);
    }
    let clients = entry.get("client_id").unwrap_or(&Value::Null);
    let places = [
        (entry, "", "issuer"),
        (entry, "", "audience"),
        (entry, "", "tenants"),
        (keys, "keys.", "jwks_uri"),
        (keys, "keys.", "discovery"),
        (clients, "client_id.", "allowed"),
    ];
    // One for an entry: whoever sees the first looks at the others.
    let unfinished = |(object, _, field): &(&Value, _, &str)| texts(object, field).into_iter().any(is_placeholder);
    if let Some((_, within, field)) = places.iter().find(|place| unfinished(place)) {
        placeholder(format!("{path}.{within}{field}"), warnings);
    }
}

/// Of the routes.
pub(super) fn lint_routes(document: &Value, warnings: &mut Vec<Warning>) {
    for (index, route) in list(document, "routes").iter().enumerate() {
        let path = format!("routes[{index}]");
        if ["issuers", "audience"].into_iter().any(|field| texts(route, field).into_iter().any(is_placeholder)) {
            placeholder(path.clone(), warnings);
        }
        // As a pattern of file names `/a/*` is what is below a folder; as a regular expression it is slashes.
        let pattern = route.get("path_regex").and_then(Value::as_str).unwrap_or_default();
        if pattern.contains("/*") {
            let message = "/* is any number of slashes here, and not whatever is below a folder";
            let hint = "write /.* for everything below, or a path with {name} for one segment";
            warn("star_in_path", Severity::Medium, format!("{path}.path_regex"), message, hint, warnings);
        }
    }
}

fn placeholder(path: String, warnings: &mut Vec<Warning>) {
    let message = "this looks like a value from an example that somebody meant to replace";
    warn("placeholder", Severity::Low, path, message, "write your own value", warnings);
}

fn warn(code: &'static str, severity: Severity, path: String, message: &str, hint: &str, warnings: &mut Vec<Warning>) {
    warnings.push(Warning::new(code, severity, path, message, hint));
}

/// RFC 8414 section 3 and OpenID Connect Discovery 1.0 section 4.
fn is_metadata(url: &str) -> bool {
    ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"]
        .iter()
        .any(|part| url.contains(part))
}

/// What examples and templates have in the place of a value. The names of RFC 2606 section 3 are nobody's; those for tests
/// (`.test`, `.invalid`) somebody chooses on purpose.
fn is_placeholder(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let host = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
    let host = host.split(['/', ':', '?']).next().unwrap_or_default();
    let reserved =
        RESERVED.iter().any(|name| host == *name || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.')));
    let angled = text.split_once('<').is_some_and(|(_, rest)| rest.contains('>'));
    let doubled = text.split_once("{{").is_some_and(|(_, rest)| rest.contains("}}"));
    reserved || angled || doubled || WORDS.iter().any(|word| lower.contains(word))
}

const RESERVED: [&str; 3] = ["example.com", "example.net", "example.org"];
const WORDS: [&str; 10] = [
    "changeme",
    "change-me",
    "change_me",
    "your_",
    "your-",
    "yourdomain",
    "yourcompany",
    "replace_me",
    "replace-me",
    "xxxx",
];

#[cfg(test)]
mod tests {
    use super::is_placeholder;

    #[test]
    fn tells_examples_from_values() {
        for text in [
            "https://idp.example.com/",
            "example.org",
            "https://login.microsoftonline.com/<tenant>/v2.0",
            "YOUR_AUDIENCE",
            "https://your-tenant.eu.auth0.com/",
            "https://{{host}}/",
            "changeme",
            "https://EXAMPLE.COM:8443/x",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in [
            "https://idp.test/",
            "orders",
            "https://myexample.com/",
            "https://idp.acme.com/example.com",
            "api://a-b-c",
            "https://login.acme.com/{tid}/v2.0",
        ] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
