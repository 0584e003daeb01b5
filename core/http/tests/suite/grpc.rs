//! Calls of gRPC, by a real client to a real server of tonic: what passes, what is refused, and how streams end.

use crate::issuer::{Clock, Does, Issuer, START, builder, token, token_with};
use axum::Router;
use axum::extract::Request as HttpRequest;
use axum::response::{IntoResponse, Response as HttpResponse};
use axum::routing::post;
use bytes::{Buf as _, BufMut as _};
use http::uri::PathAndQuery;
use jotgate::Requirement;
use jotgate_http::{Builder, GrpcLayer, Jwt, JwtValidator};
use serde_json::json;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio_stream::{Stream, StreamExt as _};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::metadata::MetadataMap;
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic::{Code, Request, Response, Status, Streaming};

/// Messages are texts: what stands in them is no concern of a layer.
#[derive(Clone, Copy, Default)]
struct Texts;

impl Codec for Texts {
    type Encode = String;
    type Decode = String;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Texts {
    type Item = String;
    type Error = Status;

    fn encode(&mut self, text: String, into: &mut EncodeBuf<'_>) -> Result<(), Status> {
        into.put_slice(text.as_bytes());
        Ok(())
    }
}

impl Decoder for Texts {
    type Item = String;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<String>, Status> {
        let bytes = from.copy_to_bytes(from.remaining());
        String::from_utf8(bytes.to_vec()).map(Some).map_err(|_| Status::internal("no text"))
    }
}

/// `Get` says who asks, and asks for a scope itself where the message says so.
async fn get(request: HttpRequest) -> HttpResponse {
    let service = tower::service_fn(async |request: Request<String>| {
        let jwt = Jwt::of(request.extensions())?;
        if request.get_ref() == "write" {
            jwt.require(&Requirement::scopes(["orders:write"]).expect("a scope"))?;
        }
        if request.get_ref() == "slow" {
            tokio::time::sleep(Duration::from_millis(1200)).await;
        }
        let user = request.metadata().get("x-user").and_then(|user| user.to_str().ok()).unwrap_or_default();
        let subject = jwt.claims().subject().unwrap_or_default();
        Ok::<_, Status>(Response::new(format!("{subject} {user}")))
    });
    tonic::server::Grpc::new(Texts).unary(service, request).await.into_response()
}

/// `Watch` sends what the message says: one text and nothing more, or texts without an end and without a pause.
async fn watch(request: HttpRequest) -> HttpResponse {
    let service = tower::service_fn(async |request: Request<String>| {
        let one = tokio_stream::once(Ok::<_, Status>("first".to_owned()));
        let rest: std::pin::Pin<Box<dyn Stream<Item = _> + Send>> = match request.get_ref().as_str() {
            "flood" => Box::pin(tokio_stream::iter(std::iter::repeat_with(|| Ok("again".to_owned())))),
            _ => Box::pin(tokio_stream::pending()),
        };
        Ok::<_, Status>(Response::new(one.chain(rest)))
    });
    tonic::server::Grpc::new(Texts).server_streaming(service, request).await.into_response()
}

/// `Send` counts the messages of the client.
async fn count(request: HttpRequest) -> HttpResponse {
    let service = tower::service_fn(async |request: Request<Streaming<String>>| {
        let (mut count, mut messages) = (0, request.into_inner());
        while messages.message().await?.is_some() {
            count += 1;
        }
        Ok::<_, Status>(Response::new(count.to_string()))
    });
    tonic::server::Grpc::new(Texts).client_streaming(service, request).await.into_response()
}

async fn health(request: HttpRequest) -> HttpResponse {
    let service = tower::service_fn(async |_: Request<String>| Ok::<_, Status>(Response::new("serving".to_owned())));
    tonic::server::Grpc::new(Texts).unary(service, request).await.into_response()
}

async fn serve(layer: GrpcLayer) -> Channel {
    let methods = Router::new()
        .route("/test.Orders/Get", post(get))
        .route("/test.Orders/Watch", post(watch))
        .route("/test.Orders/Send", post(count))
        .route("/grpc.health.v1.Health/Check", post(health));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address: SocketAddr = listener.local_addr().expect("an address");
    let server = Server::builder().layer(layer).add_routes(Routes::from(methods));
    tokio::spawn(async { server.serve_with_incoming(TcpIncoming::from(listener)).await });
    Channel::from_shared(format!("http://{address}")).expect("a URL").connect().await.expect("a connection")
}

fn validator(issuer: &Issuer) -> JwtValidator {
    of_clock(issuer, &Clock::new()).build().expect("a validator")
}

fn of_clock(issuer: &Issuer, clock: &Clock) -> Builder {
    let mut policy = issuer.policy();
    policy["routes"] = json!([
        {"path": "/grpc.health.v1.Health/Check", "skip": true},
        {"methods": "POST", "path": "/test.Orders/Send", "scopes": {"all": ["orders:send"]}},
    ]);
    policy["unmatched"] = json!("token");
    policy["forward"] = json!({"claims_to_headers": {"sub": "X-User"}});
    builder(&policy, clock)
}

async fn start() -> (Issuer, Channel) {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let channel = serve(GrpcLayer::new(validator(&issuer))).await;
    (issuer, channel)
}

fn with<T>(message: T, tokens: &[&str]) -> Request<T> {
    let mut request = Request::new(message);
    for token in tokens {
        request.metadata_mut().append("authorization", format!("Bearer {token}").parse().expect("metadata"));
    }
    request
}

async fn ask(channel: &Channel, path: &'static str, message: &str, tokens: &[&str]) -> Result<String, Status> {
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.expect("a connection");
    let answer = client.unary(with(message.to_owned(), tokens), PathAndQuery::from_static(path), Texts).await;
    answer.map(Response::into_inner)
}

fn challenge(metadata: &MetadataMap) -> &str {
    metadata.get("www-authenticate").and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[tokio::test]
async fn calls_are_judged_by_their_path_and_metadata() {
    let (_issuer, channel) = start().await;
    let get = async |message: &'static str, tokens: &[&str]| ask(&channel, "/test.Orders/Get", message, tokens).await;
    // What the client says of itself gives way to the claim.
    assert_eq!(get("", &[&token(1)]).await.expect("a good token"), "alice alice");
    for (tokens, code, message, error) in [
        (&[][..], Code::Unauthenticated, "missing_token", "Bearer"),
        (&["junk"], Code::Unauthenticated, "malformed_token", r#"error="invalid_token""#),
        (
            &[&token(1), &token_with(1, "key-1", &json!({"sub": "bob"}))],
            Code::Unauthenticated,
            "multiple_tokens",
            "invalid_request",
        ),
    ] {
        let status = get("", tokens).await.expect_err("no good token");
        assert_eq!((status.code(), status.message()), (code, message));
        assert!(challenge(status.metadata()).contains(error), "{status:?}");
    }
    let status = ask(&channel, "/test.Orders/Send", "", &[&token(1)]).await.expect_err("the route asks for a scope");
    assert_eq!((status.code(), status.message()), (Code::PermissionDenied, "insufficient_scope"));
    assert!(challenge(status.metadata()).ends_with(r#"scope="orders:send""#));
    assert_eq!(ask(&channel, "/grpc.health.v1.Health/Check", "", &[]).await.expect("no token is needed"), "serving");
    let status = ask(&channel, "/test.Orders/Nothing", "", &[&token(1)]).await.expect_err("there is no such method");
    assert_eq!(status.code(), Code::Unimplemented);
}

#[tokio::test]
async fn handlers_ask_for_more() {
    let (_issuer, channel) = start().await;
    let status = ask(&channel, "/test.Orders/Get", "write", &[&token(1)]).await.expect_err("a scope lacks");
    assert_eq!((status.code(), status.message()), (Code::PermissionDenied, "insufficient_scope"));
    assert!(challenge(status.metadata()).ends_with(r#"scope="orders:write""#), "{status:?}");
    let scoped = token_with(1, "key-1", &json!({"scope": "orders:write"}));
    assert!(ask(&channel, "/test.Orders/Get", "write", &[&scoped]).await.is_ok());
}

#[tokio::test]
async fn without_keys_calls_are_to_be_tried_again() {
    let issuer = Issuer::start(Does::Status(500)).await;
    let channel = serve(GrpcLayer::new(validator(&issuer))).await;
    let status = ask(&channel, "/test.Orders/Get", "", &[&token(1)]).await.expect_err("no keys");
    assert_eq!((status.code(), status.message()), (Code::Unavailable, "keys_unavailable"));
    let after = status.metadata().get("retry-after").and_then(|after| after.to_str().ok()?.parse::<u64>().ok());
    assert!(after.is_some_and(|seconds| seconds > 0), "{status:?}");
    assert!(status.metadata().get("www-authenticate").is_none());
}

#[tokio::test]
async fn a_handler_without_the_layer_refuses() {
    let methods = Router::new().route("/test.Orders/Get", post(get));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let server = Server::builder().add_routes(Routes::from(methods));
    tokio::spawn(async { server.serve_with_incoming(TcpIncoming::from(listener)).await });
    let channel = Channel::from_shared(url).expect("a URL").connect().await.expect("a connection");
    let status = ask(&channel, "/test.Orders/Get", "", &[&token(1)]).await.expect_err("nobody has looked");
    assert_eq!(status.code(), Code::Internal);
}

#[tokio::test]
async fn a_router_of_axum_may_have_the_layer_itself() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let router = Router::new().route("/test.Orders/Get", post(get)).layer(GrpcLayer::new(validator(&issuer)));
    let request = http::Request::post("/test.Orders/Get").body(axum::body::Body::empty()).expect("a request");
    let response = tower::ServiceExt::oneshot(router, request).await.expect("an answer");
    assert_eq!((response.status().as_u16(), &response.headers()["grpc-status"]), (200, &http::HeaderValue::from(16)));
    assert_eq!(response.headers()["grpc-message"], "missing_token");
}

/// One whose policy finds tokens of `short` expired soon after the first call has begun.
async fn start_to_expire() -> (Issuer, Channel) {
    let (issuer, clock) = (Issuer::start(Does::Keys(vec![1])).await, Clock::new());
    let builder = of_clock(&issuer, &clock).revocation_check(move |_| {
        let clock = clock.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            clock.advance(60);
        });
        async { Ok::<_, Infallible>(false) }
    });
    let channel = serve(GrpcLayer::new(builder.build().expect("a validator"))).await;
    (issuer, channel)
}

/// A token that ends soon, once the clock of the policy has been moved.
fn short(claims: serde_json::Value) -> String {
    ending(0.2, claims)
}

fn ending(seconds: f64, mut claims: serde_json::Value) -> String {
    claims["exp"] = json!(START as f64 + seconds);
    token_with(1, "key-1", &claims)
}

async fn watched(channel: &Channel, what: &str, token: &str) -> (Vec<String>, Option<Status>) {
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.expect("a connection");
    let path = PathAndQuery::from_static("/test.Orders/Watch");
    let stream = client.server_streaming(with(what.to_owned(), &[token]), path, Texts).await.expect("a stream");
    let (mut stream, mut seen) = (stream.into_inner(), Vec::new());
    loop {
        match stream.message().await {
            Ok(Some(text)) => seen.push(text),
            Ok(None) => return (seen, None),
            Err(status) => return (seen, Some(status)),
        }
    }
}

#[tokio::test]
async fn a_stream_ends_when_its_token_does() {
    for what in ["idle", "flood"] {
        let (_issuer, channel) = start_to_expire().await;
        let (seen, status) = watched(&channel, what, &short(json!({}))).await;
        let status = status.expect("an end");
        assert_eq!((status.code(), status.message()), (Code::Unauthenticated, "expired"), "{what}");
        assert_eq!(seen.first().map(String::as_str), Some("first"), "{what}");
        assert!(challenge(status.metadata()).contains("invalid_token"), "{status:?}");
    }
}

/// The second question comes within the leeway, and the third one after it.
#[tokio::test]
async fn a_stream_has_the_leeway_of_the_policy() {
    for (revoked, message) in [(false, "expired"), (true, "revoked")] {
        let (issuer, clock) = (Issuer::start(Does::Keys(vec![1])).await, Clock::new());
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        let builder = of_clock(&issuer, &clock).revocation_check(move |_| {
            let is_again = counter.fetch_add(1, Ordering::SeqCst) == 1;
            if is_again {
                clock.advance(60);
            }
            async move { Ok::<_, Infallible>(is_again && revoked) }
        });
        let channel = serve(GrpcLayer::new(builder.build().expect("a validator"))).await;
        let (seen, status) = watched(&channel, "idle", &ending(-2.0, json!({}))).await;
        let status = status.expect("an end");
        assert_eq!((status.code(), status.message(), seen.len()), (Code::Unauthenticated, message, 1));
        assert!(challenge(status.metadata()).contains("invalid_token"), "{status:?}");
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test]
async fn a_stream_ends_when_nobody_can_say_any_more() {
    let (issuer, clock) = (Issuer::start(Does::Keys(vec![1])).await, Clock::new());
    let validator = of_clock(&issuer, &clock).build().expect("a validator");
    let channel = serve(GrpcLayer::new(validator)).await;
    let asking = ask(&channel, "/test.Orders/Get", "", &[&token(1)]).await;
    assert!(asking.is_ok());
    issuer.does(Does::Status(500));
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.expect("a connection");
    let path = PathAndQuery::from_static("/test.Orders/Watch");
    let stream = client.server_streaming(with("idle".to_owned(), &[&short(json!({}))]), path, Texts).await;
    let mut stream = stream.expect("a stream").into_inner();
    assert_eq!(stream.message().await.expect("a message").as_deref(), Some("first"));
    clock.advance(365 * 86_400);
    let status = stream.message().await.expect_err("an end");
    assert_eq!((status.code(), status.message()), (Code::Unavailable, "keys_unavailable"));
}

#[tokio::test]
async fn a_client_that_sends_ends_when_its_token_does() {
    let scoped = short(json!({"scope": "orders:send"}));
    for floods in [false, true] {
        let (_issuer, channel) = start_to_expire().await;
        let one = tokio_stream::once("one".to_owned());
        let rest: std::pin::Pin<Box<dyn Stream<Item = String> + Send>> = match floods {
            true => Box::pin(tokio_stream::iter(std::iter::repeat_with(|| "again".to_owned()))),
            false => Box::pin(tokio_stream::pending()),
        };
        let mut client = tonic::client::Grpc::new(channel.clone());
        client.ready().await.expect("a connection");
        let path = PathAndQuery::from_static("/test.Orders/Send");
        let answer = client.client_streaming(with(one.chain(rest), &[&scoped]), path, Texts).await;
        let status = answer.map(Response::into_inner).expect_err("the token ends");
        assert_eq!((status.code(), status.message()), (Code::Unauthenticated, "expired"), "{floods}");
    }
}

#[tokio::test]
async fn a_call_that_is_no_stream_is_answered() {
    let (_issuer, channel) = start_to_expire().await;
    assert!(ask(&channel, "/test.Orders/Get", "slow", &[&short(json!({}))]).await.is_ok());
}

#[tokio::test]
async fn streams_go_on_where_that_is_wanted() {
    let (issuer, clock) = (Issuer::start(Does::Keys(vec![1])).await, Clock::new());
    let validator = of_clock(&issuer, &clock).build().expect("a validator");
    let channel = serve(GrpcLayer::new(validator).end_streams_at_expiry(false)).await;
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.expect("a connection");
    let path = PathAndQuery::from_static("/test.Orders/Watch");
    let stream = client.server_streaming(with("flood".to_owned(), &[&short(json!({}))]), path, Texts).await;
    let (mut stream, begun) = (stream.expect("a stream").into_inner(), tokio::time::Instant::now());
    clock.advance(60);
    while begun.elapsed() < Duration::from_millis(400) {
        assert!(stream.message().await.is_ok_and(|message| message.is_some()));
    }
}
