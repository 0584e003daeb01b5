//! HTTP requests as the core sees them, and changed as it says.

use crate::refused::Refused;
use crate::ruling::Ruling;
use crate::validator::JwtValidator;
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderName, HeaderValue, Uri};
use jotgate::{Forward, Question, Rejection, Request, Verified};
use std::borrow::Cow;

impl JwtValidator {
    /// As [`JwtValidator::validate_request`], for the head of a request as servers on `http` have it. In a nested
    /// router of axum the path is the whole one, with the prefix.
    ///
    /// # Errors
    ///
    /// The request may not pass, or nobody can say.
    pub async fn validate_parts(&self, parts: &Parts) -> Result<Option<Verified>, Refused> {
        // What is left out and who judges go together: another policy may read other fields.
        let ruling = self.ruling();
        let (path, fields) = (path(parts), fields(&ruling, parts));
        let pairs = pairs(&fields);
        let request = request(parts, &path, &pairs);
        self.decide_under(&ruling, Question::request(&request)).await
    }

    /// Changes the head of a request as the policy's `forward` says, before it goes on: also of one that was let through without a
    /// token.
    ///
    /// # Errors
    ///
    /// A field or the query cannot be written, and then the request must not go on.
    pub fn forward_parts(&self, verified: Option<&Verified>, parts: &mut Parts) -> Result<(), Refused> {
        let ruling = self.ruling();
        if !ruling.forwards {
            return Ok(());
        }
        let forward = {
            let (path, fields) = (path(parts), fields(&ruling, parts));
            ruling.forward(verified, &request(parts, &path, &pairs(&fields)))
        };
        change(parts, &forward).ok_or_else(|| {
            let refused = Rejection::internal_error("the request could not be changed as forward says").into();
            self.tell_refusal(&refused);
            refused
        })
    }
}

/// The header fields that the policy reads. What is no text disturbs its own field alone.
fn fields<'p>(ruling: &Ruling, parts: &'p Parts) -> Vec<(&'p str, Cow<'p, str>)> {
    let read = parts.headers.iter().filter(|(name, _)| ruling.reads.has_header(name.as_str()));
    read.map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()))).collect()
}

fn pairs<'f>(fields: &'f [(&'f str, Cow<'f, str>)]) -> Vec<(&'f str, &'f str)> {
    fields.iter().map(|(name, value)| (*name, value.as_ref())).collect()
}

fn request<'p>(parts: &'p Parts, path: &'p str, headers: &'p [(&'p str, &'p str)]) -> Request<'p> {
    let query = parts.uri.query().unwrap_or_default();
    Request::new(parts.method.as_str(), path).with_query(query).with_headers(headers)
}

/// The path as the client has asked for it. A router of axum that is nested sees what is left behind its prefix.
fn path(parts: &Parts) -> Cow<'_, str> {
    #[cfg(feature = "axum")]
    if let Some(prefix) = parts.extensions.get::<axum::extract::NestedPath>() {
        let original = parts.extensions.get::<axum::extract::OriginalUri>().map(|original| original.path());
        return nested(prefix.as_str().trim_end_matches('/'), parts.uri.path(), original);
    }
    Cow::Borrowed(parts.uri.path())
}

/// The original path is the whole one only where nothing but the prefix was taken from it. What was changed otherwise counts as it is
/// now: so the router reads it.
#[cfg(feature = "axum")]
fn nested<'p>(prefix: &str, path: &'p str, original: Option<&'p str>) -> Cow<'p, str> {
    match original.filter(|original| behind(prefix, original) == Some(path)) {
        Some(original) => Cow::Borrowed(original),
        None => Cow::Owned(format!("{prefix}{path}")),
    }
}

/// What axum leaves of a path behind the prefix of a nested router, `/{tenant}/shop` for one.
#[cfg(feature = "axum")]
fn behind<'p>(prefix: &str, path: &'p str) -> Option<&'p str> {
    let mut rest = path;
    for expected in prefix.split('/').skip(1) {
        let inner = rest.strip_prefix('/')?;
        let (segment, left) = inner.split_at_checked(inner.find('/').unwrap_or(inner.len()))?;
        if segment != expected && !expected.starts_with('{') {
            return None;
        }
        rest = left;
    }
    Some(if rest.is_empty() { "/" } else { rest })
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

#[cfg(all(test, feature = "axum"))]
mod tests {
    use super::nested;

    #[test]
    fn a_nested_path_is_whole_again() {
        for (prefix, path, original, whole) in [
            ("/shop", "/orders", "/shop/orders", "/shop/orders"),
            ("/shop", "/", "/shop", "/shop"),
            ("/shop", "/", "/shop/", "/shop/"),
            ("/{tenant}/shop", "/orders", "/a/shop/orders", "/a/shop/orders"),
            // Changed before the router, or within it.
            ("/shop", "/orders", "/x/orders", "/shop/orders"),
            ("/shop", "/orders", "/x/shop/orders", "/shop/orders"),
            ("/shop", "/admin", "/shop/orders", "/shop/admin"),
        ] {
            assert_eq!(nested(prefix, path, Some(original)), whole, "{original}");
        }
        assert_eq!(nested("/shop", "/orders", None), "/shop/orders");
    }
}
