//! Each warning on a policy that earns it, and its absence on the nearest one that does not.

use jotgate_tools::{Severity, Warning, lint};
use serde_json::{Value, json};

/// A policy about which there is nothing to say.
fn clean() -> Value {
    json!({"version": 1, "issuers": [{
        "issuer": "https://idp.test/", "audience": "https://api.test", "algorithms": ["ES256"], "typ": "at+jwt",
        "keys": {"jwks_uri": "https://idp.test/jwks"},
    }]})
}

fn with(pointer: &str, value: Value) -> Value {
    let mut policy = clean();
    set(&mut policy, pointer, value);
    policy
}

/// Sets a member; `null` takes it away.
fn set(policy: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    if policy.pointer(parent).is_none() {
        set(policy, parent, json!({}));
    }
    let parent = policy.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    if value.is_null() {
        parent.remove(name);
    } else {
        parent.insert(name.to_owned(), value);
    }
}

fn warnings(policy: &Value) -> Vec<Warning> {
    lint(&policy.to_string()).expect("a policy that compiles")
}

fn found(policy: &Value, code: &str) -> Vec<String> {
    warnings(policy).into_iter().filter(|warning| warning.code == code).map(|warning| warning.path).collect()
}

fn two_issuers(first: Value, second: Value) -> Value {
    let entry = |issuer: &str, keys: Value| json!({"issuer": issuer, "audience": "api", "keys": keys});
    json!({"version": 1, "issuers": [entry("https://a.test/", first), entry("https://b.test/", second)]})
}

#[test]
fn there_is_nothing_to_say_about_a_careful_policy() {
    assert_eq!(warnings(&clean()), []);
}

#[test]
fn each_rule_of_an_entry_hits_and_misses() {
    let random = "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg";
    let e = "/issuers/0";
    let jwks = |field: &str, value: Value| with(&format!("{e}/jwks/{field}"), value);
    let plain = |url: Value| {
        let mut policy = with(&format!("{e}/keys/jwks_uri"), url);
        set(&mut policy, "/issuers/0/jwks/allow_http", json!(true));
        policy
    };
    let tenants = |tenants: Value| {
        let mut policy = with(&format!("{e}/issuer"), json!("https://idp.test/{tid}/"));
        set(&mut policy, "/issuers/0/tenants", tenants);
        policy
    };
    let unbounded = |field: &str| {
        let mut policy = with(&format!("{e}/required_claims"), json!(["sub"]));
        set(&mut policy, &format!("{e}/{field}"), json!("1h"));
        policy
    };
    let secret = |secret: Value| {
        let mut policy = with(&format!("{e}/keys"), json!({ "secret": secret }));
        set(&mut policy, "/issuers/0/algorithms", json!(["HS256"]));
        policy
    };
    let unsigned = {
        let mut policy = with(&format!("{e}/keys"), json!({"accept_unsigned": true}));
        set(&mut policy, "/issuers/0/algorithms", Value::Null);
        policy
    };
    for (code, path, hit, miss) in [
        ("accept_unsigned", "keys.accept_unsigned", unsigned.clone(), clean()),
        ("any_issuer", "issuer", with("/issuers/0/issuer", json!("any")), with("/issuers/0/issuer", json!(["any"]))),
        (
            "any_audience",
            "audience",
            with("/issuers/0/audience", json!("any")),
            with("/issuers/0/audience", json!(["any"])),
        ),
        ("any_tenant", "tenants", tenants(json!("any")), tenants(json!(["any"]))),
        (
            "audience_is_issuer",
            "audience",
            with("/issuers/0/audience", json!(["api", "https://idp.test/"])),
            with("/issuers/0/audience", json!("https://idp.test")),
        ),
        ("exp_not_required", "required_claims", with("/issuers/0/required_claims", json!([])), unbounded("max_age")),
        (
            "exp_not_required",
            "required_claims",
            with("/issuers/0/required_claims", json!(["sub"])),
            unbounded("max_lifetime"),
        ),
        ("typ_not_checked", "typ", with("/issuers/0/typ", Value::Null), clean()),
        ("confirmation_ignored", "confirmation", with("/issuers/0/confirmation", json!("ignore")), clean()),
        ("long_leeway", "leeway", with("/issuers/0/leeway", json!("61s")), with("/issuers/0/leeway", json!("1m"))),
        ("no_algorithms", "algorithms", with("/issuers/0/algorithms", Value::Null), unsigned),
        (
            "weak_secret",
            "keys.secret",
            secret(json!({"text": "your-256-bit-secret-your-256-bit-secret"})),
            secret(json!({"base64url": random})),
        ),
        (
            "encoded_secret",
            "keys.secret.text",
            secret(json!({"text": random})),
            secret(json!({"text": "c4Yl0mZ1p0yqT0yXbW4t6V0k0o2p6j8Rr3nHq1Zs"})),
        ),
        ("hmac_secret", "keys.secret", secret(json!({"base64url": random})), clean()),
        (
            "expired_certificates",
            "keys.allow_expired_certificates",
            with("/issuers/0/keys/allow_expired_certificates", json!(true)),
            with("/issuers/0/keys/allow_expired_certificates", json!(false)),
        ),
        (
            "tries_all_keys",
            "try_all_keys",
            with("/issuers/0/try_all_keys", json!(true)),
            with("/issuers/0/try_all_keys", json!(false)),
        ),
        ("http_keys", "keys.jwks_uri", plain(json!("http://idp.test/jwks")), plain(json!("http://localhost/jwks"))),
        (
            "http_keys",
            "keys.jwks_uri[1]",
            plain(json!(["https://idp.test/jwks", "http://idp.test/jwks"])),
            plain(json!(["https://idp.test/jwks"])),
        ),
        (
            "needless_allow_http",
            "jwks.allow_http",
            plain(json!("https://idp.test/jwks")),
            plain(json!("http://idp.test/jwks")),
        ),
        ("long_stale", "jwks.max_stale", jwks("max_stale", json!("8d")), jwks("max_stale", json!("7d"))),
        ("long_ttl", "jwks.ttl", jwks("ttl", json!("25h")), jwks("ttl", json!("1d"))),
        (
            "metadata_as_issuer",
            "issuer",
            with("/issuers/0/issuer", json!("https://idp.test/.well-known/openid-configuration")),
            with("/issuers/0/keys", json!({"discovery": "https://idp.test/.well-known/openid-configuration"})),
        ),
        (
            "metadata_as_key_set",
            "keys.jwks_uri",
            with("/issuers/0/keys/jwks_uri", json!("https://idp.test/.well-known/oauth-authorization-server/a")),
            with("/issuers/0/keys/jwks_uri", json!("https://idp.test/.well-known/jwks.json")),
        ),
        (
            "placeholder",
            "issuer",
            with("/issuers/0/issuer", json!("https://your-tenant.eu.auth0.com/")),
            with("/issuers/0/issuer", json!("https://acme.eu.auth0.com/")),
        ),
    ] {
        assert_eq!(found(&hit, code), [format!("issuers[0].{path}")], "{code} in {hit}");
        assert_eq!(found(&miss, code), [""; 0], "{code} in {miss}");
    }
}

#[test]
fn keys_over_http_are_also_those_that_metadata_may_name() {
    let mut policy = with("/issuers/0/keys", json!({"discovery": "https://idp.test/metadata"}));
    set(&mut policy, "/issuers/0/jwks/allow_http", json!(true));
    assert_eq!(found(&policy, "http_keys"), ["issuers[0].jwks.allow_http"]);
    set(&mut policy, "/issuers/0/keys/discovery", json!("http://idp.test/metadata"));
    assert_eq!(found(&policy, "http_keys"), ["issuers[0].keys.discovery"]);
}

#[test]
fn two_issuers_with_the_same_keys() {
    let uri = |uri: &str| json!({"jwks_uri": ["https://own.test/".to_owned() + uri, "https://idp.test/jwks"]});
    assert_eq!(found(&two_issuers(uri("a"), uri("b")), "shared_keys"), ["issuers[1].keys.jwks_uri"]);
    let other = json!({"jwks_uri": "https://idp.test/jwks2"});
    assert_eq!(found(&two_issuers(uri("a"), other), "shared_keys"), [""; 0]);
    let secret = |last: &str| json!({"secret": {"text": format!("c4Yl0mZ1p0yqT0yXbW4t6V0k0o2p6j8Rr3nHq1Z{last}")}});
    assert_eq!(found(&two_issuers(secret("s"), secret("s")), "shared_keys"), ["issuers[1].keys.secret"]);
    assert_eq!(found(&two_issuers(secret("s"), secret("t")), "shared_keys"), [""; 0]);
    // Each issuer's metadata is its own.
    let discovery = json!({"discovery": true});
    assert_eq!(found(&two_issuers(discovery.clone(), discovery), "shared_keys"), [""; 0]);
}

#[test]
fn routes_that_are_never_reached_or_take_everything() {
    let routes = |routes: Value| with("/routes", routes);
    for (earlier, later) in [
        (json!({"path": "/orders/{id}"}), json!({"path": "/orders/7", "methods": "GET"})),
        (json!({"methods": "GET|HEAD"}), json!({"methods": ["GET"], "path": "/a"})),
        (json!({"path_regex": "/a.*"}), json!({"path_regex": "/a.*"})),
        (json!({}), json!({"path_regex": "/b"})),
    ] {
        assert_eq!(found(&routes(json!([earlier, later])), "unreachable_route"), ["routes[1]"]);
        if earlier != later {
            assert_eq!(found(&routes(json!([later, earlier])), "unreachable_route"), [""; 0], "{later} {earlier}");
        }
    }
    for (earlier, later) in [
        (json!({"path": "/Health"}), json!({"path": "/health", "skip": true})),
        (json!({"path": "/health/"}), json!({"path": "/health", "optional": true})),
        (json!({"path": "/a/{id}", "methods": "GET"}), json!({"path": "/A/b", "methods": "HEAD", "skip": true})),
    ] {
        assert_eq!(found(&routes(json!([earlier, later])), "unreachable_route"), ["routes[1]"], "{earlier} {later}");
        assert_eq!(found(&routes(json!([later, earlier])), "unreachable_route"), [""; 0], "{later} {earlier}");
    }
    let skip = |field: &str| json!([{field: true}]);
    assert_eq!(found(&routes(skip("skip")), "skips_everything"), ["routes[0]"]);
    assert_eq!(found(&routes(skip("optional")), "optional_everywhere"), ["routes[0]"]);
    assert_eq!(found(&routes(json!([{"skip": true, "path_regex": ".*"}])), "skips_everything"), ["routes[0]"]);
    assert_eq!(found(&routes(json!([{"skip": true, "methods": "OPTIONS"}])), "skips_everything"), [""; 0]);
    assert_eq!(found(&routes(json!([{"optional": true, "path": "/a"}])), "optional_everywhere"), [""; 0]);
}

#[test]
fn routes_that_servers_may_take_for_each_other() {
    let alike = |one: Value, other: Value| found(&with("/routes", json!([one, other])), "alike_routes");
    assert_eq!(alike(json!({"path": "/Orders"}), json!({"path": "/orders"})), ["routes[1]"]);
    assert_eq!(alike(json!({"path": "/o/{id}"}), json!({"path": "/o/{name}/"})), ["routes[1]"]);
    assert_eq!(alike(json!({"path": "/a", "methods": "GET"}), json!({"path": "/A", "methods": "PUT"})), [""; 0]);
    assert_eq!(alike(json!({"path": "/a"}), json!({"path": "/a/b"})), [""; 0]);
}

#[test]
fn what_becomes_of_requests_that_no_route_names_and_of_odd_targets() {
    let unmatched = |routes: Value, word: &str| {
        let mut policy = with("/unmatched", json!(word));
        policy["routes"] = routes;
        found(&policy, "unmatched_token")
    };
    let asks = json!([{"path": "/a", "scopes": {"all": ["x"]}}]);
    assert_eq!(unmatched(asks.clone(), "token"), ["unmatched"]);
    assert_eq!(unmatched(asks, "deny"), [""; 0]);
    assert_eq!(unmatched(json!([{"path": "/a"}]), "token"), [""; 0]);
    assert_eq!(unmatched(json!([{"path": "/a", "audience": "b"}, {}]), "token"), [""; 0]);
    assert_eq!(found(&with("/targets/allow", json!(["encoded_slash"])), "odd_targets"), ["targets.allow"]);
    assert_eq!(found(&with("/targets/allow", json!([])), "odd_targets"), [""; 0]);
}

#[test]
fn expressions_that_look_at_the_path() {
    let rule = |text: &str| found(&with("/issuers/0/claims", json!([{"expression": text}])), "path_in_expression");
    let at = "issuers[0].claims[0].expression";
    assert_eq!(rule("!request.path.startsWith('/admin') || claims.level > 2"), [at]);
    assert_eq!(rule("request . path == '/a'"), [at]);
    assert_eq!(rule("request.method == 'GET'"), [""; 0]);
    let source = json!([{"expression": "request.path == '/a' ? request.headers['x'] : null"}]);
    assert_eq!(found(&with("/token/sources", source), "path_in_expression"), ["token.sources[0].expression"]);
    let client = json!({"expression": "request.path", "allowed": ["a"]});
    assert_eq!(found(&with("/issuers/0/client_id", client), "path_in_expression"), ["issuers[0].client_id.expression"]);
}

#[test]
fn tokens_in_places_where_they_leak_and_tokens_that_are_long() {
    let sources = json!([{"header": "Authorization", "scheme": "Bearer"}, {"query": "token"}, {"cookie": "token"}]);
    let policy = with("/token/sources", sources);
    assert_eq!(found(&policy, "token_in_query"), ["token.sources[1].query"]);
    assert_eq!(found(&policy, "token_in_cookie"), ["token.sources[2].cookie"]);
    assert_eq!(found(&with("/limits/token_bytes", json!(65_537)), "large_tokens"), ["limits.token_bytes"]);
    assert_eq!(found(&with("/limits/token_bytes", json!(65_536)), "large_tokens"), [""; 0]);
}

#[test]
fn the_worst_comes_first_and_nothing_shows_a_secret() {
    let secret = "your-256-bit-secret-your-256-bit-secret";
    let mut policy = with("/issuers/0/keys", json!({"secret": {"text": secret}}));
    set(&mut policy, "/issuers/0/algorithms", Value::Null);
    set(&mut policy, "/issuers/0/leeway", json!(120));
    let warnings = warnings(&policy);
    let severities: Vec<Severity> = warnings.iter().map(|warning| warning.severity).collect();
    assert!(severities.is_sorted() && severities.first() == Some(&Severity::High), "{severities:?}");
    let json = Warning::list_to_json(&warnings);
    let text: String = warnings.iter().map(|warning| warning.to_text(true)).collect();
    assert!(!json.contains(secret) && !text.contains(secret));
    let first: Value = serde_json::from_str(&json).expect("JSON");
    let members: Vec<&String> = first[0].as_object().expect("an object").keys().collect();
    assert_eq!(members, ["code", "hint", "message", "path", "severity"]);
    assert_eq!(first[0]["severity"], "high");
    assert!(warnings[0].to_text(false).starts_with("high    issuers[0].keys.secret: the secret has a word"));
}

#[test]
fn a_document_that_does_not_compile_is_an_error_and_no_list_of_warnings() {
    assert_eq!(lint("{}").expect_err("no policy").path(), "version");
    assert_eq!(
        lint(&with("/issuers/0/leeway", json!(301)).to_string()).expect_err("too much").path(),
        "issuers[0].leeway"
    );
}

#[test]
fn claims_are_named_as_they_are_called_where_they_are_looked_up() {
    let policy = |field: &str, value: Value| {
        let mut policy = with("/issuers/0/claim_mapping", json!({"http://idp.test/role": "role", "app": "client"}));
        set(&mut policy, field, value);
        policy
    };
    let entry = |field: &str| format!("/issuers/0/{field}");
    let rule = |claim: Value| json!([{"claim": claim, "any_of": ["x"]}]);
    let hits = [
        (policy(&entry("scopes"), json!({"claims": ["role"], "all": ["a"]})), "issuers[0].scopes.claims"),
        (policy(&entry("client_id"), json!({"claims": ["client"], "allowed": ["a"]})), "issuers[0].client_id.claims"),
        (policy(&entry("claims"), rule(json!("http://idp.test/role"))), "issuers[0].claims[0].claim"),
        (policy(&entry("claims"), rule(json!(["app", "id"]))), "issuers[0].claims[0].claim"),
        (policy("/forward/claims_to_headers", json!({"app": "X-App"})), "forward.claims_to_headers.app"),
    ];
    for (policy, path) in hits {
        assert_eq!(found(&policy, "mapped_name"), [path]);
    }
    let misses = [
        policy(&entry("scopes"), json!({"claims": ["http://idp.test/role"], "all": ["a"]})),
        policy(&entry("client_id"), json!({"claims": ["app"], "allowed": ["a"]})),
        policy(&entry("claims"), rule(json!("role"))),
        policy("/forward/claims_to_headers", json!({"client": "X-App"})),
        // Two claims that change places are both there before and after.
        with("/issuers/0/claim_mapping", json!({"a": "b", "b": "a"})),
    ];
    for policy in misses {
        assert_eq!(found(&policy, "mapped_name"), [""; 0]);
    }
}

#[test]
fn the_token_goes_on_only_where_that_is_said() {
    let headers = with("/forward/claims_to_headers", json!({"sub": "X-User"}));
    assert_eq!(found(&headers, "forwards_token"), ["forward.strip_token"]);
    let mut stripped = headers;
    set(&mut stripped, "/forward/strip_token", json!(true));
    assert_eq!(warnings(&stripped), []);
    assert_eq!(warnings(&with("/forward/strip_token", json!(true))), []);
}

#[test]
fn a_star_behind_a_slash_is_told_from_a_pattern_of_file_names() {
    let route = |pattern: &str| with("/routes", json!([{"path_regex": pattern}]));
    assert_eq!(found(&route("/api/*"), "star_in_path"), ["routes[0].path_regex"]);
    assert_eq!(found(&route("/api/.*"), "star_in_path"), [""; 0]);
}
