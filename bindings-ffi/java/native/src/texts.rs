//! Lists of texts as Java hands them in: each one its length in four bytes, big-endian, and its UTF-8.

use jotgate::Request;

/// Reads a request, a list of method, path, query, and then name, value, name, value, … of the header fields; `None` when
/// it is none.
pub(crate) fn with_request<T>(bytes: &[u8], body: impl FnOnce(&Request<'_>) -> T) -> Option<T> {
    let texts = read(bytes)?;
    let ([method, path, query], fields) = texts.split_first_chunk::<3>()?;
    let headers = pairs(fields)?;
    Some(body(&Request { method, path, query, headers: &headers }))
}

/// Reads the whole list; `None` when it breaks off or holds something that is not UTF-8.
pub(crate) fn read(bytes: &[u8]) -> Option<Vec<&str>> {
    parts(bytes)?.into_iter().map(|part| std::str::from_utf8(part).ok()).collect()
}

/// The same for a list in which not everything is text; `None` when it breaks off.
pub(crate) fn parts(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut parts = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (part, rest) = rest.split_at_checked(u32::from_be_bytes(*length).try_into().ok()?)?;
        parts.push(part);
        bytes = rest;
    }
    Some(parts)
}

/// Reads a list of name, value, name, value, …; `None` also when the last name has no value.
pub(crate) fn pairs<'a>(texts: &[&'a str]) -> Option<Vec<(&'a str, &'a str)>> {
    let (pairs, rest) = texts.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[name, value]| (*name, *value)).collect())
}

#[cfg(test)]
mod tests {
    use super::{pairs, read, with_request};

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

    #[test]
    fn a_request_has_three_texts_and_pairs() {
        let bytes = b"\0\0\0\x03GET\0\0\0\x01/\0\0\0\0\0\0\0\x01a\0\0\0\x01b";
        assert_eq!(with_request(bytes, |request| request.headers == [("a", "b")]), Some(true));
        assert_eq!(with_request(&bytes[..bytes.len() - 5], |_| ()), None);
        assert_eq!(with_request(&bytes[..7], |_| ()), None);
    }
}
