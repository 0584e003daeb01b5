//! What an explanation says of a claim rule.

use super::{ClaimRule, Context, Rule};
use crate::claims::Found;
use crate::codes::Code;
use crate::explain::Facts;
use crate::policy::facts::told;
use crate::text::cut;

/// What a rule asks for, as the policy writes it.
pub(super) fn written(rule: &ClaimRule) -> Box<str> {
    let list = |values: &Vec<serde_json::Value>| serde_json::Value::Array(values.clone()).to_string();
    let text = |text: &String| serde_json::Value::String(text.clone()).to_string();
    let asked = [
        ("equals", rule.equals.as_ref().map(ToString::to_string)),
        ("any_of", rule.any_of.as_ref().map(list)),
        ("all_of", rule.all_of.as_ref().map(list)),
        ("none_of", rule.none_of.as_ref().map(list)),
        ("prefix", rule.prefix.as_ref().map(text)),
        ("suffix", rule.suffix.as_ref().map(text)),
        ("contains", rule.contains.as_ref().map(ToString::to_string)),
        ("matches", rule.matches.as_ref().map(text)),
        ("min", rule.min.as_ref().map(ToString::to_string)),
        ("max", rule.max.as_ref().map(ToString::to_string)),
        ("separator", rule.separator.as_ref().map(text)),
        ("expression", rule.expression.clone()),
    ];
    let asked: Vec<String> =
        asked.into_iter().filter_map(|(name, value)| Some(format!("{name}: {}", cut(&value?)))).collect();
    if asked.is_empty() { "present".into() } else { asked.join(", ").into() }
}

impl Rule {
    /// What was asked of the claim, and what the token has there.
    pub(super) fn facts(&self, context: &Context<'_>, code: Option<Code>) -> Facts {
        let name = self.claim.as_ref().map(|claim| claim.name());
        let expected = match name {
            Some(name) => format!("{name} {}", self.written),
            None => self.written.to_string(),
        };
        let facts = Facts::checked().expected(expected);
        match self.claim.as_ref().map(|claim| claim.find(context.payload)) {
            Some(Found::Value(value)) => facts.found(told(&value)),
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
