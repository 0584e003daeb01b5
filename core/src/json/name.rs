//! Names of members, as places in a text, and whether two of them are the same.

use super::span::Span;
use super::steps;
use super::value::{JsonError, unescape};
use std::borrow::Cow;
use std::ops::Range;

/// Where a name stands in its text, without the quotes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name {
    /// See [`key`].
    key: u64,
    /// Marked where the name is written with escapes.
    span: Span,
}

impl Name {
    /// The name of fewer than eight bytes, without escapes, which stands at this place; the word is what begins with it.
    #[inline]
    pub(super) fn short(word: u64, start: usize, end: usize) -> Self {
        let len = end.wrapping_sub(start);
        let behind = u64::MAX.wrapping_shl((len as u32).wrapping_mul(8));
        Self { key: key_of_short(word & !behind, len), span: Span::new(start, end, false) }
    }

    /// The name of eight bytes and more, without escapes, which stands at this place; the words are its first and its last one.
    #[inline]
    pub(super) fn long(first: u64, last: u64, start: usize, end: usize) -> Self {
        Self { key: key_of_long(first, last, end.wrapping_sub(start)), span: Span::new(start, end, false) }
    }

    /// The name with escapes that stands at this place.
    #[inline]
    pub(super) fn with_escapes(text: &str, start: usize, end: usize) -> Result<Self, JsonError> {
        Ok(Self { key: key_of_escaped(text, start, end)?, span: Span::new(start, end, true) })
    }

    pub(crate) fn range(&self) -> Range<usize> {
        self.span.range()
    }

    /// Whether the name is written with escapes.
    pub(crate) fn escaped(&self) -> bool {
        self.span.is_marked()
    }

    /// What stands between the quotes.
    pub(crate) fn raw<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.range()).unwrap_or_default()
    }

    /// The name as it reads, escapes resolved.
    pub(crate) fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let raw = self.raw(text);
        if self.escaped() { unescape(raw).map_or(Cow::Borrowed(raw), Cow::Owned) } else { Cow::Borrowed(raw) }
    }

    /// Whether it reads as `name`, whose key the caller has made.
    #[inline]
    pub(super) fn is(&self, text: &str, name: &str, name_key: u64) -> bool {
        if self.key != name_key {
            return false;
        }
        match self.escaped() {
            // Their keys are these names.
            false if name.len() < 8 && self.range().len() < 8 => true,
            false => self.raw(text) == name,
            true => self.text(text) == name,
        }
    }
}

/// A number of which two names that read alike have the same, and two others hardly ever: it says which names need not be
/// compared, and never that two are the same.
#[inline]
pub(super) fn key(name: &str) -> u64 {
    let bytes = name.as_bytes();
    match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(first), Some(last)) => key_of_long(u64::from_le_bytes(*first), u64::from_le_bytes(*last), bytes.len()),
        _ => key_of_short(bytes.iter().rev().fold(0, |key, byte| key << 8 | u64::from(*byte)), bytes.len()),
    }
}

// A number fits a register; a name in its place would have all names written and read back.
#[cold]
#[inline(never)]
fn key_of_escaped(text: &str, start: usize, end: usize) -> Result<u64, JsonError> {
    let name = unescape(text.get(start..end).ok_or(JsonError)?).ok_or(JsonError)?;
    Ok(key(&name))
}

#[inline]
fn key_of_short(bytes: u64, len: usize) -> u64 {
    bytes ^ (len as u64) << 56
}

/// Names that are URLs begin alike, others end alike.
#[inline]
fn key_of_long(first: u64, last: u64, len: usize) -> u64 {
    first ^ last.rotate_left(29) ^ (len as u64) << 56
}

/// Names compare as they read, so `\u0061` and `a` are the same name.
///
/// Pairwise by their keys for the small objects that tokens hold; by sorting beyond that, and where keys are the same, so that
/// neither a token full of members nor one full of names of one key can cost quadratic time.
pub(super) fn refuse_duplicates<M>(text: &str, members: &[M], name: impl Fn(&M) -> &Name) -> Result<(), JsonError> {
    let few = members.len() <= PAIRWISE_MEMBERS;
    if (few && keys_differ(members, &name)) || sorted_differ(text, members, name) { Ok(()) } else { Err(JsonError) }
}

#[inline(never)]
fn sorted_differ<M>(text: &str, members: &[M], name: impl Fn(&M) -> &Name) -> bool {
    let mut sorted: Vec<&Name> = members.iter().map(name).collect();
    sorted.sort_unstable_by(|one, other| {
        steps::count();
        one.key.cmp(&other.key)
    });
    sorted.chunk_by(|one, other| one.key == other.key).all(|alike| {
        steps::count();
        alike.len() == 1 || texts_differ(text, alike)
    })
}

/// Whether all names have keys of their own, so that no two of them can be the same.
fn keys_differ<M>(mut members: &[M], name: impl Fn(&M) -> &Name) -> bool {
    while let Some((last, before)) = members.split_last() {
        let last = name(last);
        for other in before {
            steps::count();
            if last.key == name(other).key {
                return false;
            }
        }
        members = before;
    }
    true
}

fn texts_differ(text: &str, names: &[&Name]) -> bool {
    let mut sorted: Vec<_> = names.iter().map(|name| name.text(text)).collect();
    sorted.sort_unstable_by(|one, other| {
        steps::count();
        one.cmp(other)
    });
    sorted.iter().zip(sorted.iter().skip(1)).all(|(one, other)| one != other)
}

/// Up to this many members, comparing each with each is faster than sorting them.
const PAIRWISE_MEMBERS: usize = 16;

#[cfg(test)]
mod tests {
    use super::super::scan::word;
    use super::{Name, Range, key, refuse_duplicates};

    fn long(text: &str, Range { start, end }: Range<usize>) -> Name {
        let word = |at| word(text.as_bytes(), at);
        Name::long(word(start), word(end - 8), start, end)
    }

    fn names(text: &str, names: &[&str]) -> Vec<Name> {
        let place = |name: &str| text.find(name).map(|start| start..start + name.len());
        names.iter().map(|name| long(text, place(name).unwrap())).collect()
    }

    #[test]
    fn a_key_does_not_depend_on_what_stands_around_or_on_escapes() {
        for name in ["", "a", "1234567", "12345678", "123456789", "http://wso2.org/claims/role", "é"] {
            let escaped: String = name.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            let text = format!("\"{name}\":1, \"{escaped}\"");
            let (end, start) = (1 + name.len(), text.len() - 1 - escaped.len());
            let mut found = vec![match name.len() {
                0..8 => Name::short(word(text.as_bytes(), 1), 1, end),
                _ => long(&text, 1..end),
            }];
            found.push(Name::with_escapes(&text, start, text.len() - 1).unwrap());
            for found in found {
                assert_eq!((found.key, found.text(&text).as_ref()), (key(name), name), "{text}");
                assert!(found.is(&text, name, key(name)) && !found.is(&text, "other", key("other")));
            }
        }
    }

    #[test]
    fn names_of_one_key_are_told_apart_by_their_texts() {
        let text = "abcdefgh-1-abcdefgh abcdefgh-2-abcdefgh";
        let found = names(text, &["abcdefgh-1-abcdefgh", "abcdefgh-2-abcdefgh"]);
        assert_eq!(found.first().map(|name| name.key), found.last().map(|name| name.key));
        assert!(refuse_duplicates(text, &found, |name| name).is_ok());
        let many: Vec<String> = (0..40).map(|index| format!("abcdefgh-{index:02}-abcdefgh")).collect();
        let text = many.join(" ");
        let mut found = names(&text, &many.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(refuse_duplicates(&text, &found, |name| name).is_ok());
        found.extend(found.get(7).copied());
        assert!(refuse_duplicates(&text, &found, |name| name).is_err());
    }
}
