//! A request as a command line describes it.

use jotgate::Forward;
use jotgate::Request;

/// A request, as plain data. Its header fields may carry tokens, so it is never printed.
#[derive(Clone)]
pub(super) struct Asked {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
}

impl Asked {
    /// `PUT /orders/7?page=2`, and fields as `Name: value`. An error quotes nothing, since a field may be a token.
    pub(super) fn read(line: &str, fields: &[String]) -> Result<Self, String> {
        let (method, target) = match line.trim().split_once(' ') {
            Some((method, target)) => (method, target.trim_start()),
            None => ("GET", line.trim()),
        };
        if !target.starts_with('/') || target.contains(char::is_whitespace) {
            return Err(r#"--request is a method and a path: "PUT /orders/7?page=2""#.to_owned());
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers = fields.iter().map(|field| self::field(field)).collect::<Result<_, _>>()?;
        Ok(Self { method: method.to_owned(), path: path.to_owned(), query: query.to_owned(), headers })
    }

    /// A field or the query as the application sees it behind the changes of `forward`: `None` where there is none.
    pub(super) fn seen(&self, name: &str, forward: &Forward) -> Option<String> {
        let is = |other: &str| other.eq_ignore_ascii_case(name);
        if is("query") {
            return Some(forward.query.clone().unwrap_or_else(|| self.query.clone()));
        }
        let set = forward.set.iter().find(|(other, _)| is(other)).map(|(_, value)| value);
        let stays = || self.headers.iter().find(|(other, _)| is(other)).map(|(_, value)| value);
        let removed = forward.remove.iter().any(|other| is(other));
        set.or_else(|| if removed { None } else { stays() }).cloned()
    }

    /// The same request with another field.
    pub(super) fn with(&self, name: &str, value: String) -> Self {
        let mut asked = self.clone();
        asked.headers.push((name.to_owned(), value));
        asked
    }

    /// Asks something about this request.
    pub(super) fn ask<T>(&self, ask: impl FnOnce(&Request<'_>) -> T) -> T {
        let headers: Vec<_> = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        ask(&Request::new(&self.method, &self.path).with_query(&self.query).with_headers(&headers))
    }
}

/// Shows the method alone, as a request does.
impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Asked").field("method", &self.method).finish_non_exhaustive()
    }
}

fn field(text: &str) -> Result<(String, String), String> {
    match text.split_once(':') {
        Some((name, value)) if !name.is_empty() && !name.contains(char::is_whitespace) => {
            Ok((name.to_owned(), value.trim().to_owned()))
        }
        _ => Err("--header is a name and a value: 'X-Tenant: blue'".to_owned()),
    }
}
