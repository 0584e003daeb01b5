//! Why a token must not pass. Everything that reads or checks a token gives one, so this stands below them all.

use crate::claim_names::PolicyName;
use crate::codes::Code;
use std::fmt;

/// Why a token must not pass: a stable code, the claim it is about, and a fixed text. Never token bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejection {
    /// The stable code.
    pub code: Code,
    /// The claim that the code is about, where there is one.
    pub claim: Option<ClaimName>,
    /// What was expected, for operators. Not stable, never to be compared.
    pub detail: &'static str,
    /// The entry of the policy's `issuers` that the token's `iss` picked, where it got that far.
    pub issuer: Option<usize>,
    /// The entry of the policy's `routes` that the request took.
    pub route: Option<usize>,
}

impl Rejection {
    /// The refusal for a bug: what a host that has caught a panic gives in place of a verdict.
    #[must_use]
    pub fn internal_error(detail: &'static str) -> Self {
        Self::new(Code::InternalError, detail)
    }

    /// The refusal of a request that the policy let pass without a token, by an endpoint that asks something of one.
    #[must_use]
    pub fn missing_token() -> Self {
        Self::new(Code::MissingToken, "the endpoint asks for a token")
    }

    pub(crate) fn new(code: Code, detail: &'static str) -> Self {
        Self { code, claim: None, detail, issuer: None, route: None }
    }

    /// The same, because of what this route asks for.
    pub(crate) fn on_route(self, route: usize) -> Self {
        Self { route: Some(route), ..self }
    }

    pub(crate) fn claim(code: Code, claim: impl Into<ClaimName>, detail: &'static str) -> Self {
        Self { code, claim: Some(claim.into()), detail, issuer: None, route: None }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.claim {
            Some(claim) => write!(f, "{}: {} ({})", self.code, self.detail, claim.as_str()),
            None => write!(f, "{}: {}", self.code, self.detail),
        }
    }
}

impl std::error::Error for Rejection {}

/// The name of a claim in a rejection: one of the registered names, or one that the policy spells out.
///
/// It never comes from the token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimName {
    /// A name of RFC 7519 section 4.1.
    Registered(&'static str),
    /// A name of the policy's.
    Configured(PolicyName),
}

impl ClaimName {
    /// The name as it stands in the token.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Registered(name) => name,
            Self::Configured(name) => name,
        }
    }
}

impl From<&'static str> for ClaimName {
    fn from(name: &'static str) -> Self {
        Self::Registered(name)
    }
}

impl From<&PolicyName> for ClaimName {
    fn from(name: &PolicyName) -> Self {
        Self::Configured(name.clone())
    }
}
