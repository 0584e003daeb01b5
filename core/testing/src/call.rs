//! The kit as plain data: a word and JSON in, JSON out. What every language stands on.

use crate::document::Object;
use crate::{Error, Fault, Issuer, Token, recipes};
use jotgate::Code;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

impl Issuer {
    /// An issuer whose options are written as JSON.
    pub fn from_json(options: &str) -> Result<Self, Error> {
        Self::with(&read(options)?)
    }

    /// Does what `word` names, with arguments that are a JSON object, and gives what comes of it as JSON. The words are the names
    /// of the functions here, and the arguments have their names.
    pub fn call(&self, word: &str, arguments: &str) -> Result<String, Error> {
        let answer = match word {
            "name" => json!(self.name()),
            "policy" => json!(self.policy()?),
            "policy_for" => json!(self.policy_for(&read::<OfPolicy>(arguments)?.policy)?),
            "policy_fetching" => json!(self.policy_fetching(&read::<OfBase>(arguments)?.base)?),
            "token" => json!(self.token(&read::<Token>(arguments)?)?),
            "bad" => self.called_bad(read(arguments)?)?,
            "jwks" => json!(self.jwks()?),
            "metadata" => json!(self.metadata(&read::<OfMetadata>(arguments)?.jwks_uri)),
            "serve" => serde_json::to_value(self.serve(&read::<OfServe>(arguments)?.url)?)?,
            "rotate" => {
                let OfRotation { overlap, kid } = read(arguments)?;
                json!(match kid {
                    Some(kid) => self.rotate_to(&kid, overlap)?,
                    None => self.rotate(overlap)?,
                })
            }
            "retire_keys" => {
                self.retire_keys();
                Value::Null
            }
            "break_keys" => {
                self.break_keys(fault(&read::<OfFault>(arguments)?.fault)?);
                Value::Null
            }
            "mend" => {
                self.mend();
                Value::Null
            }
            _ => return Err(Error::new("the kit has no function of this name")),
        };
        Ok(answer.to_string())
    }

    fn called_bad(&self, arguments: OfBad) -> Result<Value, Error> {
        let OfBad { code, token, method, path } = arguments;
        let unknown =
            || Error::new("expected the name of a code").with_hint("one of the table of codes, such as expired");
        let code = Code::from_name(&code).ok_or_else(unknown)?;
        let request = match (&method, &path) {
            (None, None) => None,
            (method, path) => Some((method.as_deref().unwrap_or("GET"), path.as_deref().unwrap_or("/"))),
        };
        Ok(serde_json::to_value(self.bad_of(code, &token, request)?)?)
    }
}

/// The table of codes as JSON: a list of objects with `code`, `makeable`, `what` and `needs`.
#[must_use]
pub fn recipes_json() -> String {
    let row = |recipe: crate::Recipe| {
        let crate::Recipe { code, makeable, what, needs } = recipe;
        json!({ "code": code.name(), "makeable": makeable, "what": what, "needs": needs })
    };
    Value::Array(recipes().map(row).collect()).to_string()
}

/// An object and nothing else: serde would also read the fields from a list.
fn read<T: DeserializeOwned>(arguments: &str) -> Result<T, Error> {
    let members: Object = serde_json::from_str(arguments)?;
    serde_json::from_value(Value::Object(members)).map_err(Error::from)
}

fn fault(name: &str) -> Result<Fault, Error> {
    let names = || Fault::ALL.iter().map(|fault| fault.name()).collect::<Vec<_>>().join(", ");
    Fault::from_name(name)
        .ok_or_else(|| Error::new("expected the name of a fault").with_hint(format!("one of {}", names())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfPolicy {
    policy: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfBase {
    base: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfMetadata {
    jwks_uri: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfServe {
    url: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfFault {
    fault: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfRotation {
    #[serde(default = "yes")]
    overlap: bool,
    kid: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfBad {
    code: String,
    #[serde(default)]
    token: Token,
    method: Option<String>,
    path: Option<String>,
}

fn yes() -> bool {
    true
}
