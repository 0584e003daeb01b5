//! The elements of a DER value, one after the other, for structures of which only a few fields matter.

use spki::der::asn1::AnyRef;
use spki::der::{Decode as _, SliceReader, Tag, Tagged as _};

/// A place in the content of one constructed element. Nothing is copied, and nothing below the element is looked at.
pub(crate) struct Elements<'a>(SliceReader<'a>);

impl<'a> Elements<'a> {
    /// The elements of the SEQUENCE with which `der` begins; what follows it is left alone.
    pub(crate) fn of_sequence(der: &'a [u8]) -> Option<Self> {
        let first = AnyRef::decode(&mut SliceReader::new(der).ok()?).ok()?;
        if first.tag() == Tag::Sequence { Self::inside(first) } else { None }
    }

    /// The elements inside `element`.
    pub(crate) fn inside(element: AnyRef<'a>) -> Option<Self> {
        SliceReader::new(element.value()).ok().map(Self)
    }

    /// The next element; `None` at the end, and where the next bytes are no element.
    pub(crate) fn any(&mut self) -> Option<AnyRef<'a>> {
        AnyRef::decode(&mut self.0).ok()
    }

    /// The tags of the next elements, at most `count` of them.
    pub(crate) fn tags(mut self, count: usize) -> Vec<Tag> {
        std::iter::from_fn(|| self.any()).map(|element| element.tag()).take(count).collect()
    }
}
