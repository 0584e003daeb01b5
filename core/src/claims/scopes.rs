//! Scopes as tokens write them (RFC 6749 section 3.3).

use crate::claim_names::PolicyName;
use crate::json::Value;
use crate::token::Payload;
use std::borrow::Cow;

/// The claims that hold scopes where the policy names no others; the first that is there counts.
pub(crate) const USUAL_SCOPE_CLAIMS: [&str; 2] = ["scope", "scp"];

/// Where the scopes of a token are among its claims, as the host sees these.
#[derive(Clone, Debug)]
pub(crate) enum ScopesIn {
    /// In the first of [`USUAL_SCOPE_CLAIMS`] that is there.
    Usual,
    /// In this claim, which may be absent. `None`: nowhere, but another claim has the name that theirs would be seen under.
    Only(Option<PolicyName>),
}

impl ScopesIn {
    /// The scopes that the token has; none where the claim is of another type.
    pub(crate) fn scopes<'a>(&self, payload: &Payload<'a>) -> Vec<Cow<'a, str>> {
        let names = match self {
            Self::Usual => return granted(USUAL_SCOPE_CLAIMS, payload),
            Self::Only(name) => name.as_deref(),
        };
        granted(names, payload)
    }
}

/// The scopes in the first of the claims that is there.
pub(crate) fn granted<'a, 'n>(claims: impl IntoIterator<Item = &'n str>, payload: &Payload<'a>) -> Vec<Cow<'a, str>> {
    let value = claims.into_iter().find_map(|name| payload.get_present(name));
    value.and_then(Granted::read).map(Granted::into_scopes).unwrap_or_default()
}

/// What a claim grants. RFC 6749 section 3.3 writes scopes as one string with single spaces; several issuers write a list of
/// strings. One string is split at spaces, a list is not: a scope in a list is one element, and an element with a space is no
/// scope.
pub(crate) enum Granted<'a> {
    Text(Cow<'a, str>),
    List(Vec<Cow<'a, str>>),
}

impl<'a> Granted<'a> {
    /// `None` for a value that is neither a string nor a list of strings.
    pub(crate) fn read(value: Value<'a>) -> Option<Self> {
        match value {
            Value::String(_) => value.as_str().map(Self::Text),
            _ => value.as_strings().map(Self::List),
        }
    }

    /// Scopes compare byte for byte, with case (RFC 6749 section 3.3).
    pub(crate) fn has(&self, scope: &str) -> bool {
        match self {
            Self::Text(text) => text.split(' ').any(|granted| granted == scope),
            Self::List(list) => list.iter().any(|granted| granted == scope),
        }
    }

    /// As the token has them, without what is no scope.
    fn into_scopes(self) -> Vec<Cow<'a, str>> {
        let mut scopes = match self {
            Self::Text(Cow::Borrowed(text)) => text.split(' ').map(Cow::Borrowed).collect(),
            Self::Text(Cow::Owned(text)) => text.split(' ').map(|scope| Cow::Owned(scope.to_owned())).collect(),
            Self::List(list) => list,
        };
        scopes.retain(|scope| is_scope_token(scope));
        scopes
    }
}

/// What RFC 6749 section 3.3 allows in a scope: visible ASCII without quotes and backslashes.
pub(crate) fn is_scope_token(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}
