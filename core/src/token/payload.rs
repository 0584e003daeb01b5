//! The payload as the checks read it: absent, valid and invalid are three different things (RFC 7519 section 4.1).

use crate::codes::Code;
use crate::json::{self, Member, Place, Table, Value, few_digits};
use crate::limits;
use crate::rejection::Rejection;
use std::borrow::Cow;

/// A payload that was read: its text, and where its members stand. It is a view; whoever owns the text owns the table too.
/// Being one says nothing about the signature.
#[derive(Clone, Copy)]
pub(crate) struct Payload<'a> {
    json: &'a str,
    table: &'a Table,
}

/// Claims of a token under other names or with other values than it writes, as a text of their own.
pub(crate) struct Rewritten {
    pub(crate) json: String,
    pub(crate) table: Table,
}

impl<'a> Payload<'a> {
    /// Reads a payload, and refuses one that holds a number which host languages would read differently.
    pub(super) fn read(json: &str, depth: usize) -> Result<Table, Rejection> {
        let malformed = |detail| Rejection::new(Code::MalformedToken, detail);
        let table = json::table(json, depth).map_err(|_| malformed("the payload must be a strict JSON object"))?;
        if table.finite(json, &NUMERIC_DATES) {
            Ok(table)
        } else {
            Err(malformed("a number in the payload is out of range"))
        }
    }

    /// The payload of which this is the text, and this what was read of it.
    pub(crate) fn of(json: &'a str, table: &'a Table) -> Self {
        Self { json, table }
    }

    pub(crate) fn json(&self) -> &'a str {
        self.json
    }

    /// Where the claims stand in the text.
    pub(crate) fn places(&self) -> &'a [Place] {
        self.table.places()
    }

    /// Where the claim of exactly this name stands.
    #[inline]
    pub(crate) fn place(&self, name: &str) -> Option<&'a Place> {
        self.table.find(self.json, name)
    }

    /// All claims, in the order of the payload.
    pub(crate) fn members(&self) -> impl ExactSizeIterator<Item = Member<'a>> + Clone + use<'a> {
        self.table.members(self.json)
    }

    /// The claim of exactly this name.
    #[inline]
    pub(crate) fn get(&self, name: &str) -> Option<Value<'a>> {
        self.place(name).map(|place| place.value(self.json))
    }

    /// The claim of this name, unless it is `null`.
    pub(crate) fn get_present(&self, name: &str) -> Option<Value<'a>> {
        self.get(name).filter(|value| *value != Value::Null)
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
            Some(Value::Number(text)) => match whole(text).map_or_else(|| text.parse::<f64>(), Ok) {
                Ok(date) if limits::NUMERIC_DATES.contains(&date) => Ok(Some(date)),
                Ok(date) if limits::NUMERIC_DATES.contains(&(date / 1000.0)) => Err(invalid(name, MILLISECONDS)),
                _ => Err(invalid(name, "must be a date between the years 0000 and 9999, in seconds since the epoch")),
            },
            Some(_) => Err(invalid(name, "must be a number")),
        }
    }

    /// The same claims with whole numbers in `sub` and `jti` as the texts that they are written in; `None` when there is none.
    pub(crate) fn with_ids_as_texts(&self) -> Result<Option<Rewritten>, Rejection> {
        let digits_of =
            |member: &Member<'a>| NUMERIC_IDS.contains(&member.name.as_ref()).then(|| member.value.as_integer())?;
        if !self.members().any(|member| digits_of(&member).is_some()) {
            return Ok(None);
        }
        let read = |member: Member<'a>| match digits_of(&member) {
            Some(digits) => (member.name, Cow::Owned(format!("\"{digits}\""))),
            None => (member.name, Cow::Borrowed(member.value.source())),
        };
        Rewritten::new(self.members().map(read)).map(Some)
    }

    /// A string as a list of one, a list of strings as it is, anything else `None`.
    pub(crate) fn strings(value: Value<'a>) -> Option<Vec<Cow<'a, str>>> {
        match value.as_str() {
            Some(text) => Some(vec![text]),
            None => value.as_strings(),
        }
    }
}

impl Rewritten {
    /// Writes names and values (the latter are JSON) as one object, and reads it as every payload is read.
    pub(crate) fn new<'m>(members: impl Iterator<Item = (Cow<'m, str>, Cow<'m, str>)>) -> Result<Self, Rejection> {
        let mut json = String::from("{");
        for (name, value) in members {
            if json.len() > 1 {
                json.push(',');
            }
            // Writing a text as JSON cannot fail.
            json.push_str(&serde_json::Value::from(name.as_ref()).to_string());
            json.push(':');
            json.push_str(&value);
        }
        json.push('}');
        let unread = |_| Rejection::new(Code::InternalError, "the claims under their new names cannot be read");
        let table = json::table(&json, limits::JSON_DEPTH_MAX).map_err(unread)?;
        Ok(Self { json, table })
    }

    pub(crate) fn payload(&self) -> Payload<'_> {
        Payload::of(&self.json, &self.table)
    }
}

/// Names the claims, never shows their values.
impl std::fmt::Debug for Payload<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.members().map(|member| member.name)).finish()
    }
}

/// The number of a text of a few digits and nothing else, as nearly all dates are: no double between is nearer.
fn whole(text: &str) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a double holds every number of so few digits")]
    few_digits(text).map(|number| number as f64)
}

fn invalid(name: &'static str, detail: &'static str) -> Rejection {
    Rejection::claim(Code::InvalidClaim, name, detail)
}

/// Claims that are texts, and that some issuers write as numbers.
const NUMERIC_IDS: [&str; 2] = ["sub", "jti"];

const MILLISECONDS: &str = "looks like milliseconds: a date counts seconds since the epoch (RFC 7519 section 2)";

/// Claims whose range has its own check, which names the claim.
const NUMERIC_DATES: [&str; 3] = ["exp", "nbf", "iat"];

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn whole_numbers_are_those_that_a_parser_reads() {
        for digits in 1..=15 {
            for digit in 0..=9 {
                let text = digit.to_string().repeat(digits);
                assert_eq!(whole(&text), text.parse().ok(), "{text}");
            }
        }
        for text in ["0", "1800000000", "4294967295", "4294967296", "253402300799", "123456789012345"] {
            assert_eq!(whole(text), text.parse().ok(), "{text}");
        }
    }

    #[test]
    fn all_else_is_left_to_the_parser() {
        for text in [
            "-0",
            "-1",
            "1.0",
            "1e9",
            "1E9",
            "1800000000.5",
            "9007199254740993",
            "1234567890123456",
            "\u{661}",
            " 1",
            "1_0",
        ] {
            assert_eq!(whole(text), None, "{text}");
        }
    }
}
