//! What a URL must look like before anything is fetched from it.

use std::net::Ipv4Addr;

/// How a URL is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Https,
    /// Plain, but it never leaves the host.
    LoopbackHttp,
    Http,
}

/// The scheme of an absolute URL with a host, without user name, spaces or control characters; `None` for any other.
pub(crate) fn scheme(url: &str) -> Option<Scheme> {
    let (is_https, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => return None,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // A backslash is a slash to some readers of URLs and none to others, so they would see different hosts.
    if authority.is_empty() || authority.contains(['@', '\\']) || !url.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    Some(match (is_https, is_loopback(authority)) {
        (true, _) => Scheme::Https,
        (false, true) => Scheme::LoopbackHttp,
        (false, false) => Scheme::Http,
    })
}

fn is_loopback(authority: &str) -> bool {
    if authority == "[::1]" || authority.starts_with("[::1]:") {
        return true;
    }
    let host = authority.split(':').next().unwrap_or_default();
    host == "localhost" || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{Scheme, scheme};

    #[test]
    fn tells_the_ways_to_fetch_apart() {
        assert_eq!(scheme("https://idp.example.com/jwks"), Some(Scheme::Https));
        for url in ["http://127.0.0.1:8080/jwks", "http://localhost/jwks", "http://[::1]:8080/", "http://[::1]"] {
            assert_eq!(scheme(url), Some(Scheme::LoopbackHttp), "{url}");
        }
        for url in ["http://idp.example.com/jwks", "http://localhost.example.com/", "http://127.0.0.1.example.com/"] {
            assert_eq!(scheme(url), Some(Scheme::Http), "{url}");
        }
        for url in [
            "http://127.0.0.1@example.com/",
            "https://a\\b/",
            "ftp://localhost/",
            "file:///etc/jwks",
            "https://",
            "https:///jwks",
            "https://a b/",
            "HTTPS://a/",
            "//localhost/",
            "",
        ] {
            assert_eq!(scheme(url), None, "{url}");
        }
    }
}
