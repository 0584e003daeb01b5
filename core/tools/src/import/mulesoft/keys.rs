//! Signing method, key and key set.

use super::entry::Entry;
use crate::import::notes::Notes;
use crate::import::section::Section;
use crate::limits;
use serde_json::{Map, Value, json};
use std::time::Duration;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Rsa,
    Hmac,
    Es,
    /// No signature at all.
    None,
}

pub(super) fn keys(config: &mut Section, entry: &mut Entry, notes: &mut Notes) {
    let method = method(config, notes);
    algorithm(method, config, entry, notes);
    let text = config.text("textKey", notes);
    let url = config.text("jwksUrl", notes);
    let from_url = origin(config, notes) && method != Method::None;
    let mut keys = Map::new();
    if method == Method::None {
        keys.insert("accept_unsigned".to_owned(), true.into());
    }
    match text {
        Some(_) if from_url || method == Method::None => {
            notes.changed(config.at("textKey"), None, "not used with this key origin and signing method");
        }
        Some(text) => text_key(method, text, &mut keys, config, notes),
        None if !from_url && method != Method::None => {
            let message = "not set, though the key is a text";
            let message = if url.is_some() { format!("{message}; {WRITE_JWKS}") } else { message.to_owned() };
            notes.cannot(config.at("textKey"), Some("issuers[0].keys"), message);
        }
        None => {}
    }
    match url {
        Some(_) if !from_url && method != Method::None => {
            notes.changed(config.at("jwksUrl"), None, format!("not used with this key origin; {WRITE_JWKS}"));
        }
        Some(_) if !from_url => notes.changed(config.at("jwksUrl"), None, "not used with this key origin"),
        Some(url) => key_sets(&url, &mut keys, entry, config, notes),
        None if from_url => {
            notes.cannot(config.at("jwksUrl"), Some("issuers[0].keys"), "not set, though the key is in a key set");
        }
        None => {}
    }
    if from_url && method == Method::Hmac {
        notes.cannot(config.at("jwtKeyOrigin"), Some("issuers[0].keys"), "a fetched key set never holds HMAC secrets");
    }
    entry.members.insert("keys".to_owned(), keys.into());
    fetching(from_url, config, entry, notes);
}

fn method(config: &mut Section, notes: &mut Notes) -> Method {
    let path = config.at("signingMethod");
    let target = "issuers[0].algorithms";
    let method = match config.text("signingMethod", notes).as_deref() {
        Some("rsa") => Method::Rsa,
        Some("hmac") => Method::Hmac,
        Some("es") => Method::Es,
        Some("none") => {
            let target = Some("issuers[0].keys.accept_unsigned");
            let message = "no signature is checked, so anybody can make tokens; the document takes alg none only";
            notes.cannot(path, target, message);
            return Method::None;
        }
        Some(_) => {
            notes.cannot(path, Some(target), "unknown method, taken for rsa; expected rsa, hmac, es or none");
            return Method::Rsa;
        }
        None => {
            let message = "not set: the gateway may take tokens of any signature; the document takes RSA";
            notes.cannot(path, Some(target), message);
            return Method::Rsa;
        }
    };
    notes.carried(path, target, "with signingKeyLength, the one algorithm");
    method
}

fn algorithm(method: Method, config: &mut Section, entry: &mut Entry, notes: &mut Notes) {
    let path = config.at("signingKeyLength");
    let target = "issuers[0].algorithms";
    let given = config.has("signingKeyLength");
    let length = match config.whole("signingKeyLength", notes) {
        Some(length @ (256 | 384 | 512)) => length,
        Some(_) => {
            notes.cannot(&path, Some(target), "expected 256, 384 or 512; taken for 256");
            256
        }
        None => 256,
    };
    let prefix = match method {
        Method::Rsa => "RS",
        Method::Hmac => "HS",
        Method::Es => "ES",
        Method::None => {
            if given {
                notes.changed(path, None, "an unsigned token has no length");
            }
            return;
        }
    };
    let algorithm = format!("{prefix}{length}");
    let message = if given { "with signingMethod, the one algorithm" } else { "not set: the gateway's default, 256" };
    notes.carried(path, target, message);
    entry.members.insert("algorithms".to_owned(), json!([algorithm]));
}

/// Whether keys come from a key set.
fn origin(config: &mut Section, notes: &mut Notes) -> bool {
    let path = config.at("jwtKeyOrigin");
    let origin = config.text("jwtKeyOrigin", notes);
    let expression = config.text("customKeyExpression", notes).is_some();
    let from_expression = origin.as_deref() == Some("customExpression");
    if expression {
        let path = config.at("customKeyExpression");
        if from_expression {
            notes.cannot(path, Some("issuers[0].keys"), "a key that the gateway computes; write the key itself");
        } else {
            notes.changed(path, None, "not used with this key origin");
        }
    }
    match origin.as_deref() {
        Some("text") => notes.carried(path, "issuers[0].keys", "the key is a text"),
        Some("jwks") => {
            notes.carried(path, "issuers[0].keys.jwks_uri", "the key is in a key set");
            return true;
        }
        None => notes.carried(path, "issuers[0].keys", "not set: the gateway's default, text"),
        Some(_) => notes.cannot(path, Some("issuers[0].keys"), "expected text or jwks"),
    }
    false
}

fn text_key(method: Method, text: String, keys: &mut Map<String, Value>, config: &Section, notes: &mut Notes) {
    let path = config.at("textKey");
    let (name, key, message) = match method {
        Method::Hmac => ("secret", json!({"text": text}), "the secret, as plain text"),
        _ => ("pem", json!(text), "the public key"),
    };
    let target = format!("issuers[0].keys.{name}");
    if text.trim().is_empty() || text == "empty" || (text.contains("your-") && !text.contains("BEGIN")) {
        notes.cannot(path, Some(&target), "a placeholder, and no key");
    } else if text.starts_with("#[") {
        notes.cannot(path, Some(&target), "a key that the gateway computes; write the key itself");
    } else {
        notes.carried(path, &target, message);
    }
    keys.insert(name.to_owned(), key);
}

fn key_sets(urls: &str, keys: &mut Map<String, Value>, entry: &mut Entry, config: &Section, notes: &mut Notes) {
    let path = config.at("jwksUrl");
    let target = "issuers[0].keys.jwks_uri";
    let urls: Vec<&str> = urls.split(',').map(str::trim).filter(|url| !url.is_empty()).collect();
    if urls.is_empty() || urls.iter().any(|url| url.contains("://your-jwks-service")) {
        notes.cannot(&path, Some(target), "a placeholder, and no URL");
    } else {
        notes.carried(&path, target, "fetched by the application's own HTTP client");
    }
    if urls.iter().any(|url| url.starts_with("http://")) {
        let message = "http: whoever is on the way can put in keys of their own; use https, and take this out";
        notes.changed(path, Some("issuers[0].jwks.allow_http"), message);
        entry.settings.insert("allow_http".to_owned(), true.into());
    }
    keys.insert("jwks_uri".to_owned(), json!(urls));
}

/// How long a key set serves, and how long is waited for it.
fn fetching(from_url: bool, config: &mut Section, entry: &mut Entry, notes: &mut Notes) {
    let minutes = config.whole("jwksServiceTimeToLive", notes);
    let millis = config.whole("jwksServiceConnectionTimeout", notes);
    if !from_url {
        for (name, value) in [("jwksServiceTimeToLive", minutes), ("jwksServiceConnectionTimeout", millis)] {
            if value.is_some() {
                notes.changed(config.at(name), None, "not used with this key origin");
            }
        }
        return;
    }
    let ttl = minutes.and_then(|minutes| minutes.checked_mul(60)).map(Duration::from_secs);
    let settings = &mut entry.settings;
    match (minutes, ttl.filter(|ttl| limits::TTL_RANGE.contains(ttl))) {
        (Some(minutes), Some(_)) => {
            settings.insert("ttl".to_owned(), format!("{minutes}m").into());
            notes.carried(config.at("jwksServiceTimeToLive"), "issuers[0].jwks.ttl", "minutes");
        }
        (Some(_), None) => {
            let target = Some("issuers[0].jwks.ttl");
            notes.cannot(
                config.at("jwksServiceTimeToLive"),
                target,
                "not between a minute and 30 days; the default is an hour",
            );
        }
        (None, _) => {
            settings.insert("ttl".to_owned(), "60m".into());
            notes.carried(config.at("jwksServiceTimeToLive"), "issuers[0].jwks.ttl", "not set: the gateway's default");
        }
    }
    let timeout = millis.unwrap_or(10_000);
    if limits::TIMEOUT_RANGE.contains(&Duration::from_millis(timeout)) {
        settings.insert("timeout".to_owned(), format!("{timeout}ms").into());
        let message = if millis.is_some() { "milliseconds, for each URL" } else { "not set: the gateway's default" };
        notes.carried(config.at("jwksServiceConnectionTimeout"), "issuers[0].jwks.timeout", message);
    } else {
        let target = Some("issuers[0].jwks.timeout");
        notes.cannot(
            config.at("jwksServiceConnectionTimeout"),
            target,
            "not between 1 ms and 300 s; the default is 10 s",
        );
    }
    settings.insert("respect_cache_control".to_owned(), false.into());
    notes.carried("", "issuers[0].jwks.respect_cache_control", "the gateway goes by its own time to live alone");
    let message =
        "the gateway serves an expired key set without end while its service is down; here it ends after 24 hours";
    notes.changed("", Some("issuers[0].jwks.max_stale"), message);
}

const WRITE_JWKS: &str = "if the key is to come from jwksUrl, write jwtKeyOrigin: jwks";
