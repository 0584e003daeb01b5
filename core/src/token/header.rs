//! The JOSE header (RFC 7515 section 4): what it names, and what in it is refused at sight.

use crate::algorithm::Algorithm;
use crate::codes::Code;
use crate::json::{Member, Table, Value};
use crate::rejection::Rejection;
use std::borrow::Cow;

/// The header parameters that the policy looks at. `jku`, `jwk`, `x5u`, `x5c` are never read: a token does not bring its own
/// key (RFC 8725 section 3.10).
#[derive(Debug)]
pub(crate) struct Header<'a> {
    pub(crate) alg: Cow<'a, str>,
    pub(crate) kid: Option<Cow<'a, str>>,
    pub(crate) typ: Option<Cow<'a, str>>,
    /// Names of the key's certificate (RFC 7515 sections 4.1.7 and 4.1.8), where they are texts: they pick among the keys that are
    /// there, and nothing else.
    pub(crate) x5t: Option<Cow<'a, str>>,
    pub(crate) x5t_s256: Option<Cow<'a, str>>,
}

impl<'a> Header<'a> {
    /// Takes what was read of the text of a header, and refuses what no policy can allow.
    pub(crate) fn read(json: &'a str, table: &Table) -> Result<Self, Rejection> {
        let (mut alg, mut kid, mut typ) = (None, None, None);
        let (mut x5t, mut x5t_s256) = (None, None);
        let mut unsupported = None;
        for member in table.members(json) {
            match member.name.as_ref() {
                "alg" => alg = Some(text(&member)?),
                "kid" => kid = Some(text(&member)?),
                "typ" => typ = Some(text(&member)?),
                "x5t" => x5t = member.value.as_str(),
                "x5t#S256" => x5t_s256 = member.value.as_str(),
                // RFC 7515 section 4.1.11: an extension that is not understood makes the token invalid; none is.
                "crit" => return Err(Rejection::new(Code::UnsupportedCritical, "crit: no extension is supported")),
                "enc" => unsupported = Some("enc: encrypted tokens are not supported"),
                "zip" => unsupported = Some("zip: compressed payloads are not supported"),
                // RFC 7797 section 7: a JWT must not be unencoded.
                "b64" if member.value != Value::Bool(true) => {
                    unsupported = Some("b64: unencoded payloads are not supported")
                }
                // RFC 7519 section 5.2: a JWT within a JWT.
                "cty" if names_jwt(&text(&member)?) => unsupported = Some("cty: nested tokens are not supported"),
                _ => {}
            }
        }
        if let Some(detail) = unsupported {
            return Err(Rejection::new(Code::UnsupportedToken, detail));
        }
        if !table.finite(json, &[]) {
            return Err(malformed("a number in the header is out of range"));
        }
        let alg = alg.ok_or_else(|| malformed("the header has no alg"))?;
        Ok(Self { alg, kid, typ, x5t, x5t_s256 })
    }

    /// The same, without the text that it was read of.
    pub(crate) fn to_owned(&self) -> Header<'static> {
        let owned = |text: &Option<Cow<'_, str>>| text.as_ref().map(|text| Cow::Owned(text.clone().into_owned()));
        Header {
            alg: Cow::Owned(self.alg.clone().into_owned()),
            kid: owned(&self.kid),
            typ: owned(&self.typ),
            x5t: owned(&self.x5t),
            x5t_s256: owned(&self.x5t_s256),
        }
    }

    /// The same, as a view.
    pub(super) fn borrowed(&self) -> Header<'_> {
        fn view<'a>(text: &'a Option<Cow<'_, str>>) -> Option<Cow<'a, str>> {
            text.as_deref().map(Cow::Borrowed)
        }
        Header {
            alg: Cow::Borrowed(&self.alg),
            kid: view(&self.kid),
            typ: view(&self.typ),
            x5t: view(&self.x5t),
            x5t_s256: view(&self.x5t_s256),
        }
    }

    pub(crate) fn names_signed_algorithm(&self) -> bool {
        Algorithm::from_name(&self.alg).is_some()
    }
}

fn text<'a>(member: &Member<'a>) -> Result<Cow<'a, str>, Rejection> {
    member.value.as_str().ok_or_else(|| malformed("alg, kid, typ and cty must be strings"))
}

/// Parameters do not make it another type (RFC 7515 section 4.1.10, RFC 2045 section 5.1).
fn names_jwt(cty: &str) -> bool {
    let bare = cty.split(';').next().unwrap_or_default().trim_matches([' ', '\t']);
    bare.eq_ignore_ascii_case("JWT") || bare.eq_ignore_ascii_case("application/jwt")
}

fn malformed(detail: &'static str) -> Rejection {
    Rejection::new(Code::MalformedToken, detail)
}

#[cfg(test)]
mod tests {
    use super::Header;
    use crate::codes::Code;
    use crate::json;

    fn rejected(text: &str) -> Option<Code> {
        Header::read(text, &json::table(text, 8).unwrap_or_default()).err().map(|rejection| rejection.code)
    }

    #[test]
    fn refuses_what_it_would_have_to_understand() {
        for (text, code) in [
            (r#"{"alg":"RS256","crit":[]}"#, Code::UnsupportedCritical),
            (r#"{"alg":"RS256","b64":false,"crit":["b64"]}"#, Code::UnsupportedCritical),
            (r#"{"alg":"RS256","b64":false}"#, Code::UnsupportedToken),
            (r#"{"alg":"RS256","zip":"DEF"}"#, Code::UnsupportedToken),
            (r#"{"alg":"dir","enc":"A128GCM"}"#, Code::UnsupportedToken),
            (r#"{"alg":"RS256","cty":"Application/JWT"}"#, Code::UnsupportedToken),
            (r#"{"alg":["RS256"]}"#, Code::MalformedToken),
            (r#"{"alg":"RS256","kid":7}"#, Code::MalformedToken),
            (r#"{"kid":"a"}"#, Code::MalformedToken),
        ] {
            assert_eq!(rejected(text), Some(code), "{text}");
        }
    }

    #[test]
    fn ignores_keys_that_the_token_brings() {
        assert_eq!(
            rejected(r#"{"alg":"RS256","jwk":{"kty":"oct"},"jku":7,"x5c":[],"x5u":"http://a","b64":true,"cty":"a"}"#),
            None
        );
    }
}
