//! HTTP requests as the core sees them, and changed as it says.

use crate::refused::Refused;
use crate::validator::JwtValidator;
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderName, HeaderValue, Uri};
use jotgate::{Forward, Rejection, Request, Verified};
use std::borrow::Cow;

impl JwtValidator {
    /// As [`JwtValidator::validate_request`], for the head of a request as servers on `http` have it. In a router of axum the path
    /// is the one that the client has asked for, wherever the router is nested.
    ///
    /// # Errors
    ///
    /// The request may not pass, or nobody can say.
    pub async fn validate_parts(&self, parts: &Parts) -> Result<Option<Verified>, Refused> {
        let fields = self.fields(parts);
        let pairs = pairs(&fields);
        self.validate_request(&request(parts, &pairs)).await
    }

    /// Changes the head of a request as the policy's `forward` says, before it goes on: also of one that was let through without a
    /// token.
    ///
    /// # Errors
    ///
    /// A field or the query cannot be written, and then the request must not go on.
    pub fn forward_parts(&self, verified: Option<&Verified>, parts: &mut Parts) -> Result<(), Refused> {
        let forward = {
            let fields = self.fields(parts);
            self.forward(verified, &request(parts, &pairs(&fields)))
        };
        match forward {
            None => Ok(()),
            Some(forward) => change(parts, &forward)
                .ok_or_else(|| Rejection::internal_error("the request could not be changed as forward says").into()),
        }
    }

    /// The header fields that the policy reads. What is no text disturbs its own field alone.
    fn fields<'p>(&self, parts: &'p Parts) -> Vec<(&'p str, Cow<'p, str>)> {
        let read = parts.headers.iter().filter(|(name, _)| self.reads().has_header(name.as_str()));
        read.map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()))).collect()
    }
}

fn pairs<'f>(fields: &'f [(&'f str, Cow<'f, str>)]) -> Vec<(&'f str, &'f str)> {
    fields.iter().map(|(name, value)| (*name, value.as_ref())).collect()
}

fn request<'p>(parts: &'p Parts, headers: &'p [(&'p str, &'p str)]) -> Request<'p> {
    let target = target(parts);
    Request::new(parts.method.as_str(), target.path())
        .with_query(target.query().unwrap_or_default())
        .with_headers(headers)
}

/// A router of axum keeps the target as it came, because those that are nested in it see what is left behind their prefix.
fn target(parts: &Parts) -> &Uri {
    #[cfg(feature = "axum")]
    if let Some(axum::extract::OriginalUri(uri)) = parts.extensions.get() {
        return uri;
    }
    &parts.uri
}

fn change(parts: &mut Parts, forward: &Forward) -> Option<()> {
    // A name that is none of HTTP stands in no request.
    for name in forward.remove.iter().filter_map(|name| HeaderName::from_bytes(name.as_bytes()).ok()) {
        parts.headers.remove(name);
    }
    for (name, value) in &forward.set {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        parts.headers.insert(name, HeaderValue::from_str(value).ok()?);
    }
    if let Some(query) = &forward.query {
        #[cfg(feature = "axum")]
        if let Some(axum::extract::OriginalUri(uri)) = parts.extensions.get_mut() {
            *uri = with_query(uri, query)?;
        }
        parts.uri = with_query(&parts.uri, query)?;
    }
    Some(())
}

fn with_query(uri: &Uri, query: &str) -> Option<Uri> {
    let text = if query.is_empty() { uri.path().to_owned() } else { format!("{}?{query}", uri.path()) };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(text).ok()?);
    Uri::from_parts(parts).ok()
}
