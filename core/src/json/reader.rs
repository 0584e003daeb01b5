//! Reads JSON text once, from left to right, and gives pieces of it.

use super::value::{JsonError, Member, RawString, Value};
use std::borrow::Cow;

/// A place in a text, and what has to be remembered of what stands before it. It copies nothing but strings with escapes.
pub(super) struct Reader<'a> {
    text: &'a str,
    position: usize,
    /// How many objects and arrays may still be opened one inside the other.
    depth_left: usize,
    /// The names so far of the nested objects that are open, those of the innermost at the end.
    names: Vec<Cow<'a, str>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, depth: usize) -> Self {
        Self { text, position: 0, depth_left: depth, names: Vec::new() }
    }

    /// The byte that comes next, which stays where it is.
    fn peek(&self) -> Option<u8> {
        steps::count();
        self.text.as_bytes().get(self.position).copied()
    }

    fn advance(&mut self) {
        self.position = self.position.saturating_add(1);
    }

    /// This byte and no other comes next.
    fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.peek() != Some(byte) {
            return Err(JsonError);
        }
        self.advance();
        Ok(())
    }

    /// RFC 8259 section 2 knows four kinds of white space; Unicode's others are none.
    pub(super) fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.advance();
        }
    }

    /// Nothing stands behind the value: two documents in one text are read differently by different readers.
    pub(super) fn end(&mut self) -> Result<(), JsonError> {
        self.skip_space();
        if self.position == self.text.len() { Ok(()) } else { Err(JsonError) }
    }

    fn since(&self, start: usize) -> Result<&'a str, JsonError> {
        self.text.get(start..self.position).ok_or(JsonError)
    }

    /// One level down, unless that is one too many.
    fn descend(&mut self) -> Result<(), JsonError> {
        self.depth_left = self.depth_left.checked_sub(1).ok_or(JsonError)?;
        Ok(())
    }

    fn ascend(&mut self) {
        self.depth_left = self.depth_left.saturating_add(1);
    }

    /// Recursion is bounded by `depth_left`, which the policy bounds in turn, so that the smallest thread stacks do.
    fn value(&mut self) -> Result<Value<'a>, JsonError> {
        let start = self.position;
        match self.peek().ok_or(JsonError)? {
            b'"' => Ok(Value::String(self.string()?)),
            b'{' => {
                self.nested_object()?;
                Ok(Value::Object(self.since(start)?))
            }
            b'[' => {
                self.nested_array()?;
                Ok(Value::Array(self.since(start)?))
            }
            b't' => self.literal("true").map(|()| Value::Bool(true)),
            b'f' => self.literal("false").map(|()| Value::Bool(false)),
            b'n' => self.literal("null").map(|()| Value::Null),
            _ => self.number().map(Value::Number),
        }
    }

    /// What is nested is only checked here, and read by whoever asks for it: most of it nobody does.
    fn nested_object(&mut self) -> Result<(), JsonError> {
        let outer = self.names.len();
        self.each_member(|reader, name, value| {
            reader.names.push(name);
            finite(value)
        })?;
        let names = self.names.get(outer..).unwrap_or_default();
        refuse_duplicates(names.iter().map(Cow::as_ref))?;
        self.names.truncate(outer);
        Ok(())
    }

    fn nested_array(&mut self) -> Result<(), JsonError> {
        self.each_element(finite)
    }

    /// The members of one object, with no name twice. Names compare as they read, so `\u0061` and `a` are the same name.
    pub(super) fn members(&mut self) -> Result<Vec<Member<'a>>, JsonError> {
        let mut members = Vec::with_capacity(USUAL_MEMBERS);
        self.each_member(|_, name, value| {
            members.push(Member { name, value });
            Ok(())
        })?;
        refuse_duplicates(members.iter().map(|member| member.name.as_ref()))?;
        Ok(members)
    }

    /// The elements of one array.
    pub(super) fn elements(&mut self) -> Result<Vec<Value<'a>>, JsonError> {
        let mut elements = Vec::new();
        self.each_element(|value| {
            elements.push(value);
            Ok(())
        })?;
        Ok(elements)
    }

    /// Goes through an object. A comma before the closing brace fails, because a name has to follow each comma.
    fn each_member(
        &mut self, mut take: impl FnMut(&mut Self, Cow<'a, str>, Value<'a>) -> Result<(), JsonError>,
    ) -> Result<(), JsonError> {
        self.expect(b'{')?;
        self.descend()?;
        self.skip_space();
        if self.peek() != Some(b'}') {
            loop {
                self.skip_space();
                let name = self.string()?.text().ok_or(JsonError)?;
                self.skip_space();
                self.expect(b':')?;
                self.skip_space();
                let value = self.value()?;
                take(self, name, value)?;
                self.skip_space();
                if self.peek() != Some(b',') {
                    break;
                }
                self.advance();
            }
        }
        self.expect(b'}')?;
        self.ascend();
        Ok(())
    }

    fn each_element(&mut self, mut take: impl FnMut(Value<'a>) -> Result<(), JsonError>) -> Result<(), JsonError> {
        self.expect(b'[')?;
        self.descend()?;
        self.skip_space();
        if self.peek() != Some(b']') {
            loop {
                self.skip_space();
                take(self.value()?)?;
                self.skip_space();
                if self.peek() != Some(b',') {
                    break;
                }
                self.advance();
            }
        }
        self.expect(b']')?;
        self.ascend();
        Ok(())
    }

    fn literal(&mut self, word: &str) -> Result<(), JsonError> {
        let end = self.position.saturating_add(word.len());
        if self.text.get(self.position..end) != Some(word) {
            return Err(JsonError);
        }
        self.position = end;
        Ok(())
    }

    fn string(&mut self) -> Result<RawString<'a>, JsonError> {
        self.expect(b'"')?;
        let start = self.position;
        let mut escaped = false;
        loop {
            self.skip_plain();
            match self.peek().ok_or(JsonError)? {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    self.advance();
                    self.escape()?;
                }
                0..=0x1f => return Err(JsonError),
                _ => self.advance(),
            }
        }
        let raw = self.since(start)?;
        self.advance();
        Ok(RawString { raw, escaped })
    }

    /// Jumps to the next quote, backslash or control character, eight bytes at a time; of the last seven bytes of the text
    /// it skips none.
    fn skip_plain(&mut self) {
        let rest = self.text.as_bytes().get(self.position..).unwrap_or_default();
        for chunk in rest.chunks_exact(8) {
            let Ok(bytes) = <[u8; 8]>::try_from(chunk) else { return };
            steps::count();
            let plain = plain_bytes(u64::from_le_bytes(bytes));
            self.position = self.position.saturating_add(plain);
            if plain < 8 {
                return;
            }
        }
    }

    /// What stands after a backslash. A surrogate must be half of a pair: languages disagree on what a lone one means.
    fn escape(&mut self) -> Result<(), JsonError> {
        let kind = self.peek().ok_or(JsonError)?;
        self.advance();
        match kind {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(()),
            b'u' => match self.hex4()? {
                0xd800..=0xdbff => {
                    self.expect(b'\\')?;
                    self.expect(b'u')?;
                    if matches!(self.hex4()?, 0xdc00..=0xdfff) { Ok(()) } else { Err(JsonError) }
                }
                0xdc00..=0xdfff => Err(JsonError),
                _ => Ok(()),
            },
            _ => Err(JsonError),
        }
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let end = self.position.saturating_add(4);
        let digits = self.text.get(self.position..end).ok_or(JsonError)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(JsonError);
        }
        self.position = end;
        u32::from_str_radix(digits, 16).map_err(|_| JsonError)
    }

    fn number(&mut self) -> Result<&'a str, JsonError> {
        let start = self.position;
        if self.peek() == Some(b'-') {
            self.advance();
        }
        if self.peek() == Some(b'0') {
            self.advance();
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.advance();
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.advance();
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.advance();
            }
            self.digits()?;
        }
        self.since(start)
    }

    /// One or more digits.
    fn digits(&mut self) -> Result<(), JsonError> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(JsonError);
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.advance();
        }
        Ok(())
    }
}

fn finite(value: Value<'_>) -> Result<(), JsonError> {
    if value.is_finite() { Ok(()) } else { Err(JsonError) }
}

/// Pairwise for the small objects that tokens hold; by sorting beyond that, so that a token full of members cannot cost
/// quadratic time.
fn refuse_duplicates<'n>(names: impl ExactSizeIterator<Item = &'n str> + Clone) -> Result<(), JsonError> {
    let differ = |one: &str, other: &str| {
        steps::count();
        one != other
    };
    let all_differ = if names.len() <= PAIRWISE_MEMBERS {
        names.clone().enumerate().all(|(index, name)| names.clone().take(index).all(|other| differ(name, other)))
    } else {
        let mut sorted: Vec<&str> = names.collect();
        sorted.sort_unstable_by(|one, other| {
            steps::count();
            one.cmp(other)
        });
        sorted.iter().zip(sorted.iter().skip(1)).all(|(one, other)| differ(one, other))
    };
    if all_differ { Ok(()) } else { Err(JsonError) }
}

/// How many of the eight bytes stand before the first that is a quote, a backslash or below 0x20.
fn plain_bytes(word: u64) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    // The highest bit of a byte says that it is a hit. A subtraction may borrow from the byte above a hit and mark that
    // one too, never from one below, so the first mark is right.
    let zero_byte = |x: u64| x.wrapping_sub(ONES) & !x & HIGHS;
    let control = word.wrapping_sub(ONES.wrapping_mul(0x20)) & !word & HIGHS;
    let quote = zero_byte(word ^ ONES.wrapping_mul(b'"' as u64));
    let backslash = zero_byte(word ^ ONES.wrapping_mul(b'\\' as u64));
    // At most 64, which is no hit.
    let bits = (control | quote | backslash).trailing_zeros();
    bits as usize / 8
}

/// Counts the work in tests, so that they can bound it without a clock.
pub(super) mod steps {
    #[cfg(test)]
    thread_local! {
        static COUNT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
    }

    #[cfg(not(test))]
    #[inline(always)]
    pub(super) fn count() {}

    #[cfg(test)]
    pub(super) fn count() {
        COUNT.with(|count| count.set(count.get().saturating_add(1)));
    }

    /// What the work of `run` adds up to.
    #[cfg(test)]
    pub(in crate::json) fn of(run: impl FnOnce()) -> usize {
        COUNT.with(|count| count.set(0));
        run();
        COUNT.with(std::cell::Cell::get)
    }
}

/// Up to this many members, comparing each with each is faster than sorting them.
const PAIRWISE_MEMBERS: usize = 16;

/// Room for the members of most payloads.
const USUAL_MEMBERS: usize = 8;
