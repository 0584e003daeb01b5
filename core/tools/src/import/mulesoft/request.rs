//! Where the token is, and which requests the policy applies to.

use super::envelope::Names;
use crate::import::dataweave::{self, TokenPlace};
use crate::import::notes::Notes;
use crate::import::section::Section;
use regex::Regex;
use serde_json::{Map, Value, json};

pub(super) fn token_source(config: &mut Section, notes: &mut Notes) -> Value {
    let target = "token.sources[0]";
    let origin = config.text("jwtOrigin", notes);
    let expression = config.text("jwtExpression", notes);
    let path = config.at("jwtOrigin");
    let bearer = || json!({"header": "Authorization", "scheme": "Bearer"});
    match origin.as_deref() {
        Some("customExpression") => notes.carried(path, target, "where jwtExpression says"),
        Some("httpBearerAuthenticationHeader") | None => {
            let message = if origin.is_some() {
                "the bearer header"
            } else {
                "not set: the gateway's default, the bearer header"
            };
            notes.carried(path, target, message);
            if expression.is_some() {
                notes.changed(config.at("jwtExpression"), None, "not used with this origin");
            }
            return bearer();
        }
        Some(_) => {
            notes.cannot(path, Some(target), "expected httpBearerAuthenticationHeader or customExpression");
            return bearer();
        }
    }
    let path = config.at("jwtExpression");
    let Some(expression) = expression else {
        notes.carried(path, target, "not set: the gateway's default, the header jwt");
        return json!({"header": "jwt"});
    };
    match dataweave::token_place(&expression) {
        Ok(TokenPlace::Header(name)) if name.eq_ignore_ascii_case("authorization") => {
            notes.changed(path, Some(target), "the bearer header, without its scheme in front of the token");
            bearer()
        }
        Ok(TokenPlace::Header(name)) => {
            notes.carried(path, target, "a header");
            json!({"header": name})
        }
        Ok(TokenPlace::HeaderCredentials(name)) => {
            notes.changed(
                path,
                Some(target),
                "a header under the scheme Bearer; the gateway takes any word in its place",
            );
            json!({"header": name, "scheme": "Bearer"})
        }
        Ok(TokenPlace::Query(name)) => {
            notes.carried(path, target, "a query parameter");
            json!({"query": name})
        }
        Err(obstacle) => {
            notes.cannot(path, Some(target), obstacle.to_string());
            bearer()
        }
    }
}

/// The routes of a policy that applies to some requests and lets the others pass. A condition that cannot be carried over is
/// left out, so that the policy applies to more requests.
pub(super) fn routes(conditions: Option<(Vec<Value>, String, Names)>, notes: &mut Notes) -> Option<Value> {
    let (list, path, names) = conditions?;
    if list.is_empty() {
        notes.carried(path, "routes", "empty: the policy applies to every request");
        return None;
    }
    let mut routes = Vec::new();
    let mut every = false;
    let single = list.len() == 1;
    for (index, condition) in list.into_iter().enumerate() {
        let source = format!("{path}[{index}]");
        let target = format!("routes[{index}]");
        let Value::Object(members) = condition else {
            notes.cannot(source, Some(&target), "expected an object; the policy applies to every request");
            every = true;
            continue;
        };
        let mut condition = Section::new(source, members);
        if let Some(spared) = single.then(|| spared(&mut condition, names, notes)).flatten() {
            condition.refuse_rest(&[names.methods, names.path], notes);
            return Some(spared);
        }
        let route = route(condition, &target, names, notes);
        every |= route.is_empty();
        routes.push(Value::Object(route));
    }
    if every {
        notes.changed(path, Some("routes"), "one of the conditions takes every request, so there are no routes");
        return None;
    }
    let target = format!("routes[{}]", routes.len());
    let message = "every other request passes without a token, as in the gateway; here any base path may stand in front of a path, a condition holds in any letter case and with a slash at the end or without, and a target that servers read in more than one way is refused";
    notes.changed(path, Some(&target), message);
    routes.push(json!({"skip": true}));
    Some(routes.into())
}

/// The routes of a policy whose one condition is "all paths but these", which needs a look ahead that no pattern of ours has:
/// what it spares is a route of its own.
fn spared(condition: &mut Section, names: Names, notes: &mut Notes) -> Option<Value> {
    let pattern = condition.peek_text(names.path).and_then(all_but)?;
    let methods = condition.take(names.methods, notes);
    let source = condition.at(names.methods);
    let methods = match methods.as_ref().map(methods_of) {
        None => Vec::new(),
        Some(Some(methods)) => {
            let message = if methods.is_empty() { "every method" } else { "these methods" };
            notes.carried(source, "routes[1]", message);
            methods
        }
        Some(None) => {
            notes.cannot(source, Some("routes"), "no plain list of methods; the policy takes every method");
            Vec::new()
        }
    };
    condition.remove(names.path);
    let message = "all paths but these, which need no token; here what begins a path counts, with its base path, and not what stands further behind";
    notes.changed(condition.at(names.path), Some("routes[0].path_regex"), message);
    let mut routes = vec![json!({"path_regex": pattern, "skip": true})];
    if !methods.is_empty() {
        routes.push(json!({"methods": methods}));
        routes.push(json!({"skip": true}));
        notes.changed("", Some("routes[2]"), "every other request passes without a token, as in the gateway");
    }
    Some(routes.into())
}

/// What `^((?!/health).)*$` and `^(?!/health).*$` spare, as a pattern for a whole path.
///
/// The first of them spares every path that has `/health` anywhere in it, `/orders/health-insurance` too. Whoever writes it means
/// the paths that begin so, and a path that is spared in error needs no token: so the narrower reading is taken.
fn all_but(pattern: &str) -> Option<String> {
    let inner = pattern.strip_prefix('^').unwrap_or(pattern);
    let inner = inner.strip_suffix('$').unwrap_or(inner);
    let tempered = ["((?!", "(?:(?!"].iter().find_map(|open| inner.strip_prefix(open)?.strip_suffix(").)*"));
    let spared = tempered.or_else(|| inner.strip_prefix("(?!")?.strip_suffix(").*"))?;
    // What is no pattern alone is more than one of them, or has a look ahead of its own.
    if spared.is_empty() || Regex::new(spared).is_err() {
        return None;
    }
    let slash = if spared.starts_with('/') { "" } else { "/?" };
    Some(format!("{slash}(?:{spared}).*"))
}

fn route(mut condition: Section, target: &str, names: Names, notes: &mut Notes) -> Map<String, Value> {
    let mut route = Map::new();
    if let Some(methods) = condition.take(names.methods, notes) {
        let path = condition.at(names.methods);
        match methods_of(&methods) {
            Some(methods) if methods.is_empty() => notes.carried(path, target, "every method"),
            Some(methods) => {
                notes.carried(path, target, "these methods");
                route.insert("methods".to_owned(), json!(methods));
            }
            None => notes.cannot(path, Some(target), "no plain list of methods; the route takes every method"),
        }
    }
    if let Some(pattern) = condition.text(names.path, notes) {
        let path = condition.at(names.path);
        if pattern.contains('{') && pattern.contains('}') && !pattern.contains(|c: char| c.is_ascii_digit()) {
            notes.cannot(
                path,
                Some(target),
                "placeholders do not work in the gateway; write the path as a regular expression",
            );
        } else if matches!(pattern.as_str(), ".*" | "/.*" | "/(.*)" | "(/.*)" | "") {
            notes.carried(path, target, "every path");
        } else {
            notes.carried(path, target, "the whole path matches, whatever base path stands in front");
            route.insert("path_regex".to_owned(), below_any_base(pattern).into());
        }
    }
    condition.refuse_rest(&[names.methods, names.path], notes);
    route
}

/// The gateway takes the API's base path off before it looks, and does not say here what it is. A path that is not guarded
/// passes without a token, so the pattern is taken below any base path.
fn below_any_base(pattern: String) -> String {
    // What is no pattern alone could be one inside another, and mean something else.
    if Regex::new(&pattern).is_ok() { format!("(?:/.*)?(?:{pattern})") } else { pattern }
}

/// The methods in `GET|POST`, `(GET|POST)` or a list; none for every method.
fn methods_of(value: &Value) -> Option<Vec<String>> {
    let texts: Vec<&str> = match value {
        Value::String(text) => vec![text],
        Value::Array(elements) => elements.iter().map(Value::as_str).collect::<Option<_>>()?,
        _ => return None,
    };
    if matches!(texts.as_slice(), ["" | ".*"]) {
        return Some(Vec::new());
    }
    let mut methods = Vec::new();
    for text in texts {
        let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(text);
        for method in inner.split('|').map(str::trim) {
            if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_uppercase()) {
                return None;
            }
            methods.push(method.to_owned());
        }
    }
    Some(methods)
}
