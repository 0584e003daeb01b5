//! How the most forgiving of servers reads a path, written without a look at the library: whatever some server could run
//! a handler for.

/// Escapes resolved until none is left, backslashes as slashes, parameters cut, dots resolved, empty segments and the case
/// of letters forgotten, and all that is no visible character with them.
pub(crate) fn forgiving(path: &str) -> String {
    let mut read = path.as_bytes().to_vec();
    for _ in 0..8 {
        read = unescaped(&read);
    }
    let text = String::from_utf8_lossy(&read).to_lowercase().replace('\\', "/");
    let mut segments: Vec<&str> = Vec::new();
    for segment in text.split('/') {
        let name = segment.split([';', '?', '#']).next().unwrap_or_default();
        match name.trim_matches(|c: char| c.is_whitespace() || c.is_control()) {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            name => segments.push(name),
        }
    }
    segments.join("/")
}

fn unescaped(path: &[u8]) -> Vec<u8> {
    let mut read = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((&octet, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let value = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| octet == b'%');
        read.push(value.unwrap_or(octet));
        rest = if value.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    read
}
