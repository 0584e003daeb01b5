//! What endpoints behind the layer ask for themselves.

use crate::issuer::{Clock, Does, Issuer, builder, token_with};
use crate::server::{ask, serve};
use axum::Router;
use axum::routing::get;
use jotgate::Requirement;
use jotgate_http::{Claims, Jwt, JwtLayer, Refusal, Require};
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::SocketAddr;

#[derive(Deserialize)]
struct User {
    sub: String,
    level: u8,
}

async fn read(Claims(user): Claims<User>) -> String {
    format!("{} {}", user.sub, user.level)
}

async fn may_read(user: Option<Claims<User>>) -> String {
    user.map(|Claims(user)| user.sub).unwrap_or_else(|| "nobody".to_owned())
}

async fn write(jwt: Jwt) -> Result<&'static str, Refusal> {
    jwt.require(&Requirement::any_scope(["a", "b"]).expect("scopes"))?;
    Ok("written")
}

fn routes() -> Router {
    let scoped = get(async || "scoped").route_layer(Require::scopes(["a", "b"]).expect("scopes"));
    Router::new()
        .route("/jwt", get(async |jwt: Jwt| jwt.payload().to_owned()))
        .route("/maybe", get(async |jwt: Option<Jwt>| jwt.map_or("nobody", |_| "somebody")))
        .route("/read", get(read))
        .route("/may-read", get(may_read))
        .route("/write", get(write))
        .route("/scoped", scoped)
}

/// A service whose policy lets everything pass without a token.
async fn lax() -> SocketAddr {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let mut policy = issuer.policy();
    policy["routes"] = json!([{"path_regex": "/.*", "optional": true}]);
    serve(routes().layer(JwtLayer::new(builder(&policy, &Clock::new()).build().expect("a validator")))).await
}

fn of(claims: &Value) -> String {
    token_with(1, "key-1", claims)
}

#[tokio::test]
async fn who_asks_for_a_token_gets_one_or_refuses() {
    let address = lax().await;
    for path in ["/jwt", "/read", "/write", "/scoped"] {
        let answer = ask(address, &format!("GET {path}"), None).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "missing_token"), "{path}");
        assert_eq!(answer.field("WWW-Authenticate"), Some("Bearer"));
    }
    for path in ["/maybe", "/may-read"] {
        assert_eq!(ask(address, &format!("GET {path}"), None).await.body, "nobody", "{path}");
    }
    assert_eq!(ask(address, "GET /maybe", Some(&of(&json!({})))).await.body, "somebody");
    assert!(ask(address, "GET /jwt", Some(&of(&json!({})))).await.body.contains(r#""sub":"alice""#));
}

#[tokio::test]
async fn claims_are_read_as_a_type() {
    let address = lax().await;
    assert_eq!(ask(address, "GET /read", Some(&of(&json!({"level": 7})))).await.body, "alice 7");
    assert_eq!(ask(address, "GET /may-read", Some(&of(&json!({"level": 7})))).await.body, "alice");
    for (path, claims) in [("/read", json!({})), ("/read", json!({"level": "high"})), ("/may-read", json!({}))] {
        let answer = ask(address, &format!("GET {path}"), Some(&of(&claims))).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "invalid_claim"), "{path} {claims}");
    }
}

#[tokio::test]
async fn scopes_are_asked_for_in_code() {
    let address = lax().await;
    for (path, scope, status) in
        [("/write", "b", 200), ("/write", "c", 403), ("/scoped", "b a", 200), ("/scoped", "b", 403)]
    {
        let answer = ask(address, &format!("GET {path}"), Some(&of(&json!({"scope": scope})))).await;
        assert_eq!(answer.status, status, "{path} {scope}");
        if status == 403 {
            let challenge = answer.field("WWW-Authenticate").unwrap_or_default();
            assert!(challenge.contains(r#"error="insufficient_scope""#) && challenge.ends_with(r#"scope="a b""#));
            assert_eq!(answer.code(), "insufficient_scope");
        }
    }
}

/// A route that forgot the layer must not pass for one that may do without a token.
#[tokio::test]
async fn without_the_layer_nothing_passes() {
    let address = serve(routes()).await;
    for path in ["/jwt", "/maybe", "/read", "/may-read", "/write", "/scoped"] {
        assert_eq!(ask(address, &format!("GET {path}"), Some(&of(&json!({})))).await.status, 500, "{path}");
    }
}
