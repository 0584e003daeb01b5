//! How a text becomes a tree: as the `cel` crate reads it, with the place of what is wrong, and on a small stack.

use super::super::Expression;
use super::super::parser::{Names, Parser};
use super::reference;
use proptest::prelude::*;

const NAMES: [Names; 2] = [Names::Rule { has_value: true }, Names::Request];

/// What we read and what the crate reads: the same tree, or none both times.
pub(super) fn compare(text: &str) -> Result<bool, TestCaseError> {
    let mut read = false;
    for names in NAMES {
        let ours = Parser::new(text, "", names).parse().map(|parsed| (parsed.tree, parsed.names_request));
        let theirs = reference::read(text, names);
        read |= ours.is_ok();
        match (&ours, &theirs) {
            (Ok(ours), Ok(theirs)) => prop_assert_eq!(format!("{ours:?}"), format!("{theirs:?}"), "{}", text),
            (Err(_), Err(_)) => {}
            _ => prop_assert!(false, "{:?}: ours {:?}, theirs {:?}", text, ours, theirs),
        }
    }
    Ok(read)
}

/// Whether it means something, and the same to both.
pub(super) fn reads(text: &str) -> bool {
    compare(text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn literals_are_those_of_the_specification() {
    for text in [
        "0",
        "007",
        "-1",
        "- 1",
        "0x1F",
        "-0xff",
        "9223372036854775807",
        "-9223372036854775808",
        "-0x8000000000000000",
        "1.5",
        ".5",
        "-.5",
        "1e3",
        "1E+3",
        "1.5e-3",
        "-0.0",
        "1.e5",
        "1in[1]",
        "0x1in[1]",
        "1.5in[]",
        "'a'in[]",
        "'a'",
        "\"a\"",
        "''",
        "\"\"",
        "'''a'''",
        "\"\"\"a\"\"\"",
        "''''''",
        "'''a'b''c'''",
        "\"it's\"",
        "'\"'",
        "r'\\'",
        "R\"\\d\"",
        "r'''\\'''",
        "r\"\"\"a\nb\"\"\"",
        "'''a\r\nb\rc\n'''",
        "r'''a\r\nb\rc\n'''",
        "'\u{e9}\u{1f600}\t\0'",
        "'\\a\\b\\f\\n\\r\\t\\v\\\\\\'\\\"\\?\\`'",
        "'''\\''''",
        "'\\x41\\X4a\\u00e9\\U0001F600\\101\\377\\000'",
        "'\\uD7FF\\uE000'",
        "true",
        "false",
        "null",
        "[]",
        "[,]",
        "[1,]",
        "[1, [2, ]]",
        "[[], [1], claims]",
        "1 // one",
        "// one\n1",
        "1//\r2\n",
        "\t\r\n\u{c}1\u{c}",
        "'//'",
    ] {
        assert!(reads(text), "{text:?}");
    }
    for text in [
        "9223372036854775808",
        "--9223372036854775808",
        "0x8000000000000000",
        "1e400",
        "-1e400",
        "1.",
        "1.5.5",
        "1..5",
        "0x",
        "0xg",
        "0X1",
        "1e",
        "1e+",
        "1_000",
        "1u",
        "0x1U",
        "1.5u",
        "+1",
        "b'a'",
        "B\"a\"",
        "br'a'",
        "bR'''a'''",
        "rb'a'",
        "'a",
        "'a\"",
        "'''a''",
        "'''a'",
        "r'a",
        "'a\nb'",
        "'a\rb'",
        "r'a\nb'",
        "'\\",
        "'\\'",
        "'\\d'",
        "'\\400'",
        "'\\18'",
        "'\\1'",
        "'\\x+1'",
        "'\\x1'",
        "'\\u123'",
        "'\\uD800'",
        "'\\U00110000'",
        "'\\U+000001F'",
        "'\\\n'",
        "'a''b'",
        "'a' 'b'",
        "'''a''''",
        "True",
        "NULL",
        "[,,]",
        "[1,,]",
        "[1 2]",
        "{}",
        "{'a': 1}",
        "claims{}",
        "a.b{c: 1}",
        "\u{a0}1",
        "1\u{b}",
        "\u{feff}1",
        "/* 1 */ 1",
        "# 1",
        "",
        " ",
        "// 1",
        "\u{e9}",
        "`claims`",
        "claims.`a`",
        "$a",
    ] {
        assert!(!reads(text), "{text:?}");
    }
}

#[test]
fn operators_and_names_are_those_of_the_specification() {
    for text in [
        "1 + 2 * 3 - 4 / 5 % 6",
        "1 - 2 - 3",
        "1 < 2 == true != false",
        "1 < 2 < 3",
        "1 + 1 in [2] == true",
        "--1",
        "!true == false",
        "true || false && true || false",
        "true && true && true",
        "-1 - -1",
        "-(1)",
        "---1",
        "!!true",
        "true || true || true || true || true || true",
        "!!!true",
        "!-1",
        "-claims.a.b[0].c",
        "1 - 1-1",
        "!(true)",
        "!claims.a.contains('b')",
        "true ? 1 : false ? 2 : 3",
        "(true ? true : false) ? 1 : 2",
        "(1 + 2) * 3",
        "true || false ? 1 + 1 : 2 || true",
        "((claims)).a",
        "(request).path",
        "request[('path')]",
        "-1 .a",
        "1 .a",
        "(request)['path']",
        "((request.path))",
        "--request.path",
        "!!(request).path",
        "[1][0]",
        "'a'.size()",
        "'a'.matches('b')",
        "matches('a', ('b'))",
        "[1].map(x, x > 1, x + 1).filter(y, y == 1).all(x, x == 1)",
        "[1].existsOne(x, true) || [1].exists_one(x, true)",
        "[[1]].all(x, x.exists(y, y == x[0]))",
        "size([1])",
        "[1].all((x), x == 1)",
        "[1].all(x, x == 1) && [1].all(x, x == 1)",
        "claims.as.if.while",
        "has(claims.a.b)",
        "has((claims.a))",
        "has(claims.a['b'].c)",
        "claims . a [ 0 ] . b",
        "[1].all(size, size == 1)",
        "claims.has",
        "[1].all(has, has == 1)",
        "claims.all",
        "claims.matches",
        "claims.size",
        "[1].all(x, request.path == x)",
    ] {
        assert!(reads(text), "{text:?}");
    }
    for text in [
        "!-claims",
        "-!true",
        "a.",
        "claims.",
        "claims..a",
        ".claims",
        "claims.1",
        "claims.in",
        "claims.true",
        "as",
        "claims.null",
        "if(1)",
        "[1].all(while, true)",
        "true ? 1",
        "true ? 1 : ",
        "true ? true ? 1 : 2 : 3",
        "1 +",
        "* 1",
        "1 = 1",
        "1 === 1",
        "1 & 1",
        "true | true",
        "!",
        "-",
        "(1",
        "1)",
        "[1",
        "1]",
        "()",
        "size(1,)",
        "size(,)",
        "size 1",
        "[1](1)",
        "(size)([1])",
        "claims.(a)",
        "claims.?a",
        "claims[?0]",
        "[?1]",
        "claims[]",
        "claims[1, 2]",
        "request",
        "(request)",
        "request == 1",
        "request['a' + 'b']",
        "request[0]",
        "request.a",
        "request.all(x, true)",
        "request.size()",
        "[request]",
        "!request",
        "!!request",
        "has(request)",
        "has(request.path)",
        "has(claims)",
        "has(claims['a'])",
        "has(claims.a, claims.b)",
        "has()",
        "claims.has(claims.a)",
        "all([1], x, true)",
        "[1].all()",
        "[1].all(x)",
        "[1].all(x, true, true)",
        "[1].map(x, 1, 2, 3)",
        "[1].all(1, true)",
        "[1].all(x.y, true)",
        "[1].all(.x, true)",
        "[1].all(claims, true)",
        "[1].all(x, [1].all(x, true))",
        "[1].all(x, true) && x",
        "x",
        "foo(1)",
        "size()",
        "size(1, 2)",
        "'a'.int()",
        "startsWith('a', 'b')",
        "'a'.startsWith('b', 'c')",
        "'a'.matches()",
        "'a'.matches(claims.a)",
        "matches('a')",
        "'a'.matches('(')",
        "timestamp('a')",
        ".size([1])",
        "int",
        "1 1",
        "claims claims",
        "in",
        "1 in",
        "?",
        ",",
        "1,",
        "1;",
    ] {
        assert!(!reads(text), "{text:?}");
    }
}

#[test]
fn an_error_says_where() {
    for (text, message) in [
        ("", "expected a value at the end"),
        ("(claims.a == 1", "expected ) at the end"),
        ("size(claims.a  'b')", "expected ) at character 16"),
        ("'\u{e9}' == claim.a", "unknown variable claim at character 8"),
        ("claims.a ==\n  claim.b", "unknown variable claim at line 2, character 3"),
        ("claims.a == 1 1", "expected an operator or the end at character 15"),
        ("claims.a = 1", "expected a name, a literal or an operator at character 10"),
        ("claims.a == 'x", "expected a closing quote for the text at character 13"),
        ("'a\\d'", "expected an escape that CEL has at character 3"),
        ("'b\nc'", "expected a closing quote before the line ends (three quotes hold lines) at line 1, character 3"),
        ("now == 1u", "expected another literal at character 8: a token holds neither unsigned integers nor bytes"),
        ("claims.9", "expected an operator or the end at character 7"),
        ("claims.in", "expected a name at character 8"),
        ("!-claims.a", "expected a number at character 3"),
        ("claims.a.foo(1)", "unknown function foo at character 10"),
        ("claims.a.all(x)", "expected list.all(variable, expression) at character 10"),
        ("if == 1", "expected another name at character 1: CEL keeps if for itself"),
        ("{'a': 1}", "expected no object at character 1: objects cannot be written in an expression"),
        ("claims.a.matches('(')", "not a regular expression at character 10"),
        ("((((((((((((((((((1))))))))))))))))))", "more than 16 brackets within brackets at character 18"),
    ] {
        let error = Expression::compile(text, false, "e").expect_err(text);
        assert_eq!(error.message(), message, "{text}");
        assert_eq!(error.path(), "e", "{text}");
    }
}

/// Brackets are counted, and levels, as they are in the tree of the crate.
#[test]
fn the_bounds_are_met_alike() {
    let mut met = 0;
    for (open, inside, close) in [
        ("(", "true", ")"),
        ("[", "", "]"),
        ("size(", "now", ")"),
        ("claims[", "0", "]"),
        ("claims.a.contains(", "'a'", ")"),
        ("true?true:", "true", ""),
        ("(true?", "true", ":true)"),
        ("(", "claims.all(((x)), true)", ")"),
        ("!(", "true", ")"),
        ("(1 + ", "claims.a.b", ")"),
        ("(true && true && ", "true", ")"),
        ("", "claims", ".a"),
        ("", "request.query", "[0]"),
        ("", "request", "['query']"),
        ("", "1", " - 1"),
        ("", "true", " || true && false"),
        ("", "true", " || true && false == 1 + 2"),
        ("", "now", ".size()"),
    ] {
        let reads = |count| reads(&format!("{}{inside}{}", open.repeat(count), close.repeat(count)));
        let counts: Vec<_> = (1..36).filter(|count| reads(*count)).collect();
        met += usize::from(!counts.contains(&35));
    }
    assert!(met > 10, "{met}");
}

/// Whatever is within the bounds of brackets and levels, and texts that go far beyond those of length and operators.
#[test]
fn a_small_stack_is_enough() {
    let wide = "true?true:true||true&&true==true+true*";
    let texts = [
        format!("{}true{}", "(".repeat(16), ")".repeat(16)),
        format!("{}true{}", format!("{wide}(").repeat(15), ")".repeat(15)),
        format!(
            "{}true{}",
            (0..8).map(|loops| format!("claims.map(x{loops},size(")).collect::<String>(),
            "))".repeat(8)
        ),
        format!("{}1{}", "[1,".repeat(16), "]".repeat(16)),
        format!("claims{}{}", "[claims".repeat(16), "]".repeat(16)),
        format!("{}true", "true?true:".repeat(4000)),
        format!("claims.a.all({}x{},true)", "(".repeat(20_000), ")".repeat(20_000)),
        ["now > 1"; 10_000].join("&&"),
        format!("1{}", "+1".repeat(10_000)),
        format!("1{}", "<1".repeat(10_000)),
        format!("{}true", "!".repeat(10_000)),
        "(".repeat(10_000),
        "size(".repeat(10_000),
        "a(".repeat(10_000),
        "now.size(".repeat(10_000),
        format!("claims{}", ".a".repeat(10_000)),
        format!("claims{}", ".size()".repeat(10_000)),
        "//\n".repeat(10_000),
    ];
    let compiled = std::thread::Builder::new().stack_size(128 * 1024).spawn(move || {
        texts.map(|text| {
            let _ = Expression::compile(&text, true, "e");
            Parser::new(&text, "e", NAMES[0]).parse().is_ok()
        })
    });
    let read = compiled.expect("a thread").join().expect("no overflow");
    assert_eq!(read.iter().filter(|read| **read).count(), 6, "{read:?}");
}
