//! What DataWeave comes to, and that it means here what it means there, judged by our own evaluation of CEL.

use super::{TokenPlace, claims, condition, token_place};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jotgate::{Policy, Request, Timestamp, Validator, Verdict};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Whether a token with these claims passes under the condition.
fn holds(dataweave: &str, claims: &Value) -> bool {
    let expression = condition(dataweave).unwrap_or_else(|obstacle| panic!("{dataweave}: {}", obstacle.0));
    let policy = json!({"version": 1, "issuers": [{
        "issuer": "any", "audience": "any", "keys": {"accept_unsigned": true}, "required_claims": [],
        "claims": [{"expression": expression}],
    }]});
    let policy =
        Policy::from_json(&policy.to_string()).unwrap_or_else(|error| panic!("{dataweave}: {expression}: {error}"));
    let token =
        format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let authorization = format!("Bearer {token}");
    let headers = [("Authorization", authorization.as_str()), ("X-Tenant", "acme")];
    let request = Request::new("POST", "/orders").with_query("page=2").with_headers(&headers);
    matches!(Validator::new(policy, 0).validate(&request, Timestamp::from_seconds(0)), Verdict::Accepted(_))
}

#[test]
fn is_true_where_dataweave_is() {
    let token = json!({
        "foo": "fooValue", "level": 3, "admin": true, "gone": null, "scope": "read write", "scp": ["a", "b"],
        "groups": ["group1", "group2"], "realm_access": {"roles": ["ops"]}, "http://x/role": "boss", "empty": [],
    });
    for (text, wanted) in [
        ("#[vars.claimSet.foo == 'fooValue']", true),
        ("#[vars.claimSet.foo == \"other\"]", false),
        ("vars.claimSet.foo != 'other'", true),
        ("vars.claimSet.missing == 'x'", false),
        ("vars.claimSet.missing != 'x'", true),
        ("vars.claimSet.missing == null", true),
        ("vars.claimSet.missing != null", false),
        ("vars.claimSet.gone == null", true),
        ("vars.claimSet.gone != null", false),
        ("vars.claimSet.gone != 'x'", true),
        ("not (vars.claimSet.missing == 'x')", true),
        ("not (vars.claimSet.foo == 'fooValue')", false),
        ("!(vars.claimSet.foo == 'x') and vars.claimSet.admin", true),
        ("not (vars.claimSet.admin)", false),
        ("not (vars.claimSet.foo == 'x' or vars.claimSet.level == 4)", true),
        ("not (vars.claimSet.foo == 'fooValue' and vars.claimSet.missing == 'x')", true),
        ("vars.claimSet.level >= 3 and vars.claimSet.level < 4", true),
        ("not (vars.claimSet.level > 3)", true),
        ("vars.claimSet.level > -1", true),
        ("vars.claimSet.missing > 1", false),
        ("vars.claimSet.missing == 'x' or vars.claimSet.foo == 'fooValue'", true),
        ("#[vars.claimSet.groups == ['group1','group2']]", true),
        ("vars.claimSet.groups == ['group2', 'group1']", false),
        ("#[vars.claimSet.scp == ['default'] or vars.claimSet.scp == ['openid']]", false),
        ("vars.claimSet.scp contains 'a'", true),
        ("vars.claimSet.scp contains 'c'", false),
        ("vars.claimSet.scope contains 'write'", true),
        ("not (vars.claimSet.scp contains 'c')", true),
        ("not (vars.claimSet.scp contains 'a')", false),
        ("not (vars.claimSet.scope contains 'admin')", true),
        ("not (vars.claimSet.scope contains 'read')", false),
        ("not (vars.claimSet.missing contains 'read')", true),
        ("vars.claimSet.missing contains 'read'", false),
        ("(vars.claimSet.scope splitBy ' ') contains 'read'", true),
        ("vars.claimSet.scope splitBy ' ' contains 'rea'", false),
        ("['fooValue', 'bar'] contains vars.claimSet.foo", true),
        ("vars.claimSet.realm_access.roles contains 'ops'", true),
        ("vars.claimSet.realm_access.missing != 'ops'", true),
        ("vars.claimSet['http://x/role'] == 'boss'", true),
        ("vars.claimSet.\"http://x/role\" == 'boss'", true),
        ("vars.claimSet['http://x/other'] != 'boss'", true),
        ("vars.claimSet.scp[0] == 'a'", true),
        ("vars.claimSet.scp some ($ == 'b')", true),
        ("vars.claimSet.scp some (($ == 'x') or ($ == 'b'))", true),
        ("vars.claimSet.scp some ((s) -> s == 'c')", false),
        ("vars.claimSet.scp some (s) -> s == 'a' or s == 'c'", true),
        ("some(vars.claimSet.scp, (s) -> s == 'a')", true),
        ("some(vars.claimSet.scp, ($ == 'a'))", true),
        ("dw::core::Arrays::some(vars.claimSet.scp, $ == 'a')", true),
        ("#[import some from dw::core::Arrays\n---\nvars.claimSet.scp some ($ == 'a')]", true),
        (
            "#[%dw 2.0\nimport * from dw::core::Arrays\noutput application/json\n---\nvars.claimSet.scp every ($ != 'z')]",
            true,
        ),
        ("not (vars.claimSet.scp some ($ == 'z'))", true),
        ("not (vars.claimSet.scp every ($ == 'a'))", true),
        ("vars.claimSet.scp some (s) -> (vars.claimSet.groups some (g) -> g == 'group1' and s == 'b')", true),
        ("vars.claimSet.foo startsWith 'foo'", true),
        ("vars.claimSet.foo endsWith 'foo'", false),
        ("lower(vars.claimSet.foo) == 'foovalue'", true),
        ("sizeOf(vars.claimSet.scp) == 2", true),
        ("isEmpty(vars.claimSet.empty)", true),
        ("isEmpty(vars.claimSet.missing)", true),
        ("not (isEmpty(vars.claimSet.scp))", true),
        ("(vars.claimSet.missing default 'd') == 'd'", true),
        ("(vars.claimSet.gone default 'd') != 'd'", false),
        ("(vars.claimSet.foo default 'd') == 'fooValue'", true),
        ("attributes.headers['x-tenant'] == 'acme'", true),
        ("attributes.headers['x-other'] != 'acme'", true),
        ("attributes.method == 'POST' and attributes.requestPath == '/orders'", true),
        ("attributes.queryParams.page == '2'", true),
        ("vars.claimSet.foo == 'it\\'s'", false),
    ] {
        assert_eq!(holds(text, &token), wanted, "{text} as {:?}", condition(text));
    }
}

#[test]
fn names_what_it_cannot_read() {
    for text in [
        "",
        "vars.claimSet",
        "vars.claimSet.foo",
        "vars.other.foo == 'x'",
        "payload.x == 'y'",
        "p('secure.key') == 'x'",
        "vars.claimSet.foo matches /a.*/",
        "vars.claimSet.foo ~= 'x'",
        "vars.claimSet.foo == '$(payload)'",
        "vars.claimSet..foo == 'x'",
        "vars.claimSet.*foo == 'x'",
        "vars.claimSet.foo? == 'x'",
        "not vars.claimSet.foo == 'x'",
        "not (vars.claimSet.a) or vars.claimSet.b",
        "!vars.claimSet.foo == 'x'",
        "vars.claimSet.a == vars.claimSet.b == true",
        "(vars.claimSet.a == 'x') == true",
        "vars.claimSet.a == 'x' and",
        "vars.claimSet.a == 'x' 'y'",
        "if (vars.claimSet.a) true else false",
        "vars.claimSet.scp map $ == ['a']",
        "vars.claimSet.scp some $ == 'a'",
        "now() > vars.claimSet.x",
        "upper(vars.claimSet.x) == 'A'",
        "lower() == 'a'",
        "lower(vars.claimSet.a, 'b') == 'a'",
        "$ == 'a'",
        "'open",
        "a -> b",
        "import java!Evil\n---\ntrue",
        "var x = 1\n---\nvars.claimSet.a == 1",
        "vars.claimSet.a == 007",
        "vars.claimSet.a == {b: 1}",
    ] {
        // A bare claim is a condition; everything else is refused.
        assert_eq!(condition(text).is_ok(), text == "vars.claimSet.foo", "{text}: {:?}", condition(text));
    }
    let deep = format!("{}vars.claimSet.a{}", "(".repeat(1000), ")".repeat(1000));
    assert!(
        condition(&deep).is_err() && condition(&"x".repeat(5000)).is_err() && condition(&"- ".repeat(2000)).is_err()
    );
}

#[test]
fn finds_claims_and_the_place_of_the_token() {
    assert_eq!(claims("#[vars.claimSet.client_id]"), Ok(vec!["client_id".to_owned()]));
    assert_eq!(
        claims("vars.claimSet.azp default vars.claimSet['client_id'] default vars.claimSet.cid"),
        Ok(["azp", "client_id", "cid"].map(str::to_owned).to_vec())
    );
    for text in ["vars.claimSet.a.b", "attributes.headers['x']", "vars.claimSet.a default 'x'", "'x'"] {
        assert!(claims(text).is_err(), "{text}");
    }
    for (text, place) in [
        ("#[attributes.headers['jwt']]", TokenPlace::Header("jwt".to_owned())),
        ("#[attributes.headers.jwt]", TokenPlace::Header("jwt".to_owned())),
        ("attributes.queryParams['access_token']", TokenPlace::Query("access_token".to_owned())),
        (
            "(attributes.headers['authorization'] splitBy ' ')[1]",
            TokenPlace::HeaderCredentials("authorization".to_owned()),
        ),
    ] {
        assert_eq!(token_place(text), Ok(place), "{text}");
    }
    for text in ["vars.claimSet.x", "attributes.method", "(attributes.headers.x splitBy ' ')[0]", "'x'", "payload.jwt"]
    {
        assert!(token_place(text).is_err(), "{text}");
    }
}

/// Expressions from the words of the language, most of which are none.
fn words() -> impl Strategy<Value = String> {
    let word = proptest::sample::select(vec![
        "vars.claimSet.a",
        "vars.claimSet['b-c']",
        "attributes.headers['h']",
        "'x'",
        "1",
        "-2.5",
        "null",
        "true",
        "(",
        ")",
        "[",
        "]",
        ",",
        "==",
        "!=",
        "<",
        "and",
        "or",
        "not",
        "!",
        "contains",
        "some",
        "every",
        "($ == 'x')",
        "(s) ->",
        "s",
        "default",
        "splitBy ' '",
        "sizeOf(",
        "isEmpty(",
        "---",
        "import some from dw::core::Arrays",
        ".a",
        "[0]",
        "startsWith",
    ]);
    proptest::collection::vec(word, 0..14).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(text in "[ -~\n\u{e9}]{0,60}") {
        let _ = (condition(&text), claims(&text), token_place(&text));
    }

    /// Whatever is carried over is CEL that the policy takes.
    #[test]
    fn what_is_written_compiles(text in words()) {
        if condition(&text).is_ok() {
            holds(&text, &json!({"a": "x"}));
        }
    }

    /// A condition and its negation never both hold, whatever the claim is.
    #[test]
    fn a_negation_contradicts(text in words(), claim in "(x|y|1)?") {
        if condition(&text).is_ok() {
            let negated = format!("not ({text})");
            if condition(&negated).is_ok() {
                let token = json!({"a": claim});
                prop_assert!(!(holds(&text, &token) && holds(&negated, &token)), "{}", text);
            }
        }
    }
}
