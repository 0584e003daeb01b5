//! One issuer: its keys, its claims.

use super::surroundings::Shared;
use super::trust_store::Store;
use crate::import::notes::Notes;
use crate::import::section::Section;
use serde_json::{Map, Value, json};

pub(super) fn entry(
    mut source: Section, index: usize, shared: &Shared, store: &mut Store<'_>, notes: &mut Notes,
) -> Value {
    let at = |name: &str| format!("issuers[{index}].{name}");
    let mut entry = Map::new();
    match source.text("name", notes) {
        Some(name) => {
            notes.carried(source.at("name"), &at("issuer"), "the exact value of iss");
            entry.insert("issuer".to_owned(), name.into());
        }
        None => notes.cannot(source.at("name"), Some(&at("issuer")), "not set"),
    }
    keys(&mut source, index, &mut entry, store, notes);
    entry.insert("audience".to_owned(), "any".into());
    notes.changed("", Some(&at("audience")), "audiences stand with each API in the gateway; name yours here");
    entry.insert("required_claims".to_owned(), json!(["exp", "iat", "sub"]));
    notes.changed(
        "",
        Some(&at("required_claims")),
        "what the gateway's pages call mandatory; its code also takes tokens without exp",
    );
    if let Some(leeway) = &shared.leeway {
        entry.insert("leeway".to_owned(), leeway.clone());
    }
    client_id(&mut source, index, &mut entry, notes);
    scopes(&mut source, index, &mut entry, notes);
    mapping(&mut source, index, &mut entry, notes);
    source.refuse_rest(&KNOWN, notes);
    Value::Object(entry)
}

/// Certificates by alias, or a key set by key id; RSA alone.
fn keys(source: &mut Section, index: usize, entry: &mut Map<String, Value>, store: &mut Store<'_>, notes: &mut Notes) {
    let target = format!("issuers[{index}].keys.jwks_uri");
    let mut algorithms = vec!["RS256", "RS384", "RS512"];
    let path = source.at("jwks.url");
    let url = source.section("jwks", notes).and_then(|mut jwks| {
        let url = jwks.text("url", notes);
        jwks.refuse_rest(&["url"], notes);
        url
    });
    match url {
        Some(url) => {
            algorithms.push("PS256");
            notes.carried(&path, &target, "fetched by the application's own HTTP client");
            if url.starts_with("http://") {
                let message = "http: whoever is on the way can put in keys of their own; use https, and take this out";
                notes.changed(&path, Some(&format!("issuers[{index}].jwks.allow_http")), message);
                entry.insert("jwks".to_owned(), json!({"allow_http": true}));
            }
            let message = "the gateway keeps keys until one is missing; here they are fetched again every hour, and when one is missing";
            notes.changed("", Some(&format!("issuers[{index}].jwks.ttl")), message);
            entry.insert("keys".to_owned(), json!({"jwks_uri": url}));
        }
        None => {
            notes.changed(
                path,
                Some(&format!("issuers[{index}].keys.trust_store")),
                "not set: verified by certificates",
            );
            entry.insert("keys".to_owned(), json!({"trust_store": store.keys(index, notes)}));
        }
    }
    notes.carried("", &format!("issuers[{index}].algorithms"), "the gateway takes RSA alone");
    entry.insert("algorithms".to_owned(), json!(algorithms));
}

fn client_id(source: &mut Section, index: usize, entry: &mut Map<String, Value>, notes: &mut Notes) {
    let target = format!("issuers[{index}].client_id.claims");
    let path = source.at("consumer_key_claim");
    let claims = match source.text("consumer_key_claim", notes) {
        Some(claim) => {
            notes.carried(path, &target, "the claim of the client id");
            names(&claim)
        }
        None => {
            notes.carried(path, &target, "not set: the gateway's default");
            json!(["consumerKey", "azp"])
        }
    };
    let target = format!("issuers[{index}].client_id.allowed");
    let message = "the gateway asks whether the client is subscribed; the application does by its client lookup";
    notes.changed("", Some(&target), message);
    entry.insert("client_id".to_owned(), json!({"claims": claims, "allowed": "host"}));
}

fn scopes(source: &mut Section, index: usize, entry: &mut Map<String, Value>, notes: &mut Notes) {
    let target = format!("issuers[{index}].scopes.claims");
    let path = source.at("scopes_claim");
    let claim = source.text("scopes_claim", notes);
    let message = if claim.is_some() { "the claim of the scopes" } else { "not set: the gateway's default, scope" };
    notes.carried(path, &target, message);
    entry.insert("scopes".to_owned(), json!({"claims": names(claim.as_deref().unwrap_or("scope"))}));
    notes.changed(
        "",
        Some("routes"),
        "which scopes a resource needs stands with the API in the gateway; write it in routes, and  unmatched: deny  as the gateway refuses what no resource names (900906)",
    );
}

fn mapping(source: &mut Section, index: usize, entry: &mut Map<String, Value>, notes: &mut Notes) {
    let target = format!("issuers[{index}].default_claim_mapping");
    let path = source.at("disable_default_claim_mapping");
    let disabled = source.flag("disable_default_claim_mapping", notes);
    let message = if disabled.is_some() { "said the other way round" } else { "not set: the default mapping is on" };
    notes.carried(path, &target, message);
    entry.insert("default_claim_mapping".to_owned(), (disabled != Some(true)).into());

    let Some(list) = source.list("claim_mapping", notes) else { return };
    let path = source.at("claim_mapping");
    let target = format!("issuers[{index}].claim_mapping");
    let mut mapping = Map::new();
    for (place, element) in list.into_iter().enumerate() {
        let path = format!("{path}[{place}]");
        let Value::Object(members) = element else {
            notes.cannot(path, None, "expected a table of remote_claim and local_claim");
            continue;
        };
        let mut members = Section::new(path.as_str(), members);
        let claims = (members.text("remote_claim", notes), members.text("local_claim", notes));
        members.refuse_rest(&["remote_claim", "local_claim"], notes);
        match claims {
            (Some(remote), _) if mapping.contains_key(&remote) => {
                notes.cannot(path, Some(&target), "the remote claim stands there twice");
            }
            (Some(remote), Some(local)) => {
                notes.carried(path.as_str(), &target, "remote to local");
                notes.stands_at(format!("{target}.{remote}"), &path);
                mapping.insert(remote, local.into());
            }
            _ => notes.cannot(path, Some(&target), "expected remote_claim and local_claim"),
        }
    }
    if !mapping.is_empty() {
        entry.insert("claim_mapping".to_owned(), mapping.into());
    }
}

/// The one list of claims, from a name.
fn names(name: &str) -> Value {
    json!([name])
}

const KNOWN: [&str; 6] =
    ["name", "jwks", "consumer_key_claim", "scopes_claim", "disable_default_claim_mapping", "claim_mapping"];
