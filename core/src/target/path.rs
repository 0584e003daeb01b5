//! A request's path as routes see it.

use super::octets::{self, octets, stands_in_a_path};
use super::oddity::{Oddities, Oddity};
use super::segments::resolve;
use std::borrow::Cow;

/// A path in its normal form (RFC 3986 section 6.2.2), and what in it servers read in more than one way.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Path<'p> {
    path: &'p str,
    /// Escapes are resolved where a path may hold the character as it is, and in upper case where not. Everything odd is
    /// resolved too.
    pub(crate) text: Cow<'p, str>,
    pub(crate) oddities: Oddities,
}

impl<'p> Path<'p> {
    /// Allocates nothing for a path that is its own normal form.
    pub(crate) fn of(path: &'p str) -> Self {
        if is_normal(path) {
            return Self { path, text: Cow::Borrowed(path), oddities: Oddities::NONE };
        }
        let octets = octets(path);
        let all = Oddities::readable_in_two_ways();
        let (text, of_segments) = resolve(&octets::spelled(&octets, all), all);
        // What stands behind an end that is none has its oddities too.
        let whole = all.without(Oddity::EncodedDelimiters);
        let (_, of_all_segments) = resolve(&octets::spelled(&octets, whole), whole);
        let oddities = octets::oddities(&octets).with(of_segments).with(of_all_segments);
        Self { path, text: Cow::Owned(text), oddities }
    }

    /// Every path that a server may take this one for, as far as it differs in oddities with two readings: those left alone
    /// and those resolved, in every combination.
    pub(crate) fn readings(&self) -> impl Iterator<Item = String> {
        parts(self.path).flat_map(|part| {
            let octets = octets(part);
            self.oddities
                .subsets_with(Oddities::readable_in_two_ways())
                .map(move |resolved| resolve(&octets::spelled(&octets, resolved), resolved).0)
        })
    }
}

/// The path, and what is left of it for servers that take a part of it for something else.
fn parts(path: &str) -> impl Iterator<Item = &str> {
    [Some(path), without_host(path)].into_iter().flatten().flat_map(|part| {
        let cut = without_parameters(part);
        std::iter::once(part).chain((cut != part).then_some(cut))
    })
}

/// What resolves a target as a reference (RFC 3986 section 4.2) takes a name behind two slashes for a host, and so does what
/// resolves it as browsers do, behind slashes and backslashes in any number.
fn without_host(path: &str) -> Option<&str> {
    // Bindings whose servers resolve escapes write a backslash as one.
    let slashes = ["/", "\\", "%5C", "%5c"];
    let mut host = path;
    let mut count = 0_usize;
    while let Some(rest) = slashes.iter().find_map(|slash| host.strip_prefix(slash)) {
        host = rest;
        count = count.saturating_add(1);
    }
    let end = slashes.iter().filter_map(|slash| host.find(slash)).min();
    (count > 1).then(|| end.and_then(|end| host.get(end..)).unwrap_or("/"))
}

/// Some routers end a path at the first semicolon, wherever it stands.
fn without_parameters(path: &str) -> &str {
    let end = [";", "%3b", "%3B"].into_iter().filter_map(|semicolon| path.find(semicolon)).min();
    end.and_then(|end| path.get(..end)).unwrap_or(path)
}

/// Whether a path is plainly in its normal form, which nearly all are.
fn is_normal(path: &str) -> bool {
    let Some(behind) = path.strip_prefix('/') else { return false };
    if !behind.bytes().all(|octet| octet == b'/' || (octet != b';' && stands_in_a_path(octet))) {
        return false;
    }
    let mut names = behind.split('/').peekable();
    while let Some(name) = names.next() {
        if matches!(name, "." | "..") || (name.is_empty() && names.peek().is_some()) {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::Path;
    use crate::target::{Oddities, Oddity};

    fn odd(path: &str) -> (String, Oddities) {
        let Path { text, oddities, .. } = Path::of(path);
        (text.into_owned(), oddities)
    }

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
            ("/100%25", "/100%25"),
            ("/50%25off", "/50%25off"),
        ] {
            assert_eq!(odd(path), (normal.to_owned(), Oddities::NONE), "{path}");
        }
    }

    #[test]
    fn outer_spaces_are_seen_beside_what_is_no_text() {
        for path in ["/%E9/a%20", "/%E9/%20a"] {
            assert!(odd(path).1.has(Oddity::OuterSpaces), "{path}");
        }
        assert!(!odd("/%E9/a%20b").1.has(Oddity::OuterSpaces));
    }

    #[test]
    fn each_oddity_alone_makes_a_path_odd() {
        use Oddity::*;
        for (path, normal, oddity) in [
            ("", "/", NoSlash),
            ("*", "/*", NoSlash),
            ("orders", "/orders", NoSlash),
            ("/orders?x=1", "/orders%3Fx=1", Delimiter),
            ("/orders#x", "/orders%23x", Delimiter),
            ("/orders%3fx", "/orders", EncodedDelimiters),
            ("/orders%23", "/orders", EncodedDelimiters),
            ("//orders", "/orders", EmptySegments),
            ("/orders//7", "/orders/7", EmptySegments),
            ("/orders//", "/orders/", EmptySegments),
            ("/public/../orders", "/orders", DotSegments),
            ("/public/%2e%2E/orders", "/orders", DotSegments),
            ("/orders/.", "/orders/", DotSegments),
            ("/orders/..", "/", DotSegments),
            ("/../../orders", "/orders", DotSegments),
            ("/orders%2f7", "/orders/7", EncodedSlash),
            ("/orders%2F", "/orders/", EncodedSlash),
            ("/orders\\7", "/orders/7", Backslash),
            ("/orders%5c7", "/orders/7", Backslash),
            ("/orders;v=1/7", "/orders/7", PathParameters),
            ("/public%3b/orders", "/public/orders", PathParameters),
            ("/orders;", "/orders", PathParameters),
            ("/;", "/", PathParameters),
            ("/100%", "/100%25", StrayPercent),
            ("/a%2", "/a%252", StrayPercent),
            ("/%2g", "/%252g", StrayPercent),
            ("/%252e%252e/orders", "/%252e%252e/orders", DoubleEncoding),
            ("/%256frders", "/%256frders", DoubleEncoding),
            ("/%25%36frders", "/%256frders", DoubleEncoding),
            ("/%25u002forders", "/%25u002forders", DoubleEncoding),
            ("/orders%0a", "/orders%0A", ControlCharacters),
            ("/orders%00", "/orders%00", ControlCharacters),
            ("/orders\n", "/orders%0A", ControlCharacters),
            ("/orders%7f", "/orders%7F", ControlCharacters),
            ("/orders/a%C2%85b", "/orders/a%C2%85b", ControlCharacters),
            ("/orders%20", "/orders", OuterSpaces),
            ("/%20orders/7", "/orders/7", OuterSpaces),
            ("/orders%20/7", "/orders/7", OuterSpaces),
            ("/orders%E3%80%80/7", "/orders/7", OuterSpaces),
            ("/orders%E9", "/orders%E9", NotUtf8),
            ("/orders\u{fffd}", "/orders%EF%BF%BD", NotUtf8),
        ] {
            assert_eq!(odd(path), (normal.to_owned(), [oddity].into_iter().collect()), "{path}");
        }
    }

    #[test]
    fn several_oddities_are_all_found() {
        use Oddity::*;
        for (path, normal, oddities) in [
            ("/public%2f..%2Forders", "/orders", &[EncodedSlash, DotSegments][..]),
            ("/public\\..\\orders", "/orders", &[Backslash, DotSegments]),
            ("/public/..;/orders", "/orders", &[PathParameters, DotSegments]),
            ("/files/..%3bx/a", "/a", &[PathParameters, DotSegments]),
            ("/public/%20../orders", "/orders", &[OuterSpaces, DotSegments]),
            ("/orders%3fx/../y", "/orders", &[EncodedDelimiters, DotSegments]),
            ("/orders/..%23x", "/", &[EncodedDelimiters, DotSegments]),
            ("/%c0%af", "/%C0%AF", &[OverlongUtf8, NotUtf8]),
            ("/%e0%80%af", "/%E0%80%AF", &[OverlongUtf8, NotUtf8]),
            ("/%f0%80%80%af", "/%F0%80%80%AF", &[OverlongUtf8, NotUtf8]),
            ("/%%32%66", "/%252f", &[StrayPercent, DoubleEncoding]),
            ("http://host.test/orders", "/http:/host.test/orders", &[NoSlash, EmptySegments]),
        ] {
            assert_eq!(odd(path), (normal.to_owned(), oddities.iter().copied().collect()), "{path}");
        }
    }

    #[test]
    fn readings_are_all_that_servers_may_take_a_path_for() {
        let readings = |path: &str| Path::of(path).readings().collect::<Vec<_>>();
        assert_eq!(readings("/files/a%2Fb"), ["/files/a/b", "/files/a%2Fb"]);
        assert_eq!(readings("/files/a;v=1"), ["/files/a", "/files/a;v=1", "/files/a", "/files/a"]);
        assert_eq!(readings("/files;/health")[2..], ["/files", "/files"]);
        assert_eq!(readings("//files/"), ["/files/", "//files/", "/", "/"]);
        for path in ["//host/files", "///host/files", "/\\host/files", "/\\host\\files", "/%5Chost/files"] {
            assert!(readings(path).contains(&"/files".to_owned()), "{path}");
        }
        assert_eq!(readings("/files/a%20"), ["/files/a", "/files/a%20"]);
        assert_eq!(readings("/files/100%"), ["/files/100%25"]);
        let mut both = readings("/f%5ca%2fb");
        both.sort();
        assert_eq!(both, ["/f%5Ca%2Fb", "/f%5Ca/b", "/f/a%2Fb", "/f/a/b"]);
    }
}
