//! A path segment by segment.

use super::oddity::{Oddities, Oddity};

/// The path without what `resolved` says, and the oddities of its segments. Dot segments are always resolved (RFC 3986
/// section 5.2.4), empty segments are one slash, and parameters (section 3.3) and outer spaces are no part of a name.
pub(super) fn resolve(path: &str, resolved: Oddities) -> (String, Oddities) {
    let mut found = Oddities::NONE;
    found.add_if(!path.starts_with('/'), Oddity::NoSlash);
    let mut segments: Vec<&str> = Vec::new();
    let mut parts = path.strip_prefix('/').unwrap_or(path).split('/').peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        let name = if resolved.has(Oddity::PathParameters) { part.split(';').next().unwrap_or_default() } else { part };
        let name = if resolved.has(Oddity::OuterSpaces) { without_spaces(name) } else { name };
        found.add_if(matches!(name, "." | ".."), Oddity::DotSegments);
        found.add_if(name.is_empty() && !is_last, Oddity::EmptySegments);
        match name {
            ".." => {
                segments.pop();
            }
            "." => {}
            "" if is_last || resolved.has(Oddity::EmptySegments) => {}
            name => segments.push(name),
        }
        if is_last && matches!(name, "." | ".." | "") {
            segments.push("");
        }
    }
    (format!("/{}", segments.join("/")), found)
}

/// Spaces are escaped where this looks.
fn without_spaces(mut name: &str) -> &str {
    while let Some(rest) = SPACES.iter().find_map(|space| name.strip_prefix(space).or(name.strip_suffix(space))) {
        name = rest;
    }
    name
}

/// U+0020, U+00A0, U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F and U+3000; the others of Unicode's white space are
/// control characters.
const SPACES: [&str; 19] = [
    "%20",
    "%C2%A0",
    "%E1%9A%80",
    "%E2%80%80",
    "%E2%80%81",
    "%E2%80%82",
    "%E2%80%83",
    "%E2%80%84",
    "%E2%80%85",
    "%E2%80%86",
    "%E2%80%87",
    "%E2%80%88",
    "%E2%80%89",
    "%E2%80%8A",
    "%E2%80%A8",
    "%E2%80%A9",
    "%E2%80%AF",
    "%E2%81%9F",
    "%E3%80%80",
];
