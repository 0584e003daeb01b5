//! Warnings about routes.

use super::document::{is_set, texts};
use super::warning::{Severity, Warning};
use serde_json::Value;

pub(super) fn lint(routes: &[Value], warnings: &mut Vec<Warning>) {
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
        let earlier = routes.iter().take(index).position(|earlier| covers(earlier, route));
        if let Some(earlier) = earlier {
            let message = format!("routes[{earlier}] takes every request of this route, so it is never reached");
            let hint = "put the narrower route first: the first that matches counts";
            warnings.push(Warning::new("unreachable_route", Severity::Medium, path, &message, hint));
        }
    }
}

const NARROW: &str = "name the path or the methods";

fn takes_every_path(route: &Value) -> bool {
    let every = |regex: &str| matches!(regex, ".*" | "/.*" | "(?s).*" | "(?s)/.*" | ".+" | "/?.*");
    route.get("path").is_none() && route.get("path_regex").and_then(Value::as_str).is_none_or(every)
}

/// Whether every request that takes `later` has taken `earlier` before.
fn covers(earlier: &Value, later: &Value) -> bool {
    let (ours, theirs) = (methods(earlier), methods(later));
    let all_methods = ours.is_empty() || (!theirs.is_empty() && theirs.iter().all(|method| ours.contains(method)));
    let text = |route: &'_ Value, name: &str| route.get(name).and_then(Value::as_str).map(str::to_owned);
    let all_paths = takes_every_path(earlier)
        || match (text(earlier, "path"), text(later, "path")) {
            (Some(ours), Some(theirs)) => template_covers(&ours, &theirs),
            _ => {
                let ours = text(earlier, "path_regex");
                ours.is_some() && ours == text(later, "path_regex")
            }
        };
    all_methods && all_paths
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
