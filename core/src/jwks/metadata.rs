//! Authorization server metadata (RFC 8414 section 3.2, OpenID Connect Discovery 1.0 section 4.2).

use super::problem::{Failed, Problem};
use super::settings::Places;
use crate::json;
use crate::key::WrongDocument;
use crate::limits;
use crate::text::cut;
use crate::url;
use std::sync::Arc;

/// Reads where the key set lies from metadata that must be about one of `issuers`.
///
/// The comparison is byte for byte (RFC 8414 section 3.3): metadata of another issuer would bring that issuer's keys.
pub(crate) fn key_set_url(
    document: &str, issuers: &[Box<str>], metadata_url: &str, allow_http: bool,
) -> Result<Arc<str>, Failed> {
    let other = || Problem::NotMetadata(WrongDocument::of(document.as_bytes()));
    let members = json::object(document, limits::JSON_DEPTH).map_err(|_| other())?;
    let text = |name: &str| members.iter().find(|member| member.name == name).and_then(|member| member.value.as_str());
    let issuer = text("issuer").ok_or_else(other)?;
    if !issuers.iter().any(|expected| **expected == *issuer || is_same_template(expected, &issuer)) {
        return Err(other_issuer(&issuer, issuers));
    }
    let found = text("jwks_uri").ok_or_else(other)?;
    if may_fetch(&found, metadata_url, allow_http) { Ok(found.into()) } else { Err(Problem::UrlRefused.into()) }
}

/// Whether both are one template under other names of the placeholder. Entra's metadata for all tenants is about
/// `https://login.microsoftonline.com/{tenantid}/v2.0`, whatever the policy calls it. Braces stand in no issuer of a token
/// (RFC 3986 section 2), so such metadata is about the issuers of that form and no other.
fn is_same_template(ours: &str, found: &str) -> bool {
    let parts = |name: &'_ str| {
        let (before, rest) = name.split_once('{')?;
        let (placeholder, after) = rest.split_once('}')?;
        let whole = before.ends_with('/') && (after.is_empty() || after.starts_with('/'));
        let word =
            !placeholder.is_empty() && placeholder.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        (whole && word && !after.contains(['{', '}'])).then(|| (before.to_owned(), after.to_owned()))
    };
    parts(ours).is_some_and(|ours| parts(found) == Some(ours))
}

/// Whether an answer says for certain that there is no metadata at its URL: what the client did wrong, but for what another
/// time or a proxy may mend.
pub(crate) fn is_elsewhere(status: u16) -> bool {
    matches!(status, 400..=499) && !matches!(status, 407 | 408 | 421 | 425 | 429)
}

/// There is no metadata anywhere.
pub(crate) fn nowhere(status: u16, places: &Places) -> Failed {
    let asked: Vec<String> = places.iter().map(|place| cut(place)).collect();
    let hint =
        format!("no metadata at {}: write its URL under keys.discovery, or keys.jwks_uri", asked.join(", nor at "));
    Failed { hint: hint.into(), ..Problem::Status(status).into() }
}

/// Both names, and what lies between them where that is one character that is easily overlooked.
fn other_issuer(found: &str, issuers: &[Box<str>]) -> Failed {
    let bare = |name: &str| name.trim_end_matches('/').to_ascii_lowercase();
    let near = issuers.iter().find(|ours| bare(ours) == bare(found));
    let ours = near.or(issuers.first()).map(|ours| cut(ours)).unwrap_or_default();
    let names = format!("the metadata is about \"{}\", and the policy's issuer is \"{ours}\"", cut(found));
    let hint = match near {
        Some(ours) if ours.trim_end_matches('/') == found.trim_end_matches('/') => {
            format!(
                "{names}: they differ in a slash at the end; write the issuer as the metadata and the tokens have it"
            )
        }
        Some(_) => {
            format!("{names}: they differ in letter case; write the issuer as the metadata and the tokens have it")
        }
        None => format!("{names}: write that issuer, or the URL of our issuer's metadata"),
    };
    Failed { hint: hint.into(), ..Problem::OtherIssuer.into() }
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
    use super::{Problem, WrongDocument, key_set_url};

    const URL: &str = "https://idp.test/.well-known/openid-configuration";

    fn read(document: &str) -> Result<String, Problem> {
        let found = key_set_url(document, &["https://idp.test/".into()], URL, false);
        found.map(|url| url.to_string()).map_err(|failed| failed.problem)
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
        assert_eq!(read(twice), Err(Problem::NotMetadata(WrongDocument::NotJson)));
    }

    #[test]
    fn a_template_has_any_name_for_its_placeholder() {
        let about = |issuer: &str, ours: &str| {
            let document = format!(r#"{{"issuer":"{issuer}","jwks_uri":"https://keys.test/set"}}"#);
            key_set_url(&document, &[ours.into()], URL, false).is_ok()
        };
        assert!(about("https://idp.test/{tenantid}/v2.0", "https://idp.test/{tid}/v2.0"));
        assert!(about("https://idp.test/t/{a}", "https://idp.test/t/{b_2}"));
        for (theirs, ours) in [
            ("https://idp.test/{tenantid}/v2.0", "https://idp.test/t1/v2.0"),
            ("https://idp.test/t1/v2.0", "https://idp.test/{tid}/v2.0"),
            ("https://idp.test/{tenantid}/v1.0", "https://idp.test/{tid}/v2.0"),
            ("https://evil.test/{tenantid}/v2.0", "https://idp.test/{tid}/v2.0"),
            ("https://idp.test/{}/v2.0", "https://idp.test/{tid}/v2.0"),
            ("https://idp.test/{a}/v2.0/{b}", "https://idp.test/{tid}/v2.0"),
        ] {
            assert!(!about(theirs, ours), "{theirs} for {ours}");
        }
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
            assert!(matches!(read(bad), Err(Problem::NotMetadata(_))), "{bad}");
        }
        let local = r#"{"issuer":"x","jwks_uri":"http://127.0.0.1:1/jwks"}"#;
        assert!(key_set_url(local, &["x".into()], "http://127.0.0.1:2/metadata", false).is_ok());
        assert!(key_set_url(local, &["x".into()], URL, true).is_ok());
    }
}
