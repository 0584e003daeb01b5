//! Requests that go on to an application behind.

use crate::issuer::{AUDIENCE, ISSUER, Key, START};
use jotgate::{Forward, Policy, Request, Timestamp, Validator, Verdict};
use serde_json::{Value, json};

fn validator(forward: Value, more: Value) -> Validator {
    let keys = json!({"jwks": {"keys": [Key(1).jwk()]}});
    let mut policy = json!({"version": 1, "forward": forward,
        "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": keys, "claim_mapping": {"groups": "role"}}]});
    for (name, value) in more.as_object().expect("members") {
        policy[name] = value.clone();
    }
    Validator::new(Policy::from_json(&policy.to_string()).expect("a policy"), 0)
}

fn token(claims: Value) -> String {
    let mut payload = json!({"iss": ISSUER, "aud": AUDIENCE, "exp": START + 60});
    for (name, value) in claims.as_object().expect("claims") {
        payload[name] = value.clone();
    }
    Key(1).sign(&json!({"alg": "EdDSA", "kid": Key(1).id()}), &payload)
}

/// The plan for a request that was judged first.
fn plan(validator: &Validator, query: &str, headers: &[(&str, &str)]) -> Forward {
    let request = Request::new("GET", "/orders").with_query(query).with_headers(headers);
    match validator.validate(&request, Timestamp::from_seconds(START)) {
        Verdict::Accepted(verified) => validator.forward(Some(&verified), &request),
        Verdict::Skipped(_) => validator.forward(None, &request),
        other => panic!("{other:?}"),
    }
}

fn set(forward: &Forward) -> Vec<(&str, &str)> {
    forward.set.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[test]
fn claims_become_header_fields_and_nobody_else_sets_them() {
    let claims = json!({"sub": "X-User", "role": "X-Role", "email": "X-Email"});
    let validator = validator(json!({"claims_to_headers": claims}), json!({"routes": [{"optional": true}]}));
    let bearer =
        format!("Bearer {}", token(json!({"sub": "alice\r\nX-Role: root", "groups": ["a", "b"], "email": null})));
    let sent = [("Authorization", bearer.as_str()), ("x-role", "root"), ("X_User", "root"), ("X-Users", "2")];

    let forward = plan(&validator, "a=1", &sent);
    assert_eq!(forward.remove, ["X-Email", "X-Role", "X-User", "X_User"]);
    assert_eq!(set(&forward), [("X-Role", "a,b"), ("X-User", "alice%0D%0AX-Role: root")]);
    assert_eq!(forward.query, None);

    let skipped = plan(&validator, "", &sent[1..]);
    assert_eq!(skipped.remove, forward.remove);
    assert_eq!(set(&skipped), []);
}

#[test]
fn the_token_is_taken_out_wherever_it_was_found() {
    let sources = json!({"sources": [{"header": "Authorization", "scheme": "Bearer"}, {"header": "X-Jwt"},
        {"cookie": "jwt"}, {"query": "access token"}]});
    let validator = validator(json!({"strip_token": true}), json!({"token": sources}));
    let token = token(json!({}));
    let bearer = format!("bearer {token}");
    let cookies = format!("a=1;jwt={token}; b=\"2\" ; c");
    let query = format!("x=%20&access+token={token}&access%20token={token}&&y");

    let forward = plan(&validator, "x=1", &[("authorization", &bearer)]);
    assert_eq!((forward.remove.as_slice(), forward.query), (&["Authorization".to_owned()][..], None));

    let sent = [("Cookie", cookies.as_str()), ("X-JWT", &token), ("Authorization", "Basic dTpw"), ("cookie", "d=4")];
    let forward = plan(&validator, &query, &sent);
    assert_eq!(forward.remove, ["X-Jwt", "Cookie"]);
    assert_eq!(set(&forward), [("Cookie", "a=1; b=\"2\"; c; d=4")]);
    assert_eq!(forward.query.as_deref(), Some("x=%20&&y"));

    let alone = format!("jwt={token}");
    let forward = plan(&validator, "", &[("Cookie", &alone)]);
    assert_eq!((forward.remove.as_slice(), forward.set.len()), (&["Cookie".to_owned()][..], 0));
}

#[test]
fn a_policy_without_it_changes_nothing() {
    assert!(validator(json!({"claims_to_headers": {"a": "X-A"}}), json!({})).forwards());
    assert!(validator(json!({"strip_token": true}), json!({})).forwards());
    let validator = validator(json!({}), json!({}));
    assert!(!validator.forwards());
    let bearer = format!("Bearer {}", token(json!({})));
    let forward = plan(&validator, "a", &[("Authorization", &bearer)]);
    assert_eq!(serde_json::to_value(&forward).expect("JSON"), json!({"remove": [], "set": [], "query": null}));
}

#[test]
fn claims_as_text_are_read_or_nothing_is_set() {
    let validator = validator(json!({"claims_to_headers": {"a": "X-A"}}), json!({}));
    let request = Request::new("GET", "/");
    assert_eq!(set(&validator.forward_claims(Some("{\"a\":1}"), &request)), [("X-A", "1")]);
    for text in ["", "[]", "{\"a\":1,\"a\":2}", "x"] {
        let forward = validator.forward_claims(Some(text), &request);
        assert_eq!((forward.remove.len(), forward.set.len()), (1, 0), "{text}");
    }
}
