//! Reads JSON text once, from left to right.
//!
//! Every function takes the place where it begins and gives the place behind what it has read, so that the place stays in a
//! register. Behind the end of the text it reads zeros, which are valid nowhere.

use super::name::{Name, refuse_duplicates};
use super::scan::plain_bytes;
use super::steps;
use super::table::Place;
use super::value::{JsonError, Kind, Value};

/// A text, and what has to be remembered of the places before the present one.
pub(super) struct Reader<'a> {
    text: &'a str,
    /// The names so far of the nested objects that are open, those of the innermost at the end.
    names: Vec<Name>,
}

/// A value that was read.
#[derive(Clone, Copy)]
struct Read {
    end: usize,
    kind: Kind,
    /// See [`Place`].
    odd: bool,
}

impl<'a> Reader<'a> {
    /// Fails for a text that is longer than its places can count.
    pub(super) fn new(text: &'a str) -> Result<Self, JsonError> {
        u32::try_from(text.len()).map_err(|_| JsonError)?;
        Ok(Self { text, names: Vec::new() })
    }

    /// The members of the object that is the whole text, with no name twice. It is the first of at most `depth` levels.
    pub(super) fn object(&mut self, depth: usize) -> Result<Vec<Place>, JsonError> {
        let mut places: Vec<Place> = Vec::with_capacity(USUAL_MEMBERS);
        let end = self.each_member(self.space(0), depth, |_, name, start, value| {
            places.push(Place::new(name, start..value.end, value.kind, value.odd));
            Ok(())
        })?;
        self.end(end)?;
        refuse_duplicates(self.text, places.iter().map(|place| &place.name))?;
        Ok(places)
    }

    /// The elements of the array that is the whole text.
    pub(super) fn array(&mut self) -> Result<Vec<Value<'a>>, JsonError> {
        let mut elements = Vec::new();
        let text = self.text;
        let end = self.each_element(self.space(0), usize::MAX, |start, value| {
            let source = text.get(start..value.end).ok_or(JsonError)?;
            elements.push(Value::of(value.kind, source, value.odd));
            Ok(())
        })?;
        self.end(end)?;
        Ok(elements)
    }

    fn byte(&self, at: usize) -> u8 {
        steps::count();
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    /// RFC 8259 section 2 knows four kinds of white space; Unicode's others are none.
    fn space(&self, mut at: usize) -> usize {
        while matches!(self.byte(at), b' ' | b'\t' | b'\n' | b'\r') {
            at = next(at);
        }
        at
    }

    /// Nothing stands behind the value: two documents in one text are read differently by different readers.
    fn end(&self, at: usize) -> Result<(), JsonError> {
        if self.space(at) == self.text.len() { Ok(()) } else { Err(JsonError) }
    }

    /// Recursion is bounded by `depth`, which the policy bounds in turn, so that the smallest thread stacks do.
    fn value(&mut self, at: usize, depth: usize) -> Result<Read, JsonError> {
        let (end, kind, odd) = match self.byte(at) {
            b'"' => {
                let (quote, escaped) = self.string(at)?;
                (next(quote), Kind::String, escaped)
            }
            b'{' => (self.nested_object(at, depth)?, Kind::Object, false),
            b'[' => (self.each_element(at, depth, |_, value| finite(value))?, Kind::Array, false),
            b't' => (self.literal(at, b"true")?, Kind::Bool, false),
            b'f' => (self.literal(at, b"false")?, Kind::Bool, false),
            b'n' => (self.literal(at, b"null")?, Kind::Null, false),
            _ => {
                let (end, finite) = self.number(at)?;
                (end, Kind::Number, !finite)
            }
        };
        Ok(Read { end, kind, odd })
    }

    /// What is nested is only checked here, and read by whoever asks for it: most of it nobody does.
    fn nested_object(&mut self, at: usize, depth: usize) -> Result<usize, JsonError> {
        let outer = self.names.len();
        let end = self.each_member(at, depth, |reader, name, _, value| {
            reader.names.push(name);
            finite(value)
        })?;
        refuse_duplicates(self.text, self.names.get(outer..).unwrap_or_default().iter())?;
        self.names.truncate(outer);
        Ok(end)
    }

    /// Goes through an object. A comma before the closing brace fails, because a name has to follow each comma.
    fn each_member(
        &mut self, at: usize, depth: usize, mut take: impl FnMut(&mut Self, Name, usize, Read) -> Result<(), JsonError>,
    ) -> Result<usize, JsonError> {
        self.expect(at, b'{')?;
        let depth = depth.checked_sub(1).ok_or(JsonError)?;
        let mut at = self.space(next(at));
        if self.byte(at) == b'}' {
            return Ok(next(at));
        }
        loop {
            self.expect(at, b'"')?;
            let (quote, escaped) = self.string(at)?;
            let name = Name::at(self.text, next(at)..quote, escaped)?;
            let colon = self.space(next(quote));
            self.expect(colon, b':')?;
            let start = self.space(next(colon));
            let value = self.value(start, depth)?;
            take(self, name, start, value)?;
            at = self.space(value.end);
            match self.byte(at) {
                b',' => at = self.space(next(at)),
                b'}' => return Ok(next(at)),
                _ => return Err(JsonError),
            }
        }
    }

    fn each_element(
        &mut self, at: usize, depth: usize, mut take: impl FnMut(usize, Read) -> Result<(), JsonError>,
    ) -> Result<usize, JsonError> {
        self.expect(at, b'[')?;
        let depth = depth.checked_sub(1).ok_or(JsonError)?;
        let mut at = self.space(next(at));
        if self.byte(at) == b']' {
            return Ok(next(at));
        }
        loop {
            let value = self.value(at, depth)?;
            take(at, value)?;
            at = self.space(value.end);
            match self.byte(at) {
                b',' => at = self.space(next(at)),
                b']' => return Ok(next(at)),
                _ => return Err(JsonError),
            }
        }
    }

    /// This byte and no other stands there.
    fn expect(&self, at: usize, byte: u8) -> Result<(), JsonError> {
        if self.byte(at) == byte { Ok(()) } else { Err(JsonError) }
    }

    fn literal(&self, at: usize, word: &[u8]) -> Result<usize, JsonError> {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        if rest.starts_with(word) { Ok(at.wrapping_add(word.len())) } else { Err(JsonError) }
    }

    /// The place of the closing quote of the string whose opening quote stands here, and whether it holds escapes.
    fn string(&self, at: usize) -> Result<(usize, bool), JsonError> {
        let mut at = next(at);
        let mut escaped = false;
        loop {
            at = plain_bytes(self.text.as_bytes(), at);
            match self.byte(at) {
                b'"' => return Ok((at, escaped)),
                b'\\' => {
                    escaped = true;
                    at = self.escape(next(at))?;
                }
                0..=0x1f => return Err(JsonError),
                _ => at = next(at),
            }
        }
    }

    /// What stands after a backslash. A surrogate must be half of a pair: languages disagree on what a lone one means.
    fn escape(&self, at: usize) -> Result<usize, JsonError> {
        match self.byte(at) {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(next(at)),
            b'u' => match self.hex4(next(at))? {
                (0xd800..=0xdbff, low) => {
                    self.expect(low, b'\\')?;
                    self.expect(next(low), b'u')?;
                    let (unit, end) = self.hex4(next(next(low)))?;
                    if (0xdc00..=0xdfff).contains(&unit) { Ok(end) } else { Err(JsonError) }
                }
                (0xdc00..=0xdfff, _) => Err(JsonError),
                (_, end) => Ok(end),
            },
            _ => Err(JsonError),
        }
    }

    fn hex4(&self, at: usize) -> Result<(u32, usize), JsonError> {
        let end = at.saturating_add(4);
        let digits = self.text.get(at..end).ok_or(JsonError)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(JsonError);
        }
        Ok((u32::from_str_radix(digits, 16).map_err(|_| JsonError)?, end))
    }

    /// The place behind the number, and whether a double can hold it: every host language reads such a number alike, up to
    /// rounding.
    fn number(&self, start: usize) -> Result<(usize, bool), JsonError> {
        let mut at = if self.byte(start) == b'-' { next(start) } else { start };
        at = if self.byte(at) == b'0' { next(at) } else { self.digits(at)? };
        if self.byte(at) == b'.' {
            at = self.digits(next(at))?;
        }
        let exponent = matches!(self.byte(at), b'e' | b'E');
        if exponent {
            at = next(at);
            at = self.digits(if matches!(self.byte(at), b'+' | b'-') { next(at) } else { at })?;
        }
        // A literal this short cannot overflow without an exponent.
        let small = !exponent && at.wrapping_sub(start) < 300;
        let finite = || self.text.get(start..at)?.parse::<f64>().ok().map(f64::is_finite);
        Ok((at, small || finite().unwrap_or(false)))
    }

    /// One or more digits.
    fn digits(&self, mut at: usize) -> Result<usize, JsonError> {
        if !self.byte(at).is_ascii_digit() {
            return Err(JsonError);
        }
        while self.byte(at).is_ascii_digit() {
            at = next(at);
        }
        Ok(at)
    }
}

/// A place is at most one behind the text's end, whose length fits `u32`.
fn next(at: usize) -> usize {
    at.wrapping_add(1)
}

/// Below the top level no number stands that a double cannot hold.
fn finite(value: Read) -> Result<(), JsonError> {
    if value.kind == Kind::Number && value.odd { Err(JsonError) } else { Ok(()) }
}

/// Room for the members of most payloads.
const USUAL_MEMBERS: usize = 8;
