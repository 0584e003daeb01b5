//! The header's `typ` (RFC 8725 section 3.11): a token made for another purpose is not taken for an access token.

use crate::codes::Code;
use crate::document::{OneOrMany, PolicyError};
use crate::explain::{Facts, NOT_ASKED};
use crate::rejection::Rejection;
use crate::text::listed;
use crate::token::Header;

/// The types that are accepted, in the form in which they compare; without a list every type is.
#[derive(Debug)]
pub(crate) struct Types(Option<Vec<String>>);

impl Types {
    /// `path` is that of the issuer's entry.
    pub(crate) fn compile(written: Option<OneOrMany>, path: &str) -> Result<Self, PolicyError> {
        let Some(written) = written else { return Ok(Self(None)) };
        let types: Vec<String> = written.into_vec().iter().map(|typ| media_type(typ)).collect();
        if types.is_empty() || types.iter().any(String::is_empty) {
            return Err(PolicyError::new(format!("{path}.typ"), "expected at least one type, none of them empty"));
        }
        Ok(Self(Some(types)))
    }

    /// A header without `typ` is refused where the policy names types: what does not say its kind may be of any.
    pub(super) fn check(&self, header: &Header<'_>) -> Result<(), Rejection> {
        let Some(accepted) = &self.0 else { return Ok(()) };
        match &header.typ {
            Some(typ) if accepted.contains(&media_type(typ)) => Ok(()),
            _ => Err(Rejection::new(Code::InvalidType, "the header's typ is not one that the policy accepts")),
        }
    }

    pub(super) fn facts(&self, header: &Header<'_>) -> Facts {
        let Some(accepted) = &self.0 else { return Facts::idle(NOT_ASKED) };
        let facts = Facts::checked().expected(listed(accepted));
        match &header.typ {
            Some(typ) => facts.found(typ),
            None => facts.note("the header has no typ"),
        }
    }
}

/// The form in which types are compared: `application/` may be left out (RFC 7515 section 4.1.9), and media types compare
/// without case (RFC 2045 section 5.1).
fn media_type(typ: &str) -> String {
    let lower = typ.to_ascii_lowercase();
    match lower.strip_prefix("application/") {
        // A second slash would be a parameter, and then the prefix is not optional.
        Some(rest) if !rest.contains('/') => rest.to_owned(),
        _ => lower,
    }
}
