//! Layers for tower: one that validates requests, and one that asks for more.

use crate::call::BoxFuture;
use crate::jwt::{Jwt, Passed, Refusal, token_of};
use crate::validator::JwtValidator;
use http::request::Parts;
use http::{Request, Response};
use jotgate::{PolicyError, Requirement};
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

/// Judges a request, changes it as the policy's `forward` says, and leaves its token among its extensions.
pub(crate) async fn admit(validator: JwtValidator, parts: &mut Parts) -> Result<(), Refusal> {
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

/// Asks for more than the policy does: a layer for single routes, behind [`JwtLayer`]. Any [`Requirement`] makes one.
#[derive(Clone, Debug)]
pub struct Require {
    requirement: Arc<Requirement>,
}

impl Require {
    /// A token must have each of these scopes.
    ///
    /// # Errors
    ///
    /// There is none, or one of them is no scope token (RFC 6749 section 3.3).
    pub fn scopes<T: Into<String>>(all: impl IntoIterator<Item = T>) -> Result<Self, PolicyError> {
        Requirement::scopes(all).map(Self::from)
    }

    /// A token must have one of these scopes.
    ///
    /// # Errors
    ///
    /// There is none, or one of them is no scope token (RFC 6749 section 3.3).
    pub fn any_scope<T: Into<String>>(any: impl IntoIterator<Item = T>) -> Result<Self, PolicyError> {
        Requirement::any_scope(any).map(Self::from)
    }

    /// A token must meet a JSON object of `scopes` and `claims`, written as those of a route are.
    ///
    /// ```
    /// # #[cfg(feature = "tower")]
    /// let keeper = jotgate_http::Require::from_json(r#"{ "claims": [{ "claim": "role", "equals": "keeper" }] }"#)?;
    /// # Ok::<(), jotgate::PolicyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Requirement::from_json`].
    pub fn from_json(document: &str) -> Result<Self, PolicyError> {
        Requirement::from_json(document).map(Self::from)
    }
}

impl From<Requirement> for Require {
    fn from(requirement: Requirement) -> Self {
        Self { requirement: Arc::new(requirement) }
    }
}

impl<S> Layer<S> for Require {
    type Service = RequireService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RequireService { inner, requirement: Arc::clone(&self.requirement) }
    }
}

/// What [`Require`] makes of a service.
#[derive(Clone, Debug)]
pub struct RequireService<S> {
    inner: S,
    requirement: Arc<Requirement>,
}

impl<S, B, C> Service<Request<B>> for RequireService<S>
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
        let required = token_of(request.extensions()).and_then(|jwt| jwt.require(&self.requirement));
        Box::pin(async move {
            match required {
                Ok(()) => inner.call(request).await,
                Err(refusal) => Ok(refusal.into_http()),
            }
        })
    }
}
