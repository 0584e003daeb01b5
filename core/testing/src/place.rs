//! Requests that carry a token where the policy looks for it.

use crate::document::{Document, texts};
use crate::wants::scopes;
use jotgate::Request;
use serde_json::{Value, json};

/// A request, as plain data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// The path, with the query behind a question mark where there is one.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
}

impl Asked {
    pub(crate) fn of(method: &str, target: &str) -> Self {
        Self { method: method.to_owned(), target: target.to_owned(), headers: Vec::new() }
    }

    /// Asks something about this request.
    pub(crate) fn ask<T>(&self, ask: impl FnOnce(&Request<'_>) -> T) -> T {
        let headers: Vec<_> = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        ask(&Request::new(&self.method, path).with_query(query).with_headers(&headers))
    }
}

/// A place of the policy's `token.sources`.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Header { name: String, scheme: Option<String> },
    Cookie { name: String, scheme: Option<String> },
    Query { name: String },
}

impl Place {
    /// The first place that is more than an expression. `None` where there is no such place.
    pub(crate) fn first(document: &Document) -> Option<Self> {
        let Some(sources) = document.member("token").and_then(|token| token.get("sources")) else {
            return Some(Self::Header { name: "Authorization".to_owned(), scheme: Some("Bearer".to_owned()) });
        };
        sources.as_array()?.iter().find_map(|source| {
            let text = |name: &str| source.get(name).and_then(Value::as_str).map(str::to_owned);
            let scheme = text("scheme");
            match (text("header"), text("cookie"), text("query")) {
                (Some(name), ..) => Some(Self::Header { name, scheme }),
                (_, Some(name), _) => Some(Self::Cookie { name, scheme }),
                (.., Some(name)) => Some(Self::Query { name }),
                _ => None,
            }
        })
    }

    /// The same request with these tokens, one beside the other.
    pub(crate) fn put(&self, asked: &Asked, tokens: &[&str]) -> Asked {
        let mut asked = asked.clone();
        let schemed = |scheme: &Option<String>, token: &str| match scheme {
            Some(scheme) => format!("{scheme} {token}"),
            None => token.to_owned(),
        };
        match self {
            Self::Header { name, scheme } => {
                asked.headers.extend(tokens.iter().map(|token| (name.clone(), schemed(scheme, token))));
            }
            Self::Cookie { name, scheme } => {
                let pairs: Vec<_> = tokens.iter().map(|token| format!("{name}={}", schemed(scheme, token))).collect();
                if !pairs.is_empty() {
                    asked.headers.push(("Cookie".to_owned(), pairs.join("; ")));
                }
            }
            Self::Query { name } => {
                for token in tokens {
                    let sign = if asked.target.contains('?') { '&' } else { '?' };
                    asked.target.push_str(&format!("{sign}{name}={token}"));
                }
            }
        }
        asked
    }
}

/// Requests that the policy may ask a token of, with the scopes that their route asks for: of every path, and of each route.
pub(crate) fn requests(document: &Document) -> Vec<(Asked, Vec<String>)> {
    let mut requests = vec![(Asked::of("GET", "/"), Vec::new())];
    for route in document.list("routes") {
        let waived = |name: &str| route.get(name) == Some(&json!(true));
        let Some(path) = route.get("path").and_then(Value::as_str) else { continue };
        if waived("skip") || waived("optional") {
            continue;
        }
        let method = texts(route.get("methods")).into_iter().next().unwrap_or_else(|| "GET".to_owned());
        let method = method.split('|').next().unwrap_or_default().to_owned();
        let segments = path.split('/').map(|segment| if segment.starts_with('{') { "1" } else { segment });
        let path = segments.collect::<Vec<_>>().join("/");
        requests.push((Asked::of(&method, &path), scopes(route.get("scopes"))));
    }
    requests
}
