//! The reader against serde_json, on texts that are JSON or nearly so; and a bound on its work.

use super::{object, steps, table};
use proptest::prelude::{Just, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeSet;
use std::fmt;

const DEPTH: usize = 5;

/// Any JSON value of at most this many levels, without duplicate names.
#[derive(Clone, Copy)]
struct Strict(usize);

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Strict {
    fn inner<E: Error>(self) -> Result<Self, E> {
        self.0.checked_sub(1).map(Self).ok_or_else(|| E::custom("too deep"))
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let inner = self.inner()?;
        while elements.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let inner = self.inner()?;
        let mut names = BTreeSet::new();
        while let Some(name) = members.next_key::<String>()? {
            members.next_value_seed(inner)?;
            if !names.insert(name) {
                return Err(A::Error::custom("a duplicate"));
            }
        }
        Ok(())
    }
}

fn serde_reads(text: &str) -> bool {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    text.trim_start_matches([' ', '\t', '\n', '\r']).starts_with('{')
        && Strict(DEPTH).deserialize(&mut deserializer).is_ok()
        && deserializer.end().is_ok()
}

fn we_read(text: &str) -> bool {
    table(text, DEPTH).is_ok_and(|table| table.finite(text, &[]))
}

fn scalar() -> impl Strategy<Value = String> {
    let odd = [
        "true",
        "false",
        "null",
        "nul",
        "0",
        "-0",
        "00",
        "-",
        "1.",
        "1.5e+300",
        "1e309",
        "-1E-999",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"",
        "\"\\ude00\"",
        "\"\\ud83d\\n\"",
        "\"\\/\\b\\\\\"",
        "\"\\v\"",
        "\"a\tb\"",
        "\"\u{7f}\u{80}\u{2028}\"",
    ];
    prop_oneof![
        prop::sample::select(odd.to_vec()).prop_map(str::to_owned),
        any::<i64>().prop_map(|number| number.to_string()),
        "-?[0-9]{1,3}(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?",
        "\"[ -~é€😀]{0,20}\"",
        any::<String>().prop_map(|text| serde_json::Value::String(text).to_string()),
    ]
}

/// Names that collide now and then, plainly and by an escape.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => "\"[a-d]\"",
        1 => "\"[a-z]{2,12}\"",
        // Names of one key.
        1 => "\"(abcdefgh|ab\\\\u0063defgh)[ab]{1,2}12345678\"",
        1 => prop::sample::select(vec!["\"\\u0061\"", "\"\\u0062\"", "\"\"", "\"\\ud800\"", "a"]).prop_map(str::to_owned),
    ]
}

fn space() -> impl Strategy<Value = &'static str> {
    prop_oneof![8 => Just(""), 1 => Just(" "), 1 => Just("\r\n\t")]
}

fn json() -> impl Strategy<Value = String> {
    let object = |value: prop::strategy::BoxedStrategy<String>| {
        prop::collection::vec((name(), space(), value), 0..20).prop_map(|members| {
            let members: Vec<_> = members
                .iter()
                .map(|(name, space, value)| format!("{space}{name}{space}:{space}{value}{space}"))
                .collect();
            format!("{{{}}}", members.join(","))
        })
    };
    let value = scalar().prop_recursive(6, 60, 4, move |inner| {
        let members = prop::collection::vec((name(), inner.clone()), 0..4)
            .prop_map(|members| members.iter().map(|(name, value)| format!("{name}:{value}")).collect::<Vec<_>>())
            .prop_map(|members| format!("{{{}}}", members.join(",")));
        let elements = prop::collection::vec((inner, space()), 0..4)
            .prop_map(|elements| elements.iter().map(|(value, space)| format!("{space}{value}{space}")).collect())
            .prop_map(|elements: Vec<_>| format!("[{}]", elements.join(",")));
        prop_oneof![members, elements]
    });
    object(value.boxed())
}

/// One character taken out, put in, or put in another's place.
fn broken(text: &str, place: usize, with: Option<char>, insert: bool) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let place = place % characters.len();
    characters.splice(place..place + usize::from(!insert), with);
    characters.into_iter().collect()
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(1_000))]

    #[test]
    fn reads_what_serde_json_reads(text in json()) {
        prop_assert_eq!(we_read(&text), serde_reads(&text), "{}", text);
    }

    #[test]
    fn refuses_what_serde_json_refuses(
        text in json(), place in any::<usize>(), insert in any::<bool>(),
        with in prop::option::of(prop::sample::select("{}[]:,\"\\ \n0129-+.eEutfn/\u{0}\u{b}é\u{feff}".chars().collect::<Vec<_>>())),
    ) {
        let text = broken(&text, place, with, insert);
        prop_assert_eq!(we_read(&text), serde_reads(&text), "{}", text);
    }
}

#[test]
fn strings_end_where_they_end_at_every_offset() {
    for before in 0..40 {
        for special in ["\"", "\\n", "\\\"", "\n", "\u{1f}", "\u{7f}", "\u{80}", "\u{a2}", "é"] {
            for after in [0, 1, 7, 8, 9, 30] {
                let text = format!("{{\"a\":\"{}{special}{}\"}}", "é!".repeat(before), "x".repeat(after));
                assert_eq!(we_read(&text), serde_reads(&text), "{text}");
            }
        }
    }
}

/// Whatever stands in a text, reading one four times as long costs hardly more than four times as much: sorting names
/// adds a logarithm.
#[test]
fn work_grows_with_the_length_only() {
    let members = |count: usize| (0..count).map(|index| format!("\"{index:x}\":0")).collect::<Vec<_>>().join(",");
    let forms: [(&str, &dyn Fn(usize) -> String); 12] = [
        ("members", &|size| format!("{{{}}}", members(size / 8))),
        ("members of one key", &|size| {
            let names = (0..size / 32).map(|index| format!("\"abcdefgh{index:08x}abcdefgh\":0"));
            format!("{{{}}}", names.collect::<Vec<_>>().join(","))
        }),
        ("members of one key with escapes", &|size| {
            let names = (0..size / 48).map(|index| format!("\"\\u0061bcdefgh{index:08x}abcdefgh\":0"));
            format!("{{{}}}", names.collect::<Vec<_>>().join(","))
        }),
        ("small objects of one key", &|size| {
            let names =
                (0..16).map(|index| format!("\"\\nbcdefgh{index:08x}abcdefgh\":0")).collect::<Vec<_>>().join(",");
            format!("{{\"a\":[{}{{}}]}}", format!("{{{names}}},").repeat(size / 500))
        }),
        ("nested members", &|size| format!("{{\"a\":{{{}}}}}", members(size / 8))),
        ("small objects", &|size| format!("{{\"a\":[{}{{}}]}}", format!("{{{}}},", members(16)).repeat(size / 128))),
        ("names held by outer objects", &|size| {
            let object = format!("{{{},\"a\":", members(10));
            let levels = 20;
            format!("{{\"l\":[{}0]}}", format!("{}0{},", object.repeat(levels), "}".repeat(levels)).repeat(size / 1600))
        }),
        ("empty arrays", &|size| format!("{{\"a\":[{}[]]}}", "[],".repeat(size / 3))),
        ("deep arrays", &|size| format!("{{\"a\":[{}0]}}", "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]],".repeat(size / 33))),
        ("escapes", &|size| format!("{{\"a\":\"{}\"}}", "\\u00e9".repeat(size / 6))),
        // Near the middle of two doubles: to make a double of one takes a thousand times as long as to read it.
        ("numbers", &|size| format!("{{\"a\":[{}0]}}", "1.7976931348623158079e308,".repeat(size / 26))),
        ("spaces", &|size| format!("{{{}}}", " ".repeat(size))),
    ];
    for (form, text) in forms {
        let (short, long) = (text(4 * 1024), text(16 * 1024));
        let steps = |text: &str| steps::of(|| assert!(object(text, 64).is_ok(), "{form}"));
        let (few, many) = (steps(&short), steps(&long));
        assert!(many <= 5 * few, "{form}: {few} steps, then {many}");
        assert!(many <= 12 * long.len(), "{form}: {many} steps for {} bytes", long.len());
    }
}

#[test]
fn depth_bounds_work_on_text_that_only_opens() {
    for opening in ["[", "{\"a\":"] {
        let text = format!("{{\"a\":{}", opening.repeat(16 * 1024));
        assert!(steps::of(|| assert!(object(&text, 64).is_err())) < 64 * 16, "{opening}");
    }
}
