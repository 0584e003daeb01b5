//! What operators hand in: policies in three formats, expressions, patterns, keys and stores, policies of gateways, and the
//! command line.

use crate::input::{now, parts, text};
use crate::tokens::{ISSUERS, good};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jotgate::{Policy, Report, Request, Validator, Verdict, WorkFailure};
use jotgate_tools::{Command, CommandStep, Format, Product, Screen, import, lint, policy};
use serde_json::{Value, json};
use std::sync::LazyLock;

static TOKEN: LazyLock<String> = LazyLock::new(|| good("read write"));

pub(crate) fn policy_json(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        judged(text);
    }
}

pub(crate) fn policy_yaml(bytes: &[u8]) {
    markup(bytes, Format::Yaml);
}

pub(crate) fn policy_toml(bytes: &[u8]) {
    markup(bytes, Format::Toml);
}

/// Markup means what its JSON means.
fn markup(bytes: &[u8], format: Format) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (direct, read) = (policy(text, format), jotgate_tools::policy_json(text, format));
    if let Ok(read) = &read {
        let again = policy(read, Format::Json);
        assert_eq!(direct.is_ok(), again.is_ok(), "the JSON of the markup is judged otherwise: {:?}", again.err());
        judged(read);
    } else {
        assert!(direct.is_err(), "a policy came of text that cannot be read");
    }
}

/// A rule over claims and over a request, a route's, and the place of a token.
pub(crate) fn expression(bytes: &[u8]) {
    let mut parts = parts(bytes);
    let Some(written) = text(&mut parts) else { return };
    let mut issuers: Value = serde_json::from_str(ISSUERS).unwrap_or_default();
    if let Some(issuer) = issuers.get_mut(0).and_then(Value::as_object_mut) {
        issuer.insert("claims".to_owned(), json!([{ "expression": written }]));
    }
    judged(&json!({ "version": 1, "issuers": issuers }).to_string());
    let issuers: Value = serde_json::from_str(ISSUERS).unwrap_or_default();
    let sources = json!({ "sources": [{ "expression": written }] });
    judged(&json!({ "version": 1, "issuers": issuers, "token": sources }).to_string());
}

/// A pattern of paths and of claims, and what it is matched with.
pub(crate) fn pattern(bytes: &[u8]) {
    let Ok(written) = std::str::from_utf8(bytes) else { return };
    let issuers: Value = serde_json::from_str(ISSUERS).unwrap_or_default();
    let routes = json!([{ "path_regex": written, "scopes": { "all": ["read"] } }]);
    judged(&json!({ "version": 1, "issuers": issuers, "unmatched": "token", "routes": routes }).to_string());
    let routes = json!([{ "path": written, "skip": true }]);
    judged(&json!({ "version": 1, "issuers": issuers, "routes": routes }).to_string());
}

pub(crate) fn pem(bytes: &[u8]) {
    let Ok(written) = std::str::from_utf8(bytes) else { return };
    keys(&json!({ "pem": written }));
    keys(&json!({ "secret": { "text": written } }));
    keys(&json!({ "secret": { "base64url": written } }));
}

pub(crate) fn trust_store(bytes: &[u8]) {
    for kind in ["jks", "pkcs12"] {
        keys(&json!({ "trust_store": { "type": kind, "base64": STANDARD.encode(bytes), "password": "changeit" } }));
    }
}

fn keys(keys: &Value) {
    let issuer = json!({ "issuer": "https://idp.test/", "audience": "https://api.test", "keys": keys });
    judged(&json!({ "version": 1, "issuers": [issuer] }).to_string());
}

pub(crate) fn import_mulesoft(bytes: &[u8]) {
    imported(bytes, Product::MuleSoft);
}

pub(crate) fn import_wso2(bytes: &[u8]) {
    imported(bytes, Product::Wso2);
}

/// What an import calls complete is a policy.
fn imported(bytes: &[u8], product: Product) {
    let mut parts = parts(bytes);
    let Some(written) = text(&mut parts) else { return };
    let store = parts.next().unwrap_or_default();
    if let Ok(import) = import(product, written, &[("client-truststore.jks", store)]) {
        let compiled = policy(&import.policy.to_string(), Format::Json);
        assert!(compiled.is_ok() || !import.complete(), "a complete import does not compile: {:?}", compiled.err());
    }
}

/// Arguments, then the file and the standard input.
pub(crate) fn command(bytes: &[u8]) {
    let mut parts = parts(bytes);
    let (file, input) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let mut arguments = Vec::new();
    while let Some(argument) = text(&mut parts) {
        arguments.push(argument.to_owned());
    }
    let mut command = Command::new(arguments, Screen::default());
    // A policy may name many URLs, and each is fetched once.
    for _ in 0..100_000 {
        match command.step(now()) {
            CommandStep::ReadFile { .. } => command.provide(Ok(file)),
            CommandStep::ReadInput => command.provide(Ok(input)),
            CommandStep::Fetch { request, .. } => {
                command.report(request.id, Report::failed(WorkFailure::Connection), now());
            }
            CommandStep::Done(output) => {
                let steers = |text: &str| text.chars().any(|c| c.is_control() && c != '\n' && c != '\t');
                assert!(!steers(&output.stdout) && !steers(&output.stderr), "what is printed steers the terminal");
                return;
            }
            _ => {}
        }
    }
    unreachable!("a command without end");
}

fn judged(text: &str) {
    let compiled = policy(text, Format::Json);
    let lint = lint(text);
    if let Ok(policy) = compiled {
        assert!(lint.is_ok(), "a policy that compiles cannot be linted: {:?}", lint.err());
        use_it(policy);
    }
}

/// A policy that compiles judges: no verdict of it lets a request without a token pass, but for its own routes.
fn use_it(policy: Policy) {
    let validator = Validator::new(policy, 7519);
    let _ = validator.validate(TOKEN.as_str(), now());
    let fields = [("Authorization", format!("Bearer {}", *TOKEN))];
    let headers = [(fields[0].0, fields[0].1.as_str()), ("X-Test", "a"), ("Cookie", "a=b; c=d")];
    for path in ["/orders", "/admin/7", "/x/../orders", "/caf%C3%A9"] {
        let request = Request::new("GET", path).with_query("a=b&c=%41").with_headers(&headers);
        let verdict = validator.validate(&request, now());
        let _ = validator.explain(&request, now()).to_json();
        let accepted = if let Verdict::Accepted(verified) = &verdict { Some(verified) } else { None };
        let _ = validator.forward(accepted, &request);
    }
    let bare = Request::new("GET", "/orders");
    assert!(!matches!(validator.validate(&bare, now()), Verdict::Accepted(_)), "accepted without a token");
}
