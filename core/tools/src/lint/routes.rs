//! Warnings about routes.

use super::document::{is_set, is_word, list, texts};
use super::warning::{Severity, Warning};
use serde_json::Value;

pub(super) fn lint(document: &Value, warnings: &mut Vec<Warning>) {
    let routes = list(document, "routes");
    for (index, route) in routes.iter().enumerate() {
        let path = format!("routes[{index}]");
        if takes_every_path(route) && methods(route).is_empty() {
            if is_set(route, "skip") {
                let message = "every request that comes here passes without a token";
                warnings.push(Warning::new("skips_everything", Severity::High, path.clone(), message, NARROW));
            } else if is_set(route, "optional") {
                let message = "no request that comes here needs a token";
                warnings.push(Warning::new("optional_everywhere", Severity::Medium, path.clone(), message, NARROW));
            }
        }
        let earlier = routes.get(..index).unwrap_or_default();
        if let Some(warning) = unreachable(earlier, route, &path).or_else(|| alike(earlier, route, &path)) {
            warnings.push(warning);
        }
    }
    lint_unmatched(document, routes, warnings);
    if !document.get("targets").map(|targets| list(targets, "allow")).unwrap_or_default().is_empty() {
        let message = "paths that servers read in more than one way are taken, and each of their routes holds";
        let hint = "see to it that nothing between the policy and the application reads such paths otherwise";
        warnings.push(Warning::new("odd_targets", Severity::Low, "targets.allow", message, hint));
    }
}

/// Expressions see the path as the request has it, and a route sees what servers make of it.
pub(super) fn lint_expression(expression: Option<&Value>, path: &str, warnings: &mut Vec<Warning>) {
    let Some(text) = expression.and_then(Value::as_str) else { return };
    let text: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let mut behind = text.split("request.path").skip(1);
    if behind.any(|rest| !rest.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_')) {
        let message = "the expression sees the path as it came, which another letter case or a slash at the end evades";
        let hint = "write a route for such paths, which can ask for issuers, audience, client_id, scopes and claims";
        warnings.push(Warning::new("path_in_expression", Severity::Medium, path, message, hint));
    }
}

const NARROW: &str = "name the path or the methods";

/// A route that takes no request, or that never lets one pass because an earlier one holds as well.
fn unreachable(earlier: &[Value], route: &Value, path: &str) -> Option<Warning> {
    if let Some(index) = earlier.iter().position(|earlier| covers(earlier, route)) {
        let message = format!("routes[{index}] takes every request of this route, so it is never reached");
        let hint = "put the narrower route first: the first that matches counts";
        return Some(Warning::new("unreachable_route", Severity::Medium, path, &message, hint));
    }
    let index = earlier.iter().position(|earlier| relaxes(route) && !relaxes(earlier) && may_cover(earlier, route))?;
    let message = format!(
        "routes[{index}] holds in any letter case, with a slash at the end or without, and for HEAD: it asks every request of this route for a token"
    );
    let hint = "put this route first, or write both in the same way";
    Some(Warning::new("unreachable_route", Severity::Medium, path, &message, hint))
}

/// Two routes that some servers take for the same.
fn alike(earlier: &[Value], route: &Value, path: &str) -> Option<Warning> {
    let ours = written(route)?;
    let same = |earlier: &&Value| written(earlier).is_some_and(|theirs| spelled(&theirs) == spelled(&ours));
    let index = earlier.iter().position(|earlier| same(&earlier) && meet(earlier, route))?;
    let message = format!("routes[{index}] differs in letter case or in a slash at the end alone");
    let hint = "where a server sees no difference, what both ask for should be the same; write one route";
    Some(Warning::new("alike_routes", Severity::Medium, path, &message, hint))
}

/// Where routes ask for more, a request that none of them names needs a token and no more.
fn lint_unmatched(document: &Value, routes: &[Value], warnings: &mut Vec<Warning>) {
    let asks = |route: &Value| ASKS.iter().any(|ask| route.get(ask).is_some());
    let all = |route: &Value| takes_every_path(route) && methods(route).is_empty();
    if is_word(document, "unmatched", "token") && routes.iter().any(asks) && !routes.iter().any(all) {
        let message = "every token is enough for requests that no route names, those of new endpoints too";
        let hint = "write  unmatched: deny  and name all requests";
        warnings.push(Warning::new("unmatched_token", Severity::Low, "unmatched", message, hint));
    }
}

const ASKS: [&str; 5] = ["issuers", "audience", "client_id", "scopes", "claims"];

fn relaxes(route: &Value) -> bool {
    is_set(route, "skip") || is_set(route, "optional")
}

fn takes_every_path(route: &Value) -> bool {
    let every = |regex: &str| matches!(regex, ".*" | "/.*" | "(?s).*" | "(?s)/.*" | ".+" | "/?.*");
    route.get("path").is_none() && route.get("path_regex").and_then(Value::as_str).is_none_or(every)
}

/// Whether every request that takes `later` has taken `earlier` before.
fn covers(earlier: &Value, later: &Value) -> bool {
    let (ours, theirs) = (methods(earlier), methods(later));
    let all_methods = ours.is_empty() || (!theirs.is_empty() && theirs.iter().all(|method| ours.contains(method)));
    let regex = |route: &Value| route.get("path_regex").and_then(Value::as_str).map(str::to_owned);
    let all_paths = takes_every_path(earlier)
        || match (written(earlier), written(later)) {
            (Some(ours), Some(theirs)) => template_covers(&ours, &theirs),
            _ => regex(earlier).is_some() && regex(earlier) == regex(later),
        };
    all_methods && all_paths
}

/// Whether a server may take every request of `later` for one of `earlier`, which asks for a token.
fn may_cover(earlier: &Value, later: &Value) -> bool {
    let (mut ours, theirs) = (methods(earlier), methods(later));
    if ours.iter().any(|method| method == "GET") {
        ours.push("HEAD".to_owned());
    }
    let all_methods = ours.is_empty() || (!theirs.is_empty() && theirs.iter().all(|method| ours.contains(method)));
    let all_paths = takes_every_path(earlier)
        || match (written(earlier), written(later)) {
            (Some(ours), Some(theirs)) => template_covers(&spelled(&ours), &spelled(&theirs)),
            _ => false,
        };
    all_methods && all_paths
}

/// Whether the two have a method in common.
fn meet(one: &Value, other: &Value) -> bool {
    let (ours, theirs) = (methods(one), methods(other));
    ours.is_empty() || theirs.is_empty() || ours.iter().any(|method| theirs.contains(method))
}

fn written(route: &Value) -> Option<String> {
    route.get("path").and_then(Value::as_str).map(str::to_owned)
}

/// A template as a server may read it that knows neither letter case nor slashes at the end; placeholders have no names.
fn spelled(template: &str) -> String {
    let segments = template.split('/').map(|segment| match segment.starts_with('{') {
        true => "{}".to_owned(),
        false => segment.to_lowercase(),
    });
    let text = segments.collect::<Vec<_>>().join("/");
    text.strip_suffix('/').filter(|rest| !rest.is_empty()).unwrap_or(&text).to_owned()
}

/// A placeholder takes any segment, text takes itself.
fn template_covers(ours: &str, theirs: &str) -> bool {
    let (ours, theirs): (Vec<&str>, Vec<&str>) = (ours.split('/').collect(), theirs.split('/').collect());
    ours.len() == theirs.len()
        && ours.iter().zip(&theirs).all(|(our, their)| (our.starts_with('{') && !their.is_empty()) || our == their)
}

/// `GET|HEAD` or a list; empty for every method.
fn methods(route: &Value) -> Vec<String> {
    texts(route, "methods").iter().flat_map(|methods| methods.split('|')).map(str::to_owned).collect()
}
