//! HTTP requests as texts.

use crate::packed::Packed;
use jotgate::Request;
use std::borrow::Cow;

/// A request whose texts have been checked.
///
/// Method, path and query must be UTF-8. What is not UTF-8 in a header field is read as U+FFFD, which no token may hold: such
/// a field cannot be refused as a whole, since any client may send one that has nothing to do with tokens.
pub struct RequestText<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    headers: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> RequestText<'a> {
    /// A request of its parts; `None` when method, path or query are not UTF-8.
    #[must_use]
    pub fn new(
        [method, path, query]: [&'a [u8]; 3], headers: impl IntoIterator<Item = (&'a [u8], &'a [u8])>,
    ) -> Option<Self> {
        let headers = headers.into_iter().map(|(name, value)| (read(name), read(value))).collect();
        Self::of_parts([method, path, query], headers)
    }

    /// A request as a [`Packed`] list: method, path, query, then name, value, name, value, … of the header fields, at most
    /// [`Request::MOST_HEADERS`]; `None` when it is none.
    #[must_use]
    pub fn of_packed(bytes: &'a [u8]) -> Option<Self> {
        let mut texts = Packed::new(bytes);
        let parts = [texts.text()?, texts.text()?, texts.text()?];
        Self::of_parts(parts, texts.each_pair(|name, value| (read(name), read(value)))?)
    }

    fn of_parts(parts: [&'a [u8]; 3], headers: Vec<(Cow<'a, str>, Cow<'a, str>)>) -> Option<Self> {
        let [method, path, query] = parts.map(|text| str::from_utf8(text).ok());
        Some(Self { method: method?, path: path?, query: query?, headers })
    }

    /// Runs `body` on the request as the core takes it.
    pub fn with<T>(&self, body: impl FnOnce(&Request<'_>) -> T) -> T {
        let request = Request::new(self.method, self.path).with_query(self.query);
        let headers = self.headers.iter().map(|(name, value)| (&**name, &**value));
        // Few policies read more fields than that, and hosts hand over no others: then no memory is asked for.
        let mut few = [("", ""); 4];
        match few.get_mut(..headers.len()) {
            Some(few) => {
                few.iter_mut().zip(headers).for_each(|(place, header)| *place = header);
                body(&request.with_headers(few))
            }
            None => body(&request.with_headers(&headers.collect::<Vec<_>>())),
        }
    }
}

/// A token is a long text, and looking for what has to be replaced is far slower than seeing that there is nothing.
fn read(text: &[u8]) -> Cow<'_, str> {
    str::from_utf8(text).map_or_else(|_| String::from_utf8_lossy(text), Cow::Borrowed)
}

#[cfg(test)]
mod tests {
    use super::RequestText;
    use jotgate::Request;

    #[test]
    fn a_packed_request_has_three_texts_and_pairs() {
        let bytes = b"\0\0\0\x03GET\0\0\0\x01/\0\0\0\0\0\0\0\x01a\0\0\0\x01b";
        let request = RequestText::of_packed(bytes).unwrap();
        assert!(request.with(|request| request.method == "GET" && request.headers == [("a", "b")]));
        assert!(RequestText::of_packed(&bytes[..bytes.len() - 5]).is_none());
        assert!(RequestText::of_packed(&bytes[..7]).is_none());
    }

    #[test]
    fn a_packed_request_has_no_more_fields_than_a_message() {
        let start = b"\0\0\0\x03GET\0\0\0\x01/\0\0\0\0";
        let fields = vec![0; Request::MOST_HEADERS * 8];
        assert!(RequestText::of_packed(&[&start[..], &fields].concat()).is_some());
        assert!(RequestText::of_packed(&[&start[..], &fields, &[0; 8]].concat()).is_none());
    }

    #[test]
    fn what_is_no_text_disturbs_fields_alone() {
        let request = RequestText::new([b"GET", b"/", b""], [(&b"a"[..], &b"\xff"[..])]).unwrap();
        assert!(request.with(|request| request.headers == [("a", "\u{fffd}")]));
        assert!(RequestText::new([b"GET", b"/\xff", b""], []).is_none());
    }

    #[test]
    fn any_number_of_fields_comes_through() {
        for count in 0..9 {
            let names: Vec<String> = (0..count).map(|number| number.to_string()).collect();
            let fields = names.iter().map(|name| (name.as_bytes(), name.as_bytes()));
            let request = RequestText::new([b"GET", b"/", b""], fields).unwrap();
            let expected: Vec<(&str, &str)> = names.iter().map(|name| (&**name, &**name)).collect();
            assert!(request.with(|request| request.headers == expected));
        }
    }
}
