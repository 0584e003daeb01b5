//! The payload as the checks read it: absent, valid and invalid are three different things (RFC 7519 section 4.1).

use crate::codes::Code;
use crate::json::{self, Member, Value};
use crate::limits;
use crate::rejection::Rejection;
use std::borrow::Cow;

/// The members of a payload whose JSON was read. Being one says nothing about the signature.
pub(crate) struct Payload<'a> {
    members: Vec<Member<'a>>,
}

impl<'a> Payload<'a> {
    /// Takes the members, unless one holds a number that host languages would read differently.
    pub(crate) fn read(members: Vec<Member<'a>>) -> Result<Self, Rejection> {
        if json::finite(&members, &NUMERIC_DATES) {
            Ok(Self { members })
        } else {
            Err(Rejection::new(Code::MalformedToken, "a number in the payload is out of range"))
        }
    }

    /// Takes the members of a payload that was read before.
    pub(crate) fn trusted(members: Vec<Member<'a>>) -> Self {
        Self { members }
    }

    /// All claims, in the order of the payload.
    pub(crate) fn members(&self) -> &[Member<'a>] {
        &self.members
    }

    /// The claim of exactly this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.members.iter().find(|member| member.name == name).map(|member| &member.value)
    }

    /// The claim of this name, unless it is `null`.
    pub(crate) fn get_present(&self, name: &str) -> Option<&Value<'a>> {
        self.get(name).filter(|value| **value != Value::Null)
    }

    /// A claim whose definition asks for a string (StringOrURI).
    pub(crate) fn text(&self, name: &'static str) -> Result<Option<Cow<'a, str>>, Rejection> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or_else(|| invalid(name, "must be a string")),
        }
    }

    /// A claim whose definition asks for a NumericDate (RFC 7519 section 2): any JSON number, fractions included.
    pub(crate) fn numeric_date(&self, name: &'static str) -> Result<Option<f64>, Rejection> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Number(text)) => match text.parse::<f64>() {
                Ok(date) if limits::NUMERIC_DATES.contains(&date) => Ok(Some(date)),
                Ok(date) if limits::NUMERIC_DATES.contains(&(date / 1000.0)) => Err(invalid(name, MILLISECONDS)),
                _ => Err(invalid(name, "must be a date between the years 0000 and 9999, in seconds since the epoch")),
            },
            Some(_) => Err(invalid(name, "must be a number")),
        }
    }

    /// The same claims with whole numbers in `sub` and `jti` as the texts that they are written in; `None` when there is none.
    pub(crate) fn with_ids_as_texts(&self) -> Option<Self> {
        let text_of = |member: &Member<'a>| {
            NUMERIC_IDS.contains(&member.name.as_ref()).then(|| member.value.integer_as_text())?
        };
        self.members.iter().any(|member| text_of(member).is_some()).then(|| {
            let read = |member: &Member<'a>| Member {
                name: member.name.clone(),
                value: text_of(member).unwrap_or(member.value),
            };
            Self { members: self.members.iter().map(read).collect() }
        })
    }

    /// A string as a list of one, a list of strings as it is, anything else `None`.
    pub(crate) fn strings(value: &Value<'a>) -> Option<Vec<Cow<'a, str>>> {
        match value.as_str() {
            Some(text) => Some(vec![text]),
            None => value.as_strings(),
        }
    }
}

/// Names the claims, never shows their values.
impl std::fmt::Debug for Payload<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.members.iter().map(|member| &member.name)).finish()
    }
}

fn invalid(name: &'static str, detail: &'static str) -> Rejection {
    Rejection::claim(Code::InvalidClaim, name, detail)
}

/// Claims that are texts, and that some issuers write as numbers.
const NUMERIC_IDS: [&str; 2] = ["sub", "jti"];

const MILLISECONDS: &str = "looks like milliseconds: a date counts seconds since the epoch (RFC 7519 section 2)";

/// Claims whose range has its own check, which names the claim.
const NUMERIC_DATES: [&str; 3] = ["exp", "nbf", "iat"];
