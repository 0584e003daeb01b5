//! Flat values: structured data for Java, which has no JSON reader of its own, in a form that needs no parsing.
//!
//! A value is one tag byte and what belongs to it; lengths and counts are four bytes, big-endian:
//!
//! | tag | value | what follows |
//! |---|---|---|
//! | `z` `t` `f` | null, true, false | nothing |
//! | `n` | number | length and the literal, so that no digit is lost |
//! | `s` | string | length and UTF-8 |
//! | `l` | list | count and the elements |
//! | `m` | map | count and the members, each a name (length and UTF-8) and a value |

use jotgate_edge::Mistake;
use std::fmt;

/// Writes flat values one after the other.
#[derive(Default)]
pub(crate) struct Flat(Vec<u8>);

impl Flat {
    /// Begins a list; its `count` elements must follow.
    pub(crate) fn list(&mut self, count: usize) -> &mut Self {
        self.0.push(b'l');
        self.count(count)
    }

    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.0.push(b's');
        self.counted(text)
    }

    pub(crate) fn number(&mut self, number: impl fmt::Display) -> &mut Self {
        self.literal(&number.to_string())
    }

    /// A number as JSON writes it.
    pub(crate) fn literal(&mut self, number: &str) -> &mut Self {
        self.0.push(b'n');
        self.counted(number)
    }

    pub(crate) fn null(&mut self) -> &mut Self {
        self.0.push(b'z');
        self
    }

    pub(crate) fn bool(&mut self, value: bool) -> &mut Self {
        self.0.push(if value { b't' } else { b'f' });
        self
    }

    /// Begins a list of a length that is known at its end, which [`Flat::close`] says.
    pub(crate) fn open_list(&mut self) -> Open {
        self.0.push(b'l');
        self.open()
    }

    /// Begins a map, as [`Flat::open_list`] does a list; each member is a [`Flat::name`] and a value.
    pub(crate) fn open_map(&mut self) -> Open {
        self.0.push(b'm');
        self.open()
    }

    pub(crate) fn name(&mut self, name: &str) -> &mut Self {
        self.counted(name)
    }

    /// Says how many elements or members there were.
    pub(crate) fn close(&mut self, open: Open, count: usize) {
        if let Some(place) = self.0.get_mut(open.0..).and_then(|rest| rest.first_chunk_mut()) {
            *place = size(count);
        }
    }

    /// A list of name, value, name, value, …
    pub(crate) fn pairs<N: AsRef<str>, V: AsRef<str>>(&mut self, pairs: &[(N, V)]) -> &mut Self {
        self.list(pairs.len().saturating_mul(2));
        pairs.iter().fold(self, |flat, (name, value)| flat.text(name.as_ref()).text(value.as_ref()))
    }

    /// Path, message and hint, and then a list of path, message, hint, line and column of everything that is wrong, one behind
    /// the other.
    pub(crate) fn mistake(&mut self, mistake: &Mistake) -> &mut Self {
        self.list(4).text(&mistake.path).text(&mistake.message).text_or_null(mistake.hint.as_deref());
        self.list(mistake.problems.len().saturating_mul(5));
        mistake.problems.iter().fold(self, |flat, problem| {
            flat.text(&problem.path).text(&problem.message).text_or_null(problem.hint.as_deref());
            flat.number(problem.line).number(problem.column)
        })
    }

    fn text_or_null(&mut self, text: Option<&str>) -> &mut Self {
        match text {
            Some(text) => self.text(text),
            None => self.null(),
        }
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    fn open(&mut self) -> Open {
        let open = Open(self.0.len());
        self.count(0);
        open
    }

    fn counted(&mut self, text: &str) -> &mut Self {
        self.count(text.len());
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    fn count(&mut self, count: usize) -> &mut Self {
        self.0.extend_from_slice(&size(count));
        self
    }
}

/// Where the count of a list or a map stands.
pub(crate) struct Open(usize);

/// Nothing here is longer than a policy document or a token, so every size fits; a wrong one is refused by Java.
fn size(count: usize) -> [u8; 4] {
    u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes()
}
