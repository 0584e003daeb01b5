//! Extractors for axum, of routes behind [`JwtLayer`](crate::JwtLayer).

use crate::jwt::{Jwt, Refusal, optional_token_of, token_of};
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use serde::de::DeserializeOwned;

/// The claims of a request's token, read as a type of the application's. Claims that the type does not name are not looked at, and
/// what does not fit is answered as a token that is not valid here.
#[derive(Clone, Copy, Debug, Default)]
pub struct Claims<T>(pub T);

impl<S: Send + Sync> FromRequestParts<S> for Jwt {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        token_of(&parts.extensions).cloned()
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Jwt {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Refusal> {
        optional_token_of(&parts.extensions).map(|jwt| jwt.ok().cloned())
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Claims<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        token_of(&parts.extensions)?.read().map(Self)
    }
}

impl<T: DeserializeOwned, S: Send + Sync> OptionalFromRequestParts<S> for Claims<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Refusal> {
        let jwt = optional_token_of(&parts.extensions)?.ok();
        jwt.map(|jwt| jwt.read().map(Self)).transpose()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.into_http()
    }
}
