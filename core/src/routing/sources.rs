//! Where in a request the token is: the policy's `token.sources`.

use super::forward::Forward;
use crate::codes::Code;
use crate::document::{PolicyError, WrittenTokenSource, all};
use crate::expression::Expression;
use crate::rejection::Rejection;
use crate::request::{Request, credentials, field_value};
use crate::request_parts::RequestParts;
use std::borrow::Cow;

/// The places that a policy looks for a token in.
#[derive(Debug)]
pub(crate) struct TokenSources(Vec<TokenSource>);

#[derive(Debug)]
enum TokenSource {
    /// A header field; with a scheme, the credentials of that scheme, without one the whole value.
    Header { name: String, scheme: Option<String> },
    /// A cookie, by its name; with a scheme, the credentials of that scheme in it.
    Cookie { name: String, scheme: Option<String> },
    /// A query parameter, by its name.
    Query(String),
    /// What an expression makes of the request.
    Expression(Expression),
}

impl TokenSources {
    /// The sources as written, or the bearer header alone (RFC 6750 section 2.1).
    pub(crate) fn compile(written: Option<Vec<WrittenTokenSource>>) -> Result<Self, PolicyError> {
        let Some(written) = written else {
            return Ok(Self(vec![TokenSource::Header { name: "authorization".into(), scheme: Some("Bearer".into()) }]));
        };
        if written.is_empty() {
            return Err(PolicyError::new("token.sources", "expected at least one source"));
        }
        let sources = written.into_iter().enumerate().map(|(index, source)| {
            let path = format!("token.sources[{index}]");
            source_of(source, &path)
        });
        all(sources).map(Self)
    }

    /// Whether where the token lies depends on how the request's path is spelled.
    pub(crate) fn read_path(&self) -> bool {
        self.0.iter().any(|source| matches!(source, TokenSource::Expression(expression) if expression.reads_path()))
    }

    /// Adds the parts of a request in which a token is looked for.
    pub(crate) fn reads(&self, parts: &mut RequestParts) {
        for source in &self.0 {
            match source {
                TokenSource::Header { name, scheme: _ } => parts.read_header(name),
                TokenSource::Cookie { name: _, scheme: _ } => parts.read_cookies(),
                TokenSource::Query(_) => parts.read_query(),
                TokenSource::Expression(expression) => expression.reads(parts),
            }
        }
    }

    /// The places as the policy writes them, for explanations.
    pub(crate) fn written(&self) -> String {
        let place = |source: &TokenSource| match source {
            TokenSource::Header { name, scheme: None } => format!("header {name}"),
            TokenSource::Header { name, scheme: Some(scheme) } => format!("header {name}: {scheme}"),
            TokenSource::Cookie { name, scheme: None } => format!("cookie {name}"),
            TokenSource::Cookie { name, scheme: Some(scheme) } => format!("cookie {name}: {scheme}"),
            TokenSource::Query(name) => format!("query parameter {name}"),
            TokenSource::Expression(_) => "an expression".to_owned(),
        };
        crate::text::listed(self.0.iter().map(place))
    }

    /// The one token of a request. The same token in two places is one; two different ones are none, because whoever
    /// reads the request next might take the other (RFC 6750 section 2).
    pub(crate) fn token<'r>(&self, request: &Request<'r>) -> Result<Cow<'r, str>, Rejection> {
        let mut found: Option<Cow<'r, str>> = None;
        for source in &self.0 {
            source.each_token(request, |token| match &found {
                _ if token.is_empty() => Ok(()),
                None => {
                    found = Some(token);
                    Ok(())
                }
                Some(first) if *first == token => Ok(()),
                Some(_) => Err(Rejection::new(Code::MultipleTokens, "the request carries tokens that differ")),
            })?;
        }
        found.ok_or_else(|| {
            Rejection::new(Code::MissingToken, "the request carries no token where the policy looks for one")
        })
    }
}

/// Taking the token out of a request that goes on.
impl TokenSources {
    /// Whether the place of the token is the secret of an expression.
    pub(super) fn have_expressions(&self) -> bool {
        self.0.iter().any(|source| matches!(source, TokenSource::Expression(_)))
    }

    /// Takes every place out where the policy would find a token: whole header fields, and the cookies and parameters of
    /// the names, of which the others stay.
    pub(super) fn strip(&self, request: &Request<'_>, forward: &mut Forward) {
        let (mut cookies, mut parameters) = (Vec::new(), Vec::new());
        for source in &self.0 {
            match source {
                TokenSource::Header { name, .. } if source.holds_one(request) => {
                    forward.remove(name);
                }
                TokenSource::Cookie { name, .. } if request.cookies(name).next().is_some() => {
                    cookies.push(name.as_str())
                }
                TokenSource::Query(name) if request.query_values(name).next().is_some() => {
                    parameters.push(name.as_str());
                }
                _ => {}
            }
        }
        if !cookies.is_empty() {
            forward.remove("Cookie");
            let rest = request.cookies_without(&cookies);
            if !rest.is_empty() {
                forward.set.push(("Cookie".to_owned(), rest));
            }
        }
        if !parameters.is_empty() {
            forward.query = Some(request.query_without(&parameters));
        }
    }
}

impl TokenSource {
    /// Whether there is a token in this place, be it an empty one.
    fn holds_one(&self, request: &Request<'_>) -> bool {
        let mut holds = false;
        let read = self.each_token(request, |_| {
            holds = true;
            Ok(())
        });
        read.is_ok() && holds
    }

    /// All tokens in this place. Several field lines, cookies or parameters of one name are several tokens.
    fn each_token<'r>(
        &self, request: &Request<'r>, mut take: impl FnMut(Cow<'r, str>) -> Result<(), Rejection>,
    ) -> Result<(), Rejection> {
        match self {
            Self::Header { name, scheme } => {
                let values = request.header(name).map(field_value);
                let mut tokens = values.filter_map(|value| credentials(value, scheme.as_deref()));
                tokens.try_for_each(|token| take(Cow::Borrowed(token)))
            }
            Self::Cookie { name, scheme } => {
                let values = request.cookies(name).map(unquoted);
                let mut tokens = values.filter_map(|value| credentials(value, scheme.as_deref()));
                tokens.try_for_each(|token| take(Cow::Borrowed(token)))
            }
            Self::Query(name) => request.query_values(name).try_for_each(take),
            Self::Expression(expression) => {
                let found = expression.find(request).map_err(|_| {
                    Rejection::new(Code::MalformedToken, "the expression that finds the token gives no text")
                })?;
                found.map_or(Ok(()), |token| take(Cow::Owned(token)))
            }
        }
    }
}

/// The value of a cookie without the double quotes that may stand around it (RFC 6265 section 4.1.1), as frameworks read it.
fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value)
}

/// One source as the policy writes it: exactly one place.
fn source_of(written: WrittenTokenSource, path: &str) -> Result<TokenSource, PolicyError> {
    if written.scheme.is_some() && written.header.is_none() && written.cookie.is_none() {
        let error = PolicyError::new(format!("{path}.scheme"), "a scheme stands with a header or a cookie");
        return Err(error.with_hint("leave it out: without a scheme the whole value is the token"));
    }
    let scheme = written.scheme.map(|scheme| http_name(scheme, &format!("{path}.scheme"))).transpose()?;
    match (written.header, written.cookie, written.query, written.expression) {
        (Some(name), None, None, None) => {
            let name = http_name(name, &format!("{path}.header"))?;
            if scheme.is_none() && name.eq_ignore_ascii_case("authorization") {
                let error = PolicyError::new(path, "an Authorization header has a scheme (RFC 9110 section 11.4)");
                return Err(error.with_hint("add  scheme: Bearer"));
            }
            Ok(TokenSource::Header { name, scheme })
        }
        (None, Some(name), None, None) => {
            Ok(TokenSource::Cookie { name: http_name(name, &format!("{path}.cookie"))?, scheme })
        }
        (None, None, Some(name), None) if !name.is_empty() => Ok(TokenSource::Query(name)),
        (None, None, None, Some(text)) => {
            Expression::compile_for_requests(&text, &format!("{path}.expression")).map(TokenSource::Expression)
        }
        _ => Err(PolicyError::new(path, "expected one of header, cookie, query and expression")),
    }
}

/// A token in the sense of HTTP (RFC 9110 section 5.6.2), as names of fields, schemes and cookies are.
pub(super) fn http_name(text: String, path: &str) -> Result<String, PolicyError> {
    if is_http_name(&text) { Ok(text) } else { Err(PolicyError::new(path, "not a name that HTTP allows here")) }
}

pub(super) fn is_http_name(text: &str) -> bool {
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(valid)
}
