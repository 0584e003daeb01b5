//! A layer for services of gRPC, such as those of tonic: the policy sees `POST /package.Service/Method` with the metadata as header
//! fields, and refusals are statuses of gRPC.

use crate::call::{BoxError, BoxFuture, Either, either};
use crate::grpc_body::{GrpcBody, Progress};
use crate::jwt::{Jwt, Refusal};
use crate::layer::admit;
use crate::validator::JwtValidator;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use http::{HeaderMap, Request, Response};
use http_body::Body;
use jotgate::{Answer, Code, Denial, Timestamp};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};
use tower_layer::Layer;
use tower_service::Service;

/// [`JwtLayer`](crate::JwtLayer) for services of gRPC: calls pass whose token is good, and all others end as `UNAUTHENTICATED`,
/// `PERMISSION_DENIED` or, while keys cannot be had, `UNAVAILABLE`, with the code as the message and the challenge in
/// `www-authenticate`. A [`Jwt`] is among the extensions of a call with a token.
///
/// A stream ends when its token does, also one where nothing is sent: as `UNAUTHENTICATED` with the message `expired`. The answer to a
/// call that is no stream is sent all the same. See [`GrpcLayer::end_streams_at_expiry`].
///
/// Health checks and reflection are routes of the policy (`skip`).
#[derive(Clone, Debug)]
pub struct GrpcLayer {
    validator: JwtValidator,
    ends_streams: bool,
}

impl GrpcLayer {
    /// With this validator, which may serve others too.
    #[must_use]
    pub fn new(validator: JwtValidator) -> Self {
        Self { validator, ends_streams: true }
    }

    /// Whether streams end when their token does. Default: they do.
    #[must_use]
    pub fn end_streams_at_expiry(self, ends_streams: bool) -> Self {
        Self { ends_streams, ..self }
    }
}

impl<S> Layer<S> for GrpcLayer {
    type Service = GrpcService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        GrpcService { inner, layer: self.clone() }
    }
}

/// What [`GrpcLayer`] makes of a service.
#[derive(Clone, Debug)]
pub struct GrpcService<S> {
    inner: S,
    layer: GrpcLayer,
}

impl<S, B, C> Service<Request<B>> for GrpcService<S>
where
    S: Service<Request<GrpcBody<B>>, Response = Response<C>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    C: Body + Send + 'static,
    C::Error: Into<BoxError>,
{
    type Response = Response<GrpcBody<C>>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let GrpcLayer { validator, ends_streams } = self.layer.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            if let Err(refusal) = admit(validator.clone(), &mut parts).await {
                return Ok(refusal.into_grpc());
            }
            let token = parts.extensions.get::<Jwt>().filter(|_| ends_streams);
            let Some(left) = token.and_then(|jwt| time_left(jwt, validator.driver().now())) else {
                let passed = inner.call(Request::from_parts(parts, GrpcBody::plain(body))).await?;
                return Ok(passed.map(GrpcBody::plain));
            };
            let (at, progress) = (end_of(left), Arc::new(Progress::default()));
            let body = GrpcBody::request(body, at, Arc::clone(&progress));
            let call = inner.call(Request::from_parts(parts, body));
            match either(call, end_of_request(at, &progress)).await {
                // Whatever the handler makes of a request that broke off.
                Either::First(_) if progress.is_cut() => Ok(refused(&expired(&validator), Code::Expired)),
                Either::First(response) => {
                    let trailers = status(&expired(&validator), Code::Expired);
                    Ok(response?.map(|body| GrpcBody::response(body, at, trailers)))
                }
                Either::Second(()) => Ok(refused(&expired(&validator), Code::Expired)),
            }
        })
    }
}

/// A time beyond the end of the clock is none that comes.
fn end_of(left: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(left).unwrap_or(now)
}

/// Ends at this time, if the client still sends then: a call whose request has come is answered by its handler.
async fn end_of_request(at: Instant, progress: &Progress) {
    sleep_until(at).await;
    if !progress.is_open() {
        std::future::pending().await
    }
}

/// Nothing for tokens that never end, or not while this process lives.
fn time_left(jwt: &Jwt, now: Timestamp) -> Option<Duration> {
    #[expect(clippy::cast_possible_truncation, reason = "beyond the range is the end of time")]
    let end = Timestamp::from_millis((jwt.expires_at()? * 1000.0) as i64);
    Some(end.since(now)).filter(|left| *left < FOREVER)
}

fn expired(validator: &JwtValidator) -> Answer {
    validator.ruling().answer(&Denial::new(Code::Expired))
}

impl Refusal {
    /// The answer as servers of gRPC send it: status 200, and what it comes to in the header fields.
    #[must_use]
    pub fn into_grpc<B: Default>(self) -> Response<B> {
        let code = self.refused().code();
        match self.answer() {
            Some(answer) => refused(answer, code),
            None => refused_by(fields(INTERNAL, code, None)),
        }
    }

    /// The number of the status in gRPC: 16 is `UNAUTHENTICATED`, 7 `PERMISSION_DENIED`, 14 `UNAVAILABLE`, 13 `INTERNAL`.
    #[must_use]
    pub fn grpc_code(&self) -> i32 {
        self.answer().map_or(INTERNAL, number)
    }
}

fn refused<B: Default>(answer: &Answer, code: Code) -> Response<B> {
    refused_by(status(answer, code))
}

fn refused_by<B: Default>(mut fields: HeaderMap) -> Response<B> {
    fields.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    let mut response = Response::new(B::default());
    *response.headers_mut() = fields;
    response
}

/// What stands in trailers, or in the header of an answer that has no more than that.
fn status(answer: &Answer, code: Code) -> HeaderMap {
    let challenge = answer.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("WWW-Authenticate"));
    fields(number(answer), code, challenge.and_then(|(_, value)| HeaderValue::try_from(value).ok()))
}

fn fields(number: i32, code: Code, challenge: Option<HeaderValue>) -> HeaderMap {
    let mut fields = HeaderMap::new();
    fields.insert(GRPC_STATUS, HeaderValue::from(number));
    fields.insert(GRPC_MESSAGE, HeaderValue::from_static(code.name()));
    if let Some(challenge) = challenge {
        fields.insert(WWW_AUTHENTICATE, challenge);
    }
    fields
}

/// Gateways answer 400 where a token is missing, and 502 where its keys are.
fn number(answer: &Answer) -> i32 {
    match answer.status {
        400 | 401 => UNAUTHENTICATED,
        403 => PERMISSION_DENIED,
        502 | 503 => UNAVAILABLE,
        _ => INTERNAL,
    }
}

/// For handlers that ask for more: `jwt.require(&requirement)?`.
impl From<Refusal> for tonic::Status {
    fn from(refusal: Refusal) -> Self {
        let code = refusal.refused().code();
        let mut fields = match refusal.answer() {
            Some(answer) => status(answer, code),
            None => HeaderMap::new(),
        };
        fields.remove(GRPC_STATUS);
        fields.remove(GRPC_MESSAGE);
        let metadata = tonic::metadata::MetadataMap::from_headers(fields);
        Self::with_metadata(refusal.grpc_code().into(), code.name(), metadata)
    }
}

const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
const GRPC_MESSAGE: HeaderName = HeaderName::from_static("grpc-message");

const PERMISSION_DENIED: i32 = 7;
const INTERNAL: i32 = 13;
const UNAVAILABLE: i32 = 14;
const UNAUTHENTICATED: i32 = 16;

/// Timers do not go further than two years.
const FOREVER: Duration = Duration::from_secs(365 * 86_400);
