//! A service whose policy lies in a file that may change while it runs:
//! `cargo run -p jotgate-http --features axum --example watch_policy -- policy.yaml 127.0.0.1:8080`.
//!
//! The file is looked at twice a second. That works where watches of the operating system do not: on network file systems, and for
//! what Kubernetes mounts, which is a symbolic link to another folder each time.

use axum::{Json, Router, routing::get};
use jotgate_http::{Jwt, JwtLayer, JwtValidator};
use serde_json::{Value, json};
use std::error::Error;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(policy), Some(address)) = (arguments.next(), arguments.next()) else {
        return Err("usage: watch_policy POLICY ADDRESS".into());
    };
    let validator = JwtValidator::from_file(&policy)?;
    tokio::spawn(watch(validator.clone(), policy.into(), Duration::from_millis(500)));
    let app = Router::new().route("/hello", get(hello)).layer(JwtLayer::new(validator));
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

async fn hello(jwt: Jwt) -> Json<Value> {
    Json(json!({"hello": jwt.claims().subject()}))
}

/// Takes the policy each time that the file is another one. One that is wrong, half written or gone is told of, and the policy before
/// stays.
async fn watch(validator: JwtValidator, path: PathBuf, every: Duration) {
    let mut seen = version(&path);
    loop {
        tokio::time::sleep(every).await;
        let now = version(&path);
        if now == seen {
            continue;
        }
        // Before it is read: what changes while it is read is another change.
        seen = now;
        let (taking, taken) = (validator.clone(), path.clone());
        match tokio::task::spawn_blocking(move || taking.replace_from_file(taken)).await {
            Ok(Ok(())) => eprintln!("the policy in {} holds from now on", path.display()),
            Ok(Err(error)) => eprintln!("the policy in {} is not taken, the one before stays: {error}", path.display()),
            Err(error) => eprintln!("the policy in {} was not looked at: {error}", path.display()),
        }
    }
}

/// What differs when the file is another one: what was renamed into its place may be older than what was there.
fn version(path: &Path) -> Option<(Option<std::time::SystemTime>, u64, u64)> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok(), metadata.len(), number(&metadata)))
}

#[cfg(unix)]
fn number(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn number(_: &Metadata) -> u64 {
    0
}
