//! `aud` (RFC 7519 section 4.1.3): a token that was made for another service does not pass here, however good it is.

use crate::codes::Code;
use crate::document::{OneOrMany, PolicyError};
use crate::explain::{Facts, told};
use crate::json::Value;
use crate::rejection::Rejection;
use crate::text::listed;
use crate::token::{Header, Payload};
use std::borrow::Cow;

/// The audiences that are accepted; none is the waiver `audience: any`.
#[derive(Debug)]
pub(crate) struct Audiences(Option<Vec<String>>);

impl Audiences {
    /// `path` is that of the issuer's entry.
    pub(crate) fn compile(written: OneOrMany, path: &str) -> Result<Self, PolicyError> {
        if written.is_waiver("any") {
            return Ok(Self(None));
        }
        let accepted = written.into_vec();
        if accepted.is_empty() || accepted.iter().any(String::is_empty) {
            let path = format!("{path}.audience");
            let error = PolicyError::new(path, "expected at least one audience, none of them empty");
            return Err(error.with_hint("the waiver is  audience: any"));
        }
        Ok(Self(Some(accepted)))
    }

    /// What a route asks for beside it: to take any audience would be to ask for nothing.
    pub(super) fn of_route(written: OneOrMany, path: &str) -> Result<Self, PolicyError> {
        if written.is_waiver("any") {
            let error = PolicyError::new(format!("{path}.audience"), "a route that takes any audience asks for none");
            return Err(error.with_hint("leave it out"));
        }
        Self::compile(written, path)
    }

    /// A string or a list of strings, of which one must be ours. The type is checked under the waiver too, because hosts
    /// read the claim with its type.
    pub(super) fn check(&self, payload: &Payload<'_>) -> Result<(), Rejection> {
        let Some(value) = payload.get("aud") else {
            return match self.0 {
                Some(_) => Err(Rejection::claim(Code::MissingClaim, "aud", "the policy asks for an audience")),
                None => Ok(()),
            };
        };
        let invalid = || Rejection::claim(Code::InvalidClaim, "aud", "must be a string or a list of strings");
        let is_ours = |found: &str| self.0.as_ref().is_none_or(|accepted| accepted.iter().any(|ours| ours == found));
        let meets = match value.as_str() {
            Some(audience) => is_ours(&audience),
            None => {
                let audiences = value.as_strings().ok_or_else(invalid)?;
                self.0.is_none() || audiences.iter().any(|audience| is_ours(audience))
            }
        };
        if meets {
            return Ok(());
        }
        Err(Rejection::claim(Code::AudienceMismatch, "aud", "the token is meant for another audience"))
    }

    pub(super) fn facts(&self, header: &Header<'_>, payload: &Payload<'_>) -> Facts {
        let value = payload.get("aud");
        let facts = match (&self.0, value) {
            (Some(accepted), _) => Facts::checked().expected(format!("one of {}", listed(accepted))),
            (None, Some(_)) => Facts::checked().note("the policy takes any audience"),
            (None, None) => return Facts::idle("the policy takes any audience"),
        };
        let facts = facts.found_if(value.map(told));
        if let Some(sign) = id_token(header, payload) {
            return facts.note(format!(
                "this looks like an ID token ({sign}), which tells a client who signed in: ask for an access token, and send that"
            ));
        }
        match (&self.0, value.and_then(Payload::strings)) {
            (Some(accepted), Some(found)) => facts.note_if(nearly(accepted, &found)),
            _ => facts,
        }
    }
}

/// What shows that a token was made for a client and not for a service (OpenID Connect Core sections 2 and 3.3.2.11). Its
/// audience is the client, which is the wrong one to add to a policy.
fn id_token(header: &Header<'_>, payload: &Payload<'_>) -> Option<String> {
    let has = |claim: &&&str| payload.get_present(claim).is_some();
    // Keycloak says so in a claim; others do in the header.
    let types = [payload.get("typ").and_then(Value::as_str), header.typ.as_deref().map(Cow::Borrowed)];
    let names_it = |typ: &Cow<'_, str>| {
        ["id", "id_token", "id+jwt", "id_token+jwt"].iter().any(|name| typ.eq_ignore_ascii_case(name))
    };
    match types.into_iter().flatten().find(names_it) {
        Some(_) => return Some("its typ says so".to_owned()),
        // Cognito's word for it.
        None if payload.get("token_use").and_then(Value::as_str).is_some_and(|word| word == "id") => {
            return Some("its token_use says so".to_owned());
        }
        None => {}
    }
    let sign = ["nonce", "at_hash", "c_hash", "s_hash"].iter().find(has).map(|claim| format!("it has {claim}"));
    // When somebody signed in, access tokens tell too (RFC 9068 section 2.2.1), but those have scopes, or say what they are.
    let says_access = header.typ.as_deref().is_some_and(|typ| typ.to_ascii_lowercase().ends_with("at+jwt"));
    let signed_in = || has(&&"auth_time") && !says_access && !["scope", "scp"].iter().any(|claim| has(&claim));
    sign.or_else(|| signed_in().then(|| "it has auth_time and no scope".to_owned()))
}

/// Byte for byte: a service that takes `https://api.example.com/` for `https://api.example.com` guesses what was meant.
fn meet(accepted: &[String], found: &[Cow<'_, str>]) -> bool {
    found.iter().any(|found| accepted.iter().any(|ours| ours == found))
}

/// What an audience has too much or too little, where that is all that is wrong with it.
fn nearly(accepted: &[String], found: &[Cow<'_, str>]) -> Option<String> {
    if meet(accepted, found) {
        return None;
    }
    let bare = |text: &str| text.trim_end_matches('/').to_ascii_lowercase();
    let near = found.iter().any(|found| accepted.iter().any(|ours| bare(ours) == bare(found)));
    Some(if near {
        "they differ in case or in a slash at the end: audiences are compared byte for byte".to_owned()
    } else {
        "the token was made for another service: ask for one with this audience, or add it to the policy".to_owned()
    })
}
