//! What explanations say of dates and of what a route asks for, at the points where one text gives way to another.

use crate::issuer::{AUDIENCE, ISSUER, Key, START};
use jotgate::{Check, Policy, Question, Request, Timestamp, Validator};
use serde_json::{Value, json};

/// The line of one check: what was found and the note, joined.
fn line(check: &Check) -> String {
    let parts = [check.found.as_deref(), check.note.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn merged(mut base: Value, more: Value) -> Value {
    let (Value::Object(base_members), Value::Object(more)) = (&mut base, more) else { panic!("two objects") };
    base_members.extend(more);
    base
}

/// A policy with one key that never has to be fetched.
fn validator(entry: Value, routes: Value) -> Validator {
    let entry =
        merged(json!({"issuer": ISSUER, "audience": AUDIENCE, "keys": {"jwks": {"keys": [Key(1).jwk()]}}}), entry);
    let policy = json!({"version": 1, "issuers": [entry], "routes": routes, "unmatched": "token"});
    Validator::new(Policy::from_json(&policy.to_string()).expect("a good policy"), 0)
}

fn token(claims: Value) -> String {
    let claims = merged(json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": START + 600}), claims);
    Key(1).sign(&json!({"alg": "EdDSA", "kid": "key-1"}), &claims)
}

#[test]
fn what_is_said_of_a_date_changes_where_the_check_does() {
    let (none, age) = (json!({}), json!({"max_age": "1h"}));
    let (life, exact) = (json!({"max_lifetime": "1h"}), json!({"leeway": 0}));
    let date = |seconds: i64| START + seconds;
    let no_exp = json!({"required_claims": []});
    for (entry, claims, check, said) in [
        (&none, json!({"exp": date(1)}), "exp", "1800000001 (2027-01-15T08:00:01Z); valid for another 1 s"),
        (&none, json!({"exp": date(0)}), "exp", "1800000000 (2027-01-15T08:00:00Z); expired, but within the leeway"),
        (&none, json!({"exp": date(-4)}), "exp", "1799999996 (2027-01-15T07:59:56Z); expired, but within the leeway"),
        (&no_exp, json!({"exp": "x"}), "exp", "x; must be a number"),
        (
            &no_exp,
            json!({"exp": -1e15}),
            "exp",
            "-1000000000000000.0; must be a date between the years 0000 and 9999, in seconds since the epoch",
        ),
        (&none, json!({"iat": date(5)}), "iat", "1800000005 (2027-01-15T08:00:05Z)"),
        (
            &none,
            json!({"iat": date(6)}),
            "iat",
            "1800000006 (2027-01-15T08:00:06Z); in the future, which the policy does not refuse",
        ),
        (
            &json!({"reject_future_iat": true}),
            json!({"iat": date(6)}),
            "iat",
            "1800000006 (2027-01-15T08:00:06Z); issued 6 s from now: compare the clocks, or allow for a leeway",
        ),
        (&age, json!({"iat": date(0)}), "max_age", "0 ms ago"),
        (&age, json!({"iat": date(-60)}), "max_age", "1 min ago"),
        (&age, json!({"iat": date(3)}), "max_age", "3 s from now"),
        (&age, json!({}), "max_age", "max_age counts from iat, and the token has no usable iat"),
        (&life, json!({"iat": date(600)}), "max_lifetime", "0 ms"),
        (&life, json!({"iat": date(601)}), "max_lifetime", "exp lies before iat"),
        (&life, json!({"iat": date(0)}), "max_lifetime", "10 min"),
        (&life, json!({}), "max_lifetime", "max_lifetime needs both iat and exp"),
        (
            &exact,
            json!({"exp": date(0)}),
            "exp",
            "1800000000 (2027-01-15T08:00:00Z); expired 0 ms ago: get a new token, or compare the clocks",
        ),
    ] {
        let explanation =
            validator(entry.clone(), json!([])).explain(&token(claims.clone()), Timestamp::from_seconds(START));
        let found = explanation.checks.iter().find(|other| other.check == check).expect(check);
        assert_eq!(line(found), said, "{check} of {claims}");
    }
}

#[test]
fn what_a_route_asks_for_is_said_with_what_the_token_has() {
    let route = json!([{"path": "/admin", "issuers": [ISSUER], "client_id": {"allowed": ["console"]}}]);
    let validator = validator(json!({}), route);
    let bearer = format!("Bearer {}", token(json!({"client_id": "app"})));
    let headers = [("Authorization", bearer.as_str())];
    let request = Request::new("GET", "/admin").with_headers(&headers);
    let explanation = validator.explain(Question::from(&request), Timestamp::from_seconds(START));
    let said = |name: &str| {
        let check = explanation.checks.iter().find(|other| other.check == name).expect(name);
        (check.expected.clone().unwrap_or_default(), line(check))
    };
    assert_eq!(said("route_issuers"), (format!("one of {ISSUER}"), ISSUER.to_owned()));
    assert_eq!(
        said("route_client_id"),
        ("one of console".to_owned(), "client_id: app; the client is none of the allowed ones".to_owned())
    );
}

#[test]
fn a_leeway_is_named_where_there_is_one() {
    for (leeway, expected) in [
        (json!({}), "after 1800000000 (2027-01-15T08:00:00Z), with a leeway of 5 s"),
        (json!({"leeway": 0}), "after 1800000000 (2027-01-15T08:00:00Z)"),
    ] {
        let explanation = validator(leeway, json!([])).explain(&token(json!({})), Timestamp::from_seconds(START));
        let exp = explanation.checks.iter().find(|check| check.check == "exp").expect("exp");
        assert_eq!(exp.expected.as_deref(), Some(expected));
    }
}

#[test]
fn a_type_that_may_be_one_of_access_tokens_is_not_asked_for() {
    let validator = validator(json!({}), json!([]));
    for (typ, said) in [
        ("JWT", "the policy does not ask for it"),
        ("logout+jwt", "tokens of this type are no access tokens; name it in typ if they are meant"),
    ] {
        let claims = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": START + 600});
        let token = Key(1).sign(&json!({"alg": "EdDSA", "kid": "key-1", "typ": typ}), &claims);
        let explanation = validator.explain(&token, Timestamp::from_seconds(START));
        let check = explanation.checks.iter().find(|check| check.check == "typ").expect("typ");
        assert_eq!(check.note.as_deref(), Some(said));
    }
}
