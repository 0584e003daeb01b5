//! Layers for tower: one that validates requests, and one that asks for scopes.

use crate::call::BoxFuture;
use crate::jwt::{Jwt, Passed, Refusal, token_of};
use crate::validator::JwtValidator;
use http::request::Parts;
use http::{Request, Response};
use jotgate::{PolicyError, Scopes};
use std::sync::Arc;
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

/// Lets requests pass whose token is good, or of which the policy asks for none, and answers all others as the policy's `responses`
/// says. A [`Jwt`] is among the extensions of a request with a token, and requests go on changed as the policy's `forward` says.
///
/// Preflights and whatever else needs no token are routes of the policy (`skip`). Put the layer around the whole router, as the last one
/// before it that sees the request: what changes method or path behind it evades it.
#[derive(Clone, Debug)]
pub struct JwtLayer {
    validator: JwtValidator,
}

impl JwtLayer {
    /// With this validator, which may serve others too.
    #[must_use]
    pub fn new(validator: JwtValidator) -> Self {
        Self { validator }
    }
}

impl<S> Layer<S> for JwtLayer {
    type Service = JwtService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        JwtService { inner, validator: self.validator.clone() }
    }
}

/// What [`JwtLayer`] makes of a service.
#[derive(Clone, Debug)]
pub struct JwtService<S> {
    inner: S,
    validator: JwtValidator,
}

impl<S, B, C> Service<Request<B>> for JwtService<S>
where
    S: Service<Request<B>, Response = Response<C>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    C: From<String>,
{
    type Response = Response<C>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that is ready is the one to call; the clone takes its place.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let validator = self.validator.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            match admit(validator, &mut parts).await {
                Ok(()) => inner.call(Request::from_parts(parts, body)).await,
                Err(refusal) => Ok(refusal.into_http()),
            }
        })
    }
}

async fn admit(validator: JwtValidator, parts: &mut Parts) -> Result<(), Refusal> {
    let judged = validator.validate_parts(parts).await;
    let verified = judged.map_err(|refused| Refusal::by(&validator, refused))?;
    let changed = validator.forward_parts(verified.as_ref(), parts);
    changed.map_err(|refused| Refusal::by(&validator, refused))?;
    // What another layer has put there is none of this one's.
    parts.extensions.remove::<Jwt>();
    if let Some(verified) = verified {
        parts.extensions.insert(Jwt::new(verified, validator.clone()));
    }
    parts.extensions.insert(Passed(validator));
    Ok(())
}

/// Asks for scopes beside those of the policy: a layer for single routes, behind [`JwtLayer`].
#[derive(Clone, Debug)]
pub struct RequireScopes {
    scopes: Arc<Scopes>,
}

impl RequireScopes {
    /// A token must have each of these.
    ///
    /// # Errors
    ///
    /// There is none, or one of them is no scope token (RFC 6749 section 3.3).
    pub fn all<T: Into<String>>(scopes: impl IntoIterator<Item = T>) -> Result<Self, PolicyError> {
        Scopes::all(scopes).map(Self::from)
    }

    /// A token must have one of these.
    ///
    /// # Errors
    ///
    /// There is none, or one of them is no scope token (RFC 6749 section 3.3).
    pub fn any<T: Into<String>>(scopes: impl IntoIterator<Item = T>) -> Result<Self, PolicyError> {
        Scopes::any(scopes).map(Self::from)
    }
}

impl From<Scopes> for RequireScopes {
    fn from(scopes: Scopes) -> Self {
        Self { scopes: Arc::new(scopes) }
    }
}

impl<S> Layer<S> for RequireScopes {
    type Service = ScopedService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ScopedService { inner, scopes: Arc::clone(&self.scopes) }
    }
}

/// What [`RequireScopes`] makes of a service.
#[derive(Clone, Debug)]
pub struct ScopedService<S> {
    inner: S,
    scopes: Arc<Scopes>,
}

impl<S, B, C> Service<Request<B>> for ScopedService<S>
where
    S: Service<Request<B>, Response = Response<C>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    C: From<String>,
{
    type Response = Response<C>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let scoped = token_of(request.extensions()).and_then(|jwt| jwt.require_scopes(&self.scopes));
        Box::pin(async move {
            match scoped {
                Ok(()) => inner.call(request).await,
                Err(refusal) => Ok(refusal.into_http()),
            }
        })
    }
}
