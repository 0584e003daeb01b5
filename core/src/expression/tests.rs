//! What expressions mean, what they refuse to be, and what they may cost.

use super::evaluate::Evaluation;
use super::no_value::NoValue;
use super::{Expression, Value};
use crate::context::Context;
use crate::json::{self, Table};
use crate::limits;
use crate::request::Request;
use crate::time::Timestamp;
use crate::token::Payload;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

mod parsing;
mod parsing_random;
mod reference;

const HEADER: &str = r#"{"alg":"ES256","kid":"k","typ":"at+jwt"}"#;
const NOW: i64 = 1_800_000_000;

fn request() -> Request<'static> {
    Request {
        method: "GET",
        path: "/orders/7",
        query: "page=2&tag=a%20b&twice=1&twice=2",
        headers: &[("X-Tenant", "acme"), ("Accept", "a"), ("accept", "b"), ("Cookie", "s=1; t=2; t=3")],
    }
}

/// What the expression comes to, and how many steps that took.
fn evaluate(
    text: &str, claims: &str, request: Option<&Request<'_>>, check: impl FnOnce(Result<Value<'_>, NoValue>, usize),
) {
    let expression = Expression::compile(text, true, "e").unwrap_or_else(|error| panic!("{text}: {error}"));
    let table = json::table(claims, 64).expect("JSON");
    let payload = Payload::of(claims, &table);
    let context = Context { header: HEADER, payload: &payload, request, now: Timestamp::from_seconds(NOW) };
    let value = payload.get("value").map(Value::of_json);
    let mut evaluation = Evaluation::new(&context, value, limits::EXPRESSION_STEPS);
    let result = evaluation.value(&expression.tree);
    check(result, limits::EXPRESSION_STEPS - evaluation.steps_left());
}

/// `Some` for a boolean, `None` for a fault and for every other value.
fn outcome(text: &str, claims: &str) -> Option<bool> {
    let mut outcome = None;
    evaluate(text, claims, Some(&request()), |result, _| {
        if let Ok(Value::Bool(value)) = result {
            outcome = Some(value);
        }
    });
    outcome
}

#[test]
fn knows_the_token_the_request_and_the_time() {
    let claims = r#"{"level":3,"roles":["a","b"],"o":{"x":{"y":1.5}},"n":null,"value":"eng-7","esc":"a\u00e9\n","exp":1800000600}"#;
    for text in [
        "claims.level >= 3 && claims['level'] == 3.0",
        "'a' in claims.roles && !('c' in claims.roles) && claims.roles[1] == 'b'",
        "claims.o.x.y == 1.5 && has(claims.o.x) && !has(claims.o.z) && 'o' in claims && !('z' in claims)",
        "claims.n == null && has(claims.n)",
        "value.startsWith('eng-') && value.endsWith('7') && value.contains('g-') && value.matches('^[a-z]+-[0-9]$')",
        "claims.esc == 'a\\u00e9\\n' && size(claims.esc) == 3 && claims.esc.size() == 3",
        "header.alg == 'ES256' && header.typ == 'at+jwt' && size(header) == 3",
        "now == 1800000000 && claims.exp - now == 600",
        "request.method == 'GET' && request.path.startsWith('/orders/') && request['path'] == request.path",
        "request.headers['x-tenant'] == 'acme' && request.headers['X-TENANT'] == 'acme' && request.headers.accept == 'a, b'",
        "request.query.page == '2' && request.query['tag'] == 'a b' && !has(request.query.x)",
        "request.cookies.s == '1' && 's' in request.cookies",
        "claims.roles.all(r, r in ['a', 'b', 'c']) && claims.roles.exists(r, r == 'b') && claims.roles.exists_one(r, r == 'a')",
        "claims.roles.filter(r, r != 'a') == ['b'] && claims.roles.map(r, r + '!') == ['a!', 'b!'] && claims.roles.map(r, r == 'a', 1) == [1]",
        "claims.o.all(name, name == 'x') && size(claims.roles + ['c']) == 3",
        "claims.roles.exists(a, claims.roles.exists(b, a == 'a' && b == 'b'))",
        "'A,b'.lowerAscii().split(',') == ['a', 'b'] && int('7') == 7 && int(2.9) == 2 && double('1.5') == 1.5 && string(7) == '7' && string(true) == 'true'",
        "(claims.level > 5 ? 1 : 2) == 2 && -claims.level == -3 && 7 % 4 == 3 && 7 / 2 == 3 && 1.0 / 2.0 == 0.5",
        "'a' < 'b' && false < true && 1 < 1.5",
        "claims.missing == 1 || true",
        "!(claims.missing == 1 && false)",
        "claims.roles.exists(r, r == 'b' || r.x == 1)",
    ] {
        assert_eq!(outcome(text, claims), Some(true), "{text}");
    }
}

#[test]
fn has_no_value_where_cel_has_none() {
    let claims = r#"{"l":[1,2],"t":"x","big":9223372036854775807,"n":null,"d":1.5,"value":1}"#;
    for text in [
        "claims.missing == 1",
        "claims.t.x == 1",
        "claims.n.x == 1",
        "has(claims.t.x)",
        "claims.l[2] == 1",
        "claims.l[-1] == 1",
        "claims.l['x'] == 1",
        "claims.t[0] == 'x'",
        "claims.big + 1 > 0",
        "-(-claims.big - 1) > 0",
        "1 / (claims.l[0] - 1) == 0",
        "1 % (claims.l[0] - 1) == 0",
        "claims.d + claims.l[0] == 2.5",
        "claims.d % 2.0 == 0.5",
        "claims.t > 1",
        "claims.t + 1 == 'x1'",
        "claims.t && true",
        "!claims.t",
        "claims.t",
        "claims.l",
        "null",
        "1",
        "'true'",
        "claims.t.contains(1)",
        "claims.l.all(x, x.y == 1)",
        "claims.t.all(x, true)",
        "claims.l.exists_one(x, x.y == 1)",
        "claims.missing == 1 || false",
        "claims.missing == 1 && true",
        "int('x') == 0",
        "int(1e300) == 0",
        "string(1.5) == '1.5'",
        "'a'.split('') == ['a']",
        "request.query.twice == '1'",
        "request.cookies.t == '2'",
        "request.headers.absent == ''",
        "request.headers == request.headers",
        "size(request.headers) > 0",
    ] {
        assert_eq!(outcome(text, claims), None, "{text}");
    }
}

#[test]
fn is_not_true_without_the_request_that_it_names() {
    let table = Table::default();
    let payload = Payload::of("{}", &table);
    let context = Context { header: HEADER, payload: &payload, request: None, now: Timestamp::from_seconds(NOW) };
    let holds = |text| Expression::compile(text, false, "e").unwrap().holds(&context, None, None);
    assert!(holds("true"));
    assert!(!holds("true || request.method == 'GET'"));
}

#[test]
fn says_at_construction_what_it_cannot_be() {
    let compile = |text: &str| Expression::compile(text, false, "issuers[0].claims[0].expression").expect_err(text);
    for (text, hint) in [
        ("claim.level == 1", Some("did you mean claims?")),
        ("claims.a.startWith('x')", Some("did you mean startsWith?")),
        ("request.header.x == 'a'", Some("did you mean headers?")),
        ("value == 1", Some("add  claim, or write  claims.name")),
        ("size(request) == 1", Some("write request.method, .path, .headers, .query or .cookies")),
        ("timestamp(claims.exp) > now", Some("dates are numbers of seconds here; compare them with now")),
        ("claims.n == 1u", Some("write 1 for 1u, and 'a' for b'a'")),
        ("has(claims)", Some("for other names write  'name' in claims")),
        ("claims.a.matches(claims.b)", None),
        ("claims.a.matches('(?=a)')", Some("look-around and back-references are not supported")),
        ("{'a': 1}.a == 1", None),
        ("startsWith(claims.a, 'b')", None),
        ("claims.a.int() == 1", None),
        ("claims.a.all(x)", None),
        ("claims.a.all(x.y, true)", None),
        ("claims.a.all(now, true)", None),
        ("claims.a.all(x, claims.b.all(x, true))", None),
        ("claims.a ==", None),
        ("", None),
        ("claims.?a == 1", None),
    ] {
        let error = compile(text);
        assert_eq!(error.path(), "issuers[0].claims[0].expression", "{text}");
        assert_eq!(error.hint(), hint, "{text}: {error}");
    }
}

#[test]
fn is_bounded_when_it_is_compiled() {
    let compiles = |text: String| Expression::compile(&text, false, "e").is_ok();
    let nested = |levels: usize| format!("{}true{}", "(".repeat(levels), ")".repeat(levels));
    assert!(compiles(nested(16)));
    assert!(!compiles(nested(17)));
    assert!(!compiles(nested(2000)));
    assert!(compiles(format!("claims{}", ".a".repeat(31))));
    assert!(!compiles(format!("claims{}", ".a".repeat(32))));
    assert!(!compiles(format!("1{} == 1", "+1".repeat(300))));
    assert!(compiles(format!("'{}' == ''", "x".repeat(4088))));
    assert!(!compiles(format!("'{}' == ''", "x".repeat(4089))));
    assert!(compiles(vec!["now > 1"; 80].join(" && ")), "a chain of conditions is a balanced tree");
}

/// Whatever is in the token, no evaluation takes more steps than there are, and one that would is not true.
#[test]
fn ends_when_its_steps_are_used_up() {
    let list = |count: usize| json!({"l": vec![1; count], "t": "a".repeat(count), "v": [["x"]]}).to_string();
    let steps = |text: &str, claims: &str| {
        let mut taken = 0;
        evaluate(text, claims, None, |result, steps| {
            assert_eq!(
                result.is_err_and(|stop| stop == NoValue::Exhausted),
                steps == limits::EXPRESSION_STEPS,
                "{text}"
            );
            taken = steps;
        });
        taken
    };
    // In proportion to the list, and to the product of two lists.
    let single = "claims.l.all(x, x == 1)";
    assert!(steps(single, &list(2000)) < 2 * steps(single, &list(1000)) + 10);
    let double = "claims.l.all(x, claims.l.all(y, x == y))";
    assert!(steps(double, &list(100)) > 90 * steps(double, &list(10)) / 2);
    for text in [
        double,
        "claims.l.all(x, claims.l.all(y, claims.l.all(z, x == y && y == z))) || true",
        "true || claims.l.map(x, claims.l.map(y, claims.l)) == []",
        "claims.l.map(x, claims.l).map(y, claims.l + y + y).all(z, z == z)",
        "claims.l.all(x, claims.l.all(y, !(claims.t + claims.t + claims.t).contains('b')))",
        "claims.l.exists(x, claims == claims && false) || true",
        "claims.l.exists(x, claims.t.split('a') == claims.t.split('a') && false)",
        "claims.l.all(x, claims.t.matches('b.*c|a$') && claims.t < claims.t + 'a')",
    ] {
        let steps = steps(text, &list(8000));
        let decided_at_once = text.starts_with("true ||");
        assert_eq!(steps == limits::EXPRESSION_STEPS, !decided_at_once, "{text}: {steps}");
    }
}

fn any_claims() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        (-3_i64..4).prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        prop::sample::select(vec![0.5, 1.0, -2.0, 1e300]).prop_map(Json::from),
        "[ab\u{e9}\"\\\\]{0,3}".prop_map(Json::from),
    ];
    let value = leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::btree_map("[abc]", inner, 0..3).prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    });
    prop::collection::btree_map("[abcd]", value, 0..5).prop_map(|map| Json::Object(map.into_iter().collect()))
}

/// Expressions of every form, mostly well typed.
fn any_expression() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "claims.a",
        "claims.b",
        "claims.c",
        "claims['d']",
        "claims.a.b",
        "claims.b[0]",
        "claims",
        "1",
        "0",
        "-2",
        "1.5",
        "'a'",
        "''",
        "true",
        "false",
        "null",
        "[]",
        "[1, 'a']",
        "has(claims.a)",
        "has(claims.b.a)",
        "'a' in claims",
        "9223372036854775807",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(4, 24, 3, |inner| {
        let operator =
            prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">=", "&&", "||", "+", "-", "*", "/", "%", "in"]);
        let call = prop::sample::select(vec![
            "size(?)",
            "?.size()",
            "int(?)",
            "double(?)",
            "!(?)",
            "-(?)",
            "(?).a",
            "(?)[0]",
            "(?)['a']",
            "(?).lowerAscii()",
            "(?).all(x, true)",
            "(?).exists(x, x == 1)",
            "(?).map(x, [x])",
            "(?).filter(x, x != 'a')",
            "(?).exists_one(x, x == 'a')",
            "(?).all(x, claims.c.exists(y, x == y))",
            "(?).map(x, x == 1, x)",
        ]);
        let method = prop::sample::select(vec!["contains", "startsWith", "endsWith"]);
        prop_oneof![
            (inner.clone(), operator, inner.clone()).prop_map(|(a, op, b)| format!("({a}) {op} ({b})")),
            (call, inner.clone()).prop_map(|(call, a)| call.replace('?', &format!("({a})"))),
            (inner.clone(), method, inner.clone()).prop_map(|(a, name, b)| format!("({a}).{name}({b})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("({a}) ? ({b}) : ({c})")),
        ]
    })
}

/// The same expression by the interpreter of the `cel` crate.
fn by_the_crate(text: &str, claims: &Json) -> Option<bool> {
    let mut env = cel::Env::stdlib();
    env.add_extension(cel::extensions::strings).expect("the strings extension");
    let program = env.compile(text).expect(text);
    let mut context = cel::Context::with_env(std::sync::Arc::new(env));
    context.add_variable("claims", claims).expect("claims");
    match program.execute(&context) {
        Ok(cel::Value::Bool(value)) => Some(value),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn means_what_the_interpreter_of_the_crate_takes_it_to_mean(text in any_expression(), claims in any_claims()) {
        prop_assume!(Expression::compile(&text, true, "e").is_ok());
        let (ours, theirs) = (outcome(&text, &claims.to_string()), by_the_crate(&text, &claims));
        // To the crate, whole numbers of a JSON text are unsigned where ours are integers, and a list and a map can be
        // added: so arithmetic may be an error on one side alone. Two answers must be the same one.
        let arithmetic = text.contains(['+', '-', '*', '/', '%']) && (ours.is_none() || theirs.is_none());
        prop_assert!(ours == theirs || arithmetic, "{:?} {:?}: {} {}", ours, theirs, text, claims);
    }
}
