//! A request's path as routes see it: one spelling for all that an application may take for the same path.

/// A path in its normal form (RFC 3986 section 6.2.2), and whether that is what the request plainly says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NormalPath {
    /// Escapes are resolved where a path may hold the character as it is, and in upper case where not.
    pub(crate) text: String,
    /// Whether every application reads the path alike. Dot segments, empty segments, path parameters, backslashes, and
    /// escapes of slashes or of percent signs are resolved by one server and left alone by the next.
    pub(crate) plain: bool,
}

impl NormalPath {
    pub(crate) fn of(path: &str) -> Self {
        let (spelled, escapes_are_plain) = spell(path.as_bytes());
        let (text, segments_are_plain) = resolve(&spelled);
        Self { text, plain: escapes_are_plain && segments_are_plain }
    }
}

/// The path with one spelling for each octet.
fn spell(path: &[u8]) -> (String, bool) {
    let mut text = String::with_capacity(path.len());
    let mut plain = true;
    let mut rest = path;
    while let Some((&octet, after)) = rest.split_first() {
        let escaped = if octet == b'%' { escaped_octet(after) } else { None };
        rest = if escaped.is_some() { after.get(2..).unwrap_or_default() } else { after };
        match escaped.unwrap_or(octet) {
            b'/' => {
                plain &= escaped.is_none();
                text.push('/');
            }
            b'\\' => {
                plain = false;
                text.push('/');
            }
            b'%' => {
                plain = false;
                text.push_str("%25");
            }
            octet if stands_in_a_path(octet) => text.push(char::from(octet)),
            octet => {
                text.push('%');
                text.extend([octet >> 4, octet & 0xf].map(upper_hex));
            }
        }
    }
    (text, plain)
}

/// The path without dot segments (RFC 3986 section 5.2.4), empty segments and path parameters (section 3.3).
fn resolve(path: &str) -> (String, bool) {
    let mut segments: Vec<&str> = Vec::new();
    let mut plain = path.starts_with('/');
    let mut parts = path.strip_prefix('/').unwrap_or(path).split('/').peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        let name = part.split(';').next().unwrap_or_default();
        plain &= name.len() == part.len() && !matches!(name, "." | "..") && (is_last || !name.is_empty());
        match name {
            ".." => {
                segments.pop();
            }
            "." | "" => {}
            name => segments.push(name),
        }
        if is_last && matches!(name, "." | ".." | "") {
            segments.push("");
        }
    }
    (format!("/{}", segments.join("/")), plain)
}

/// The octet that two hexadecimal digits after a percent sign stand for.
fn escaped_octet(digits: &[u8]) -> Option<u8> {
    let digit = |index: usize| char::from(*digits.get(index)?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some((digit(0)? << 4) | digit(1)?)
}

/// RFC 3986 section 3.3: pchar, escapes aside.
fn stands_in_a_path(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&octet)
}

fn upper_hex(digit: u8) -> char {
    char::from_digit(digit.into(), 16).unwrap_or('0').to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::NormalPath;

    #[test]
    fn a_path_has_one_spelling() {
        for (path, normal) in [
            ("/", "/"),
            ("/orders/7", "/orders/7"),
            ("/orders/", "/orders/"),
            ("/a.b/..c/~d", "/a.b/..c/~d"),
            ("/%6frders", "/orders"),
            ("/u/a%40b%2B", "/u/a@b+"),
            ("/caf%c3%a9", "/caf%C3%A9"),
            ("/café", "/caf%C3%A9"),
            ("/a b", "/a%20b"),
            ("/{id}", "/%7Bid%7D"),
        ] {
            assert_eq!(NormalPath::of(path), NormalPath { text: normal.into(), plain: true }, "{path}");
        }
    }

    #[test]
    fn what_applications_read_differently_is_not_plain() {
        for (path, normal) in [
            ("", "/"),
            ("orders", "/orders"),
            ("//orders", "/orders"),
            ("/orders//7", "/orders/7"),
            ("/public/../orders", "/orders"),
            ("/public/%2e%2E/orders", "/orders"),
            ("/public%2f..%2Forders", "/orders"),
            ("/public\\..\\orders", "/orders"),
            ("/public%5c..%5Corders", "/orders"),
            ("/orders/.", "/orders/"),
            ("/orders/..", "/"),
            ("/../../orders", "/orders"),
            ("/orders;v=1/7", "/orders/7"),
            ("/public/..;/orders", "/orders"),
            ("/public%3b/orders", "/public/orders"),
            ("/100%", "/100%25"),
            ("/a%2", "/a%252"),
            ("/%252e%252e/orders", "/%252e%252e/orders"),
        ] {
            assert_eq!(NormalPath::of(path), NormalPath { text: normal.into(), plain: false }, "{path}");
        }
    }
}
