//! Letter case: what a server that compares paths without it takes for the same.

use super::octets::{escaped_octet, push};
use std::borrow::Cow;

/// A path in its normal form with every letter outside of ASCII as servers fold it that compare paths without regard to case;
/// letters of ASCII are left to the comparison. Without escapes there are none.
pub(crate) fn fold(path: &str) -> Cow<'_, str> {
    if path.contains('%') { Cow::Owned(recased(path, folded)) } else { Cow::Borrowed(path) }
}

/// A path in its normal form, with other characters for those beyond ASCII.
pub(crate) fn recased<I: IntoIterator<Item = char>>(path: &str, recase: impl Fn(char) -> I) -> String {
    let mut text = String::with_capacity(path.len());
    let mut beyond_ascii = Vec::new();
    let mut rest = path.as_bytes();
    while let Some((&octet, after)) = rest.split_first() {
        let escaped = if octet == b'%' { escaped_octet(after).filter(|octet| !octet.is_ascii()) } else { None };
        if let Some(octet) = escaped {
            beyond_ascii.push(octet);
            rest = after.get(2..).unwrap_or_default();
            continue;
        }
        flush(&mut text, &mut beyond_ascii, &recase);
        text.push(char::from(octet));
        rest = after;
    }
    flush(&mut text, &mut beyond_ascii, &recase);
    text
}

/// Writes what has come together; what is no UTF-8 stays as it is.
fn flush<I: IntoIterator<Item = char>>(text: &mut String, octets: &mut Vec<u8>, recase: &impl Fn(char) -> I) {
    match std::str::from_utf8(octets) {
        Ok(letters) => letters.chars().flat_map(recase).for_each(|letter| {
            letter.encode_utf8(&mut [0; 4]).bytes().for_each(|octet| push(text, octet));
        }),
        Err(_) => octets.iter().for_each(|octet| push(text, *octet)),
    }
    octets.clear();
}

/// A letter by all the ways in which languages fold it: to lower case, to upper case and back. So the Kelvin sign is a k and
/// the long s an s, as in JavaScript's `toLowerCase`, in Java's `equalsIgnoreCase` and in Python's `re.IGNORECASE`.
fn folded(letter: char) -> Vec<char> {
    // Java lowers it to one letter, and so does Python's `re`.
    if letter == '\u{130}' {
        return vec!['i'];
    }
    let upper = letter.to_lowercase().flat_map(char::to_uppercase);
    upper.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn letters_beyond_ascii_fold_as_languages_fold_them() {
        for (one, other) in [
            ("/%C3%89", "/%C3%A9"),          // É é
            ("/%E2%84%AAey", "/key"),        // Kelvin sign
            ("/order%C5%BF", "/orders"),     // long s
            ("/%C4%B1d", "/id"),             // dotless i
            ("/%C4%B0d", "/id"),             // I with a dot
            ("/stra%C3%9Fe", "/strasse"),    // sharp s
            ("/stra%E1%BA%9Ee", "/strasse"), // capital sharp s
            ("/%CE%A3", "/%CF%82"),          // final sigma
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        assert_eq!(fold("/a%20b%E9"), "/a%20b%E9");
        assert_eq!(fold("/Orders"), "/Orders");
    }
}
