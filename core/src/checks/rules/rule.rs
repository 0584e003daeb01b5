//! One claim rule: what it asks of a token, and what an explanation says of it.

use super::operator::Operator;
use crate::claims::{ClaimPath, Found};
use crate::codes::Code;
use crate::context::Context;
use crate::explain::{Facts, told};
use crate::expression::Expression;
use crate::json;
use crate::rejection::Rejection;

/// What is asked of one claim, or of the token as a whole by an expression alone.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) claim: Option<ClaimPath>,
    /// Without it, a token that lacks the claim passes the rule.
    pub(super) mandatory: bool,
    pub(super) operator: Option<Operator>,
    /// Makes a list of a text before anything looks at it.
    pub(super) separator: Option<String>,
    pub(super) expression: Option<Expression>,
    /// What the rule asks for as the policy writes it, for explanations.
    pub(super) written: Box<str>,
}

impl Rule {
    /// An absent claim, a claim in the wrong place and a claim of another value are told apart, because each is another mistake.
    /// `null` counts as absent (RFC 7519 section 4 gives it no meaning).
    pub(super) fn check(&self, context: &Context<'_>) -> Result<(), Rejection> {
        let value = match self.claim.as_ref().map(|claim| claim.find(context.payload)) {
            None => None,
            Some(Found::Value(value)) => Some(value),
            Some(Found::Absent) if self.mandatory => {
                return Err(self.rejects(Code::MissingClaim, "a rule of the policy asks for it"));
            }
            Some(Found::Absent) => return Ok(()),
            Some(Found::Misplaced) => {
                return Err(self.rejects(Code::ClaimRejected, "what should hold the claim is no object"));
            }
        };
        if !self.operator_holds(value.as_ref()) {
            return Err(self.rejects(Code::ClaimRejected, "the claim is not what a rule of the policy asks for"));
        }
        match &self.expression {
            Some(expression) if !expression.holds(context, value, self.separator.as_deref()) => {
                Err(self.rejects(Code::ClaimRejected, "an expression of the policy is not true"))
            }
            _ => Ok(()),
        }
    }

    /// An operator without a value holds for nothing.
    fn operator_holds(&self, value: Option<&json::Value<'_>>) -> bool {
        match (&self.operator, value) {
            (None, _) => true,
            (Some(operator), Some(value)) => operator.holds(value, self.separator.as_deref()),
            (Some(_), None) => false,
        }
    }

    /// A rule without a claim has no claim to name.
    fn rejects(&self, code: Code, detail: &'static str) -> Rejection {
        match &self.claim {
            Some(claim) => Rejection::claim(code, claim.name(), detail),
            None => Rejection::new(code, detail),
        }
    }

    /// What was asked of the claim, and what the token has there.
    pub(super) fn facts(&self, context: &Context<'_>, code: Option<Code>) -> Facts {
        let name = self.claim.as_ref().map(|claim| claim.name());
        let expected = match name {
            Some(name) => format!("{name} {}", self.written),
            None => self.written.to_string(),
        };
        let facts = Facts::checked().expected(expected);
        match self.claim.as_ref().map(|claim| claim.find(context.payload)) {
            Some(Found::Value(value)) => facts.found(told(value)),
            Some(Found::Absent) if self.mandatory => facts.note("the token does not have the claim"),
            Some(Found::Absent) => {
                Facts { applies: false, ..facts.note("the token does not have the claim, nor must it") }
            }
            Some(Found::Misplaced) => facts,
            None if code.is_some() && context.request.is_none() => {
                facts.note("not true; an expression that names the request is never true where there is none")
            }
            None => facts,
        }
    }
}
