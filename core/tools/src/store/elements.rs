//! The elements of a DER value, one after the other, for structures of which only a few fields matter.

use der::asn1::AnyRef;
use der::{Decode as _, SliceReader, Tag, Tagged as _};

/// A place in the content of one constructed element. Nothing is copied, and nothing below the element is looked at.
pub(super) struct Elements<'a>(SliceReader<'a>);

impl<'a> Elements<'a> {
    /// The elements of the SEQUENCE with which `der` begins; what follows it is left alone.
    pub(super) fn of_sequence(der: &'a [u8]) -> Option<Self> {
        let first = AnyRef::decode(&mut SliceReader::new(der).ok()?).ok()?;
        if first.tag() == Tag::Sequence { Self::inside(first) } else { None }
    }

    /// The elements inside `element`.
    pub(super) fn inside(element: AnyRef<'a>) -> Option<Self> {
        SliceReader::new(element.value()).ok().map(Self)
    }

    /// Whether all elements have been taken.
    pub(super) fn is_empty(&self) -> bool {
        der::Reader::is_finished(&self.0)
    }

    /// The next element; `None` at the end, and where the next bytes are no element.
    pub(super) fn any(&mut self) -> Option<AnyRef<'a>> {
        AnyRef::decode(&mut self.0).ok()
    }

    /// The next element, which must have this tag.
    pub(super) fn take(&mut self, tag: Tag) -> Option<AnyRef<'a>> {
        self.any().filter(|element| element.tag() == tag)
    }

    /// The tags of the next elements, at most `count` of them.
    pub(super) fn tags(mut self, count: usize) -> Vec<Tag> {
        std::iter::from_fn(|| self.any()).map(|element| element.tag()).take(count).collect()
    }
}
