//! What an endpoint asks of a token that was accepted, in code: what a route of the policy may ask, by the same checks.

use super::rules::Rules;
use super::scopes::{self, NeededScopes};
use crate::claim_names::{ClaimNames, PolicyName};
use crate::claims::{ScopesIn, USUAL_SCOPE_CLAIMS};
use crate::codes::Code;
use crate::context::Context;
use crate::document::{self, Mistakes, Object, PolicyError, WrittenRequirement, WrittenRouteScopes};
use crate::explain::Silent;
use crate::rejection::Rejection;

/// What an endpoint asks of a token in code, beside what the policy asks: scopes, and rules about claims, written as those of a route
/// are. Make it once, when the service starts, and ask with [`Validator::require`](crate::Validator::require):
///
/// ```
/// use jotgate::Requirement;
///
/// let writing = Requirement::scopes(["orders:write"])?;
/// let deleting = Requirement::from_json(r#"{
///     "scopes": { "all": ["orders:write"], "any": ["admin", "support"] },
///     "claims": [{ "claim": ["realm_access", "roles"], "contains": "keeper" }]
/// }"#)?;
/// assert_eq!(Requirement::scopes(["orders write"]).unwrap_err().path(), "scopes.all[0]");
/// # Ok::<(), jotgate::PolicyError>(())
/// ```
#[derive(Debug)]
pub struct Requirement {
    scopes: Option<NeededScopes>,
    rules: Rules,
    /// Names that rejections give: they live as long as this does.
    usual_scope_claims: [PolicyName; 2],
}

impl Requirement {
    /// Reads a JSON object of `scopes` (`all`, `any`) and `claims`, a list of rules, of which one at least is there. An expression
    /// of a rule sees no request, and its `now` is the time that the token was judged for.
    ///
    /// # Errors
    ///
    /// It is none, or a route of a policy could not ask for it, or an expression names the request. The path of the error begins at
    /// the object, such as `scopes.all[0]`.
    pub fn from_json(document: &str) -> Result<Self, PolicyError> {
        Self::compile(document::read(document)?)
    }

    /// A token must have each of these scopes.
    ///
    /// # Errors
    ///
    /// There is none, or one of them is no scope token (RFC 6749 section 3.3).
    pub fn scopes<S: Into<String>>(all: impl IntoIterator<Item = S>) -> Result<Self, PolicyError> {
        Self::of_scopes(WrittenRouteScopes { all: texts(all), any: Vec::new() })
    }

    /// A token must have one of these scopes.
    ///
    /// # Errors
    ///
    /// There is none, or one of them is no scope token (RFC 6749 section 3.3).
    pub fn any_scope<S: Into<String>>(any: impl IntoIterator<Item = S>) -> Result<Self, PolicyError> {
        Self::of_scopes(WrittenRouteScopes { all: Vec::new(), any: texts(any) })
    }

    /// The scopes that a challenge names.
    pub(crate) fn needed_scopes(&self) -> Option<&NeededScopes> {
        self.scopes.as_ref()
    }

    /// Runs the checks on claims as the host sees them, in the order of a route's. `scopes_in` says where the scopes are.
    pub(crate) fn check(&self, context: &Context<'_>, scopes_in: &ScopesIn) -> Result<(), Rejection> {
        if let Some(scopes) = &self.scopes {
            let claims = match scopes_in {
                ScopesIn::Usual => &self.usual_scope_claims[..],
                ScopesIn::Only(claim) => claim.as_slice(),
            };
            scopes.check(claims, context.payload)?;
        }
        self.rules.check(context, &mut Silent).map_err(|rejection| {
            let detail = match rejection.code {
                Code::MissingClaim => "the endpoint asks for it",
                _ => "the token is not what the endpoint asks for",
            };
            Rejection { detail, ..rejection }
        })
    }

    fn of_scopes(scopes: WrittenRouteScopes) -> Result<Self, PolicyError> {
        let written = WrittenRequirement { scopes: Some(Object(scopes)), claims: None };
        Self::compile((written, Mistakes::default()))
    }

    /// `mistakes` are those in the form of the document.
    fn compile((written, mut mistakes): (WrittenRequirement, Mistakes)) -> Result<Self, PolicyError> {
        let WrittenRequirement { scopes, claims } = written;
        if scopes.is_none() && claims.is_none() {
            mistakes.add(PolicyError::new("", "expected scopes or claims"));
        }
        let mut kept = ClaimNames::default();
        let usual_scope_claims = USUAL_SCOPE_CLAIMS.map(|name| kept.keep(name));
        let scopes = mistakes.keep(scopes::of_route(scopes, "scopes"));
        let rules = mistakes.keep(Rules::of_route(claims, &mut kept, "claims"));
        if let Some(index) = rules.as_ref().and_then(Rules::needing_request) {
            let path = format!("claims[{index}].expression");
            let error = PolicyError::new(path, "an endpoint's rule does not see the request");
            mistakes.add(error.with_hint("write it into a route of the policy"));
        }
        let (scopes, rules) = mistakes.finish(scopes.zip(rules))?;
        Ok(Self { scopes, rules, usual_scope_claims })
    }
}

fn texts<S: Into<String>>(texts: impl IntoIterator<Item = S>) -> Vec<String> {
    texts.into_iter().map(Into::into).collect()
}
