//! From a rule as the policy writes it to one that can be checked.

use super::operator::{Number, Operator, Scalar};
use super::rule::Rule;
use crate::claim_names::ClaimNames;
use crate::claims::ClaimPath;
use crate::document::{OneOrMany, PolicyError, WrittenClaimRule};
use crate::expression::Expression;
use crate::pattern::Pattern;
use crate::text::cut;

/// Reads one rule. What would look like a rule and check nothing is refused, so that no author trusts in it.
pub(super) fn rule_of(mut written: WrittenClaimRule, kept: &mut ClaimNames, path: &str) -> Result<Rule, PolicyError> {
    let claim = written.claim.take().map(|claim| claim_path(claim, kept, &format!("{path}.claim"))).transpose()?;
    let text = as_written(&written);
    let operator = operator(&mut written, path)?;
    let WrittenClaimRule { mandatory, separator, expression, .. } = written;
    let expression = expression
        .map(|text| Expression::compile(&text, claim.is_some(), &format!("{path}.expression")))
        .transpose()?;

    if claim.is_none() {
        if operator.is_some() || expression.is_none() {
            return Err(PolicyError::new(format!("{path}.claim"), "this field is required")
                .with_hint("only a rule with an expression goes without a claim"));
        }
        if mandatory.is_some() {
            return Err(PolicyError::new(format!("{path}.mandatory"), "a rule without a claim is always checked"));
        }
    }
    // Without a word about it, an absent claim refuses: a rule fails closed.
    let mandatory = mandatory.unwrap_or(true);
    if !mandatory && operator.is_none() && expression.is_none() {
        return Err(PolicyError::new(path, "the rule asks for nothing")
            .with_hint("add an operator such as any_of, or an expression"));
    }
    if let Some(separator) = &separator {
        let path = format!("{path}.separator");
        if separator.is_empty() {
            return Err(PolicyError::new(path, "a separator is not empty"));
        }
        let splits = operator.as_ref().map_or(claim.is_some() && expression.is_some(), Operator::takes_lists);
        if !splits {
            return Err(PolicyError::new(path, "nothing in this rule looks at a list")
                .with_hint("it stands with any_of, all_of, none_of, contains or an expression"));
        }
    }
    Ok(Rule { claim, mandatory, operator, separator, expression, written: text })
}

/// A text is one name, whatever dots are in it; a list leads through objects. So no claim's name can be read as a path.
fn claim_path(claim: OneOrMany, kept: &mut ClaimNames, path: &str) -> Result<ClaimPath, PolicyError> {
    let (names, is_list) = match claim {
        OneOrMany::One(name) => (vec![name], false),
        OneOrMany::Many(names) => (names, true),
    };
    if let Some(index) = names.iter().position(String::is_empty) {
        let path = if is_list { format!("{path}[{index}]") } else { path.to_owned() };
        return Err(PolicyError::new(path, "a claim has a name"));
    }
    ClaimPath::new(names, kept).ok_or_else(|| PolicyError::new(path, "expected at least one name"))
}

/// The one operator of a rule.
fn operator(written: &mut WrittenClaimRule, path: &str) -> Result<Option<Operator>, PolicyError> {
    let at = |name: &str| format!("{path}.{name}");
    let bound = |number: serde_json::Number, name: &str| {
        Number::parse(&number.to_string()).ok_or_else(|| PolicyError::new(at(name), "expected a number"))
    };
    let operators = [
        written.equals.take().map(|value| Ok(Operator::Equals(value))),
        written.any_of.take().map(|values| scalars(&values, &at("any_of")).map(Operator::AnyOf)),
        written.all_of.take().map(|values| scalars(&values, &at("all_of")).map(Operator::AllOf)),
        written.none_of.take().map(|values| scalars(&values, &at("none_of")).map(Operator::NoneOf)),
        written.prefix.take().map(|text| text_of(text, &at("prefix")).map(Operator::Prefix)),
        written.suffix.take().map(|text| text_of(text, &at("suffix")).map(Operator::Suffix)),
        written.contains.take().map(|value| contains(&value, &at("contains"))),
        written.matches.take().map(|text| Pattern::whole(&text, &at("matches")).map(Operator::Matches)),
        written.min.take().map(|number| bound(number, "min").map(Operator::Min)),
        written.max.take().map(|number| bound(number, "max").map(Operator::Max)),
    ];
    // Two operators could be meant as both or as either; two rules can only be meant as both.
    let mut operators = operators.into_iter().flatten();
    let Some(operator) = operators.next() else { return Ok(None) };
    if operators.next().is_some() {
        return Err(PolicyError::new(path, "a rule has one operator").with_hint("write a rule for each of them"));
    }
    operator.map(Some)
}

/// Values that can be compared one by one. An empty list would never hold, or always.
fn scalars(values: &[serde_json::Value], path: &str) -> Result<Vec<Scalar<'static>>, PolicyError> {
    if values.is_empty() {
        return Err(PolicyError::new(path, "expected at least one value"));
    }
    let scalar = |(index, value)| Scalar::written(value).ok_or_else(|| no_scalar(format!("{path}[{index}]")));
    values.iter().enumerate().map(scalar).collect()
}

/// A text inside a text, or an element of a list.
fn contains(value: &serde_json::Value, path: &str) -> Result<Operator, PolicyError> {
    if value.as_str() == Some("") {
        return Err(empty(path));
    }
    Scalar::written(value).map(Operator::Contains).ok_or_else(|| no_scalar(path.to_owned()))
}

/// A text to compare with.
fn text_of(text: String, path: &str) -> Result<String, PolicyError> {
    if text.is_empty() { Err(empty(path)) } else { Ok(text) }
}

fn no_scalar(path: String) -> PolicyError {
    PolicyError::new(path, "expected a text, a number or a boolean")
}

/// An empty text is part of every text: the rule would look like one and check nothing.
fn empty(path: &str) -> PolicyError {
    PolicyError::new(path, "every text has the empty text in it")
}

/// What a rule asks for, as the policy writes it.
fn as_written(rule: &WrittenClaimRule) -> Box<str> {
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
