//! Lists of texts in one piece of memory, for hosts that cannot hand over pointers to pointers: each text is its length in
//! four bytes, big-endian, and its bytes.

use jotgate::Request;

/// The texts of a list, read one after the other.
pub struct Packed<'a>(&'a [u8]);

impl<'a> Packed<'a> {
    /// The texts in these bytes.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next text; `None` at the end, and when the list breaks off.
    pub fn text(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first_chunk::<4>()?;
        let (text, rest) = rest.split_at_checked(u32::from_be_bytes(*length).try_into().ok()?)?;
        self.0 = rest;
        Some(text)
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rest as name, value, name, value, …; `None` when it breaks off, the last name has no value, or there are more than
    /// [`Request::MOST_HEADERS`].
    #[must_use]
    pub fn pairs(self) -> Option<Vec<(&'a [u8], &'a [u8])>> {
        self.each_pair(|name, value| (name, value))
    }

    /// What `read` makes of each pair. Eight bytes are a pair of nothing, so that the list would be many times as long as they are.
    pub(crate) fn each_pair<T>(mut self, read: impl Fn(&'a [u8], &'a [u8]) -> T) -> Option<Vec<T>> {
        let mut pairs = Vec::new();
        while !self.0.is_empty() {
            if pairs.len() == Request::MOST_HEADERS {
                return None;
            }
            pairs.push(read(self.text()?, self.text()?));
        }
        Some(pairs)
    }
}

/// The header fields of an answer to a fetch. Those that are not UTF-8 are passed over: none of the fields that matter to a
/// key set may hold anything but ASCII.
#[must_use]
pub fn fields<'a>(pairs: impl IntoIterator<Item = (&'a [u8], &'a [u8])>) -> Vec<(&'a str, &'a str)> {
    let texts = |(name, value)| Some((str::from_utf8(name).ok()?, str::from_utf8(value).ok()?));
    pairs.into_iter().filter_map(texts).collect()
}

#[cfg(test)]
mod tests {
    use super::{Packed, fields};

    #[test]
    fn texts_of_any_length_are_read() {
        let mut texts = Packed::new(b"\0\0\0\0\0\0\0\x03GET");
        assert_eq!((texts.text(), texts.text(), texts.text()), (Some(&b""[..]), Some(&b"GET"[..]), None));
        assert_eq!(Packed::new(b"").pairs(), Some(vec![]));
    }

    #[test]
    fn a_list_that_breaks_off_is_refused() {
        for bytes in [&b"\0\0\0"[..], b"\0\0\0\x04GET", b"\xff\xff\xff\xffGET"] {
            assert_eq!(Packed::new(bytes).text(), None);
            assert_eq!(Packed::new(bytes).pairs(), None);
        }
    }

    #[test]
    fn a_name_without_value_is_refused() {
        assert_eq!(Packed::new(b"\0\0\0\x01a\0\0\0\x01b").pairs(), Some(vec![(&b"a"[..], &b"b"[..])]));
        assert_eq!(Packed::new(b"\0\0\0\x01a\0\0\0\x01b\0\0\0\x01c").pairs(), None);
    }

    #[test]
    fn there_are_no_more_pairs_than_a_message_has() {
        let most = vec![0; jotgate::Request::MOST_HEADERS * 8];
        assert_eq!(Packed::new(&most).pairs().map(|pairs| pairs.len()), Some(jotgate::Request::MOST_HEADERS));
        // More by some gigabytes would be refused by no more work and no more memory.
        let more = [&most[..], &[0; 8]].concat();
        assert_eq!(Packed::new(&more).pairs(), None);
    }

    #[test]
    fn fields_that_are_no_text_are_passed_over() {
        assert_eq!(fields([(&b"a"[..], &b"b"[..]), (b"c", b"\xff"), (b"\xff", b"d")]), [("a", "b")]);
    }
}
