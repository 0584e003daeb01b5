//! The layer: what passes, what is answered, and how requests go on.

use crate::issuer::{Clock, Does, Issuer, builder, token, token_with};
use crate::server::{ask, send, serve};
use axum::Router;
use axum::extract::{OriginalUri, Request};
use axum::routing::get;
use jotgate_http::{Jwt, JwtLayer};
use serde_json::{Value, json};
use std::convert::Infallible;
use tower::{Layer as _, ServiceExt as _};

fn with(issuer: &Issuer, members: &Value) -> JwtLayer {
    let mut policy = issuer.policy();
    for (name, value) in members.as_object().expect("members") {
        policy[name] = value.clone();
    }
    JwtLayer::new(builder(&policy, &Clock::new()).build().expect("a validator"))
}

async fn hello(jwt: Option<Jwt>) -> String {
    jwt.and_then(|jwt| jwt.claims().subject().map(|subject| subject.into_owned())).unwrap_or_else(|| "nobody".into())
}

#[tokio::test]
async fn good_tokens_pass_and_others_are_answered() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let routes = json!([{"methods": "GET", "path": "/health", "skip": true},
        {"methods": "OPTIONS", "path_regex": "/.*", "skip": true}]);
    let layer = with(&issuer, &json!({"routes": routes}));
    let router = Router::new().route("/", get(hello)).route("/health", get(hello).options(hello)).layer(layer);
    let address = serve(router).await;

    let answer = ask(address, "GET /", Some(&token(1))).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "alice"));
    let answer = ask(address, "GET /", None).await;
    assert_eq!((answer.status, answer.field("WWW-Authenticate")), (401, Some("Bearer")));
    assert_eq!(
        (answer.field("Content-Type"), answer.code().as_str()),
        (Some("application/problem+json"), "missing_token")
    );
    let answer = ask(address, "GET /", Some(&token_with(2, "key-1", &json!({})))).await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "invalid_signature"));
    let answer = ask(address, "GET /nowhere", None).await;
    assert_eq!(answer.status, 401, "who has no token learns of no route");
    assert_eq!(ask(address, "GET /nowhere", Some(&token(1))).await.status, 404);

    let answer = ask(address, "GET /health", None).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "nobody"));
    assert_eq!(ask(address, "OPTIONS /health", None).await.status, 200);
}

#[tokio::test]
async fn missing_keys_are_503() {
    let issuer = Issuer::start(Does::Status(500)).await;
    let address = serve(Router::new().route("/", get(hello)).layer(with(&issuer, &json!({})))).await;
    let answer = ask(address, "GET /", Some(&token(1))).await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "keys_unavailable"));
    assert!(answer.field("Retry-After").is_some_and(|seconds| seconds.parse::<u64>().is_ok()));
}

/// The policy names whole paths, wherever the layer stands.
#[tokio::test]
async fn nested_routers_are_judged_by_the_whole_path() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let policy = json!({"routes": [{"path": "/shop/orders", "scopes": {"all": ["orders"]}}], "unmatched": "deny"});
    let inner = Router::new().route("/orders", get(hello));
    let outside = Router::new().nest("/shop", inner.clone()).layer(with(&issuer, &policy));
    let inside = Router::new().nest("/shop", inner.layer(with(&issuer, &policy)));
    let good = token_with(1, "key-1", &json!({"scope": "orders"}));
    for router in [outside, inside] {
        let address = serve(router).await;
        assert_eq!(ask(address, "GET /shop/orders", Some(&good)).await.status, 200);
        let answer = ask(address, "GET /shop/orders", Some(&token(1))).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "insufficient_scope"));
    }
}

async fn seen(OriginalUri(original): OriginalUri, request: Request) -> String {
    let field = |name: &str| {
        let values = request.headers().get_all(name).iter();
        values.map(|value| value.to_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    json!({"user": field("x-user"), "x_user": field("x_user"), "authorization": field("authorization"),
        "query": request.uri().query(), "original": original.query()})
    .to_string()
}

#[tokio::test]
async fn requests_go_on_as_forward_says() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let policy = json!({
        "token": {"sources": [{"header": "Authorization", "scheme": "Bearer"}, {"query": "access_token"}]},
        "forward": {"claims_to_headers": {"sub": "X-User"}, "strip_token": true},
        "routes": [{"methods": "GET", "path": "/free", "skip": true}],
    });
    let router = Router::new().route("/", get(seen)).route("/free", get(seen)).layer(with(&issuer, &policy));
    let address = serve(router).await;
    let saw = |body: &str| serde_json::from_str::<Value>(body).expect("what it saw");

    let smuggled = "X-User: root\r\nx_user: root\r\n";
    let fields = format!("{smuggled}Authorization: Bearer {}\r\n", token(1));
    let answer = send(address, "GET /?page=2", &fields).await;
    let expected =
        json!({"user": ["alice"], "x_user": [], "authorization": [], "query": "page=2", "original": "page=2"});
    assert_eq!(saw(&answer.body), expected);
    let answer = send(address, &format!("GET /?page=2&access_token={}", token(1)), "").await;
    assert_eq!(saw(&answer.body), expected, "nor does the token lie in what the router keeps");
    let answer = send(address, "GET /free", smuggled).await;
    assert_eq!((saw(&answer.body)["user"].clone(), saw(&answer.body)["x_user"].clone()), (json!([]), json!([])));
}

#[tokio::test]
async fn any_service_of_tower_can_stand_behind_it() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let service = tower::service_fn(async |request: http::Request<()>| {
        let subject = request.extensions().get::<Jwt>().and_then(|jwt| jwt.claims().subject().map(String::from));
        Ok::<_, Infallible>(http::Response::new(subject.unwrap_or_default()))
    });
    let service = with(&issuer, &json!({})).layer(service);
    let request = |token: &str| {
        let field = format!("Bearer {token}");
        http::Request::get("/").header("authorization", field).body(()).expect("a request")
    };
    let response = service.clone().oneshot(request(&token(1))).await.expect("a response");
    assert_eq!(response.into_body(), "alice");
    let response = service.oneshot(request("junk")).await.expect("a response");
    assert_eq!(response.status(), 401);
}
