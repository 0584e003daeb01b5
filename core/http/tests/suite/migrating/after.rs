use axum::{Router, routing::get};
use jotgate_http::{Claims, JwtLayer, JwtValidator, Require};
use serde::Deserialize;
use std::error::Error;

#[derive(Deserialize)]
pub struct User {
    sub: String,
}

async fn orders(Claims(user): Claims<User>) -> String {
    format!("orders of {}", user.sub)
}

pub fn app(validator: JwtValidator) -> Result<Router, Box<dyn Error>> {
    let orders = get(orders).route_layer(Require::scopes(["orders:read"])?);
    Ok(Router::new().route("/orders", orders).layer(JwtLayer::new(validator)))
}
