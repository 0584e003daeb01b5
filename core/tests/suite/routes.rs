//! Which requests a policy applies to, and where in them it looks for the token.

use crate::issuer::{AUDIENCE, ISSUER, Key, START, key_set};
use jotgate::{Code, Policy, Request, Timestamp, Validator, Verdict};
use serde_json::{Value, json};

fn validator(additions: Value) -> Validator {
    let jwks: Value = serde_json::from_str(&key_set(&[Key(1)])).expect("JSON");
    let mut policy =
        json!({"version": 1, "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"jwks": jwks}}]});
    for (name, value) in additions.as_object().expect("an object") {
        policy[name] = value.clone();
    }
    Validator::new(Policy::from_json(&policy.to_string()).expect("a good policy"), 0)
}

/// `accepted`, `skipped` or the code.
fn verdict(validator: &Validator, method: &str, target: &str, headers: &[(&str, &str)]) -> &'static str {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let request = Request::new(method, path).with_query(query).with_headers(headers);
    match validator.validate(&request, Timestamp::from_seconds(START)) {
        Verdict::Accepted(_) => "accepted",
        Verdict::Skipped(_) => "skipped",
        Verdict::Rejected(rejection) => rejection.code.name(),
        other => panic!("no keys are fetched here: {other:?}"),
    }
}

#[test]
fn a_rejection_names_the_route_that_the_request_took() {
    let validator = validator(json!({"unmatched": "token", "routes": [
        {"path": "/health", "skip": true},
        {"path": "/orders", "scopes": {"all": ["orders:write"]}},
        {"path": "/maybe", "optional": true},
    ]}));
    let bearer = format!("Bearer {}", Key(1).token());
    for (path, bearer, route) in [
        ("/orders", bearer.as_str(), Some(1)),
        ("/orders", "Bearer x", Some(1)),
        ("/ORDERS/", "Bearer x", Some(1)),
        ("/maybe", "Bearer x", Some(2)),
        ("/other", "Bearer x", None),
    ] {
        let headers = [("Authorization", bearer)];
        let request = Request::new("GET", path).with_headers(&headers);
        let verdict = validator.validate(&request, Timestamp::from_seconds(START));
        let Verdict::Rejected(rejection) = verdict else { panic!("{path}: {verdict:?}") };
        assert_eq!(rejection.route, route, "{path} {bearer}");
    }
}

#[test]
fn the_first_route_that_matches_counts() {
    let validator = validator(json!({"unmatched": "token", "routes": [
        {"methods": ["GET"], "path": "/health", "skip": true},
        {"methods": "GET|HEAD", "path_regex": "/public/.*", "optional": true},
        {"methods": ["POST"], "path": "/orders/{id}", "scopes": {"all": ["orders:write"]}},
    ]}));
    let bearer = format!("Bearer {}", Key(1).token());
    let good: &[(&str, &str)] = &[("Authorization", &bearer)];
    let bad: &[(&str, &str)] = &[("Authorization", "Bearer x")];
    for (method, path, headers, expected) in [
        ("GET", "/health", &[][..], "skipped"),
        ("GET", "/health", bad, "skipped"),
        ("POST", "/health", &[], "missing_token"),
        ("GET", "/health/", &[], "missing_token"),
        ("GET", "/HEALTH", &[], "missing_token"),
        ("HEAD", "/public/logo", &[], "skipped"),
        ("HEAD", "/public/logo", good, "accepted"),
        ("HEAD", "/public/logo", bad, "malformed_token"),
        ("HEAD", "/not/public/logo", &[], "missing_token"),
        ("POST", "/orders/7", good, "insufficient_scope"),
        ("GET", "/orders/7", good, "accepted"),
        ("POST", "/orders/7/items", good, "accepted"),
        ("POST", "/orders", good, "accepted"),
        ("POST", "/orders/", good, "insufficient_scope"),
        ("post", "/ORDERS/7/", good, "insufficient_scope"),
    ] {
        assert_eq!(verdict(&validator, method, path, headers), expected, "{method} {path}");
    }
}

#[test]
fn a_request_takes_every_route_that_it_may_be_taken_for_until_one_fits() {
    let validator = validator(json!({"unmatched": "token", "routes": [
        {"path": "/orders/{id}", "scopes": {"all": ["item"]}},
        {"path": "/orders", "scopes": {"all": ["list"]}},
        {"path": "/orders/", "scopes": {"all": ["never"]}},
    ]}));
    let token = Key(1)
        .sign(&json!({"alg": "EdDSA"}), &json!({"iss": ISSUER, "aud": AUDIENCE, "exp": START + 9, "scope": "list"}));
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str())];
    let rejection = |path: &str| {
        let request = Request::new("GET", path).with_headers(&headers);
        match validator.validate(&request, Timestamp::from_seconds(START)) {
            Verdict::Rejected(rejection) => rejection.route,
            Verdict::Accepted(_) => None,
            other => panic!("no keys are fetched here: {other:?}"),
        }
    };
    assert_eq!(rejection("/orders"), None);
    assert_eq!(rejection("/orders/7"), Some(0));
    // The third route names it, so it is no order without a name; the list holds all the same.
    assert_eq!(rejection("/orders/"), Some(2));
    // Nothing names this one as it is written, so all three hold.
    assert_eq!(rejection("/ORDERS/"), Some(2));
}

#[test]
fn the_token_comes_from_the_listed_sources_and_from_one_alone() {
    let validator = validator(json!({"token": {"sources": [
        {"header": "X-JWT"}, {"header": "Authorization", "scheme": "JWT"}, {"cookie": "access_token"}, {"query": "access_token"},
    ]}}));
    let token = Key(1).token();
    let other = Key(2).token();
    let scheme = format!("jwt {token}");
    let cookie = format!("theme=dark; access_token={token}");
    let other_cookie = format!("access_token={other}");
    let query = format!("/?page=2&access_token={}", token.replace('.', "%2E"));
    let other_query = format!("/?access_token={other}");
    for (target, headers, expected) in [
        ("/", vec![("x-jwt", token.as_str())], "accepted"),
        ("/", vec![("Authorization", scheme.as_str())], "accepted"),
        ("/", vec![("Cookie", cookie.as_str())], "accepted"),
        (query.as_str(), vec![], "accepted"),
        (query.as_str(), vec![("Cookie", cookie.as_str()), ("X-JWT", token.as_str())], "accepted"),
        (other_query.as_str(), vec![("Cookie", cookie.as_str())], "multiple_tokens"),
        ("/", vec![("Cookie", cookie.as_str()), ("Cookie", other_cookie.as_str())], "multiple_tokens"),
        ("/", vec![("Authorization", "Bearer x")], "missing_token"),
        ("/?access_token=", vec![("Cookie", "access_token="), ("X-JWT", "")], "missing_token"),
    ] {
        assert_eq!(verdict(&validator, "GET", target, &headers), expected, "{target:.30} {}", headers.len());
    }
}

#[test]
fn a_rejection_names_its_route() {
    let validator = validator(json!({"routes": [{"path": "/a"}, {"path": "/b"}]}));
    let request = Request::new("GET", "/b");
    let Verdict::Rejected(rejection) = validator.validate(&request, Timestamp::from_seconds(START)) else {
        panic!("there is no token")
    };
    assert_eq!((rejection.code, rejection.route), (Code::MissingToken, Some(1)));
}

#[test]
fn contradictions_are_refused_with_their_path() {
    for (additions, path) in [
        (json!({"routes": [{"skip": true, "optional": true}]}), "routes[0]"),
        (json!({"routes": [{"path": "/a", "path_regex": "/a"}]}), "routes[0]"),
        (json!({"routes": [{"path": "a"}]}), "routes[0].path"),
        (json!({"routes": [{"path": "/a/../b"}]}), "routes[0].path"),
        (json!({"routes": [{"path": "/a{id}"}]}), "routes[0].path"),
        (json!({"routes": [{"path_regex": "("}]}), "routes[0].path_regex"),
        (json!({"routes": [{"methods": "get"}]}), "routes[0].methods"),
        (json!({"routes": [{"scopes": {}}]}), "routes[0].scopes"),
        (json!({"routes": [{"scopes": {"all": ["a"]}}]}), "unmatched"),
        (json!({"routes": [{"path": "/a/*"}]}), "routes[0].path"),
        (json!({"routes": [{"pth": "/a"}]}), "routes[0].pth"),
        (json!({"token": {"sources": []}}), "token.sources"),
        (json!({"token": {"sources": [{}]}}), "token.sources[0]"),
        (json!({"token": {"sources": [{"header": "a", "cookie": "b"}]}}), "token.sources[0]"),
        (json!({"token": {"sources": [{"header": "Authorization"}]}}), "token.sources[0]"),
        (json!({"token": {"sources": [{"query": "a", "scheme": "Bearer"}]}}), "token.sources[0].scheme"),
        (json!({"token": {"sources": [{"header": "a b"}]}}), "token.sources[0].header"),
    ] {
        let mut policy = json!({"version": 1, "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"jwks_uri": "https://a.test/"}}]});
        for (name, value) in additions.as_object().expect("an object") {
            policy[name] = value.clone();
        }
        let error = Policy::from_json(&policy.to_string()).expect_err("a contradiction");
        assert_eq!(error.path(), path, "{error}");
    }
}
