//! The body of an answer, as the text that it stands for.

use crate::key::{WrongDocument, without_mark};
use flate2::read::MultiGzDecoder;
use std::borrow::Cow;
use std::io::Read as _;

/// The text of a body, or what the body is where it is none; `None` where either is longer than `most` bytes. A byte order mark
/// is no part of the text (RFC 8259 section 8.1).
///
/// Some servers send gzip to whoever asks for none, some HTTP stacks decode it and others do not. It is read here, so that
/// a key set is the same for all of them: JSON never begins as gzip does (RFC 1952 section 2.3.1).
pub(super) fn text(body: &[u8], most: usize) -> Option<Result<Cow<'_, str>, WrongDocument>> {
    if body.len() > most {
        return None;
    }
    if !body.starts_with(GZIP) {
        return Some(plain(body).map(Cow::Borrowed).ok_or_else(|| WrongDocument::of(body)));
    }
    let mut decoded = Vec::new();
    // No more is decoded than tells that it is too long: a few bytes may stand for a billion.
    let bound = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let read = MultiGzDecoder::new(body).take(bound).read_to_end(&mut decoded);
    if decoded.len() > most {
        return None;
    }
    let read = read.map_err(|_| WrongDocument::Compressed);
    Some(read.and_then(|_| {
        plain(&decoded).map(|text| Cow::Owned(text.to_owned())).ok_or_else(|| WrongDocument::of(&decoded))
    }))
}

fn plain(body: &[u8]) -> Option<&str> {
    std::str::from_utf8(body).ok().map(without_mark)
}

const GZIP: &[u8] = &[0x1f, 0x8b];

#[cfg(test)]
mod tests {
    use super::{WrongDocument, text};
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write as _;

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(body).and_then(|()| packed.finish()).expect("gzip")
    }

    #[test]
    fn gzip_is_what_it_stands_for() {
        let set = "{\"keys\":[]}";
        assert_eq!(text(&gzip(set.as_bytes()), 100).unwrap().unwrap(), set);
        assert_eq!(text(&gzip("\u{feff}{}".as_bytes()), 100).unwrap().unwrap(), "{}");
        let parts = [gzip(b"{\"keys\""), gzip(b":[]}")].concat();
        assert_eq!(text(&parts, 100).unwrap().unwrap(), set);
        assert_eq!(text(set.as_bytes(), 100).unwrap().unwrap(), set);
    }

    #[test]
    fn the_bound_is_for_what_comes_out_of_it() {
        let packed = gzip(&[b' '; 1000]);
        assert!(packed.len() < 100);
        assert!(text(&packed, 999).is_none());
        assert!(text(&packed, 1000).is_some_and(|text| text.is_ok()));
        assert!(text(&gzip(&vec![b' '; 50_000_000]), 512 * 1024).is_none());
        assert!(text(&[b' '; 11], 10).is_none());
    }

    #[test]
    fn what_is_no_whole_gzip_is_named() {
        let packed = gzip(b"{\"keys\":[]}");
        let mut damaged = packed.clone();
        damaged[15] ^= 0xff;
        let trailing = [&packed[..], b"x"].concat();
        for body in [&packed[..packed.len() - 3], &packed[..2], &damaged, &trailing] {
            assert_eq!(text(body, 1000), Some(Err(WrongDocument::Compressed)));
        }
        assert_eq!(text(&gzip(&gzip(b"{}")), 1000), Some(Err(WrongDocument::Compressed)));
        assert_eq!(text(&gzip(&[0xff]), 1000), Some(Err(WrongDocument::NotJson)));
        assert_eq!(text(&[0x28, 0xb5, 0x2f, 0xfd], 1000), Some(Err(WrongDocument::Compressed)));
    }
}
