//! Texts that nobody has thought of, and those of the vectors: read as the `cel` crate reads them, and never a panic.

use super::super::Expression;
use super::any_expression;
use super::parsing::{compare, reads};
use proptest::prelude::*;
use serde_json::Value as Json;

/// Texts that mean something, and such that nearly do: a few characters of them are gone, more, or others.
fn any_text() -> impl Strategy<Value = String> {
    let written = prop_oneof![any_expression(), prop::sample::select(written())];
    let change = (any::<prop::sample::Index>(), 0..3, prop::sample::select(SNIPPETS.to_vec()));
    (written, prop::collection::vec(change, 0..3)).prop_map(|(text, changes)| {
        let mut characters: Vec<char> = text.chars().collect();
        for (place, kind, snippet) in changes {
            let at = place.index(characters.len() + 1);
            let until = if kind == 0 { at } else { (at + 1).min(characters.len()) };
            let inserted = if kind == 2 { "" } else { snippet };
            characters.splice(at..until, inserted.chars());
        }
        characters.into_iter().collect()
    })
}

/// The expressions of the test vectors, which has those of the guide.
fn written() -> Vec<String> {
    fn collect(value: &Json, found: &mut Vec<String>) {
        match value {
            Json::Object(members) => {
                found.extend(members.get("expression").and_then(Json::as_str).map(str::to_owned));
                members.values().for_each(|value| collect(value, found));
            }
            Json::Array(elements) => elements.iter().for_each(|value| collect(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for file in ["expressions", "source_expressions", "rule_policy", "client_id", "guide"] {
        let path = format!("{}/../tests/vectors/tokens/{file}.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).expect("the vectors");
        collect(&serde_json::from_str(&text).expect("JSON"), &mut found);
    }
    found.retain(|text| text.len() < 200);
    found.sort();
    found.dedup();
    found
}

#[test]
fn the_vectors_are_read_alike() {
    let written = written();
    let read = written.iter().filter(|text| reads(text)).count();
    assert!(read > 100, "{read} of {} expressions", written.len());
}

/// Tokens and pieces of tokens.
const SNIPPETS: &[&str] = &[
    "==",
    "!=",
    "<=",
    ">=",
    "&&",
    "||",
    "<",
    ">",
    "!",
    "+",
    "-",
    "*",
    "/",
    "%",
    "?",
    ":",
    ".",
    ",",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    " in ",
    "true",
    "null",
    "claims",
    "request",
    "now",
    "header",
    ".a",
    ".path",
    "x",
    ".all(x,",
    ".map(x,",
    "size(",
    "has(",
    ".matches(",
    "'a'",
    "1",
    "-1",
    "0x1",
    "1.5",
    ".5",
    "e1",
    "u",
    "r'",
    "b'",
    "'",
    "\"",
    "'''",
    "\\",
    "\\n",
    "\\x41",
    " ",
    "\n",
    "\r",
    "//",
    "=",
    "&",
    "`",
    "\u{e9}",
    "as",
];

proptest! {
    // More in `make soak`, whose PROPTEST_CASES the default reads.
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(1000)))]

    #[test]
    fn what_is_nearly_an_expression_is_read_alike(text in any_text()) {
        compare(&text)?;
    }

    #[test]
    fn tokens_in_any_order_are_read_alike(
        tokens in prop::collection::vec(prop::sample::select(SNIPPETS.to_vec()), 1..9)
    ) {
        compare(&tokens.concat())?;
    }

    #[test]
    fn numbers_are_read_alike(text in "-?[0-9x.]{1,3}[0-9a-fA-FxeEuU.+-]{0,5}( in claims)?") {
        compare(&text)?;
    }

    #[test]
    fn texts_are_read_alike(
        open in "[rRbB]?('|\"|'''|\"\"\")",
        inside in "([a-c0-9'\"\r\n`?\u{e9}]|\\\\[\\\\abfnrtv'\"?`xXuU0-8\n]|\\\\[xX][0-9a-g+]{2}|\\\\u[0-9dD]{4}|\\\\U00[01]{2}[0-9a-f]{4}){0,6}",
        close in "('|\"|'''|\"\"\")",
    ) {
        compare(&format!("{open}{inside}{close}"))?;
        let quote = open.trim_start_matches(['r', 'R', 'b', 'B']);
        compare(&format!("{open}{inside}{quote}"))?;
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[a-c.()\\[\\]{}?:!<=>&|+*/%'\"\\\\ 0-9uxbr@`,-]{0,60}") {
        compare(&text)?;
    }

    #[test]
    fn no_unicode_makes_the_parser_panic(text in "\\PC{0,40}") {
        compare(&text)?;
    }

    #[test]
    fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Expression::compile(&String::from_utf8_lossy(&bytes), true, "e");
    }
}
