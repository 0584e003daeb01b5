//! Lists of texts as Java hands them in: each one its length in four bytes, big-endian, and its UTF-8.

/// Reads the whole list; `None` when it breaks off or holds something that is not UTF-8.
pub(crate) fn read(mut bytes: &[u8]) -> Option<Vec<&str>> {
    let mut texts = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (text, rest) = rest.split_at_checked(u32::from_be_bytes(*length).try_into().ok()?)?;
        texts.push(std::str::from_utf8(text).ok()?);
        bytes = rest;
    }
    Some(texts)
}

/// Reads a list of name, value, name, value, …; `None` also when the last name has no value.
pub(crate) fn pairs<'a>(texts: &[&'a str]) -> Option<Vec<(&'a str, &'a str)>> {
    let (pairs, rest) = texts.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[name, value]| (*name, *value)).collect())
}

#[cfg(test)]
mod tests {
    use super::{pairs, read};

    #[test]
    fn texts_of_any_length_are_read() {
        assert_eq!(read(b""), Some(vec![]));
        assert_eq!(read(b"\0\0\0\0\0\0\0\x03GET"), Some(vec!["", "GET"]));
    }

    #[test]
    fn a_list_that_breaks_off_is_refused() {
        assert_eq!(read(b"\0\0\0"), None);
        assert_eq!(read(b"\0\0\0\x04GET"), None);
        assert_eq!(read(b"\xff\xff\xff\xffGET"), None);
        assert_eq!(read(b"\0\0\0\x01\xff"), None);
    }

    #[test]
    fn a_name_without_value_is_refused() {
        assert_eq!(pairs(&["a", "b"]), Some(vec![("a", "b")]));
        assert_eq!(pairs(&["a", "b", "c"]), None);
    }
}
