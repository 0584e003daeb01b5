//! The application with routes; see `tests/conformance/targets.py`.

use axum::Router;
use axum::routing::{MethodFilter, MethodRouter, any, on};
use jotgate_http::{Jwt, JwtLayer, JwtValidator};

/// The layer is put on the outermost router, and the routes may be nested in it.
pub(crate) fn application(validator: JwtValidator, mount: &str) -> Router {
    let inner = Router::new()
        .route("/orders", one(MethodFilter::GET, "orders.list").merge(one(MethodFilter::POST, "orders.create")))
        .route("/orders/{id}", one(MethodFilter::GET, "orders.one"))
        .route("/admin/{*rest}", any(async |jwt: Option<Jwt>| ran("admin", jwt)))
        .route("/health", one(MethodFilter::GET, "health"))
        .route("/catalog", one(MethodFilter::GET, "catalog"))
        .route("/open", one(MethodFilter::GET, "open"));
    let router = if mount.is_empty() { inner } else { Router::new().nest(mount, inner) };
    router.layer(JwtLayer::new(validator))
}

fn one(method: MethodFilter, name: &'static str) -> MethodRouter {
    on(method, async move |jwt: Option<Jwt>| ran(name, jwt))
}

fn ran(name: &'static str, jwt: Option<Jwt>) -> ([(&'static str, String); 2], &'static str) {
    let subject = jwt.and_then(|jwt| jwt.claims().subject().map(|subject| subject.into_owned()));
    let subject = subject.unwrap_or_else(|| "none".to_owned());
    ([("x-handler", name.to_owned()), ("x-subject", subject)], name)
}
