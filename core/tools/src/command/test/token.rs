//! What a case says of a token: claims, and in any order what is changed about it.

use super::words::{first, leading, moment};
use serde_json::{Map, Value};

/// A token, as it is described.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Described {
    /// The token itself, where it is written out.
    pub(super) text: Option<String>,
    /// The name of a token that a line before described.
    pub(super) name: Option<String>,
    pub(super) claims: Map<String, Value>,
    pub(super) without: Vec<String>,
    pub(super) header: Map<String, Value>,
    pub(super) signer: Signer,
    pub(super) algorithm: Option<String>,
    /// When it is shown, in seconds from the present.
    pub(super) at: i64,
}

/// Who signs a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Signer {
    #[default]
    Issuer,
    /// Somebody with a key of the same name.
    Stranger,
    Nobody,
}

impl Described {
    /// `{"sub": "alice"} without aud header {"typ": "at+jwt"} without header kid signed by stranger with PS256 at now+9m`.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let (given, mut rest) = leading(text)?;
        let mut described = match given {
            Value::String(token) if rest.is_empty() => return Ok(Self { text: Some(token), ..Self::default() }),
            Value::Object(claims) => Self { claims, ..Self::default() },
            _ => return Err("a token is an object of claims, or the text of one in quotes".to_owned()),
        };
        while !rest.is_empty() {
            rest = described.take(rest)?;
        }
        Ok(described)
    }

    /// Takes in one change, and gives what stands behind it.
    fn take<'t>(&mut self, text: &'t str) -> Result<&'t str, String> {
        let (word, rest) = first(text);
        let (next, behind) = first(rest);
        match word {
            "header" => {
                let (header, rest) = leading(rest)?;
                let Value::Object(header) = header else { return Err("header is followed by an object".to_owned()) };
                self.header.extend(header);
                Ok(rest)
            }
            "without" if next == "header" => {
                let (name, rest) = first(behind);
                self.header.insert(name.to_owned(), Value::Null);
                Ok(rest)
            }
            "without" => {
                self.without.push(next.to_owned());
                Ok(behind)
            }
            "signed" if next == "by" => {
                let (name, rest) = first(behind);
                self.signer = match name {
                    "nobody" => Signer::Nobody,
                    "stranger" => Signer::Stranger,
                    _ => {
                        return Err(
                            "signed by is followed by nobody or stranger: the keys are the command's own".to_owned()
                        );
                    }
                };
                match first(rest) {
                    ("with", rest) => Ok(self.with(rest)),
                    _ => Ok(rest),
                }
            }
            "signed" if next == "with" => Ok(self.with(behind)),
            "at" => {
                self.at = moment(next).ok_or("at is followed by a moment: now, now-30s, now+5m")?;
                Ok(behind)
            }
            _ => Err(format!("{word}: expected without, header, signed or at")),
        }
    }

    fn with<'t>(&mut self, text: &'t str) -> &'t str {
        let (algorithm, rest) = first(text);
        self.algorithm = Some(algorithm.to_owned());
        rest
    }
}
