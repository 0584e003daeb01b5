//! A layer for services of gRPC, such as those of tonic: the policy sees `POST /package.Service/Method` with the metadata as header
//! fields, and refusals are statuses of gRPC.

use crate::call::{BoxError, BoxFuture, Either, either};
use crate::grpc_body::{GrpcBody, Progress};
use crate::grpc_end::TokenEnd;
use crate::jwt::{Jwt, Refusal};
use crate::layer::admit;
use crate::validator::JwtValidator;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, Request, Response};
use http_body::Body;
use jotgate::Answer;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

/// [`JwtLayer`](crate::JwtLayer) for services of gRPC: calls pass whose token is good, and all others end as `UNAUTHENTICATED`,
/// `PERMISSION_DENIED` or, while keys cannot be had, `UNAVAILABLE`, with the code as the message, the challenge in
/// `www-authenticate`, and in `retry-after` the seconds until keys are asked for again. A [`Jwt`] is among the extensions of a call with a token.
///
/// A stream ends when the policy refuses its token, also one where nothing is sent. Once the token has expired the validator is asked
/// again, every second, so that the policy's leeway holds; what refuses is the status, such as `UNAUTHENTICATED` with the message
/// `expired`. The answer to a call that is no stream is sent all the same. See [`GrpcLayer::end_streams_at_expiry`].
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

    /// Whether streams end when the policy refuses their token, which is looked at again once it has expired. Default: they do.
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
            // As it came: what goes on may be changed by the policy's `forward`.
            let came = ends_streams.then(|| parts.clone());
            if let Err(refusal) = admit(validator.clone(), &mut parts).await {
                return Ok(refusal.into_grpc());
            }
            let expires_at = parts.extensions.get::<Jwt>().and_then(|jwt| jwt.expires_at());
            let (Some(came), Some(expires_at)) = (came, expires_at) else {
                let passed = inner.call(Request::from_parts(parts, GrpcBody::plain(body))).await?;
                return Ok(passed.map(GrpcBody::plain));
            };
            let (end, progress) = (TokenEnd::of(validator, came, expires_at), Arc::new(Progress::default()));
            let body = GrpcBody::request(body, status_of(end.clone()), Arc::clone(&progress));
            let call = inner.call(Request::from_parts(parts, body));
            match either(call, end_of_request(end.clone(), &progress)).await {
                Either::First(response) if !progress.is_cut() => {
                    return Ok(response?.map(|body| GrpcBody::response(body, trailers_of(end))));
                }
                // Whatever the handler makes of a request that broke off.
                Either::First(_) => {}
                Either::Second(refusal) => return Ok(refusal.into_grpc()),
            }
            Ok(end.refusal().await.into_grpc())
        })
    }
}

/// Ends with the token, if the client still sends then: a call whose request has come is answered by its handler.
async fn end_of_request(end: TokenEnd, progress: &Progress) -> Refusal {
    let refusal = end.refusal().await;
    if !progress.is_open() {
        std::future::pending().await
    }
    refusal
}

/// What a handler gets in place of the next message. The answer to the client is the layer's.
fn status_of(end: TokenEnd) -> BoxFuture<'static, tonic::Status> {
    Box::pin(async { end.refusal().await.into() })
}

fn trailers_of(end: TokenEnd) -> BoxFuture<'static, HeaderMap> {
    Box::pin(async { end.refusal().await.grpc_fields() })
}

impl Refusal {
    /// The answer as servers of gRPC send it: status 200, and what it comes to in the header fields.
    #[must_use]
    pub fn into_grpc<B: Default>(self) -> Response<B> {
        let mut response = Response::new(B::default());
        *response.headers_mut() = self.grpc_fields();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        response
    }

    /// The number of the status in gRPC: 16 is `UNAUTHENTICATED`, 7 `PERMISSION_DENIED`, 14 `UNAVAILABLE`, 13 `INTERNAL`.
    #[must_use]
    pub fn grpc_code(&self) -> i32 {
        self.answer().map_or(INTERNAL, number)
    }

    /// What stands in trailers, or in the header of an answer that has no more than that.
    fn grpc_fields(&self) -> HeaderMap {
        let mut fields = HeaderMap::new();
        fields.insert(GRPC_STATUS, HeaderValue::from(self.grpc_code()));
        fields.insert(GRPC_MESSAGE, HeaderValue::from_static(self.refused().code().name()));
        for (name, value) in self.answer().into_iter().flat_map(|answer| &answer.headers) {
            let told =
                [WWW_AUTHENTICATE, RETRY_AFTER].into_iter().find(|told| name.eq_ignore_ascii_case(told.as_str()));
            if let (Some(name), Ok(value)) = (told, HeaderValue::try_from(value)) {
                fields.insert(name, value);
            }
        }
        fields
    }
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
        let mut fields = refusal.grpc_fields();
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
