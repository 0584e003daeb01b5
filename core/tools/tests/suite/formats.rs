//! The policy document in JSON, YAML and TOML.

use crate::issuer::{Key, START};
use jotgate::{Timestamp, Validator, Verdict};
use jotgate_tools::{Format, policy, policy_json};
use serde_json::{Value, json};

fn document() -> Value {
    json!({
        "version": 1,
        "issuers": [{
            "issuer": "https://idp.test/",
            "audience": ["https://api.test", "010"],
            "keys": {"jwks": {"keys": [Key(1).jwk()]}},
            "leeway": 1.5,
            "jwks": {"ttl": "10m"},
            "claims": [{"claim": ["realm", "roles"], "mandatory": false, "any_of": ["no", 1, true]}],
        }],
        "routes": [{"path": "/health", "skip": true}],
    })
}

fn yaml() -> String {
    format!(
        "# The same, as people write it.
version: 1
issuers:
  - issuer: https://idp.test/
    audience: [https://api.test, '010']
    keys:
      jwks:
        keys:
          - {}
    leeway: 1.5
    jwks: {{ ttl: 10m }}
    claims:
      - claim: [realm, roles]
        mandatory: false
        any_of: ['no', 1, true]
routes:
  - {{ path: /health, skip: true }}
",
        Key(1).jwk()
    )
}

fn toml() -> String {
    let jwk = Key(1).jwk();
    let field = |name: &str| jwk.get(name).cloned().unwrap_or_default();
    format!(
        "version = 1
routes = [{{ path = '/health', skip = true }}]

[[issuers]]
issuer = 'https://idp.test/'
audience = ['https://api.test', '010']
leeway = 1.5
jwks = {{ ttl = '10m' }}
claims = [{{ claim = ['realm', 'roles'], mandatory = false, any_of = ['no', 1, true] }}]

[[issuers.keys.jwks.keys]]
kty = {}
crv = {}
kid = {}
x = {}
",
        field("kty"),
        field("crv"),
        field("kid"),
        field("x")
    )
}

#[test]
fn three_spellings_are_one_document() {
    let json = document().to_string();
    for (text, format) in [(json.clone(), Format::Json), (yaml(), Format::Yaml), (toml(), Format::Toml)] {
        let read = policy_json(&text, format).expect("a document");
        let read: Value = serde_json::from_str(&read).expect("JSON");
        assert_eq!(read, document(), "{format:?}");
    }
    for read in [policy(&json, Format::Json), policy(&yaml(), Format::Yaml), policy(&toml(), Format::Toml)] {
        let validator = Validator::new(read.expect("a policy"), 0);
        let verdict = validator.validate(&Key(1).token(), Timestamp::from_seconds(START));
        assert!(matches!(verdict, Verdict::Accepted(_)), "{verdict:?}");
    }
}

#[test]
fn mistakes_are_named_by_their_path_in_every_spelling() {
    for error in [
        policy(&yaml().replace("leeway", "leway"), Format::Yaml),
        policy(&toml().replace("leeway", "leway"), Format::Toml),
    ] {
        let error = error.expect_err("an unknown field");
        assert_eq!((error.path(), error.hint()), ("issuers[0].leway", Some("did you mean leeway?")));
    }
    let error = policy(&yaml().replace("leeway: 1.5", "leeway:"), Format::Yaml).expect_err("an empty value is null");
    assert_eq!(error.path(), "issuers[0].leeway");
    let error = policy(&toml().replace("1.5", "2026-01-02"), Format::Toml).expect_err("a date");
    assert_eq!(error.path(), "issuers[0].leeway");
}

/// What two readers could read differently, or what a small text could make large, is not read at all.
#[test]
fn ambiguity_is_refused() {
    let twice = yaml().replace("    leeway: 1.5\n", "    leeway: 1.5\n    leeway: 300\n");
    assert_eq!(policy(&twice, Format::Yaml).expect_err("twice").path(), "line 11, column 5");
    for (from, to) in [
        ("version: 1\n", "version: 1\nversion: 1\n"),
        ("skip: true", "skip: yes"),
        ("version: 1", "version: 01"),
        ("version: 1", "version: !!int 1"),
        ("version: 1", "version: &one 1"),
        ("leeway: 1.5", "<<: {leeway: 1.5}"),
        ("leeway: 1.5", "1: 2"),
        ("routes:", "---\nroutes:"),
    ] {
        assert!(policy(&yaml().replace(from, to), Format::Yaml).is_err(), "{to}");
    }
    let laughs = "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n";
    assert_eq!(policy_json(laughs, Format::Yaml).expect_err("anchors").path(), "line 1, column 4");
    for text in ["", "[]", "- a", "a", "1"] {
        assert!(policy_json(text, Format::Yaml).is_err(), "{text}");
        assert!(policy_json(text, Format::Json).is_err(), "{text}");
    }
    assert!(policy_json("version = 1\nversion = 1", Format::Toml).is_err());
    assert!(policy_json(&format!("a: {}", "[".repeat(100_000)), Format::Yaml).is_err());
    assert!(policy_json(&format!("a: '{}'", "x".repeat(17 << 20)), Format::Yaml).is_err());
}

#[test]
fn errors_quote_nothing() {
    let secret = "correct-horse-battery-staple";
    for (text, format) in [
        (format!("a: {secret}\nb: [{secret}"), Format::Yaml),
        (format!("{secret}: &{secret} 1"), Format::Yaml),
        (format!("a = {secret}"), Format::Toml),
        (format!("a = '{secret}"), Format::Toml),
    ] {
        let error = policy_json(&text, format).expect_err("not a document");
        assert!(!error.to_string().contains(secret), "{error}");
    }
}

#[test]
fn formats_have_names() {
    for (name, format) in
        [("json", Format::Json), ("YAML", Format::Yaml), ("yml", Format::Yaml), ("toml", Format::Toml)]
    {
        assert_eq!(Format::from_name(name), Some(format));
    }
    for (index, format) in Format::ALL.into_iter().enumerate() {
        assert_eq!(Format::from_name(format.name()), Some(format));
        assert_eq!(Format::from_number(format.number()), Some(format));
        assert_eq!(format.number() as usize, index + 1);
    }
    assert_eq!(Format::from_number(0), None);
    assert_eq!(Format::from_name("ini"), None);
}
