//! What a validator can be asked.

use crate::request::{Request, credentials, field_value};
use crate::time::Timestamp;

/// What is to be judged: a token, or a request with a token somewhere in it.
///
/// A text, bytes and a request each turn into a question by themselves:
///
/// ```
/// use jotgate::{Policy, Question, Request, Timestamp, Validator};
///
/// let policy = Policy::from_json(r#"{"version": 1, "issuers": [{
///     "issuer": "https://idp.example.com/",
///     "audience": "https://api.example.com",
///     "keys": { "secret": { "text": "a secret of at least 32 bytes, which nobody knows" } }
/// }]}"#)?;
/// let validator = Validator::new(policy, 7);
/// let now = Timestamp::from_seconds(1_800_000_000);
/// let of_token = validator.validate("e30.e30.", now);
/// let of_request = validator.validate(&Request::new("GET", "/orders"), now);
/// let of_last_week = validator.validate(Question::token(b"e30.e30.").as_of(Timestamp::from_seconds(1_799_400_000)), now);
/// # Ok::<(), jotgate::PolicyError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Question<'a> {
    pub(crate) subject: Subject<'a>,
    pub(crate) as_of: Option<Timestamp>,
}

/// What a question is about.
#[derive(Clone, Copy)]
pub(crate) enum Subject<'a> {
    Token(&'a [u8]),
    Request(&'a Request<'a>),
}

impl<'a> Question<'a> {
    /// May this token pass? It is a compact JWS without the `Bearer` in front. A rule whose expression names the request
    /// refuses it, since there is none.
    #[must_use]
    pub const fn token(token: &'a [u8]) -> Self {
        Self { subject: Subject::Token(token), as_of: None }
    }

    /// May the token pass that the value of a header field carries under this scheme, as logs keep it of `Authorization`?
    /// `None` where it carries none, which as a request is a [`Code::MissingToken`](crate::Code::MissingToken).
    ///
    /// ```
    /// use jotgate::Question;
    /// assert!(Question::credentials(b"bearer eyJhbGciOiJFUzI1NiJ9.e30.c2ln", "Bearer").is_some());
    /// assert!(Question::credentials(b"Basic dXNlcjpwYXNz", "Bearer").is_none());
    /// ```
    #[must_use]
    pub fn credentials(field: &'a [u8], scheme: &str) -> Option<Self> {
        // What is no text is no field of a request either. As a token it is refused as malformed.
        let Ok(field) = std::str::from_utf8(field) else { return Some(Self::token(field)) };
        let token = credentials(field_value(field), Some(scheme)).filter(|token| !token.is_empty())?;
        Some(Self::token(token.as_bytes()))
    }

    /// May this request pass? It takes its route, its token is found where the policy looks for it, and is judged.
    #[must_use]
    pub const fn request(request: &'a Request<'a>) -> Self {
        Self { subject: Subject::Request(request), as_of: None }
    }

    /// The same question about another time than the clock's: could the token have passed then, with the keys of now? For
    /// audits and for replays of old tokens.
    #[must_use]
    pub const fn as_of(self, as_of: Timestamp) -> Self {
        Self { as_of: Some(as_of), ..self }
    }
}

impl<'a> From<&'a str> for Question<'a> {
    fn from(token: &'a str) -> Self {
        Self::token(token.as_bytes())
    }
}

impl<'a> From<&'a String> for Question<'a> {
    fn from(token: &'a String) -> Self {
        Self::token(token.as_bytes())
    }
}

impl<'a> From<&'a [u8]> for Question<'a> {
    fn from(token: &'a [u8]) -> Self {
        Self::token(token)
    }
}

impl<'a> From<&'a Vec<u8>> for Question<'a> {
    fn from(token: &'a Vec<u8>) -> Self {
        Self::token(token)
    }
}

impl<'a> From<&'a Request<'a>> for Question<'a> {
    fn from(request: &'a Request<'a>) -> Self {
        Self::request(request)
    }
}

/// Names what it is about, never the token.
impl std::fmt::Debug for Question<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let about = match self.subject {
            Subject::Token(_) => "token",
            Subject::Request(_) => "request",
        };
        f.debug_struct("Question").field("about", &about).field("as_of", &self.as_of).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{Question, Subject};

    fn token_in(field: &[u8]) -> Option<&[u8]> {
        match Question::credentials(field, "Bearer")?.subject {
            Subject::Token(token) => Some(token),
            Subject::Request(_) => None,
        }
    }

    #[test]
    fn credentials_are_found_as_in_a_request() {
        for field in ["Bearer a.b.c", "bEARER a.b.c", "Bearer   a.b.c", " \tBearer a.b.c\t"] {
            assert_eq!(token_in(field.as_bytes()), Some(b"a.b.c".as_slice()), "{field:?}");
        }
        for field in
            ["", "Bearer", "Bearer ", "Bearera.b.c", "Bearer\ta.b.c", "Basic a.b.c", "a.b.c", "DPoP Bearer a.b.c"]
        {
            assert_eq!(token_in(field.as_bytes()), None, "{field:?}");
        }
        assert_eq!(token_in(b"Basic \xff"), Some(b"Basic \xff".as_slice()));
    }
}
