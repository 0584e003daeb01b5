//! Which parts of requests a policy reads.

use crate::issuer::{AUDIENCE, ISSUER, Key, START};
use jotgate::{Policy, Request, RequestParts, Timestamp, Validator};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A policy with these members, whose entry has these.
fn validator(policy: Value, entry: Value) -> Validator {
    let mut issuer = json!({"issuer": ISSUER, "audience": AUDIENCE, "keys": {"jwks": {"keys": [Key(1).jwk()]}}});
    merge(&mut issuer, entry);
    let mut whole = json!({"version": 1, "issuers": [issuer]});
    merge(&mut whole, policy);
    Validator::new(Policy::from_json(&whole.to_string()).expect("a policy"), 0)
}

fn merge(object: &mut Value, members: Value) {
    for (name, value) in members.as_object().expect("members") {
        object[name] = value.clone();
    }
}

/// The fields beside `authorization`, with a `?` where the query is read, and `*` for all.
fn told(reads: &RequestParts) -> String {
    assert!(reads.has_header("Authorization"));
    let names = match &reads.headers {
        None => "*".to_owned(),
        Some(names) => {
            names.iter().map(String::as_str).filter(|name| *name != "authorization").collect::<Vec<_>>().join(" ")
        }
    };
    if reads.query { format!("{names}?") } else { names }
}

#[test]
fn places_of_tokens_are_read_and_what_forward_looks_at() {
    let sources = |sources: Value| json!({"token": {"sources": sources}});
    for (policy, wanted) in [
        (json!({}), ""),
        (json!({"routes": [{"path": "/open", "skip": true}]}), ""),
        (sources(json!([{"header": "X-Jwt"}, {"header": "AUTHORIZATION", "scheme": "Bearer"}])), "x-jwt"),
        (sources(json!([{"cookie": "jwt"}])), "cookie"),
        (sources(json!([{"query": "jwt"}])), "?"),
        (json!({"forward": {"strip_token": true}}), "connection trailer"),
        (json!({"forward": {"claims_to_headers": {"sub": "X-User"}}}), "*"),
    ] {
        assert_eq!(told(&validator(policy.clone(), json!({})).reads()), wanted, "{policy}");
    }
}

#[test]
fn an_expression_reads_the_fields_that_it_names_or_all() {
    for (expression, wanted) in [
        ("claims.sub == 'a' && request.method == 'GET' && request.path != '/'", ""),
        ("request.headers['X-Tenant'] == claims.sub", "x-tenant"),
        ("has(request.headers.a) && 'B' in request.headers || request['headers'].c == ''", "a b c"),
        ("request.cookies.a == request.query.b", "cookie?"),
        ("'a' in request.cookies ? has(request.cookies.b) : false", "cookie"),
        ("request.headers.a.split(',').exists(part, part == claims.sub)", "a"),
        ("size(request.headers.a) > 1", "a"),
        ("size(request.query) > 1", "?"),
        ("request.headers[claims.sub] == ''", "*"),
        ("request.headers['a' + 'b'] == ''", "*"),
        ("claims.sub in request.headers", "*"),
        ("claims.sub in request.cookies", "*"),
        ("request.headers['not a name'] == ''", "*"),
        ("request.headers == 1", "*"),
        ("(now > 1 ? request.headers : request.query).a == ''", "*?"),
        ("[request.cookies].all(fields, fields.a == '')", "*"),
        ("claims.list.exists(item, item == request.headers.a)", "*"),
        ("claims.list.map(item, request.cookies.a) == []", "*"),
        ("claims.list.map(item, request.query.a) == []", "?"),
        ("request.headers.all(name, name == '')", "*"),
        ("!(-size([1, request.headers]) < 2 || string(request.headers).matches('a'))", "*"),
    ] {
        let rule = json!([{"expression": expression}]);
        let of_entry = validator(json!({}), json!({"claims": rule}));
        assert_eq!(told(&of_entry.reads()), wanted, "{expression}");
        let of_route = validator(json!({"routes": [{"claims": rule}], "unmatched": "deny"}), json!({}));
        assert_eq!(told(&of_route.reads()), wanted, "{expression}");
    }
    let client = json!({"client_id": {"expression": "request.headers.a", "allowed": ["x"]}});
    assert_eq!(told(&validator(json!({}), client).reads()), "a");
    let source = json!({"token": {"sources": [{"expression": "request.headers.a"}]}});
    assert_eq!(told(&validator(source, json!({})).reads()), "a");
}

fn texts(choices: &[&'static str]) -> impl Strategy<Value = &'static str> + use<> {
    prop::sample::select(choices.to_vec())
}

fn fields() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let name = texts(&["a", "A", "b", "Cookie", "cookie", "x_user", "Connection", "Trailer", "d"]);
    let value = texts(&["", "1", "a=1; b=2", "a=2", "x-user, b", "Cookie", "b"]);
    // So many that a search of them in a loop uses an expression up.
    prop::collection::vec((name, value), 0..8).prop_flat_map(|fields| {
        prop_oneof![4 => Just(0), 1 => Just(70_000)].prop_map(move |more| {
            let mut fields = fields.clone();
            fields.extend((0..more).map(|_| ("other", "1")));
            fields
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn what_is_not_read_changes_nothing(
        fields in fields(),
        query in texts(&["", "a=1", "a=1&a=2", "b=x"]),
        expression in texts(&[
            "request.headers.a == '1'",
            "request.headers.a != '1' && request.headers.b != '1' && !has(request.headers.d)",
            "request.cookies.a == '1' || 'a' in request.headers",
            "request.query.a == '1'",
            "[1, 2, 3, 4, 5, 6].all(n, n > 7 || request.headers.a != 'x')",
            "[1, 2, 3, 4, 5, 6].all(n, request.cookies.a != 'x')",
            "request.headers[request.headers.a] == '1'",
            "size(request.cookies) > 0 || true",
        ]),
        forward in prop::sample::select(vec![
            json!({}), json!({"strip_token": true}), json!({"claims_to_headers": {"sub": "X-User"}}),
        ]),
        source in prop::sample::select(vec![
            json!({"cookie": "a"}), json!({"query": "a"}), json!({"header": "B"}),
        ]),
    ) {
        let sources = json!({"sources": [{"header": "Authorization", "scheme": "Bearer"}, source]});
        let validator = validator(json!({"token": sources, "forward": forward}), json!({"claims": [{"expression": expression}]}));
        let bearer = format!("Bearer {}", Key(1).token());
        let mut whole: Vec<(&str, &str)> = fields;
        whole.push(("authorization", &bearer));
        let reads = validator.reads();
        let some: Vec<(&str, &str)> = whole.iter().filter(|(name, _)| reads.has_header(name)).copied().collect();
        let request = Request::new("GET", "/");
        let said = [(query, &whole), (if reads.query { query } else { "" }, &some)].map(|(query, headers)| {
            let request = request.with_query(query).with_headers(headers);
            let now = Timestamp::from_seconds(START);
            let explained = validator.explain(&request, now).to_json();
            (format!("{:?}", validator.validate(&request, now)), explained, validator.forward(None, &request))
        });
        prop_assert_eq!(&said[0], &said[1]);
    }
}
