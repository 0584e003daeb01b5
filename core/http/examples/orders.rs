//! A small service behind a policy: `cargo run -p jotgate-http --features axum --example orders -- policy.yaml 127.0.0.1:8080`.
//!
//! ```sh
//! curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8080/orders
//! ```

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::routing::{get, post};
use axum::{Json, Router};
use jotgate_http::{
    Claims, Event, Jwt, JwtLayer, JwtValidator, Metrics, Refusal, Require, Requirement, policy_from_file,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::error::Error;
use std::sync::Arc;

/// What handlers share.
#[derive(Clone)]
struct Service {
    validator: JwtValidator,
    /// Made once, so that a mistake in them shows when the service starts.
    deletes: Arc<Requirement>,
}

/// What the service reads of a token.
#[derive(Deserialize)]
struct User {
    sub: String,
    #[serde(default)]
    email: Option<String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(policy), Some(address)) = (arguments.next(), arguments.next()) else {
        return Err("usage: orders POLICY ADDRESS".into());
    };
    let validator = JwtValidator::builder(policy_from_file(policy)?).on_event(log).build()?;
    // Warms up: the first request finds the keys at hand, if the issuer answers by then.
    validator.refresh_keys();
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("{}", listener.local_addr()?);
    Ok(axum::serve(listener, service(validator)?).await?)
}

fn service(validator: JwtValidator) -> Result<Router, Box<dyn Error>> {
    let shared = Service { validator: validator.clone(), deletes: Arc::new(Requirement::scopes(["orders:delete"])?) };
    let writing = Router::new().route("/orders", post(create)).route_layer(Require::scopes(["orders:write"])?);
    Ok(Router::new()
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .route("/orders", get(list))
        .route("/orders/{id}", get(one).delete(delete))
        .merge(writing)
        .with_state(shared)
        .layer(JwtLayer::new(validator)))
}

/// Refusals and what happens to key sets, a line of JSON each. Nothing of a token is in it.
fn log(event: &Event<'_>) {
    eprintln!("{}", event.to_json());
}

/// The policy skips these two routes. A service whose keys cannot be had is not ready, and lives.
async fn health(State(service): State<Service>) -> (StatusCode, Json<Value>) {
    let health = service.validator.health();
    let status = if health.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({"key_sets": health})))
}

async fn metrics(State(service): State<Service>) -> ([(HeaderName, &'static str); 1], String) {
    ([(CONTENT_TYPE, Metrics::CONTENT_TYPE)], service.validator.metrics().to_string())
}

async fn list(Claims(user): Claims<User>) -> Json<Value> {
    Json(json!({"orders": [7, 8], "of": user.sub, "email": user.email}))
}

async fn one(jwt: Jwt, Path(id): Path<u32>) -> Json<Value> {
    Json(json!({"order": id, "of": jwt.claims().subject()}))
}

async fn create(jwt: Jwt) -> (StatusCode, Json<Value>) {
    (StatusCode::CREATED, Json(json!({"order": 9, "of": jwt.claims().subject()})))
}

async fn delete(State(service): State<Service>, jwt: Jwt) -> Result<StatusCode, Refusal> {
    jwt.require(&service.deletes)?;
    Ok(StatusCode::NO_CONTENT)
}
