//! Claim rules: what a policy asks of claims beyond the registered ones.

mod compile;
mod operator;
mod rule;

use crate::checklist::CheckName;
use crate::claim_names::ClaimNames;
use crate::context::Context;
use crate::document::{Object, PolicyError, WrittenClaimRule, all};
use crate::explain::Observer;
use crate::expression::Expression;
use crate::rejection::Rejection;
use crate::request_parts::RequestParts;
use rule::Rule;

/// The rules of an issuer entry, in order; the first that does not hold refuses the token.
#[derive(Debug)]
pub(crate) struct Rules(Vec<Rule>);

impl Rules {
    /// `path` is that of the list in the document.
    pub(crate) fn compile(
        written: Vec<Object<WrittenClaimRule>>, kept: &mut ClaimNames, path: &str,
    ) -> Result<Self, PolicyError> {
        let rule = |(index, rule): (usize, Object<_>)| compile::rule_of(rule.0, kept, &format!("{path}[{index}]"));
        all(written.into_iter().enumerate().map(rule)).map(Self)
    }

    /// The rules of a route or of an endpoint, which are at least one where they are written at all.
    pub(super) fn of_route(
        written: Option<Vec<Object<WrittenClaimRule>>>, kept: &mut ClaimNames, path: &str,
    ) -> Result<Self, PolicyError> {
        match written {
            Some(rules) if rules.is_empty() => Err(PolicyError::new(path, "expected at least one rule")),
            rules => Self::compile(rules.unwrap_or_default(), kept, path),
        }
    }

    pub(crate) fn check(&self, context: &Context<'_>, observer: &mut impl Observer) -> Result<(), Rejection> {
        self.0.iter().enumerate().try_for_each(|(index, rule)| {
            observer.step(CheckName::Rule(index), rule.check(context), |code| rule.facts(context, code))
        })
    }

    /// The rules of a route, number `route`.
    pub(super) fn check_on_route(
        &self, route: usize, context: &Context<'_>, observer: &mut impl Observer,
    ) -> Result<(), Rejection> {
        self.0.iter().enumerate().try_for_each(|(index, rule)| {
            let outcome = rule.check(context).map_err(|rejection| rejection.on_route(route));
            observer.step(CheckName::RouteRule(index), outcome, |code| rule.facts(context, code))
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the parts of the request that they read.
    pub(crate) fn reads(&self, parts: &mut RequestParts) {
        self.0.iter().filter_map(|rule| rule.expression.as_ref()).for_each(|expression| expression.reads(parts));
    }

    /// The first of them that cannot hold where there is no request.
    pub(super) fn needing_request(&self) -> Option<usize> {
        self.0.iter().position(|rule| rule.expression.as_ref().is_some_and(Expression::needs_request))
    }

    /// Whether one of them looks at the path of the request.
    pub(crate) fn read_path(&self) -> bool {
        self.0.iter().any(|rule| rule.expression.as_ref().is_some_and(Expression::reads_path))
    }
}

#[cfg(test)]
mod tests {
    use super::{ClaimNames, Rules};
    use crate::codes::Code;
    use crate::context::Context;
    use crate::document::{Object, PolicyError, WrittenClaimRule};
    use crate::explain::Silent;
    use crate::json;
    use crate::time::Timestamp;
    use crate::token::Payload;

    fn rules(written: &str) -> Result<Rules, PolicyError> {
        let rules: Vec<Object<WrittenClaimRule>> = serde_json::from_str(written).unwrap();
        Rules::compile(rules, &mut ClaimNames::default(), "claims")
    }

    /// The code and the claim of the rejection.
    fn rejected(written: &str, claims: &str) -> Option<(Code, Option<String>)> {
        let table = json::table(claims, 8).unwrap();
        let payload = Payload::of(claims, &table);
        let now = Timestamp::from_seconds(0);
        let context = Context { header: "{}", payload: &payload, request: None, now };
        let rejection = rules(written).unwrap().check(&context, &mut Silent).err()?;
        Some((rejection.code, rejection.claim.map(|claim| claim.as_str().to_owned())))
    }

    #[test]
    fn the_first_rule_that_does_not_hold_refuses() {
        let two = r#"[{"claim":"a","equals":1},{"claim":["o","b"],"prefix":"x"}]"#;
        assert_eq!(rejected(two, r#"{"a":1.0,"o":{"b":"xy"}}"#), None);
        assert_eq!(rejected(two, r#"{"a":2}"#), Some((Code::ClaimRejected, Some("a".into()))));
        assert_eq!(rejected(two, r#"{"a":1,"o":{}}"#), Some((Code::MissingClaim, Some("o.b".into()))));
        assert_eq!(rejected(two, r#"{"a":1,"o":7}"#), Some((Code::ClaimRejected, Some("o.b".into()))));
    }

    #[test]
    fn integers_compare_exactly_beyond_the_precision_of_doubles() {
        let rule = r#"[{"claim":"n","max":9007199254740992}]"#;
        assert_eq!(rejected(rule, r#"{"n":9007199254740992}"#), None);
        assert!(rejected(rule, r#"{"n":9007199254740993}"#).is_some());
        assert!(rejected(rule, r#"{"n":123456789012345678901234567890}"#).is_some());
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
