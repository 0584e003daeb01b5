//! What a policy asks of a token, as the claims and the header of one that has it all.

use crate::Error;
use crate::document::{Object, duration, tenant, texts};
use crate::signing::unique;
use jotgate::defaults;
use serde_json::{Value, json};

/// What a good token has before a test says more.
pub(crate) struct Wanted {
    pub(crate) header: Object,
    pub(crate) claims: Object,
    /// How long it lives, in seconds.
    pub(crate) lifetime: i64,
}

/// Reads it off the issuer's entry. What only a regular expression or a condition says is left to the test.
pub(crate) fn wanted(entry: &Object, issuer: &str, now: i64) -> Result<Wanted, Error> {
    let profile = entry.get("profile").is_some();
    let typ = texts(entry.get("typ")).into_iter().next();
    let typ = typ.unwrap_or_else(|| if profile { defaults::RFC9068_TYPE } else { "JWT" }.to_owned());
    let mut header = Object::new();
    header.insert("typ".to_owned(), json!(typ));

    let mut claims = Object::new();
    claims.insert("iss".to_owned(), json!(issuer));
    claims.insert("sub".to_owned(), json!("test-user"));
    claims.insert("iat".to_owned(), json!(now));
    if let Some(audience) = audience(entry) {
        claims.insert("aud".to_owned(), json!(audience));
    }
    let client = client(entry);
    if let Some((claim, id)) = &client {
        claims.insert(claim.clone(), json!(id));
    }
    let scopes = scopes(entry.get("scopes"));
    if !scopes.is_empty() {
        claims.insert(scope_claim(entry), json!(scopes.join(" ")));
    }
    let profiled: &[&str] = if profile { &defaults::RFC9068_CLAIMS } else { &[] };
    let required = texts(entry.get("required_claims"));
    if let Some((placeholder, tenant)) = tenant(entry, issuer) {
        // Entra's name for it counts whatever the placeholder is called.
        let named = required.iter().filter(|name| **name == placeholder || *name == "tid");
        claims.extend(named.map(|name| (name.clone(), json!(tenant))));
    }
    for name in required.iter().map(String::as_str).chain(profiled.iter().copied()) {
        if !claims.contains_key(name) && name != "exp" {
            claims.insert(name.to_owned(), usual(name, now)?);
        }
    }
    for rule in entry.get("claims").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object) {
        if rule.get("mandatory") != Some(&Value::Bool(false)) {
            satisfy(entry, rule, &mut claims);
        }
    }
    Ok(Wanted { header, claims, lifetime: lifetime(entry) })
}

/// Scopes of which all, and of which one has to be there.
pub(crate) fn scopes(written: Option<&Value>) -> Vec<String> {
    let member = |name: &str| texts(written.and_then(|scopes| scopes.get(name)));
    let mut scopes = member("all");
    scopes.extend(member("any").into_iter().take(1));
    scopes
}

/// The claims in which an entry looks for scopes.
pub(crate) fn scope_claims(entry: &Object) -> Vec<String> {
    named(entry.get("scopes"), &defaults::SCOPE_CLAIMS)
}

/// The first of them.
pub(crate) fn scope_claim(entry: &Object) -> String {
    scope_claims(entry).swap_remove(0)
}

/// The claims in which an entry looks for the client.
pub(crate) fn client_claims(entry: &Object) -> Vec<String> {
    named(entry.get("client_id"), &defaults::CLIENT_CLAIMS)
}

/// Where in the token the claim of a rule stands: rules know claims by the names that the policy maps them to.
pub(crate) fn rule_path(entry: &Object, rule: &Object) -> Vec<String> {
    let mut path = texts(rule.get("claim"));
    let mapping = entry.get("claim_mapping").and_then(Value::as_object);
    if let Some(first) = path.first_mut() {
        let mut names = mapping.into_iter().flatten();
        if let Some((name, _)) = names.find(|(_, mapped)| mapped.as_str() == Some(first)) {
            first.clone_from(name);
        }
    }
    path
}

/// Puts a value at a path, making the objects on the way.
pub(crate) fn put(claims: &mut Object, path: &[String], value: Value) {
    match path {
        [] => {}
        [name] => {
            claims.insert(name.clone(), value);
        }
        [name, rest @ ..] => {
            let inner = claims.entry(name.clone()).or_insert_with(|| json!({}));
            if !inner.is_object() {
                *inner = json!({});
            }
            if let Some(inner) = inner.as_object_mut() {
                put(inner, rest, value);
            }
        }
    }
}

/// `None` where the entry waives the check.
fn audience(entry: &Object) -> Option<String> {
    match entry.get("audience") {
        Some(Value::String(word)) if word == "any" => None,
        written => texts(written).into_iter().next(),
    }
}

/// The claim that names the client, and one that is allowed.
fn client(entry: &Object) -> Option<(String, String)> {
    let written = entry.get("client_id")?;
    let allowed = match written.get("allowed")? {
        Value::Array(ids) => ids.first()?.as_str()?.to_owned(),
        _ => TEST_CLIENT.to_owned(),
    };
    Some((client_claims(entry).swap_remove(0), allowed))
}

/// The names that are written under `claims`, or the usual ones.
fn named(written: Option<&Value>, usual: &[&str]) -> Vec<String> {
    let names = texts(written.and_then(|written| written.get("claims")));
    if names.is_empty() { usual.iter().map(|name| (*name).to_owned()).collect() } else { names }
}

/// What a claim of this name holds.
fn usual(name: &str, now: i64) -> Result<Value, Error> {
    Ok(match name {
        "nbf" | "iat" | "auth_time" => json!(now),
        "jti" => json!(unique()?),
        "client_id" | "azp" | "cid" => json!(TEST_CLIENT),
        _ => json!("test"),
    })
}

/// Gives the claims what a rule asks for, where the rule says it as data.
fn satisfy(entry: &Object, rule: &Object, claims: &mut Object) {
    let path = rule_path(entry, rule);
    let separator = rule.get("separator").and_then(Value::as_str);
    let first = |name: &str| rule.get(name).and_then(Value::as_array).and_then(|values| values.first()).cloned();
    let value = match () {
        () if rule.contains_key("equals") => rule.get("equals").cloned(),
        () if rule.contains_key("any_of") => first("any_of"),
        () if rule.contains_key("all_of") => match separator {
            Some(separator) => Some(json!(texts(rule.get("all_of")).join(separator))),
            None => rule.get("all_of").cloned(),
        },
        () if rule.contains_key("contains") => match (rule.get("contains"), separator) {
            (Some(Value::String(text)), _) => Some(json!(text)),
            (value, _) => value.map(|value| json!([value])),
        },
        () => ["prefix", "suffix", "min", "max"].iter().find_map(|name| rule.get(*name)).cloned(),
    };
    let there = path.first().is_some_and(|name| path.len() == 1 && claims.contains_key(name));
    match value {
        Some(value) => put(claims, &path, value),
        None if there => {}
        None => put(claims, &path, json!("test")),
    }
}

/// Ten minutes, or less where the policy bounds it.
fn lifetime(entry: &Object) -> i64 {
    let longest = duration(entry, "max_lifetime").map_or(LIFETIME, |longest| longest.as_secs().cast_signed());
    longest.clamp(1, LIFETIME)
}

const TEST_CLIENT: &str = "test-client";
const LIFETIME: i64 = 600;
