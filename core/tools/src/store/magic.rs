//! By which bytes the format of a store is known.

use super::elements::Elements;
use der::Tag;

/// Whether the bytes begin as a PFX does (RFC 7292 section 4), which a private key (RFC 5208) resembles.
pub(super) fn is_pkcs12(bytes: &[u8]) -> bool {
    let tags = Elements::of_sequence(bytes).map(|outer| outer.tags(3)).unwrap_or_default();
    match tags.as_slice() {
        [Tag::Integer, Tag::Sequence, third] => *third != Tag::OctetString,
        [Tag::Integer, Tag::Sequence] => true,
        _ => false,
    }
}

/// The first bytes of a Java key store.
pub(super) const JKS_MAGIC: [u8; 4] = [0xfe, 0xed, 0xfe, 0xed];
