//! The flat value of a JSON text, written while the text is read: once, from left to right.
//!
//! What comes here was read by the core or written by this library, and still nothing is taken on trust: what is no JSON gives
//! nothing. Texts with escapes are `serde_json`'s to read.

use crate::flat::Flat;
use std::borrow::Cow;

impl Flat {
    /// The value of a JSON text; `None` where it is none, and then what was written is of no use.
    pub(crate) fn json(&mut self, text: &str) -> Option<()> {
        let reader = Reader { text };
        let end = reader.value(reader.token(0), DEPTH, self)?;
        (reader.token(end) == text.len()).then_some(())
    }
}

/// Its functions take the place where they begin, and give the place behind what they have read.
struct Reader<'a> {
    text: &'a str,
}

impl<'a> Reader<'a> {
    /// `None` at the end.
    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// The place of the next byte that is no white space (RFC 8259 section 2).
    fn token(&self, mut at: usize) -> usize {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte(at) {
            at = next(at);
        }
        at
    }

    fn value(&self, at: usize, depth: usize, flat: &mut Flat) -> Option<usize> {
        match self.byte(at)? {
            b'"' => {
                let (text, end) = self.string(at)?;
                flat.text(&text);
                Some(end)
            }
            b'[' => self.array(at, depth.checked_sub(1)?, flat),
            b'{' => self.object(at, depth.checked_sub(1)?, flat),
            b't' => {
                flat.bool(true);
                self.word(at, "true")
            }
            b'f' => {
                flat.bool(false);
                self.word(at, "false")
            }
            b'n' => {
                flat.null();
                self.word(at, "null")
            }
            _ => {
                let end = self.number(at)?;
                flat.literal(self.text.get(at..end)?);
                Some(end)
            }
        }
    }

    fn array(&self, at: usize, depth: usize, flat: &mut Flat) -> Option<usize> {
        let (counted, mut count) = (flat.open_list(), 0);
        let mut at = self.token(next(at));
        if self.byte(at)? == b']' {
            return Some(next(at));
        }
        loop {
            at = self.token(self.value(at, depth, flat)?);
            count = next(count);
            match self.byte(at)? {
                b',' => at = self.token(next(at)),
                b']' => break,
                _ => return None,
            }
        }
        flat.close(counted, count);
        Some(next(at))
    }

    fn object(&self, at: usize, depth: usize, flat: &mut Flat) -> Option<usize> {
        let (counted, mut count) = (flat.open_map(), 0);
        let mut at = self.token(next(at));
        if self.byte(at)? == b'}' {
            return Some(next(at));
        }
        loop {
            let (name, end) = self.string(at)?;
            flat.name(&name);
            let colon = self.token(end);
            if self.byte(colon)? != b':' {
                return None;
            }
            at = self.token(self.value(self.token(next(colon)), depth, flat)?);
            count = next(count);
            match self.byte(at)? {
                b',' => at = self.token(next(at)),
                b'}' => break,
                _ => return None,
            }
        }
        flat.close(counted, count);
        Some(next(at))
    }

    /// The string whose quote stands there.
    fn string(&self, at: usize) -> Option<(Cow<'a, str>, usize)> {
        if self.byte(at)? != b'"' {
            return None;
        }
        let start = next(at);
        let mut end = self.plain(start);
        if self.byte(end)? == b'"' {
            return Some((Cow::Borrowed(self.text.get(start..end)?), next(end)));
        }
        while self.byte(end)? == b'\\' {
            end = self.plain(end.checked_add(2)?);
        }
        let quoted = self.text.get(at..next(end))?;
        Some((Cow::Owned(serde_json::from_str(quoted).ok()?), next(end)))
    }

    /// The place of the next byte that a string does not have as it is: a quote, a backslash, a control character.
    fn plain(&self, at: usize) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        let stops = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..b' ');
        at.saturating_add(rest.iter().position(stops).unwrap_or(rest.len()))
    }

    fn word(&self, at: usize, word: &str) -> Option<usize> {
        let end = at.checked_add(word.len())?;
        (self.text.get(at..end)? == word).then_some(end)
    }

    /// RFC 8259 section 6.
    fn number(&self, at: usize) -> Option<usize> {
        let whole = if self.byte(at)? == b'-' { next(at) } else { at };
        let mut end = if self.byte(whole)? == b'0' { next(whole) } else { self.digits(whole)? };
        if self.byte(end) == Some(b'.') {
            end = self.digits(next(end))?;
        }
        if let Some(b'e' | b'E') = self.byte(end) {
            let exponent = next(end);
            end = self.digits(if let Some(b'+' | b'-') = self.byte(exponent) { next(exponent) } else { exponent })?;
        }
        Some(end)
    }

    /// One digit at least.
    fn digits(&self, at: usize) -> Option<usize> {
        let rest = self.text.as_bytes().get(at..)?;
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (count > 0).then_some(at.saturating_add(count))
    }
}

/// No place in a text is too large for one behind it.
fn next(at: usize) -> usize {
    at.saturating_add(1)
}

/// More levels than the core lets pass, and as many as `serde_json` reads; each takes a few hundred bytes of the stack.
const DEPTH: usize = 128;

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
