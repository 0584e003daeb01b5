//! A path octet by octet, with its escapes resolved.

use super::oddity::{Oddities, Oddity};

/// One octet of a path.
#[derive(Clone, Copy)]
pub(super) struct Octet {
    pub(super) value: u8,
    pub(super) escaped: bool,
}

/// What a path stands for, octet by octet (RFC 3986 section 2.1).
pub(super) fn octets(path: &str) -> Vec<Octet> {
    let mut octets = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&octet, after)) = rest.split_first() {
        let escaped = if octet == b'%' { escaped_octet(after) } else { None };
        octets.push(Octet { value: escaped.unwrap_or(octet), escaped: escaped.is_some() });
        rest = if escaped.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    octets
}

/// The oddities that show in octets; those of segments are seen when the path is taken apart.
pub(super) fn oddities(octets: &[Octet]) -> Oddities {
    let mut found = Oddities::NONE;
    for (index, octet) in octets.iter().enumerate() {
        match octet.value {
            b'/' => found.add_if(octet.escaped, Oddity::EncodedSlash),
            b'\\' => found.add(Oddity::Backslash),
            b';' => found.add(Oddity::PathParameters),
            b'?' | b'#' if octet.escaped => found.add(Oddity::EncodedDelimiters),
            b'?' | b'#' => found.add(Oddity::Delimiter),
            b'%' => {
                found.add_if(!octet.escaped, Oddity::StrayPercent);
                let behind = octets.get(index.saturating_add(1)..).unwrap_or_default();
                found.add_if(is_escape(behind), Oddity::DoubleEncoding);
            }
            _ => {}
        }
    }
    let values: Vec<u8> = octets.iter().map(|octet| octet.value).collect();
    match std::str::from_utf8(&values) {
        Ok(text) => {
            found.add_if(text.contains(char::is_control), Oddity::ControlCharacters);
            found.add_if(text.contains('\u{fffd}'), Oddity::NotUtf8);
            let space = |letter: char| letter.is_whitespace() && !letter.is_control();
            let outer = |name: &str| name.starts_with(space) || name.ends_with(space);
            found.add_if(text.split(['/', '\\', ';']).any(outer), Oddity::OuterSpaces);
        }
        Err(_) => {
            found.add(Oddity::NotUtf8);
            found.add_if(values.iter().any(u8::is_ascii_control), Oddity::ControlCharacters);
            found.add_if(has_overlong(&values), Oddity::OverlongUtf8);
            let outer = |name: &[u8]| name.first() == Some(&b' ') || name.last() == Some(&b' ');
            found.add_if(values.split(|value| b"/\\;".contains(value)).any(outer), Oddity::OuterSpaces);
        }
    }
    found
}

/// The path in one spelling: escapes are resolved where a path may hold the character as it is, and in upper case where not
/// (RFC 3986 section 6.2.2). What separates segments for some does so here where `resolved` says it.
pub(super) fn spelled(octets: &[Octet], resolved: Oddities) -> String {
    let mut text = String::with_capacity(octets.len());
    for octet in octets {
        match octet.value {
            b'/' if !octet.escaped || resolved.has(Oddity::EncodedSlash) => text.push('/'),
            b'?' | b'#' if octet.escaped && resolved.has(Oddity::EncodedDelimiters) => break,
            b'\\' if resolved.has(Oddity::Backslash) => text.push('/'),
            value => push(&mut text, value),
        }
    }
    text
}

/// An octet as it stands in a path: as it is where it may, else escaped.
pub(super) fn push(text: &mut String, octet: u8) {
    if stands_in_a_path(octet) {
        text.push(char::from(octet));
    } else {
        text.push('%');
        text.extend([octet >> 4, octet & 0xf].map(upper_hex));
    }
}

/// RFC 3986 section 3.3: pchar, escapes aside.
pub(super) fn stands_in_a_path(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&octet)
}

/// The octet that two hexadecimal digits after a percent sign stand for.
pub(super) fn escaped_octet(digits: &[u8]) -> Option<u8> {
    let digit = |index: usize| char::from(*digits.get(index)?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some((digit(0)? << 4) | digit(1)?)
}

/// Whether whoever decodes once more takes what stands behind a percent sign for an escape; some servers of Windows knew
/// `%u002F` too.
fn is_escape(behind: &[Octet]) -> bool {
    match behind {
        [first, ..] if matches!(first.value, b'u' | b'U') => true,
        [first, second, ..] => first.value.is_ascii_hexdigit() && second.value.is_ascii_hexdigit(),
        _ => false,
    }
}

/// Whether some octets are longer than they have to be: two octets for seven bits, three for eleven, four for sixteen.
fn has_overlong(values: &[u8]) -> bool {
    values.windows(2).any(|pair| matches!(pair, [0xc0 | 0xc1, _] | [0xe0, 0x80..=0x9f] | [0xf0, 0x80..=0x8f]))
}

fn upper_hex(digit: u8) -> char {
    char::from_digit(digit.into(), 16).unwrap_or('0').to_ascii_uppercase()
}
