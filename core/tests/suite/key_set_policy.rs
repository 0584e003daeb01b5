//! The settings of key sets: their ranges, and the path of what is out of them.

use crate::issuer::policy;
use jotgate::{Health, Policy, Timestamp, Validator};
use serde_json::{Value, json};

fn error_path(document: &Value) -> Option<String> {
    Policy::from_json(&document.to_string()).err().map(|error| error.path().to_owned())
}

#[test]
fn settings_have_ranges() {
    let good = [
        json!({"ttl": "1s"}),
        json!({"ttl": "30d", "max_stale": "30d"}),
        json!({"max_stale": 0}),
        json!({"ttl": 10}),
        json!({"ttl": "5m", "min_ttl": "5m"}),
        json!({"respect_cache_control": false}),
        json!({"refresh_ahead": 1}),
        json!({"refresh_ahead": 0.1}),
        json!({"backoff": {}}),
        json!({"backoff": {"first": "10m"}}),
        json!({"backoff": {"max": "500ms"}}),
        json!({"backoff": {"first": "2s", "max": "2s"}}),
        json!({"max_body": 1, "max_keys": 10_000}),
    ];
    for jwks in good {
        assert_eq!(error_path(&policy(jwks.clone())), None, "{jwks}");
    }
    let bad = [
        (json!({"ttl": 0}), "ttl"),
        (json!({"ttl": "999ms"}), "ttl"),
        (json!({"ttl": "31d"}), "ttl"),
        (json!({"ttl": null}), "ttl"),
        (json!({"min_ttl": 0}), "min_ttl"),
        (json!({"ttl": "5m", "min_ttl": "6m"}), "min_ttl"),
        (json!({"respect_cache_control": "no"}), "respect_cache_control"),
        (json!({"refresh_ahead": 0}), "refresh_ahead"),
        (json!({"refresh_ahead": 1.01}), "refresh_ahead"),
        (json!({"refresh_ahead": "0.8"}), "refresh_ahead"),
        (json!({"max_stale": "31d"}), "max_stale"),
        (json!({"timeout": 0}), "timeout"),
        (json!({"timeout": "6m"}), "timeout"),
        (json!({"cooldown": 0}), "cooldown"),
        (json!({"cooldown": "2d"}), "cooldown"),
        (json!({"backoff": 5}), "backoff"),
        (json!({"backoff": {"first": 0}}), "backoff.first"),
        (json!({"backoff": {"first": "2h"}}), "backoff.first"),
        (json!({"backoff": {"first": "10s", "max": "9s"}}), "backoff.max"),
        (json!({"backoff": {"least": 1}}), "backoff.least"),
        (json!({"max_body": 0}), "max_body"),
        (json!({"max_keys": 0}), "max_keys"),
        (json!({"max_keys": 10_001}), "max_keys"),
        (json!({"refresh_ahed": 0.5}), "refresh_ahed"),
    ];
    for (jwks, path) in bad {
        assert_eq!(error_path(&policy(jwks.clone())), Some(format!("issuers[0].jwks.{path}")), "{jwks}");
    }
}

#[test]
fn discovery_is_true_or_a_url() {
    let with = |issuer: Value, discovery: Value| {
        let mut document = policy(json!({}));
        document["issuers"][0]["issuer"] = issuer;
        document["issuers"][0]["keys"] = json!({ "discovery": discovery });
        document
    };
    let url = |issuer: &str| {
        let document = with(json!(issuer), json!(true)).to_string();
        let validator = Validator::new(Policy::from_json(&document).expect("a good policy"), 1);
        let Health { sources, .. } = validator.health(Timestamp::from_seconds(0));
        sources[0].url.clone()
    };
    assert_eq!(url("https://idp.test"), "https://idp.test/.well-known/openid-configuration");
    assert_eq!(url("https://idp.test/"), "https://idp.test/.well-known/openid-configuration");
    assert_eq!(url("https://idp.test/realm/a"), "https://idp.test/realm/a/.well-known/openid-configuration");

    let metadata = json!("https://idp.test/.well-known/oauth-authorization-server");
    let good = [
        with(json!("urn:ours"), metadata.clone()),
        with(json!(["https://a.test", "https://b.test"]), metadata.clone()),
        with(json!("https://idp.test?x=1"), metadata.clone()),
    ];
    for document in good {
        assert_eq!(error_path(&document), None, "{document}");
    }
    let bad = [
        with(json!("any"), metadata),
        with(json!("any"), json!(true)),
        with(json!(["https://a.test", "https://b.test"]), json!(true)),
        with(json!("https://idp.test?x=1"), json!(true)),
        with(json!("urn:ours"), json!(true)),
        with(json!("http://idp.test"), json!(true)),
        with(json!("https://idp.test"), json!("http://idp.test/metadata")),
        with(json!("https://idp.test"), json!("idp.test")),
        with(json!("https://idp.test"), json!(1)),
        with(json!("https://idp.test"), json!(["https://idp.test/metadata"])),
    ];
    for document in bad {
        assert_eq!(error_path(&document), Some("issuers[0].keys.discovery".to_owned()), "{document}");
    }
    assert_eq!(error_path(&with(json!("https://idp.test"), json!(false))), Some("issuers[0].keys".to_owned()));
}
