//! Authorization server metadata (RFC 8414 section 3.2, OpenID Connect Discovery 1.0 section 4.2).

use super::problem::Problem;
use crate::json;
use crate::limits;
use crate::url;
use std::sync::Arc;

/// Reads where the key set lies from metadata that must be about one of `issuers`.
///
/// The comparison is byte for byte (RFC 8414 section 3.3): metadata of another issuer would bring that issuer's keys.
pub(crate) fn key_set_url(
    document: &str, issuers: &[Box<str>], metadata_url: &str, allow_http: bool,
) -> Result<Arc<str>, Problem> {
    let members = json::object(document, limits::JSON_DEPTH).map_err(|_| Problem::NotMetadata)?;
    let text = |name: &str| members.iter().find(|member| member.name == name).and_then(|member| member.value.as_str());
    let issuer = text("issuer").ok_or(Problem::NotMetadata)?;
    if !issuers.iter().any(|expected| **expected == *issuer) {
        return Err(Problem::OtherIssuer);
    }
    let found = text("jwks_uri").ok_or(Problem::NotMetadata)?;
    if may_fetch(&found, metadata_url, allow_http) { Ok(found.into()) } else { Err(Problem::UrlRefused) }
}

/// `https`; any `http` where the policy says so; `http` on loopback only from metadata that came from there itself, so
/// that a remote issuer cannot point at services of this host.
pub(crate) fn may_fetch(found: &str, metadata_url: &str, allow_http: bool) -> bool {
    found.len() <= limits::URL_BYTES
        && match url::scheme(found) {
            Some(url::Scheme::Https) => true,
            Some(url::Scheme::LoopbackHttp) => {
                allow_http || url::scheme(metadata_url) == Some(url::Scheme::LoopbackHttp)
            }
            Some(url::Scheme::Http) => allow_http,
            None => false,
        }
}

#[cfg(test)]
mod tests {
    use super::{Problem, key_set_url};

    const URL: &str = "https://idp.test/.well-known/openid-configuration";

    fn read(document: &str) -> Result<String, Problem> {
        key_set_url(document, &["https://idp.test/".into()], URL, false).map(|url| url.to_string())
    }

    #[test]
    fn the_issuer_must_be_ours_to_the_byte() {
        let good = r#"{"issuer":"https://idp.test/","jwks_uri":"https://keys.test/set","x":1}"#;
        assert_eq!(read(good), Ok("https://keys.test/set".to_owned()));
        for other in ["https://idp.test", "https://IDP.test/", "https://evil.test/", "https://idp.test/ ", ""] {
            let document = good.replacen("https://idp.test/", other, 1);
            assert_eq!(read(&document), Err(Problem::OtherIssuer), "{other}");
        }
        let twice = r#"{"issuer":"https://evil.test/","issuer":"https://idp.test/","jwks_uri":"https://k.test/"}"#;
        assert_eq!(read(twice), Err(Problem::NotMetadata));
    }

    #[test]
    fn the_key_set_lies_at_a_safe_url() {
        for bad in [
            "http://idp.test/jwks",
            "http://127.0.0.1/jwks",
            "http://localhost:8080/jwks",
            "file:///etc/passwd",
            "//idp.test/jwks",
            "https://user@idp.test/jwks",
            "https://idp.test/ jwks",
            "",
        ] {
            let document = format!(r#"{{"issuer":"https://idp.test/","jwks_uri":"{bad}"}}"#);
            assert_eq!(read(&document), Err(Problem::UrlRefused), "{bad}");
        }
        let long = format!(r#"{{"issuer":"https://idp.test/","jwks_uri":"https://k.test/{}"}}"#, "x".repeat(3000));
        assert_eq!(read(&long), Err(Problem::UrlRefused));
        for bad in
            ["", "[]", "{}", r#"{"issuer":"https://idp.test/"}"#, r#"{"issuer":"https://idp.test/","jwks_uri":1}"#]
        {
            assert_eq!(read(bad), Err(Problem::NotMetadata), "{bad}");
        }
        let local = r#"{"issuer":"x","jwks_uri":"http://127.0.0.1:1/jwks"}"#;
        assert!(key_set_url(local, &["x".into()], "http://127.0.0.1:2/metadata", false).is_ok());
        assert!(key_set_url(local, &["x".into()], URL, true).is_ok());
    }
}
