//! Claim rules: what a policy asks of claims beyond the registered ones.

mod facts;

use super::PolicyError;
use super::document::{ClaimRule, Object, OneOrMany};
use super::expression::Expression;
use super::operator::{Number, Operator, Scalar};
use super::pattern::Pattern;
use crate::claims::{ClaimPath, Found, Payload};
use crate::codes::Code;
use crate::explain::{Name, Observer};
use crate::json;
use crate::rejection::Rejection;
use crate::request::Request;
use crate::time::Timestamp;

/// What rules can look at: a verified token, the request that it came with if there is one, and the time.
#[derive(Clone, Copy)]
#[cfg_attr(
    not(feature = "expressions"),
    expect(dead_code, reason = "rules without expressions look at the payload alone")
)]
pub(crate) struct Context<'a> {
    /// The JSON text of the header.
    pub(crate) header: &'a str,
    pub(crate) payload: &'a Payload<'a>,
    pub(crate) request: Option<&'a Request<'a>>,
    pub(crate) now: Timestamp,
}

/// The rules of an issuer entry, in order; the first that does not hold refuses the token.
#[derive(Debug)]
pub(crate) struct Rules(Vec<Rule>);

#[derive(Debug)]
struct Rule {
    claim: Option<ClaimPath>,
    mandatory: bool,
    operator: Option<Operator>,
    separator: Option<String>,
    expression: Option<Expression>,
    /// What the rule asks for as the policy writes it, for explanations.
    written: Box<str>,
}

impl Rules {
    /// `path` is that of the list in the document.
    pub(super) fn compile(written: Vec<Object<ClaimRule>>, path: &str) -> Result<Self, PolicyError> {
        let rules = written.into_iter().enumerate().map(|(index, rule)| rule_of(rule.0, &format!("{path}[{index}]")));
        Ok(Self(rules.collect::<Result<_, _>>()?))
    }

    pub(crate) fn check(&self, context: &Context<'_>, observer: &mut impl Observer) -> Result<(), Rejection> {
        self.0.iter().enumerate().try_for_each(|(index, rule)| {
            observer.step(Name::Rule(index), rule.check(context), |code| rule.facts(context, code))
        })
    }
}

impl Rule {
    fn check(&self, context: &Context<'_>) -> Result<(), Rejection> {
        let value = match self.claim.as_ref().map(|claim| claim.find(context.payload)) {
            None => None,
            Some(Found::Value(value)) => Some(value),
            Some(Found::Absent) if self.mandatory => {
                return Err(self.refuse(Code::MissingClaim, "a rule of the policy asks for it"));
            }
            Some(Found::Absent) => return Ok(()),
            Some(Found::Misplaced) => {
                return Err(self.refuse(Code::ClaimRejected, "what should hold the claim is no object"));
            }
        };
        if !self.operator_holds(value.as_ref()) {
            return Err(self.refuse(Code::ClaimRejected, "the claim is not what a rule of the policy asks for"));
        }
        match &self.expression {
            Some(expression) if !expression.holds(context, value, self.separator.as_deref()) => {
                Err(self.refuse(Code::ClaimRejected, "an expression of the policy is not true"))
            }
            _ => Ok(()),
        }
    }

    fn operator_holds(&self, value: Option<&json::Value<'_>>) -> bool {
        match (&self.operator, value) {
            (None, _) => true,
            (Some(operator), Some(value)) => operator.holds(value, self.separator.as_deref()),
            (Some(_), None) => false,
        }
    }

    fn refuse(&self, code: Code, detail: &'static str) -> Rejection {
        match &self.claim {
            Some(claim) => Rejection::claim(code, claim.name(), detail),
            None => Rejection::new(code, detail),
        }
    }
}

fn rule_of(mut written: ClaimRule, path: &str) -> Result<Rule, PolicyError> {
    let claim = written.claim.take().map(|claim| claim_path(claim, &format!("{path}.claim"))).transpose()?;
    let text = facts::written(&written);
    let operator = operator(&mut written, path)?;
    let ClaimRule { mandatory, separator, expression, .. } = written;
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

fn claim_path(claim: OneOrMany, path: &str) -> Result<ClaimPath, PolicyError> {
    let (names, is_list) = match claim {
        OneOrMany::One(name) => (vec![name], false),
        OneOrMany::Many(names) => (names, true),
    };
    if let Some(index) = names.iter().position(String::is_empty) {
        let path = if is_list { format!("{path}[{index}]") } else { path.to_owned() };
        return Err(PolicyError::new(path, "a claim has a name"));
    }
    ClaimPath::new(names).ok_or_else(|| PolicyError::new(path, "expected at least one name"))
}

/// The one operator of a rule.
fn operator(written: &mut ClaimRule, path: &str) -> Result<Option<Operator>, PolicyError> {
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
    let mut operators = operators.into_iter().flatten();
    let Some(operator) = operators.next() else { return Ok(None) };
    if operators.next().is_some() {
        return Err(PolicyError::new(path, "a rule has one operator").with_hint("write a rule for each of them"));
    }
    operator.map(Some)
}

fn scalars(values: &[serde_json::Value], path: &str) -> Result<Vec<Scalar<'static>>, PolicyError> {
    if values.is_empty() {
        return Err(PolicyError::new(path, "expected at least one value"));
    }
    let scalar = |(index, value)| Scalar::written(value).ok_or_else(|| no_scalar(format!("{path}[{index}]")));
    values.iter().enumerate().map(scalar).collect()
}

fn contains(value: &serde_json::Value, path: &str) -> Result<Operator, PolicyError> {
    if value.as_str() == Some("") {
        return Err(empty(path));
    }
    Scalar::written(value).map(Operator::Contains).ok_or_else(|| no_scalar(path.to_owned()))
}

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

#[cfg(test)]
mod tests {
    use super::{Context, Rules};
    use crate::codes::Code;
    use crate::explain::Silent;
    use crate::json;
    use crate::policy::PolicyError;
    use crate::policy::document::{ClaimRule, Object};
    use crate::time::Timestamp;
    use crate::token::Payload;

    fn rules(written: &str) -> Result<Rules, PolicyError> {
        let rules: Vec<Object<ClaimRule>> = serde_json::from_str(written).unwrap();
        Rules::compile(rules, "claims")
    }

    /// The code and the claim of the refusal.
    fn refusal(written: &str, claims: &str) -> Option<(Code, Option<String>)> {
        let payload = Payload::trusted(json::object(claims, 8).unwrap());
        let now = Timestamp::from_seconds(0);
        let context = Context { header: "{}", payload: &payload, request: None, now };
        let refusal = rules(written).unwrap().check(&context, &mut Silent).err()?;
        Some((refusal.code, refusal.claim.map(|claim| claim.as_str().to_owned())))
    }

    #[test]
    fn the_first_rule_that_does_not_hold_refuses() {
        let two = r#"[{"claim":"a","equals":1},{"claim":["o","b"],"prefix":"x"}]"#;
        assert_eq!(refusal(two, r#"{"a":1.0,"o":{"b":"xy"}}"#), None);
        assert_eq!(refusal(two, r#"{"a":2}"#), Some((Code::ClaimRejected, Some("a".into()))));
        assert_eq!(refusal(two, r#"{"a":1,"o":{}}"#), Some((Code::MissingClaim, Some("o.b".into()))));
        assert_eq!(refusal(two, r#"{"a":1,"o":7}"#), Some((Code::ClaimRejected, Some("o.b".into()))));
    }

    #[test]
    fn integers_compare_exactly_beyond_the_precision_of_doubles() {
        let rule = r#"[{"claim":"n","max":9007199254740992}]"#;
        assert_eq!(refusal(rule, r#"{"n":9007199254740992}"#), None);
        assert!(refusal(rule, r#"{"n":9007199254740993}"#).is_some());
        assert!(refusal(rule, r#"{"n":123456789012345678901234567890}"#).is_some());
    }

    #[test]
    fn an_error_names_the_field_that_it_is_about() {
        for (written, path) in [
            (r#"[{}]"#, "claims[0].claim"),
            (r#"[{"claim":"a"},{"claim":[]}]"#, "claims[1].claim"),
            (r#"[{"claim":["a",""]}]"#, "claims[0].claim[1]"),
            (r#"[{"claim":"a","min":1,"max":2}]"#, "claims[0]"),
            (r#"[{"claim":"a","any_of":["x",[]]}]"#, "claims[0].any_of[1]"),
            (r#"[{"claim":"a","matches":"("}]"#, "claims[0].matches"),
            (r#"[{"claim":"a","prefix":"x","separator":","}]"#, "claims[0].separator"),
        ] {
            assert_eq!(rules(written).expect_err(written).path(), path, "{written}");
        }
    }
}
