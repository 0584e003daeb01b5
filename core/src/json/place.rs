//! The members of an object, as places in its text.

use super::name::{Name, key};
use super::span::Span;
use super::value::{Found, Member, Value, ValueKind};
use std::ops::Range;

/// Where the members of one object stand in its text, in order and no name twice.
///
/// It owns nothing of the text, and does not know it: whoever keeps a table keeps the text with it. A table next to another
/// text gives pieces of that, or empty ones; it cannot panic.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table(pub(super) Vec<Place>);

/// Where a member stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) name: Name,
    span: Span,
    found: Found,
}

impl Table {
    pub(crate) fn places(&self) -> &[Place] {
        &self.0
    }

    /// The member of exactly this name, as names read.
    // Inlined for its callers that know the name, so that they know its key as well.
    #[inline]
    pub(crate) fn find(&self, text: &str, name: &str) -> Option<&Place> {
        self.find_by(key(name), text, name)
    }

    fn find_by(&self, key: u64, text: &str, name: &str) -> Option<&Place> {
        self.0.iter().find(|place| place.name.is(text, name, key))
    }

    /// The members, each of them as pieces of the text.
    pub(crate) fn members<'a>(&self, text: &'a str) -> impl ExactSizeIterator<Item = Member<'a>> + Clone {
        self.0.iter().map(move |place| Member { name: place.name.text(text), value: place.value(text) })
    }

    /// The bytes that the table has allocated.
    pub(crate) fn size(&self) -> usize {
        self.0.capacity().saturating_mul(size_of::<Place>())
    }

    /// Whether all members hold numbers that a double can hold, those named in `except` aside.
    pub(crate) fn finite(&self, text: &str, except: &[&str]) -> bool {
        let is_finite = |place: &Place| place.found != Found::HugeNumber;
        self.0.iter().all(|place| is_finite(place) || except.contains(&place.name.text(text).as_ref()))
    }
}

impl Place {
    #[inline]
    pub(super) fn new(name: Name, start: usize, end: usize, found: Found) -> Self {
        Self { name, span: Span::new(start, end, false), found }
    }

    pub(crate) fn kind(&self) -> ValueKind {
        self.found.kind()
    }

    /// The place of the value, with the quotes, brackets or braces around it.
    pub(crate) fn range(&self) -> Range<usize> {
        self.span.range()
    }

    /// The value as JSON text.
    pub(crate) fn source<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.range()).unwrap_or_default()
    }

    /// The text of a string that holds no escapes; `None` for every other value.
    pub(crate) fn plain_text<'a>(&self, text: &'a str) -> Option<&'a str> {
        let inside = self.range().start.saturating_add(1)..self.range().end.saturating_sub(1);
        if self.found == Found::String { text.get(inside) } else { None }
    }

    pub(crate) fn value<'a>(&self, text: &'a str) -> Value<'a> {
        Value::of(self.found, self.source(text))
    }
}
