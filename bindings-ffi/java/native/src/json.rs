//! The flat value of a JSON text, written while the core reads the text, once from left to right.

use crate::flat::{Flat, Open};
use jotgate::{JsonBuilder, build_json};
use std::convert::Infallible;

impl Flat {
    /// The value of a JSON text; `None` where it is none, and then what was written is of no use.
    pub(crate) fn json(&mut self, text: &str) -> Option<()> {
        build_json(text, self).ok()
    }
}

/// A list or a map that is being written, and what it has so far.
pub(crate) struct Counted(Open, usize);

impl Counted {
    fn one_more(&mut self) -> Result<(), Infallible> {
        self.1 = self.1.saturating_add(1);
        Ok(())
    }
}

impl JsonBuilder for Flat {
    type Value = ();
    type List = Counted;
    type Object = Counted;
    type Name = ();
    type Error = Infallible;

    fn null(&mut self) -> Result<(), Infallible> {
        Flat::null(self);
        Ok(())
    }

    fn bool(&mut self, value: bool) -> Result<(), Infallible> {
        Flat::bool(self, value);
        Ok(())
    }

    fn number(&mut self, literal: &str) -> Result<(), Infallible> {
        self.literal(literal);
        Ok(())
    }

    fn string(&mut self, text: &str) -> Result<(), Infallible> {
        self.text(text);
        Ok(())
    }

    fn list(&mut self) -> Result<Counted, Infallible> {
        Ok(Counted(self.open_list(), 0))
    }

    fn element(&mut self, list: &mut Counted, (): ()) -> Result<(), Infallible> {
        list.one_more()
    }

    fn end_list(&mut self, Counted(open, count): Counted) -> Result<(), Infallible> {
        self.close(open, count);
        Ok(())
    }

    fn object(&mut self) -> Result<Counted, Infallible> {
        Ok(Counted(self.open_map(), 0))
    }

    fn name(&mut self, name: &str) -> Result<(), Infallible> {
        Flat::name(self, name);
        Ok(())
    }

    fn member(&mut self, object: &mut Counted, (): (), (): ()) -> Result<(), Infallible> {
        object.one_more()
    }

    fn end_object(&mut self, Counted(open, count): Counted) -> Result<(), Infallible> {
        self.close(open, count);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::flat::Flat;
    use serde_json::Value;

    fn flat(json: &str) -> Option<Vec<u8>> {
        let mut flat = Flat::default();
        flat.json(json).map(|()| flat.into_bytes())
    }

    #[test]
    fn scalars_are_tagged() {
        assert_eq!(flat("null").unwrap(), b"z");
        assert_eq!(flat("true").unwrap(), b"t");
        assert_eq!(flat(" false\n").unwrap(), b"f");
        assert_eq!(flat(r#""a\u00e9\n""#).unwrap(), b"s\0\0\0\x04a\xc3\xa9\n");
    }

    #[test]
    fn numbers_keep_every_digit() {
        let digits = "340282366920938463463374607431768211457";
        assert_eq!(flat(digits).unwrap(), [b"n\0\0\0\x27", digits.as_bytes()].concat());
        assert_eq!(flat("-1.50e+2").unwrap(), b"n\0\0\0\x08-1.50e+2");
    }

    #[test]
    fn structures_nest() {
        let nested = br#" { "a" : [ 1 , {} ], "b":[] } "#;
        let written = b"m\0\0\0\x02\0\0\0\x01al\0\0\0\x02n\0\0\0\x011m\0\0\0\0\0\0\0\x01bl\0\0\0\0";
        assert_eq!(flat(str::from_utf8(nested).unwrap()).unwrap(), written);
    }

    #[test]
    fn depth_is_bounded() {
        let lists = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(flat(&lists(128)).is_some());
        assert!(flat(&lists(129)).is_none());
        assert!(flat(&"{\"a\":".repeat(1_000_000)).is_none());
    }

    /// Each text with one byte more, one less or another one, and what comes of those once more.
    #[test]
    fn mutated_texts_read_as_serde_json_reads_them() {
        let texts = [
            r#"{"a":[1,-0.5e+3,{"b":"c\n\u00e9\ud83d\ude00"}],"d":true,"e":null,"":false}"#,
            r#" [ "" , "x\\" , 10 , 0 , -0 , 1E5 , [ ] , { } , "é😀" , "long text without any escapes" ] "#,
            r#""\"\\\/\b\f\n\r\t\u0041""#,
            "-120.030e-12",
        ];
        let bytes = b"\"\\{}[],:-+.eE019ntfu \n\x01aA/";
        let (mut random, mut read, mut tried) = (1_u64, 0, 0);
        let mut below = |bound: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) as usize % bound
        };
        for round in 0..60_000 {
            let mut text = texts[round % texts.len()].as_bytes().to_vec();
            for _ in 0..=below(3) {
                let at = below(text.len());
                match below(3) {
                    0 => text.insert(at, bytes[below(bytes.len())]),
                    1 if text.len() > 1 => _ = text.remove(at),
                    _ => text[at] = bytes[below(bytes.len())],
                }
            }
            let Ok(text) = String::from_utf8(text) else { continue };
            tried += 1;
            let ours = flat(&text);
            match serde_json::from_str::<Value>(&text) {
                Ok(value) => {
                    read += 1;
                    assert_eq!(reread(&ours.expect(&text)), value, "{text}");
                }
                Err(error) => assert!(ours.is_none() || error.to_string().contains("out of range"), "{text}"),
            }
        }
        assert!(tried > 50_000 && read > 5_000 && tried - read > 5_000, "{tried} {read}");
    }

    /// A flat value as Java would read it, numbers as `serde_json` has them.
    fn reread(bytes: &[u8]) -> Value {
        let (value, rest) = value(bytes);
        assert_eq!(rest, b"");
        value
    }

    fn value(bytes: &[u8]) -> (Value, &[u8]) {
        let (tag, rest) = bytes.split_first().unwrap();
        match tag {
            b'z' => (Value::Null, rest),
            b't' => (Value::Bool(true), rest),
            b'f' => (Value::Bool(false), rest),
            b'n' => {
                let (literal, rest) = text(rest);
                (serde_json::from_str(&literal).unwrap(), rest)
            }
            b's' => {
                let (text, rest) = text(rest);
                (Value::String(text), rest)
            }
            b'l' => {
                let (mut elements, (count, mut rest)) = (Vec::new(), count(rest));
                for _ in 0..count {
                    let element;
                    (element, rest) = value(rest);
                    elements.push(element);
                }
                (Value::Array(elements), rest)
            }
            b'm' => {
                let (mut members, (count, mut rest)) = (serde_json::Map::new(), count(rest));
                for _ in 0..count {
                    let (name, member);
                    (name, rest) = text(rest);
                    (member, rest) = value(rest);
                    members.insert(name, member);
                }
                (Value::Object(members), rest)
            }
            other => panic!("{other}"),
        }
    }

    fn text(bytes: &[u8]) -> (String, &[u8]) {
        let (length, rest) = count(bytes);
        let (text, rest) = rest.split_at(length);
        (str::from_utf8(text).unwrap().to_owned(), rest)
    }

    fn count(bytes: &[u8]) -> (usize, &[u8]) {
        let (count, rest) = bytes.split_first_chunk::<4>().unwrap();
        (u32::from_be_bytes(*count) as usize, rest)
    }
}
