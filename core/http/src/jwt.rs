//! What the layer hands on: the token of the request, and how to refuse one that is not enough.

use crate::refused::Refused;
use crate::telling;
use crate::validator::JwtValidator;
use http::header::{HeaderName, HeaderValue};
use http::{Extensions, Response, StatusCode};
use jotgate::{Answer, Requirement, Verified};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// The token of a request that has passed, as [`JwtLayer`](crate::JwtLayer) puts it among the request's extensions. It reads as a
/// [`Verified`].
///
/// With the feature `axum` it is an extractor: `Jwt` answers a request without a token as the policy says, `Option<Jwt>` is for routes
/// that may have one.
#[derive(Clone, Debug)]
pub struct Jwt {
    verified: Arc<Verified>,
    validator: JwtValidator,
}

impl Jwt {
    pub(crate) fn new(verified: Verified, validator: JwtValidator) -> Self {
        Self { verified: Arc::new(verified), validator }
    }

    /// The token of a request, from its extensions: for services of tower and handlers of tonic.
    ///
    /// # Errors
    ///
    /// The policy lets the request pass without a token; or there is no layer around the service.
    pub fn of(extensions: &Extensions) -> Result<&Self, Refusal> {
        token_of(extensions)
    }

    /// Whether the token is what an endpoint asks for. [`Verified::has_scope`] says so of a scope without refusing.
    ///
    /// # Errors
    ///
    /// It is not: the answer is that of the policy's `responses`, and where a scope lacks, its challenge names those of the endpoint.
    pub fn require(&self, requirement: &Requirement) -> Result<(), Refusal> {
        let required = self.validator.require(&self.verified, requirement);
        required.map_err(|refused| Refusal::new(self.validator.answer_with(&refused, requirement), refused))
    }

    /// The claims as a type of the application's.
    ///
    /// # Errors
    ///
    /// They do not fit.
    #[cfg(feature = "axum")]
    pub(crate) fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, Refusal> {
        self.claims().deserialize().map_err(|error| {
            // The words of the error may quote a claim.
            tracing::debug!(target: "jotgate", line = error.line(), column = error.column(), "the claims do not fit");
            Refusal::told(&self.validator, Refused::OtherClaims)
        })
    }
}

/// The token of a request that has come through the layer.
pub(crate) fn token_of(extensions: &Extensions) -> Result<&Jwt, Refusal> {
    match optional_token_of(extensions)? {
        Ok(jwt) => Ok(jwt),
        Err(Passed(validator)) => Err(Refusal::told(validator, Refused::NoToken)),
    }
}

/// The token of a request that has come through the layer, or that it has come through without one.
pub(crate) fn optional_token_of(extensions: &Extensions) -> Result<Result<&Jwt, &Passed>, Refusal> {
    match (extensions.get::<Jwt>(), extensions.get::<Passed>()) {
        (Some(jwt), _) => Ok(Ok(jwt)),
        (None, Some(passed)) => Ok(Err(passed)),
        // Nobody has looked: a route that forgot the layer must not pass for one that may do without a token.
        (None, None) => {
            telling::tell_unguarded();
            Err(Refusal { refused: Box::new(Refused::Unguarded), answer: None })
        }
    }
}

impl Deref for Jwt {
    type Target = Verified;

    fn deref(&self) -> &Verified {
        &self.verified
    }
}

/// That a request has passed, also one without a token: for whoever behind the layer refuses it after all.
#[derive(Clone)]
pub(crate) struct Passed(pub(crate) JwtValidator);

/// Why a request is refused, with the HTTP answer to it.
#[derive(Clone, Debug)]
pub struct Refusal {
    refused: Box<Refused>,
    /// Without a validator there is none.
    answer: Option<Answer>,
}

impl Refusal {
    pub(crate) fn new(answer: Answer, refused: Refused) -> Self {
        Self { refused: Box::new(refused), answer: Some(answer) }
    }

    pub(crate) fn by(validator: &JwtValidator, refused: Refused) -> Self {
        Self::new(validator.answer(&refused), refused)
    }

    /// As [`Refusal::by`], of what was not told yet.
    fn told(validator: &JwtValidator, refused: Refused) -> Self {
        validator.tell_refusal(&refused);
        Self::by(validator, refused)
    }

    /// Why, for operators.
    #[must_use]
    pub fn refused(&self) -> &Refused {
        &self.refused
    }

    /// The answer of the policy's `responses`; there is none where no validator has looked.
    #[cfg(feature = "tonic")]
    pub(crate) fn answer(&self) -> Option<&Answer> {
        self.answer.as_ref()
    }

    /// The answer as servers on `http` send it.
    #[must_use]
    pub fn into_http<B: From<String>>(self) -> Response<B> {
        let Some(answer) = self.answer else {
            let mut response = Response::new(B::from(String::new()));
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            return response;
        };
        let mut response = Response::new(B::from(answer.body));
        *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in answer.headers {
            // The core writes visible ASCII; a field that could not be sent would say less, and let nothing pass.
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.refused.fmt(f)
    }
}

impl std::error::Error for Refusal {}
