//! An issuer on loopback: Ed25519 keys from a number, tokens, and a server of the key set that does what a test says.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jotgate::Policy;
use jotgate_http::{Builder, JwtValidator};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use tokio::sync::Notify;

pub(crate) const ISSUER: &str = "https://idp.test/";
pub(crate) const AUDIENCE: &str = "https://api.test";
pub(crate) const START: i64 = 1_800_000_000;

/// What the server does with a request for the key set.
#[derive(Clone)]
pub(crate) enum Does {
    /// Serves the keys of these numbers.
    Keys(Vec<u8>),
    /// Waits for [`Issuer::release`], and serves the keys then.
    Hold(Vec<u8>),
    Status(u16),
    Redirect(&'static str),
    /// Serves this text.
    #[cfg(all(feature = "axum", feature = "files"))]
    Text(String),
    /// Serves text without an end.
    Endless,
}

#[derive(Clone)]
pub(crate) struct Issuer {
    shared: Arc<Shared>,
    pub(crate) url: String,
}

struct Shared {
    does: Mutex<Does>,
    requests: Mutex<Vec<HeaderMap>>,
    released: Notify,
}

impl Issuer {
    pub(crate) async fn start(does: Does) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/jwks", listener.local_addr().expect("an address"));
        let shared = Shared { does: Mutex::new(does), requests: Mutex::default(), released: Notify::new() };
        let issuer = Self { shared: Arc::new(shared), url };
        let router = Router::new().fallback(serve).with_state(issuer.clone());
        tokio::spawn(async { axum::serve(listener, router).await });
        issuer
    }

    pub(crate) fn does(&self, does: Does) {
        *self.shared.does.lock().expect("no panic") = does;
    }

    pub(crate) fn release(&self) {
        self.shared.released.notify_waiters();
    }

    pub(crate) fn fetches(&self) -> usize {
        self.shared.requests.lock().expect("no panic").len()
    }

    pub(crate) fn last_request(&self) -> HeaderMap {
        self.shared.requests.lock().expect("no panic").last().cloned().expect("a request")
    }

    /// Waits until so many requests have come.
    pub(crate) async fn asked(&self, fetches: usize) {
        until(|| self.fetches() >= fetches).await;
    }

    pub(crate) fn policy(&self) -> Value {
        json!({"version": 1, "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"jwks_uri": self.url}}]})
    }

    pub(crate) fn builder(&self, clock: &Clock) -> Builder {
        builder(&self.policy(), clock)
    }
}

pub(crate) fn builder(policy: &Value, clock: &Clock) -> Builder {
    let clock = clock.clone();
    let policy = Policy::from_json(&policy.to_string()).expect("a policy");
    JwtValidator::builder(policy).clock(move || clock.now())
}

async fn serve(State(issuer): State<Issuer>, request: Request) -> Response {
    issuer.shared.requests.lock().expect("no panic").push(request.headers().clone());
    let does = issuer.shared.does.lock().expect("no panic").clone();
    match does {
        Does::Keys(numbers) => axum::Json(key_set(&numbers)).into_response(),
        Does::Hold(numbers) => {
            issuer.shared.released.notified().await;
            axum::Json(key_set(&numbers)).into_response()
        }
        Does::Status(status) => StatusCode::from_u16(status).expect("a status").into_response(),
        Does::Redirect(place) => (StatusCode::FOUND, [("location", place)]).into_response(),
        #[cfg(all(feature = "axum", feature = "files"))]
        Does::Text(text) => text.into_response(),
        Does::Endless => "a".repeat(16 * 1024 * 1024).into_response(),
    }
}

/// A clock that stands until a test sets it.
#[derive(Clone)]
pub(crate) struct Clock(Arc<AtomicI64>);

impl Clock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicI64::new(START)))
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    fn now(&self) -> SystemTime {
        let seconds = self.0.load(Ordering::SeqCst).try_into().expect("after 1970");
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }
}

fn pair(number: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[number; 32]).expect("a seed of 32 bytes")
}

pub(crate) fn key_set(numbers: &[u8]) -> Value {
    let jwk = |number: &u8| {
        json!({"kty": "OKP", "crv": "Ed25519", "kid": format!("key-{number}"),
            "x": encode(pair(*number).public_key().as_ref())})
    };
    json!({"keys": numbers.iter().map(jwk).collect::<Vec<_>>()})
}

/// A good token, by the key of this number.
pub(crate) fn token(number: u8) -> String {
    token_with(number, &format!("key-{number}"), &json!({}))
}

pub(crate) fn token_with(number: u8, kid: &str, claims: &Value) -> String {
    let mut payload = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": START + 365 * 86_400});
    for (name, value) in claims.as_object().expect("members") {
        payload[name] = value.clone();
    }
    let header = json!({"alg": "EdDSA", "kid": kid});
    let input = format!("{}.{}", encode(header.to_string()), encode(payload.to_string()));
    let signature = pair(number).sign(input.as_bytes());
    format!("{input}.{}", encode(signature.as_ref()))
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Waits for a condition, for ten seconds at most.
pub(crate) async fn until(mut holds: impl FnMut() -> bool) {
    for _ in 0..1000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("what was waited for did not come");
}
