//! Reads JSON text once, from left to right.
//!
//! Every function takes the place where it begins and gives the place behind what it has read, so that the place stays in a
//! register. Behind the end of the text it reads zeros, which are valid nowhere.

use super::name::{Name, refuse_duplicates};
use super::number::fits_double;
use super::place::Place;
use super::scan;
use super::span::LONGEST_TEXT;
use super::steps;
use super::value::{Found, JsonError, Value};

/// A text, and what has to be remembered of the places before the present one.
pub(super) struct Reader<'a> {
    text: &'a str,
    /// The names so far of the nested objects that are open, those of the innermost at the end.
    names: Vec<Name>,
}

/// A value that was read.
#[derive(Clone, Copy)]
pub(super) struct Read {
    pub(super) end: usize,
    found: Found,
}

impl<'a> Reader<'a> {
    /// Fails for a text that is longer than its places can count.
    pub(super) fn new(text: &'a str) -> Result<Self, JsonError> {
        if text.len() > LONGEST_TEXT {
            return Err(JsonError);
        }
        Ok(Self { text, names: Vec::new() })
    }

    /// The members of the object that is the whole text, with no name twice. It is the first of at most `depth` levels.
    pub(super) fn object(&mut self, depth: usize) -> Result<Vec<Place>, JsonError> {
        let mut places: Vec<Place> = Vec::with_capacity(USUAL_MEMBERS);
        let start = self.opening(b'{')?;
        let end = self.each_member(start, depth, |_, name, start, value| {
            places.push(Place::new(name, start, value.end, value.found));
            Ok(())
        })?;
        self.end(end)?;
        refuse_duplicates(self.text, &places, |place| &place.name)?;
        Ok(places)
    }

    /// The elements of the array that is the whole text.
    pub(super) fn array(&mut self) -> Result<Vec<Value<'a>>, JsonError> {
        let mut elements = Vec::new();
        let text = self.text;
        let start = self.opening(b'[')?;
        let end = self.each_element(start, usize::MAX, |start, value| {
            let source = text.get(start..value.end).ok_or(JsonError)?;
            elements.push(Value::of(value.found, source));
            Ok(())
        })?;
        self.end(end)?;
        Ok(elements)
    }

    /// The place of the bracket with which the text begins.
    fn opening(&self, bracket: u8) -> Result<usize, JsonError> {
        let (at, first) = self.token(0);
        if first == bracket { Ok(at) } else { Err(JsonError) }
    }

    /// Nothing stands behind the value: two documents in one text are read differently by different readers.
    pub(super) fn end(&self, at: usize) -> Result<(), JsonError> {
        if self.token(at).0 == self.text.len() { Ok(()) } else { Err(JsonError) }
    }

    pub(super) fn piece(&self, from: usize, to: usize) -> Result<&'a str, JsonError> {
        self.text.get(from..to).ok_or(JsonError)
    }

    fn byte(&self, at: usize) -> u8 {
        steps::count();
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    fn word(&self, at: usize) -> u64 {
        scan::word(self.text.as_bytes(), at)
    }

    /// The place of the next byte that is no white space, and that byte.
    #[inline]
    pub(super) fn token(&self, at: usize) -> (usize, u8) {
        let byte = self.byte(at);
        if byte > b' ' { (at, byte) } else { self.token_behind_space(at) }
    }

    /// RFC 8259 section 2 knows four kinds of white space; Unicode's others are none.
    #[inline(never)]
    fn token_behind_space(&self, mut at: usize) -> (usize, u8) {
        loop {
            match self.byte(at) {
                b' ' | b'\t' | b'\n' | b'\r' => at = next(at),
                other => return (at, other),
            }
        }
    }

    /// The value that begins with this byte.
    #[inline(always)]
    fn value(&mut self, at: usize, first: u8, depth: usize) -> Result<Read, JsonError> {
        match first {
            b'"' => {
                let (quote, escaped) = self.string(next(at))?;
                Ok(Read { end: next(quote), found: if escaped { Found::EscapedString } else { Found::String } })
            }
            b'0'..=b'9' | b'-' => self.number(at, first),
            _ => self.other_value(at, first, depth),
        }
    }

    /// Recursion is bounded by `depth`, which the policy bounds in turn, so that the smallest thread stacks do.
    #[inline(never)]
    fn other_value(&mut self, at: usize, first: u8, depth: usize) -> Result<Read, JsonError> {
        let (end, found) = match first {
            b'{' => (self.nested_object(at, depth)?, Found::Object),
            b'[' => (self.each_element(at, depth, |_, value| finite(value))?, Found::Array),
            b't' => (self.literal(at, b"true")?, Found::Bool),
            b'f' => (self.literal(at, b"false")?, Found::Bool),
            b'n' => (self.literal(at, b"null")?, Found::Null),
            _ => return Err(JsonError),
        };
        Ok(Read { end, found })
    }

    /// What is nested is only checked here, and read by whoever asks for it: most of it nobody does.
    fn nested_object(&mut self, at: usize, depth: usize) -> Result<usize, JsonError> {
        let outer = self.names.len();
        let end = self.each_member(at, depth, |reader, name, _, value| {
            reader.names.push(name);
            finite(value)
        })?;
        refuse_duplicates(self.text, self.names.get(outer..).unwrap_or_default(), |name| name)?;
        self.names.truncate(outer);
        Ok(end)
    }

    /// Goes through the object whose brace stands at `at`. A comma before the closing brace fails, because a name has to follow
    /// each comma.
    #[inline]
    fn each_member(
        &mut self, at: usize, depth: usize, mut take: impl FnMut(&mut Self, Name, usize, Read) -> Result<(), JsonError>,
    ) -> Result<usize, JsonError> {
        let depth = depth.checked_sub(1).ok_or(JsonError)?;
        let (mut at, mut byte) = self.token(next(at));
        if byte == b'}' {
            return Ok(next(at));
        }
        loop {
            if byte != b'"' {
                return Err(JsonError);
            }
            let name = self.name(next(at))?;
            let (colon, byte_behind) = self.token(next(name.range().end));
            if byte_behind != b':' {
                return Err(JsonError);
            }
            let (start, first) = self.token(next(colon));
            let value = self.value(start, first, depth)?;
            take(self, name, start, value)?;
            (at, byte) = self.token(value.end);
            match byte {
                b',' => (at, byte) = self.token(next(at)),
                b'}' => return Ok(next(at)),
                _ => return Err(JsonError),
            }
        }
    }

    /// Goes through the array whose bracket stands at `at`.
    #[inline]
    fn each_element(
        &mut self, at: usize, depth: usize, mut take: impl FnMut(usize, Read) -> Result<(), JsonError>,
    ) -> Result<usize, JsonError> {
        let depth = depth.checked_sub(1).ok_or(JsonError)?;
        let (mut at, mut byte) = self.token(next(at));
        if byte == b']' {
            return Ok(next(at));
        }
        loop {
            let value = self.value(at, byte, depth)?;
            take(at, value)?;
            (at, byte) = self.token(value.end);
            match byte {
                b',' => (at, byte) = self.token(next(at)),
                b']' => return Ok(next(at)),
                _ => return Err(JsonError),
            }
        }
    }

    pub(super) fn literal(&self, at: usize, word: &[u8]) -> Result<usize, JsonError> {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        if rest.starts_with(word) { Ok(at.wrapping_add(word.len())) } else { Err(JsonError) }
    }

    /// The name that begins behind the quote.
    #[inline(always)]
    fn name(&self, start: usize) -> Result<Name, JsonError> {
        let word = self.word(start);
        let len = scan::plain_bytes(word);
        let end = start.wrapping_add(len);
        if len < 8 && self.byte(end) == b'"' {
            return Ok(Name::short(word, start, end));
        }
        let (end, escaped) = self.string(end)?;
        if escaped {
            return Name::with_escapes(self.text, start, end);
        }
        Ok(Name::long(word, self.word(end.wrapping_sub(8)), start, end))
    }

    /// The place of the closing quote of a string of which this is inside, and whether it holds escapes.
    #[inline]
    pub(super) fn string(&self, mut at: usize) -> Result<(usize, bool), JsonError> {
        let mut escaped = false;
        loop {
            let plain = scan::plain_bytes(self.word(at));
            at = at.wrapping_add(plain);
            if plain == 8 {
                continue;
            }
            match self.byte(at) {
                b'"' => return Ok((at, escaped)),
                b'\\' => {
                    escaped = true;
                    at = self.escape(next(at))?;
                }
                _ => return Err(JsonError),
            }
        }
    }

    /// What stands after a backslash. A surrogate must be half of a pair: languages disagree on what a lone one means.
    #[inline(never)]
    fn escape(&self, at: usize) -> Result<usize, JsonError> {
        match self.byte(at) {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(next(at)),
            b'u' => match self.hex4(next(at))? {
                (0xd800..=0xdbff, low) => {
                    self.literal(low, b"\\u")?;
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

    /// A number, and whether a double can hold it: every host language reads such a number alike, up to rounding.
    #[inline]
    pub(super) fn number(&self, start: usize, first: u8) -> Result<Read, JsonError> {
        let whole = if first == b'-' { next(start) } else { start };
        let mut end = self.digits(whole)?;
        if self.byte(whole) == b'0' && end != next(whole) {
            return Err(JsonError);
        }
        let mut huge = false;
        if matches!(self.byte(end), b'.' | b'e' | b'E') || end.wrapping_sub(start) >= 300 {
            (end, huge) = self.long_number(start, end)?;
        }
        Ok(Read { end, found: if huge { Found::HugeNumber } else { Found::Number } })
    }

    /// The rest of a number that has more than a few digits.
    #[inline(never)]
    fn long_number(&self, start: usize, mut at: usize) -> Result<(usize, bool), JsonError> {
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
        Ok((at, !small && !self.text.get(start..at).is_some_and(fits_double)))
    }

    /// One or more digits.
    #[inline]
    fn digits(&self, start: usize) -> Result<usize, JsonError> {
        let mut at = start;
        loop {
            let digits = scan::digits(self.word(at));
            at = at.wrapping_add(digits);
            if digits < 8 {
                return if at > start { Ok(at) } else { Err(JsonError) };
            }
        }
    }
}

/// A place is at most one behind the text's end, whose length has a bound.
fn next(at: usize) -> usize {
    at.wrapping_add(1)
}

/// Below the top level no number stands that a double cannot hold.
fn finite(value: Read) -> Result<(), JsonError> {
    if value.found == Found::HugeNumber { Err(JsonError) } else { Ok(()) }
}

/// Room for the members of most payloads.
const USUAL_MEMBERS: usize = 16;
