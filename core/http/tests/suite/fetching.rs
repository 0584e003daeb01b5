//! The default fetcher, and fetchers of the application's.

use crate::issuer::{Clock, Does, Issuer, builder, key_set, token};
use jotgate::{Code, FetchRequest, WorkFailure};
use jotgate_http::{FetchError, Fetched, JwtValidator, ReqwestFetcher};
use serde_json::json;
use std::time::Duration;

async fn last_error(validator: &JwtValidator) -> (String, String) {
    assert_eq!(validator.validate(&token(1)).await.expect_err("no keys").code(), Code::KeysUnavailable);
    let health = serde_json::to_value(validator.health()).expect("JSON");
    let of = |name: &str| health["sources"][0][name].as_str().unwrap_or_default().to_owned();
    (of("last_error"), of("last_error_cause"))
}

#[tokio::test]
async fn a_request_says_who_asks_and_that_it_wants_plain_text() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let validator = issuer.builder(&Clock::new()).build().expect("a validator");
    assert!(validator.validate(&token(1)).await.is_ok());
    let headers = issuer.last_request();
    assert!(headers["user-agent"].to_str().is_ok_and(|agent| agent.starts_with("jotgate/")));
    assert_eq!(headers["accept-encoding"], "identity");
    assert!(headers["accept"].to_str().is_ok_and(|accept| accept.contains("application/json")));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let issuer = Issuer::start(Does::Redirect("/elsewhere")).await;
    let validator = issuer.builder(&Clock::new()).build().expect("a validator");
    let (error, cause) = last_error(&validator).await;
    assert_eq!(error, "status_302");
    assert!(cause.contains("/elsewhere"), "{cause}");
    assert_eq!(issuer.fetches(), 1);
    // Nor with a client of the application's.
    let fetcher = ReqwestFetcher::new(plain_client()).expect("a client");
    let validator = issuer.builder(&Clock::new()).fetcher(fetcher).build().expect("a validator");
    assert_eq!(last_error(&validator).await.0, "status_302");
    assert_eq!(issuer.fetches(), 2);
}

/// A client needs a provider for TLS although nothing here uses it; tests have no business with the process-wide one.
pub(crate) fn plain_client() -> reqwest::ClientBuilder {
    let provider = rustls::crypto::ring::default_provider();
    let tls = rustls::ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder().tls_backend_preconfigured(tls)
}

#[tokio::test]
async fn a_body_without_an_end_is_given_up() {
    let issuer = Issuer::start(Does::Endless).await;
    let validator = issuer.builder(&Clock::new()).build().expect("a validator");
    assert_eq!(last_error(&validator).await.0, "too_large");
    assert!(validator.health().sources[0].bytes <= 512 * 1024 + 1);
}

#[tokio::test]
async fn an_issuer_that_is_not_there_says_why() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address").port()
    };
    let policy = json!({"version": 1, "issuers": [{"issuer": "https://idp.test/", "audience": "https://api.test",
        "keys": {"jwks_uri": format!("http://127.0.0.1:{port}/jwks")}}]});
    let validator = builder(&policy, &Clock::new()).build().expect("a validator");
    let (error, cause) = last_error(&validator).await;
    assert_eq!(error, "connection");
    assert!(cause.contains("refused"), "{cause}");
}

#[tokio::test]
async fn what_takes_too_long_is_given_up() {
    let issuer = Issuer::start(Does::Hold(vec![1])).await;
    let mut policy = issuer.policy();
    policy["issuers"][0]["jwks"] = json!({"timeout": "50ms"});
    let validator = builder(&policy, &Clock::new()).build().expect("a validator");
    assert_eq!(last_error(&validator).await.0, "timeout");
}

#[tokio::test]
async fn a_fetcher_may_fail_and_panic() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let failing =
        async |_: FetchRequest| Err::<Fetched, _>(FetchError::new(WorkFailure::Connection, "no route to host"));
    let validator = issuer.builder(&Clock::new()).fetcher(failing).build().expect("a validator");
    assert_eq!(last_error(&validator).await, ("connection".to_owned(), "no route to host".to_owned()));

    let panicking = async |request: FetchRequest| match request.max_body {
        0 => Err(FetchError::callback("never")),
        _ => panic!("a bug of the application's"),
    };
    let validator = issuer.builder(&Clock::new()).fetcher(panicking).build().expect("a validator");
    assert_eq!(last_error(&validator).await.0, "callback");
    assert_eq!(issuer.fetches(), 0);
}

#[tokio::test]
async fn a_fetcher_of_the_applications_brings_keys() {
    let issuer = Issuer::start(Does::Status(500)).await;
    let url = issuer.url.clone();
    let fetcher = move |request: FetchRequest| {
        assert_eq!(request.url, url);
        async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            let body = key_set(&[1]).to_string().into_bytes();
            Ok(Fetched { status: 200, headers: vec![("Cache-Control".into(), "max-age=120".into())], body })
        }
    };
    let validator = issuer.builder(&Clock::new()).fetcher(fetcher).build().expect("a validator");
    assert!(validator.validate(&token(1)).await.is_ok());
    assert_eq!(issuer.fetches(), 0);
}
