//! What goes on to the application behind a gateway: the policy's `forward`.

use super::forward::Forward;
use super::sources::{TokenSources, http_name, is_http_name};
use crate::document::{PolicyError, WrittenForward};
use crate::json::Value;
use crate::request::Request;
use crate::request_parts::RequestParts;
use crate::token::Payload;
use std::borrow::Cow;
use std::fmt::Write as _;

/// What the policy says about the requests that go on.
#[derive(Debug, Default)]
pub(crate) struct Forwarding {
    /// Claims and their header fields.
    headers: Vec<(String, String)>,
    strip_token: bool,
}

impl Forwarding {
    pub(crate) fn compile(written: Option<WrittenForward>, sources: &TokenSources) -> Result<Self, PolicyError> {
        let Some(written) = written else { return Ok(Self::default()) };
        if written.strip_token && sources.have_expressions() {
            let error = PolicyError::new("forward.strip_token", "nobody knows where an expression finds the token");
            return Err(error.with_hint("name the header, the cookie or the parameter in token.sources"));
        }
        let mut headers: Vec<(String, String)> = Vec::new();
        for (claim, header) in written.claims_to_headers {
            let path = format!("forward.claims_to_headers.{claim}");
            if claim.is_empty() {
                return Err(PolicyError::new(path, "a claim has a name"));
            }
            let header = http_name(header, &path)?;
            // A claim in such a field would say how the message is read, or whose it is.
            if RESERVED.iter().any(|reserved| alike(reserved, &header)) {
                return Err(PolicyError::new(path, "this header field is not for claims"));
            }
            if headers.iter().any(|(_, other)| alike(other, &header)) {
                return Err(PolicyError::new(path, "another claim goes to this header field too"));
            }
            headers.push((claim, header));
        }
        Ok(Self { headers, strip_token: written.strip_token })
    }

    /// Whether requests go on as they came.
    pub(crate) fn is_nothing(&self) -> bool {
        self.headers.is_empty() && !self.strip_token
    }

    /// Adds the parts of a request that decide how it goes on, beside those in which a token is looked for.
    pub(crate) fn reads(&self, parts: &mut RequestParts) {
        let Self { headers, strip_token } = self;
        if !headers.is_empty() {
            // A field is ours by whatever name somebody takes for it; see `alike`.
            parts.read_headers();
        }
        if *strip_token {
            GUARDED.iter().for_each(|field| parts.read_header(field));
        }
    }

    /// Every field that could be set is removed first, whether it is set or not: otherwise a client could send its own.
    pub(crate) fn plan(&self, claims: Option<&Payload<'_>>, sources: &TokenSources, request: &Request<'_>) -> Forward {
        let mut forward = Forward::default();
        for (_, header) in &self.headers {
            forward.remove(header);
            // Many applications cannot tell X_User or X.User from X-User.
            for (name, _) in request.headers.iter().filter(|(name, _)| alike(name, header)) {
                forward.remove(name);
            }
        }
        for (claim, header) in &self.headers {
            if let Some(value) = claims.and_then(|claims| claims.get(claim)).and_then(field_value) {
                forward.set.push((header.clone(), value));
            }
        }
        if self.strip_token {
            sources.strip(request, &mut forward);
        }
        for field in GUARDED {
            self.guard(field, request, &mut forward);
        }
        forward
    }

    /// Takes the names of our fields out of a field in which the client names fields that intermediaries take away
    /// (`Connection`, RFC 9110 section 7.6.1) or look for behind the body (`Trailer`, section 6.6.2): the next proxy would
    /// take away what is set here, or take the client's own for it. A field that names none of ours stays as it is.
    fn guard(&self, field: &str, request: &Request<'_>, forward: &mut Forward) {
        let names =
            || request.header(field).flat_map(|line| line.split(',')).map(|name| name.trim_matches([' ', '\t']));
        let set: Vec<&String> = forward.set.iter().map(|(name, _)| name).collect();
        let is_ours = |name: &str| {
            self.headers.iter().map(|(_, ours)| ours).chain(set.iter().copied()).any(|ours| alike(ours, name))
        };
        if !names().any(is_ours) {
            return;
        }
        let rest: Vec<&str> = names().filter(|name| is_http_name(name) && !is_ours(name)).collect();
        let rest = rest.join(", ");
        forward.remove(field);
        if !rest.is_empty() {
            forward.set.push((field.to_owned(), rest));
        }
    }
}

/// Whether two names of fields are the same to somebody: letters have no case, and servers fold whatever else is no letter or
/// digit, some the underscore alone (RFC 3875 section 4.1.18), some every such character.
fn alike(one: &str, other: &str) -> bool {
    let plain = |byte: u8| if byte.is_ascii_alphanumeric() { byte.to_ascii_lowercase() } else { b'-' };
    one.bytes().map(plain).eq(other.bytes().map(plain))
}

/// A text as it is, a number or boolean as in the token, a list of these joined by commas, and everything else as JSON.
/// `None` for `null`.
fn field_value(value: Value<'_>) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Array(_) => {
            let elements = value.as_array()?;
            let plain = elements.iter().all(|value| !matches!(value, Value::Null | Value::Array(_) | Value::Object(_)));
            let texts = elements.iter().map(|value| encoded(&text_of(*value), true));
            Some(if plain { texts.collect::<Vec<_>>().join(",") } else { encoded(value.source(), false) })
        }
        _ => Some(encoded(&text_of(value), false)),
    }
}

/// A text as it reads, everything else as JSON.
fn text_of<'a>(value: Value<'a>) -> Cow<'a, str> {
    value.as_str().unwrap_or(Cow::Borrowed(value.source()))
}

/// Visible ASCII and the spaces within as they are; every other byte of the UTF-8, and the percent sign itself, as `%` with
/// two hexadecimal digits (RFC 3986 section 2.1). So no value ends its line, and each can be read back.
fn encoded(text: &str, element: bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    let last = text.len().saturating_sub(1);
    for (index, byte) in text.bytes().enumerate() {
        let inner_space = byte == b' ' && index > 0 && index < last;
        if (byte.is_ascii_graphic() && byte != b'%' && !(element && byte == b',')) || inner_space {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Fields in which clients name other fields.
const GUARDED: [&str; 2] = ["Connection", "Trailer"];

/// Fields that say how a message is read or where it goes (RFC 9110 sections 7.2, 7.6.1 and 8.6, RFC 9112 section 6.1), and
/// those that carry other credentials.
const RESERVED: [&str; 14] = [
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

#[cfg(test)]
mod tests {
    use super::{alike, encoded, field_value};
    use crate::json;

    fn value(json: &str) -> Option<String> {
        field_value(json::object(&format!("{{\"v\":{json}}}"), 8).unwrap().first().unwrap().value)
    }

    #[test]
    fn values_are_one_line_and_can_be_read_back() {
        for (json, wanted) in [
            (r#""alice""#, Some("alice")),
            (r#""Alice B, C""#, Some("Alice B, C")),
            (r#"" a ""#, Some("%20a%20")),
            (r#"" ""#, Some("%20")),
            (r#""""#, Some("")),
            (r#""a\r\nSet-Cookie: b""#, Some("a%0D%0ASet-Cookie: b")),
            (r#""\u0000\u007f\t""#, Some("%00%7F%09")),
            (r#""100%41""#, Some("100%2541")),
            (r#""Zoë""#, Some("Zo%C3%AB")),
            ("1.50e1", Some("1.50e1")),
            ("true", Some("true")),
            ("null", None),
            (r#"["a","b c",1,false]"#, Some("a,b c,1,false")),
            (r#"["a,b","c"]"#, Some("a%2Cb,c")),
            ("[]", Some("")),
            (r#"["a",null]"#, Some(r#"["a",null]"#)),
            (r#"[["a"]]"#, Some(r#"[["a"]]"#)),
            ("{\"a\":\n\"ë\"}", Some("{\"a\":%0A\"%C3%AB\"}")),
        ] {
            assert_eq!(value(json).as_deref(), wanted, "{json}");
        }
        assert!((0..=0x24f).filter_map(char::from_u32).all(|c| encoded(&c.to_string(), true).is_ascii()));
    }

    #[test]
    fn what_is_no_letter_or_digit_is_a_hyphen_to_some() {
        assert!(alike("X-User-Id", "x_user-ID"));
        assert!(alike("X-User-Id", "X.User~Id"));
        assert!(!alike("X-User1", "X-User-"));
        assert!(!alike("X-User", "X-User-Id"));
    }
}
