//! Method and resource conditions: which requests the policy applies to, and what a route adds.

use super::path::NormalPath;
use crate::checks::NeededScopes;
use crate::document::{OneOrMany, PolicyError, WrittenRoute};
use crate::pattern::Pattern;
use crate::request::Request;

/// The routes of a policy, in order; the first that matches counts.
#[derive(Debug, Default)]
pub(crate) struct Routes(Vec<Route>);

/// A kind of request and what is asked of it.
#[derive(Debug)]
pub(crate) struct Route {
    /// Empty for every method.
    methods: Vec<String>,
    path: PathPattern,
    /// The request needs no token, and one that it carries is not looked at.
    pub(crate) skip: bool,
    /// The request needs no token, but one that it carries must be good.
    pub(crate) optional: bool,
    pub(crate) scopes: Option<NeededScopes>,
}

#[derive(Debug)]
enum PathPattern {
    Any,
    /// Segments; `None` stands for one segment of any text.
    Template(Vec<Option<String>>),
    Regex(Pattern),
}

impl Routes {
    pub(crate) fn compile(written: Vec<WrittenRoute>) -> Result<Self, PolicyError> {
        let routes =
            written.into_iter().enumerate().map(|(index, route)| Route::compile(route, &format!("routes[{index}]")));
        Ok(Self(routes.collect::<Result<_, _>>()?))
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Route> {
        self.0.get(index)
    }

    /// The route that the request takes; without one the policy applies as it is.
    ///
    /// Paths are matched in their normal form, so that another spelling does not evade a route. The application behind
    /// may read a path such as `/public/../orders` or `/health%2f..%2forders` as another one than a pattern does: such a
    /// path never takes a route that asks for less than the policy does.
    pub(crate) fn find(&self, request: &Request<'_>) -> Option<(usize, &Route)> {
        if self.0.is_empty() {
            return None;
        }
        let path = NormalPath::of(request.path);
        self.0.iter().enumerate().find(|(_, route)| {
            (path.plain || !route.relaxes()) && route.takes_method(request.method) && route.path.matches(&path.text)
        })
    }
}

impl Route {
    fn compile(written: WrittenRoute, path: &str) -> Result<Self, PolicyError> {
        if written.skip && (written.optional || written.scopes.is_some()) {
            return Err(PolicyError::new(path, "skip excludes optional and scopes"));
        }
        let pattern = match (written.path, written.path_regex) {
            (Some(_), Some(_)) => return Err(PolicyError::new(path, "path excludes path_regex")),
            (Some(template), None) => template_of(&template, &format!("{path}.path"))?,
            (None, Some(regex)) => PathPattern::Regex(Pattern::whole(&regex, &format!("{path}.path_regex"))?),
            (None, None) => PathPattern::Any,
        };
        Ok(Self {
            methods: written.methods.map(|methods| methods_of(methods, path)).transpose()?.unwrap_or_default(),
            path: pattern,
            skip: written.skip,
            optional: written.optional,
            scopes: written
                .scopes
                .map(|scopes| NeededScopes::compile(scopes.0.all, scopes.0.any, &format!("{path}.scopes")))
                .transpose()?,
        })
    }

    /// Whether the route asks for less than the policy does without it.
    fn relaxes(&self) -> bool {
        self.skip || self.optional
    }

    /// Methods compare with case (RFC 9110 section 9.1): `get` is another method than `GET`.
    fn takes_method(&self, method: &str) -> bool {
        self.methods.is_empty() || self.methods.iter().any(|ours| ours == method)
    }
}

impl PathPattern {
    fn matches(&self, path: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Regex(regex) => regex.matches(path),
            Self::Template(segments) => {
                let mut found = path.split('/');
                segments.iter().all(|segment| match (segment, found.next()) {
                    (Some(text), Some(found)) => text == found,
                    (None, Some(found)) => !found.is_empty(),
                    (_, None) => false,
                }) && found.next().is_none()
            }
        }
    }
}

/// `GET|HEAD` or a list; methods compare with case (RFC 9110 section 9.1).
fn methods_of(methods: OneOrMany, path: &str) -> Result<Vec<String>, PolicyError> {
    let methods: Vec<String> =
        methods.into_vec().iter().flat_map(|methods| methods.split('|')).map(str::to_owned).collect();
    let valid =
        |method: &String| !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-');
    if !methods.is_empty() && methods.iter().all(valid) {
        Ok(methods)
    } else {
        let error = PolicyError::new(format!("{path}.methods"), "expected methods in upper case");
        Err(error.with_hint("write [GET, HEAD] or GET|HEAD"))
    }
}

/// A template is written as requests are normalised; one that is not would match nothing, and nobody would see it.
fn template_of(template: &str, path: &str) -> Result<PathPattern, PolicyError> {
    let error = |message: &str| PolicyError::new(path, message);
    if !template.starts_with('/') {
        return Err(error("a path begins with a slash"));
    }
    // Braces are for placeholders, which stand for any segment.
    let without_placeholders = template.replace(['{', '}'], "");
    if NormalPath::of(&without_placeholders) != (NormalPath { text: without_placeholders, plain: true }) {
        let error = error("write the path in its normal form");
        return Err(
            error.with_hint("no dot segments, double slashes, parameters or needless escapes; others as in %C3%A9")
        );
    }
    let segments = template.split('/').map(|segment| {
        let placeholder = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        match placeholder {
            Some(name) if !name.is_empty() && !name.contains(['{', '}']) => Ok(None),
            None if !segment.contains(['{', '}']) => Ok(Some(segment.to_owned())),
            _ => Err(error("a placeholder such as {id} stands for a whole segment")),
        }
    });
    Ok(PathPattern::Template(segments.collect::<Result<_, _>>()?))
}
