//! Claims one by one, as they stand in the payload.

use crate::json::{Place, Value, ValueKind};
use crate::token::Payload;
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// One claim: its name, the type of its value, and both as pieces of [`Verified::payload`](crate::Verified::payload).
///
/// It was read when the token was validated, by the one reader that the policy's checks use, and making one reads nothing
/// again: all pieces are well-formed JSON of the stated type, at most 64 levels deep, without duplicate names at any level
/// and without lone surrogates. Numbers fit a double, except that an integer may have more digits than one can tell apart.
#[derive(Clone, Copy)]
pub struct Member<'a> {
    json: &'a str,
    place: &'a Place,
}

impl<'a> Member<'a> {
    pub(super) fn new(payload: Payload<'a>, place: &'a Place) -> Self {
        Self { json: payload.json(), place }
    }

    /// The name as it reads: borrowed, unless it is written with escapes. No two members of a payload have the same.
    #[must_use]
    pub fn name(&self) -> Cow<'a, str> {
        self.place.name.text(self.json)
    }

    /// What stands between the quotes of the name, escapes included.
    #[must_use]
    pub fn raw_name(&self) -> &'a str {
        self.place.name.raw(self.json)
    }

    /// Whether the name is written with escapes; if not, [`Member::raw_name`] is the name.
    #[must_use]
    pub fn name_has_escapes(&self) -> bool {
        self.place.name.escaped()
    }

    /// The type of the value.
    #[must_use]
    pub fn kind(&self) -> ValueKind {
        self.place.kind()
    }

    /// The value as JSON text, byte for byte as it was signed: a string with its quotes, a list or an object as a whole,
    /// without white space around.
    #[must_use]
    pub fn json(&self) -> &'a str {
        self.place.source(self.json)
    }

    /// The text of a string, escapes resolved, and borrowed where there are none; `None` for every other type.
    #[must_use]
    pub fn as_str(&self) -> Option<Cow<'a, str>> {
        self.place.value(self.json).as_str()
    }

    /// Whether the value is a string that is written with escapes; if not, its text stands between the quotes.
    #[must_use]
    pub fn text_has_escapes(&self) -> bool {
        matches!(self.place.value(self.json), Value::String(text) if text.is_escaped())
    }

    /// Where [`Member::raw_name`] stands in the payload, in bytes: for hosts that hold the payload as a text of their own.
    #[must_use]
    pub fn name_range(&self) -> Range<usize> {
        self.place.name.range()
    }

    /// Where [`Member::json`] stands in the payload, in bytes.
    #[must_use]
    pub fn json_range(&self) -> Range<usize> {
        self.place.range()
    }
}

/// Names the claim, never shows its value.
impl fmt::Debug for Member<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member").field("name", &self.name()).field("kind", &self.kind()).finish_non_exhaustive()
    }
}
