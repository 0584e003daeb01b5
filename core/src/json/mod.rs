//! The only reader of untrusted JSON: strict RFC 8259, bounded in depth, and refusing duplicate members.
//!
//! RFC 7519 section 4 lets a reader of claims either refuse duplicate names or take the last one. Readers that choose
//! differently see different claims in the same signed token, so this one refuses, at every level and after unescaping.
//! What it lets pass, every strict JSON reader of a host language reads alike.

mod build;
#[cfg(test)]
mod differential;
mod name;
mod number;
mod place;
mod reader;
mod scan;
mod span;
mod steps;
mod value;

pub use build::{BuildError, JsonBuilder, build_json};
pub(crate) use name::Name;
pub(crate) use number::few_digits;
pub(crate) use place::{Place, Table};
use reader::Reader;
use std::borrow::Cow;
pub use value::ValueKind;
pub(crate) use value::{JsonError, Member, Value};

/// Reads `text` as one object, and says where its members stand.
///
/// The object itself is the first of at most `depth` levels. Numbers below the top level must be finite; those at the
/// top level are left to the caller, who knows which claim they belong to (see [`Table::finite`]).
pub(crate) fn table(text: &str, depth: usize) -> Result<Table, JsonError> {
    Reader::new(text)?.object(depth).map(Table)
}

/// The members of the object that [`table`] reads, in order, for those who need all of them at once.
pub(crate) fn object(text: &str, depth: usize) -> Result<Vec<Member<'_>>, JsonError> {
    table(text, depth).map(|table| table.members(text).collect())
}

impl<'a> Value<'a> {
    /// The array's elements; `None` for every other type.
    pub(crate) fn as_array(self) -> Option<Vec<Value<'a>>> {
        match self {
            // It was read before as part of a larger text.
            Self::Array(text) => Reader::new(text).ok()?.array().ok(),
            _ => None,
        }
    }

    /// The array's elements when all of them are strings; `None` for every other value.
    pub(crate) fn as_strings(self) -> Option<Vec<Cow<'a, str>>> {
        self.as_array()?.into_iter().map(Value::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Value, object};

    fn reads(text: &str) -> bool {
        object(text, 32).is_ok()
    }

    #[test]
    fn reads_what_rfc_8259_allows() {
        for text in [
            "{}",
            " {\t\"a\" : [ 1 , -0.5e+3 , true , false , null , \"\\u0041\\ud83d\\ude00\" ] }\r\n",
            r#"{"a":{"b":{"a":1}},"c":"\"\\\/\b\f\n\r\t"}"#,
            "{\"\\u0000\":\"\u{7f}é\"}",
        ] {
            assert!(reads(text), "{text}");
        }
    }

    #[test]
    fn refuses_what_rfc_8259_does_not_allow() {
        for text in [
            "",
            " ",
            "[]",
            "1",
            "{",
            "}",
            "{}}",
            "{} {}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{,}",
            "{a:1}",
            "{'a':1}",
            "{\"a\":01}",
            "{\"a\":+1}",
            "{\"a\":.5}",
            "{\"a\":1.}",
            "{\"a\":1e}",
            "{\"a\":-}",
            "{\"a\":NaN}",
            "{\"a\":Infinity}",
            "{\"a\":tru}",
            "{\"a\":[1,]}",
            "{\"a\":[1 2]}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\\u00g0\"}",
            "{\"a\":\"\n\"}",
            "{\"a\":\"\u{1}\"}",
            "{\"a\":\"unterminated}",
            "\u{feff}{}",
            "{}\0",
            "{\"a\":1}//",
            "{\"a\":\"\\",
        ] {
            assert!(!reads(text), "{text}");
        }
    }

    #[test]
    fn refuses_lone_surrogates() {
        for text in [
            r#"{"a":"\ud800"}"#,
            r#"{"a":"\udc00"}"#,
            r#"{"a":"\ud800\ud800"}"#,
            r#"{"a":"\ud800x"}"#,
            r#"{"\udfff":1}"#,
        ] {
            assert!(!reads(text), "{text}");
        }
    }

    #[test]
    fn refuses_duplicates_at_every_level_and_size() {
        assert!(!reads(r#"{"a":1,"a":1}"#));
        assert!(!reads(r#"{"a":1,"\u0061":2}"#));
        assert!(!reads(r#"{"x":[{"a":1,"a":2}]}"#));
        let many: Vec<_> = (0..40).map(|index| format!("\"m{index}\":{index}")).collect();
        assert!(reads(&format!("{{{}}}", many.join(","))));
        assert!(!reads(&format!("{{{},\"m7\":0}}", many.join(","))));
    }

    #[test]
    fn counts_the_outermost_object_as_the_first_level() {
        let nested = |levels: usize| format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels));
        assert!(object(&nested(32), 32).is_ok());
        assert!(object(&nested(33), 32).is_err());
        let arrays = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(object(&arrays(31), 32).is_ok());
        assert!(object(&arrays(32), 32).is_err());
        assert!(object(&arrays(1_000_000), 32).is_err());
    }

    #[test]
    fn refuses_numbers_beyond_doubles_below_the_top_level_only() {
        assert!(reads(r#"{"exp":1e400}"#));
        assert!(!reads(r#"{"a":[1e400]}"#));
        assert!(!reads(r#"{"a":{"b":-1e999}}"#));
        assert!(reads(r#"{"a":{"b":1e-999}}"#));
    }

    #[test]
    fn agrees_with_serde_json_on_what_a_string_says() -> Result<(), Box<dyn std::error::Error>> {
        for text in
            [r#""plain""#, r#""\u00e9\n\ud83d\ude00\/""#, r#""eight..\"eight..""#, "\"\u{1f600}é\"", r#""\\u0041""#]
        {
            let wrapped = format!("{{\"v\":{text}}}");
            let members = object(&wrapped, 2).map_err(|_| "not read")?;
            let ours = members.first().and_then(|member| member.value.as_str()).map(std::borrow::Cow::into_owned);
            assert_eq!(ours, Some(serde_json::from_str::<String>(text)?));
        }
        assert_eq!(
            object(r#"{"v":[]}"#, 2).map_err(|_| "not read")?.first().map(|m| m.value),
            Some(Value::Array("[]"))
        );
        Ok(())
    }
}
