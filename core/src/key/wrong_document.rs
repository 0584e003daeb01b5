//! What a document is that is not the one that was asked for: the mistakes that are made with URLs of key sets.

use crate::json::{self, Value};
use crate::limits;

macro_rules! documents {
    ($( $(#[$doc:meta])+ $variant:ident = $name:literal, $hint:literal; )+) => {
        /// What an answer is in place of a key set or of metadata. The names are stable; `core/docs/key-sets.md` lists them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum WrongDocument {
            $( $(#[$doc])+ $variant, )+
        }

        impl WrongDocument {
            /// Every kind, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name, the same in every language.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What it is and what to do, in words, which may change.
            #[must_use]
            pub const fn hint(self) -> &'static str {
                match self { $(Self::$variant => $hint),+ }
            }
        }
    };
}

documents! {
    /// No body at all.
    Empty = "empty_body", "the answer has no body";
    /// Bytes that nobody has decompressed.
    Compressed = "compressed_body", "the answer is compressed, which was not asked for: let the server send it plain, or the fetcher decode it";
    /// A page for people, or XML.
    Html = "html_page", "the answer is an HTML or XML page, of a sign-in or a proxy perhaps: look at the URL in a browser, and write that of the key set";
    /// A key or certificate in PEM.
    Pem = "pem_text", "the answer is a key or certificate in PEM: write it under keys.pem, or the URL of a JSON Web Key Set";
    /// Key ids with certificates in PEM.
    Certificates = "certificate_map", "the answer lists certificates by key id, as Google and Firebase publish them: write the URL of their JSON Web Key Set";
    /// Metadata of an issuer, where a key set was asked for.
    Metadata = "metadata_document", "the answer is the issuer's metadata: write its URL under keys.discovery, or the jwks_uri that stands in it";
    /// A key set, where metadata was asked for.
    KeySet = "key_set_document", "the answer is a key set: write its URL under keys.jwks_uri";
    /// JSON Web Keys without a set around them.
    KeyList = "list_of_keys", "the answer is a list of keys: a key set is an object with the list under  keys  (RFC 7517 section 5)";
    /// One JSON Web Key.
    SingleKey = "single_key", "the answer is one key: a key set is an object with a list  keys  (RFC 7517 section 5)";
    /// A key set in a token.
    Signed = "signed_document", "the answer is a signed token, as OpenID Federation publishes key sets: write the URL of the plain key set";
    /// Text of any other kind.
    NotJson = "not_json", "the answer is not strict JSON in UTF-8: cut short, with a name that stands there twice, nested too deep, or no JSON at all";
    /// Strict JSON, and nothing that is known.
    Other = "other_document", "the answer is JSON of another kind";
}

impl WrongDocument {
    /// Says what a body is that could not be read as what was asked for.
    pub(crate) fn of(body: &[u8]) -> Self {
        if COMPRESSED.iter().any(|magic| body.starts_with(magic)) {
            return Self::Compressed;
        }
        let Ok(text) = std::str::from_utf8(body) else { return Self::NotJson };
        let text = without_mark(text).trim();
        match text.as_bytes().first() {
            None => Self::Empty,
            Some(b'<') => Self::Html,
            Some(b'[') if text.contains("\"kty\"") => Self::KeyList,
            Some(_) if text.starts_with("-----BEGIN ") => Self::Pem,
            Some(_) if is_token(text) => Self::Signed,
            Some(_) => {
                json::object(text, limits::JSON_DEPTH).map_or(Self::NotJson, |members| Self::of_object(&members))
            }
        }
    }

    fn of_object(members: &[json::Member<'_>]) -> Self {
        let has = |name: &str| members.iter().any(|member| member.name == name);
        let is_certificate =
            |member: &json::Member<'_>| member.value.as_str().is_some_and(|text| text.starts_with("-----BEGIN "));
        match members {
            _ if has("jwks_uri") || has("authorization_endpoint") || has("token_endpoint") => Self::Metadata,
            _ if members.iter().any(|member| member.name == "keys" && matches!(member.value, Value::Array(_))) => {
                Self::KeySet
            }
            _ if has("kty") => Self::SingleKey,
            [_, ..] if members.iter().all(is_certificate) => Self::Certificates,
            _ => Self::Other,
        }
    }
}

/// The text without the byte order mark in front, which a reader may leave out (RFC 8259 section 8.1).
pub(crate) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Three segments of base64url, the first of which begins as an object in JSON does.
fn is_token(text: &str) -> bool {
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.starts_with("eyJ") && text.matches('.').count() == 2 && text.chars().all(letters)
}

/// gzip (RFC 1952), Zstandard (RFC 8878). Brotli has no mark to know it by.
const COMPRESSED: [&[u8]; 2] = [&[0x1f, 0x8b], &[0x28, 0xb5, 0x2f, 0xfd]];

#[cfg(test)]
mod tests {
    use super::WrongDocument;

    #[test]
    fn each_mistake_has_its_name() {
        for (body, kind) in [
            ("", WrongDocument::Empty),
            (" \n", WrongDocument::Empty),
            ("\u{1f}\u{8b}", WrongDocument::NotJson),
            ("<!doctype html><title>Sign in</title>", WrongDocument::Html),
            ("\u{feff}\n<?xml version=\"1.0\"?><Error/>", WrongDocument::Html),
            ("-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----", WrongDocument::Pem),
            (
                r#"{"a":"-----BEGIN CERTIFICATE-----\nMIIC\n","b":"-----BEGIN CERTIFICATE-----"}"#,
                WrongDocument::Certificates,
            ),
            (r#"{"issuer":"https://idp.test/","jwks_uri":"https://idp.test/x"}"#, WrongDocument::Metadata),
            (r#"{"issuer":"https://idp.test/","token_endpoint":"https://idp.test/x"}"#, WrongDocument::Metadata),
            (r#"{"keys":[{}]}"#, WrongDocument::KeySet),
            (r#"[{"kty":"EC"}]"#, WrongDocument::KeyList),
            (r#"{"kty":"EC","x":"AA"}"#, WrongDocument::SingleKey),
            ("eyJhbGciOiJSUzI1NiJ9.eyJrZXlzIjpbXX0.AAAA", WrongDocument::Signed),
            ("eyJhbGciOiJSUzI1NiJ9.eyJrZXlzIjpbXX0", WrongDocument::NotJson),
            ("abc.def.ghi", WrongDocument::NotJson),
            ("eyJ a.b.c", WrongDocument::NotJson),
            (r#"{"keys":[{"#, WrongDocument::NotJson),
            (r#"{"a":1,"a":2}"#, WrongDocument::NotJson),
            ("nonsense", WrongDocument::NotJson),
            ("[]", WrongDocument::NotJson),
            (r#"{"keys":{"a":{}}}"#, WrongDocument::Other),
            ("{}", WrongDocument::Other),
        ] {
            assert_eq!(WrongDocument::of(body.as_bytes()), kind, "{body}");
        }
        assert_eq!(WrongDocument::of(&[0x1f, 0x8b, 8, 0]), WrongDocument::Compressed);
        assert_eq!(WrongDocument::of(&[0xff, 0xfe]), WrongDocument::NotJson);
    }

    #[test]
    fn the_guide_has_every_name() {
        let path = format!("{}/docs/key-sets.md", env!("CARGO_MANIFEST_DIR"));
        let guide = std::fs::read_to_string(path).expect("the guide");
        for kind in WrongDocument::ALL.iter().filter(|kind| **kind != WrongDocument::Other) {
            assert!(guide.contains(&format!("`{}`", kind.name())), "{}", kind.name());
        }
    }
}
