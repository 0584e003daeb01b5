//! What an application brings besides a fetcher: what it knows of clients and revoked tokens, and a store.

use crate::issuer::{Clock, Does, Issuer, builder, token, token_with, until};
use jotgate::Code;
use jotgate_http::{BoxError, JwtValidator, KeyStore};
use serde_json::json;
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn clients_are_looked_up_where_the_policy_leaves_that_open() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let mut policy = issuer.policy();
    policy["issuers"][0]["client_id"] = json!({"allowed": "host"});
    let error = builder(&policy, &Clock::new()).build().expect_err("nobody looks clients up");
    assert_eq!(error.path(), "issuers[0].client_id.allowed");

    let validator = builder(&policy, &Clock::new())
        .client_lookup(|id, _| {
            let id = id.to_owned();
            async move {
                match id.as_str() {
                    "app-1" => Ok(true),
                    "broken" => Err("the database is down"),
                    "panics" => panic!("a bug of the application's"),
                    _ => Ok(false),
                }
            }
        })
        .build()
        .expect("a validator");
    let of = |client: &str| token_with(1, "key-1", &json!({"client_id": client}));
    assert!(validator.validate(&of("app-1")).await.is_ok());
    for client in ["app-2", "broken", "panics"] {
        let refused = validator.validate(&of(client)).await.expect_err("the client is not known");
        assert_eq!(refused.code(), Code::ClientNotAllowed, "{client}");
    }
}

#[tokio::test]
async fn revoked_tokens_are_refused() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let validator = issuer
        .builder(&Clock::new())
        .revocation_check(|token| {
            let id = token.claims().token_id().map(|id| id.into_owned());
            async move { id.map(|id| id == "stolen").ok_or("no id") }
        })
        .build()
        .expect("a validator");
    let of = |id: &str| token_with(1, "key-1", &json!({"jti": id}));
    assert!(validator.validate(&of("mine")).await.is_ok());
    let code = async |token: String| validator.validate(&token).await.err().map(|refused| refused.code());
    assert_eq!(code(of("stolen")).await, Some(Code::Revoked));
    assert_eq!(code(token(1)).await, Some(Code::InternalError));
}

/// A store in memory.
#[derive(Clone, Default)]
struct Memory {
    text: Arc<Mutex<Option<String>>>,
    is_broken: bool,
}

impl KeyStore for Memory {
    async fn load(&self) -> Result<Option<String>, BoxError> {
        if self.is_broken {
            return Err("the store is broken".into());
        }
        Ok(self.text.lock().expect("no panic").clone())
    }

    async fn save(&self, text: &str) -> Result<(), BoxError> {
        assert!(!self.is_broken, "it panics as well");
        *self.text.lock().expect("no panic") = Some(text.to_owned());
        Ok(())
    }
}

#[tokio::test]
async fn what_one_has_fetched_the_others_load() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let (clock, store) = (Clock::new(), Memory::default());
    let make = |store: &Memory| issuer.builder(&clock).store(store.clone()).build().expect("a validator");
    let first: JwtValidator = make(&store);
    assert!(first.validate(&token(1)).await.is_ok());
    until(|| store.text.lock().expect("no panic").is_some()).await;
    assert!(make(&store).validate(&token(1)).await.is_ok());
    assert_eq!(issuer.fetches(), 1);
    let broken = Memory { is_broken: true, ..Memory::default() };
    assert!(make(&broken).validate(&token(1)).await.is_ok(), "a store that fails costs a fetch");
    assert_eq!(issuer.fetches(), 2);
}

#[tokio::test]
async fn key_sets_go_from_one_process_to_the_next() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let clock = Clock::new();
    let first = issuer.builder(&clock).build().expect("a validator");
    assert!(first.validate(&token(1)).await.is_ok());
    let second = issuer.builder(&clock).build().expect("a validator");
    assert_eq!(second.import_keys(&first.export_keys()).expect("a snapshot"), 1);
    assert!(second.validate(&token(1)).await.is_ok());
    assert_eq!(issuer.fetches(), 1);
    assert!(second.explain(token(1).as_str()).await.to_json().contains(r#""verdict":"accepted""#));
}

#[tokio::test]
async fn an_explanation_fetches_the_keys_that_it_needs() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let validator = issuer.builder(&Clock::new()).build().expect("a validator");
    assert_eq!(validator.explain(token(1).as_str()).await.verdict, "accepted");
    assert_eq!(issuer.fetches(), 1);
}

#[test]
fn an_issuer_and_an_audience_are_enough() {
    let validator = JwtValidator::new("https://idp.example.com/", "https://api.example.com").expect("a validator");
    assert_eq!(validator.health().sources.len(), 1);
    assert!(JwtValidator::new("http://idp.example.com/", "https://api.example.com").is_err());
    assert!(JwtValidator::new("https://idp.example.com/", "").is_err());
}
