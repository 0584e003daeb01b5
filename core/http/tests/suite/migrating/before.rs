use axum::extract::FromRequestParts;
use axum::http::{StatusCode, request::Parts};
use axum::{Router, routing::get};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use std::error::Error;
use std::sync::{Arc, RwLock};

#[derive(Deserialize)]
pub struct User {
    sub: String,
    #[serde(default)]
    scope: String,
}

/// The issuer's keys, fetched again when a token names one that is not there.
pub struct Keys {
    client: reqwest::Client,
    url: String,
    set: RwLock<JwkSet>,
}

impl Keys {
    pub fn new(client: reqwest::Client, url: &str) -> Self {
        Self { client, url: url.to_owned(), set: RwLock::new(JwkSet { keys: Vec::new() }) }
    }

    pub async fn user(&self, token: &str) -> Result<User, Box<dyn Error + Send + Sync>> {
        let kid = decode_header(token)?.kid.ok_or("no kid")?;
        let key = match self.find(&kid)? {
            Some(key) => key,
            None => {
                let text = self.client.get(&self.url).send().await?.error_for_status()?.text().await?;
                *self.set.write().unwrap() = serde_json::from_str(&text)?;
                self.find(&kid)?.ok_or("no such key")?
            }
        };
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_issuer(&["https://idp.example.com/"]);
        validation.set_audience(&["orders"]);
        Ok(decode::<User>(token, &key, &validation)?.claims)
    }

    fn find(&self, kid: &str) -> jsonwebtoken::errors::Result<Option<DecodingKey>> {
        self.set.read().unwrap().find(kid).map(DecodingKey::from_jwk).transpose()
    }
}

impl FromRequestParts<Arc<Keys>> for User {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, keys: &Arc<Keys>) -> Result<Self, StatusCode> {
        let field = parts.headers.get("authorization").and_then(|field| field.to_str().ok());
        let token = field.and_then(|field| field.strip_prefix("Bearer ")).ok_or(StatusCode::UNAUTHORIZED)?;
        keys.user(token).await.map_err(|_| StatusCode::UNAUTHORIZED)
    }
}

async fn orders(user: User) -> Result<String, StatusCode> {
    if !user.scope.split(' ').any(|scope| scope == "orders:read") {
        return Err(StatusCode::FORBIDDEN);
    }
    Ok(format!("orders of {}", user.sub))
}

pub fn app(keys: Keys) -> Router {
    Router::new().route("/orders", get(orders)).with_state(Arc::new(keys))
}
