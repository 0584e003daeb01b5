//! The surface that other languages stand on: words and JSON.

use super::support::{FULL, code_at, validator_of};
use jotgate::{Code, Timestamp};
use jotgate_testing::{Issuer, recipes_json};
use serde_json::{Value, json};

fn called(issuer: &Issuer, word: &str, arguments: Value) -> Value {
    serde_json::from_str(&issuer.call(word, &arguments.to_string()).unwrap()).unwrap()
}

#[test]
fn every_function_has_its_word() {
    let options = json!({"policy": FULL, "claims": {"colour": "blue"}, "kid": "one", "now": 1_800_000_000.5});
    let issuer = Issuer::from_json(&options.to_string()).unwrap();
    assert_eq!(called(&issuer, "name", json!({})), "https://idp.example.com/");
    let validator = validator_of(called(&issuer, "policy", json!({})).as_str().unwrap());
    let arguments = json!({"subject": "alice", "scopes": ["orders:read"], "now": null, "lifetime": 60});
    let token = called(&issuer, "token", arguments);
    let frozen = Timestamp::from_seconds(1_800_000_000);
    assert_eq!(code_at(&validator, token.as_str().unwrap(), frozen), None);

    let bad = called(
        &issuer,
        "bad",
        json!({"code": "expired", "token": {"subject": "bob"}, "method": "GET", "path": "/orders"}),
    );
    assert_eq!((&bad["code"], &bad["method"], &bad["target"]), (&json!("expired"), &json!("GET"), &json!("/orders")));
    assert_eq!(bad["headers"][0][0], "Authorization");
    assert!(called(&issuer, "policy_for", json!({"policy": FULL})).is_string());
    assert!(called(&issuer, "policy_fetching", json!({"base": "http://127.0.0.1:1"})).is_string());
    assert!(called(&issuer, "jwks", json!({})).as_str().unwrap().contains("\"one\""));
    assert!(called(&issuer, "metadata", json!({"jwks_uri": "https://a.test/"})).is_string());
    assert_eq!(called(&issuer, "rotate", json!({})), "test-3");
    assert_eq!(called(&issuer, "rotate", json!({"overlap": false, "kid": "two"})), "two");
    assert_eq!(called(&issuer, "retire_keys", json!({})), Value::Null);
    assert_eq!(called(&issuer, "break_keys", json!({"fault": "gone"})), Value::Null);
    assert_eq!(called(&issuer, "serve", json!({"url": "https://a.test/jwks"}))["status"], 404);
    assert_eq!(called(&issuer, "mend", json!({})), Value::Null);
    assert_eq!(called(&issuer, "serve", json!({"url": "https://a.test/jwks"}))["fault"], Value::Null);
}

#[test]
fn mistakes_are_errors_and_quote_nothing() {
    let issuer = Issuer::from_json("{}").unwrap();
    for (word, arguments) in [
        ("mint", "{}"),
        ("token", "[]"),
        ("token", r#"{"subjekt": "alice"}"#),
        ("token", r#"{"algorithm": "none"}"#),
        ("token", r#"{"kid": "unknown"}"#),
        ("bad", r#"{"code": "nonsense"}"#),
        ("bad", r#"{"code": "revoked"}"#),
        ("break_keys", r#"{"fault": "nonsense"}"#),
    ] {
        let error = issuer.call(word, arguments).unwrap_err().to_string();
        assert!(!error.contains("at line"), "{error}");
    }
    assert!(Issuer::from_json(r#"{"polcy": "{}"}"#).is_err());
}

#[test]
fn the_table_of_codes_is_data_too() {
    let rows: Vec<Value> = serde_json::from_str(&recipes_json()).unwrap();
    assert_eq!(rows.len(), Code::ALL.len());
    assert!(rows.iter().any(|row| row["code"] == "expired" && row["makeable"] == true));
}
