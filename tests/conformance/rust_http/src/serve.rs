//! Serves the exchanges of a file, each behind the layer with its own policy; see `tests/conformance/exchanges.py`.

use crate::{Outcome, cases, text};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jotgate_http::{Jwt, JwtLayer, JwtValidator};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tower::{Layer, ServiceExt};

/// Makes the application of one exchange, with its mount, behind a layer.
type Application = fn(JwtValidator, &str) -> Router;

pub(crate) async fn serve(file: &Value, application: Application) -> Outcome<()> {
    let mut routers = HashMap::new();
    for exchange in file["exchanges"].as_array().ok_or("expected exchanges")? {
        let validator = cases::builder(exchange)?.build()?;
        let mount = exchange["mount"].as_str().unwrap_or_default();
        routers.insert(text(&exchange["id"])?.to_owned(), application(validator, mount));
    }
    let routers = Arc::new(routers);
    let dispatch = move |request: Request| {
        let id = request.headers().get("x-exchange").and_then(|id| id.to_str().ok());
        let router = id.and_then(|id| routers.get(id)).cloned();
        async move {
            match router {
                Some(router) => router.oneshot(request).await.into_response(),
                None => StatusCode::NOT_FOUND.into_response(),
            }
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", json!({"port": listener.local_addr()?.port()}));
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    });
    Ok(axum::serve(listener, Router::new().fallback(dispatch)).await?)
}

/// Answers every method and path with what it sees. The layer stands around the whole router.
pub(crate) fn application(validator: JwtValidator, _: &str) -> Router {
    Router::new().fallback_service(JwtLayer::new(validator).layer(Router::new().fallback(seen)))
}

async fn seen(jwt: Option<Jwt>, request: Request) -> Response {
    let claims: Value = jwt.and_then(|jwt| serde_json::from_str(jwt.payload()).ok()).unwrap_or_default();
    let mut fields: BTreeMap<&str, String> = BTreeMap::new();
    for (name, value) in request.headers() {
        let values = fields.entry(name.as_str()).or_default();
        values.push_str(if values.is_empty() { "" } else { ", " });
        values.push_str(&String::from_utf8_lossy(value.as_bytes()));
    }
    let query = request.uri().query().unwrap_or_default();
    let body = json!({"claims": claims, "fields": fields, "query": query}).to_string();
    ([("content-type", "application/json")], Body::from(body)).into_response()
}
