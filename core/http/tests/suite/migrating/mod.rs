//! The page for those who come from `jsonwebtoken`: its code is the code here, and its tables are what came of it.

#[expect(clippy::unwrap_used, reason = "as programs have it")]
#[expect(unreachable_pub, reason = "as programs have it")]
mod before;

#[expect(unreachable_pub, reason = "as programs have it")]
mod after;

mod provider;

use crate::fetching::plain_client;
use crate::issuer::{Does, Issuer as Server};
use crate::server::{Answer, ask, serve};
use jotgate::Code;
use jotgate_http::{Format, JwtValidator, policy_from_text};
use jotgate_testing::{Issuer, Token};
use std::collections::BTreeMap;

const PAGE: &str = include_str!("../../../docs/migrating.md");

const POLICY: &str = "
version: 1
issuers:
  - issuer: https://idp.example.com/
    audience: orders
    algorithms: [ES256]
    keys: { jwks_uri: JWKS_URI }
";

fn policy(jwks_uri: &str) -> String {
    POLICY.replace("JWKS_URI", jwks_uri)
}

/// Tokens by their names on the page.
fn tokens(issuer: &Issuer) -> BTreeMap<&'static str, String> {
    let good = || Token::new().subject("alice").scopes(["orders:read"]);
    let mint = |token: Token| issuer.token(&token).expect("a token");
    let mut tokens = BTreeMap::from([
        ("good", mint(good())),
        ("without `exp`", mint(good().without("exp"))),
        ("without `kid`", mint(good().header("kid", serde_json::Value::Null))),
        ("without the scope", mint(Token::new().subject("alice"))),
    ]);
    for code in [
        Code::Expired,
        Code::NotYetValid,
        Code::AudienceMismatch,
        Code::UnknownIssuer,
        Code::InvalidSignature,
        Code::AlgorithmNotAllowed,
        Code::MalformedToken,
        Code::UnknownKey,
        Code::UnsupportedCritical,
        Code::InvalidType,
        Code::ConfirmationFailed,
        Code::TokenTooLarge,
    ] {
        let bad = issuer.bad_of(code, &good(), None).expect("a bad token");
        tokens.insert(code.name(), bad.token.expect("a token"));
    }
    tokens
}

/// The rows of the table below this heading, by their first cells: what came of it before, and what after.
fn rows(heading: &str) -> BTreeMap<String, (String, String)> {
    let (_, section) = PAGE.split_once(heading).expect("the heading");
    let table = section.lines().skip_while(|line| !line.starts_with("| ---")).skip(1);
    let cells = table.take_while(|line| line.starts_with('|')).map(|line| {
        let mut cells = line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned());
        let mut next = || cells.next().expect("a cell");
        (next(), (next(), next()))
    });
    cells.collect()
}

/// The status, and why: the code that the answer has.
fn shown(answer: &Answer) -> String {
    let code = answer.code();
    if code.is_empty() { answer.status.to_string() } else { format!("{} `{code}`", answer.status) }
}

#[test]
fn the_page_shows_the_code_that_runs() {
    for code in [include_str!("before.rs"), include_str!("after.rs")] {
        assert!(PAGE.contains(&format!("```rust,ignore\n{code}```\n")), "{code}");
    }
}

#[tokio::test]
async fn the_tables_are_what_came_of_it() {
    let shipped = jotgate_tools::policy_json(&policy("https://idp.example.com/jwks"), Format::Yaml).expect("JSON");
    let issuer = Issuer::for_policy(&shipped).expect("an issuer");
    let server = Server::start(Does::Text(issuer.jwks().expect("a key set"))).await;
    let validator = |url: &str| {
        let policy = policy_from_text(&policy(url), Format::Yaml).expect("a policy");
        JwtValidator::builder(policy).build().expect("a validator")
    };
    provider::install();
    let client = plain_client().build().expect("a client");
    let before = serve(before::app(before::Keys::new(client.clone(), &server.url))).await;
    let after = serve(after::app(validator(&server.url)).expect("an app")).await;
    let tokens = tokens(&issuer);
    let mut found = BTreeMap::new();
    for (name, token) in &tokens {
        let (one, other) =
            (ask(before, "GET /orders", Some(token)).await, ask(after, "GET /orders", Some(token)).await);
        let name = if Code::from_name(name).is_some() { format!("`{name}`") } else { (*name).to_owned() };
        found.insert(name, (shown(&one), shown(&other)));
    }
    let (one, other) = (ask(before, "GET /orders", None).await, ask(after, "GET /orders", None).await);
    found.insert("no token".to_owned(), (shown(&one), shown(&other)));

    server.does(Does::Status(500));
    let before = serve(before::app(before::Keys::new(client.clone(), &server.url))).await;
    let after = serve(after::app(validator(&server.url)).expect("an app")).await;
    let good = Some(tokens["good"].as_str());
    let (one, other) = (ask(before, "GET /orders", good).await, ask(after, "GET /orders", good).await);
    found.insert("the key set cannot be fetched".to_owned(), (shown(&one), shown(&other)));
    assert_eq!(rows("## What changes for which token"), found);
}
