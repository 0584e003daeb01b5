//! Bodies of calls that end with a token.

use crate::call::{BoxError, BoxFuture};
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

/// What [`GrpcLayer`](crate::GrpcLayer) makes of the bodies of requests and responses: they end when the policy refuses
/// the token of the call.
pub struct GrpcBody<B> {
    /// Nothing once it has ended.
    inner: Option<Pin<Box<B>>>,
    end: Option<End>,
}

/// When a body is to end, and how.
enum End {
    /// As a request that breaks off with this.
    Request(BoxFuture<'static, tonic::Status>, Incoming),
    /// As a response with these trailers. One message passes in any case: a call that is no stream is answered.
    Response { trailers: BoxFuture<'static, HeaderMap>, has_begun: bool },
}

/// How far a request has come, for whoever waits for the answer.
#[derive(Debug, Default)]
pub(crate) struct Progress(AtomicU8);

impl Progress {
    /// Whether its messages still come.
    pub(crate) fn is_open(&self) -> bool {
        self.0.load(Ordering::SeqCst) == OPEN
    }

    /// Whether it was broken off.
    pub(crate) fn is_cut(&self) -> bool {
        self.0.load(Ordering::SeqCst) == CUT
    }

    fn becomes(&self, state: u8) {
        // What was cut stays so.
        let _ = self.0.compare_exchange(OPEN, state, Ordering::SeqCst, Ordering::SeqCst);
    }
}

/// Tells once a request comes in no more.
struct Incoming(Arc<Progress>);

impl<B> GrpcBody<B> {
    /// One that ends by itself.
    pub(crate) fn plain(body: B) -> Self {
        Self { inner: Some(Box::pin(body)), end: None }
    }

    /// Of a request, which tells how far it has come.
    pub(crate) fn request(body: B, status: BoxFuture<'static, tonic::Status>, progress: Arc<Progress>) -> Self {
        Self { inner: Some(Box::pin(body)), end: Some(End::Request(status, Incoming(progress))) }
    }

    /// Of a response.
    pub(crate) fn response(body: B, trailers: BoxFuture<'static, HeaderMap>) -> Self {
        Self { inner: Some(Box::pin(body)), end: Some(End::Response { trailers, has_begun: false }) }
    }
}

impl<B> Body for GrpcBody<B>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    type Data = B::Data;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>, context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let body = self.get_mut();
        let Some(inner) = &mut body.inner else { return Poll::Ready(None) };
        // A client that sends without a pause must not send for ever.
        if let Some(End::Request(status, Incoming(progress))) = &mut body.end
            && let Poll::Ready(status) = status.as_mut().poll(context)
        {
            progress.becomes(CUT);
            (body.inner, body.end) = (None, None);
            return Poll::Ready(Some(Err(status.into())));
        }
        let polled = inner.as_mut().poll_frame(context);
        if let Some(End::Response { trailers, has_begun }) = &mut body.end {
            let is_message = matches!(&polled, Poll::Ready(Some(Ok(frame))) if frame.is_data());
            if (polled.is_pending() || is_message && *has_begun)
                && let Poll::Ready(trailers) = trailers.as_mut().poll(context)
            {
                (body.inner, body.end) = (None, None);
                return Poll::Ready(Some(Ok(Frame::trailers(trailers))));
            }
            *has_begun |= is_message;
        }
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            (body.inner, body.end) = (None, None);
        }
        polled.map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(|inner| inner.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.as_ref().map_or_else(|| SizeHint::with_exact(0), |inner| inner.size_hint())
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        self.0.becomes(ENDED);
    }
}

/// An empty one.
impl<B> Default for GrpcBody<B> {
    fn default() -> Self {
        Self { inner: None, end: None }
    }
}

impl<B> fmt::Debug for GrpcBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrpcBody").finish_non_exhaustive()
    }
}

const OPEN: u8 = 0;
const ENDED: u8 = 1;
const CUT: u8 = 2;
