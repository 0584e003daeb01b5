//! `cnf` (RFC 7800): a token that its issuer has bound to a key of the client, by DPoP (RFC 9449 section 6) or by a
//! certificate (RFC 8705 section 3.1). Such a token is good only together with a proof of that key, and no proof is read
//! here. Whoever has stolen it has no key, so it is no bearer token unless the policy says so.

use crate::codes::Code;
use crate::document::{Confirmation, PolicyError};
use crate::explain::Facts;
use crate::json::{self, Value};
use crate::limits;
use crate::rejection::Rejection;
use crate::text::listed;
use crate::token::Payload;

/// What becomes of bound tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    /// None passes, whatever binds it.
    Refused,
    /// The waiver: they pass as if nothing bound them.
    Ignored,
}

impl Bound {
    /// `path` is that of the issuer's entry.
    pub(crate) fn compile(written: Option<Confirmation>, path: &str) -> Result<Self, PolicyError> {
        let hint = match written {
            None => return Ok(Self::Refused),
            Some(Confirmation::Word(word)) if word == IGNORE => return Ok(Self::Ignored),
            Some(Confirmation::Word(_)) => "write  confirmation: ignore  to take bound tokens as bearer tokens",
            Some(Confirmation::Object) => {
                "proofs are not checked yet: without the field bound tokens are refused, and  confirmation: ignore  takes them"
            }
        };
        Err(PolicyError::new(format!("{path}.confirmation"), "expected the word ignore").with_hint(hint))
    }

    /// RFC 7800 section 3.1: `cnf` is an object, so `null` is a value of the wrong type, under the waiver too. An empty one,
    /// or one that holds only what nobody here knows, is refused with the others: its issuer meant a binding.
    pub(super) fn check(self, payload: &Payload<'_>) -> Result<(), Rejection> {
        match (payload.get("cnf"), self) {
            (None, _) | (Some(Value::Object(_)), Self::Ignored) => Ok(()),
            (Some(Value::Object(_)), Self::Refused) => Err(Rejection::claim(Code::ConfirmationFailed, "cnf", BOUND)),
            (Some(_), _) => Err(Rejection::claim(Code::InvalidClaim, "cnf", "must be an object")),
        }
    }

    /// The ways of binding are named; the thumbprints tell nobody anything.
    pub(super) fn facts(self, payload: &Payload<'_>) -> Facts {
        let Some(value) = payload.get("cnf") else { return Facts::idle("the token is not bound to a key") };
        let Value::Object(text) = value else { return Facts::checked().expected("an object") };
        let members = json::object(text, limits::JSON_DEPTH_MAX).unwrap_or_default();
        let found = match members.is_empty() {
            true => "an empty cnf".to_owned(),
            false => format!("bound by {}", listed(members.iter().map(|member| told(&member.name)))),
        };
        match self {
            Self::Ignored => Facts::idle(format!("{found}; confirmation: ignore")),
            Self::Refused => Facts::checked().expected("a token that is not bound to a key").found(found),
        }
    }
}

fn told(member: &str) -> String {
    match member {
        "jkt" => "jkt (DPoP, RFC 9449)".to_owned(),
        "x5t#S256" => "x5t#S256 (a client certificate, RFC 8705)".to_owned(),
        other => other.to_owned(),
    }
}

/// The word of the waiver.
const IGNORE: &str = "ignore";

const BOUND: &str = "the token is bound to a key of its client, and its proof is not checked here: ask the issuer for unbound tokens, or set confirmation: ignore to take it as a bearer token";
