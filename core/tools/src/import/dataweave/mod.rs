//! DataWeave of the forms that people put into JWT policies, turned into CEL.
//!
//! DataWeave is a language of its own; what is read here is its corner of conditions on claims and requests. Everything else
//! is refused with what is in the way, so that a condition is either carried over whole or named.

mod lexer;
mod parser;
mod tree;
mod writer;

pub(super) use tree::Obstacle;
use tree::{Comparison, Expression, Root, Selector};

/// The CEL of a condition, written `#[…]` or bare.
///
/// It is true where the condition is, for every token on which both have an answer. Where DataWeave would convert (a text
/// that is compared with a number) the CEL is an error, which refuses the token.
pub(super) fn condition(text: &str) -> Result<String, Obstacle> {
    writer::condition(&parser::parse(unwrapped(text))?)
}

/// The text that a condition asks of a claim, where it asks nothing else: `vars.claimSet.iss == 'https://idp.example.com/'`.
pub(super) fn literal(text: &str, claim: &str) -> Option<String> {
    let Expression::Compare(Comparison::Equal, sides) = parser::parse(unwrapped(text)).ok()? else { return None };
    let named = |path: &Expression| matches!(path, Expression::Path(Root::Claims, selectors) if *selectors == [Selector::Name(claim.to_owned())]);
    match *sides {
        [path, Expression::Text(text)] | [Expression::Text(text), path] if named(&path) => Some(text),
        _ => None,
    }
}

/// The claims that an expression for a claim names, in the order in which they are tried: `vars.claimSet.azp`, or
/// `vars.claimSet.azp default vars.claimSet.client_id`.
pub(super) fn claims(text: &str) -> Result<Vec<String>, Obstacle> {
    let mut names = Vec::new();
    collect(&parser::parse(unwrapped(text))?, &mut names)?;
    Ok(names)
}

fn collect(expression: &Expression, names: &mut Vec<String>) -> Result<(), Obstacle> {
    match expression {
        Expression::Default(first, second) => {
            collect(first, names)?;
            collect(second, names)
        }
        Expression::Path(Root::Claims, selectors) => match selectors.as_slice() {
            [Selector::Name(name)] => {
                names.push(name.clone());
                Ok(())
            }
            _ => Err(Obstacle("a claim at the top level is what can be carried over")),
        },
        _ => Err(Obstacle("only claims such as vars.claimSet.azp, and default between them, can be carried over")),
    }
}

/// Where in a request an expression finds the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenPlace {
    Header(String),
    /// A header whose value is split at a space, and the second piece taken.
    HeaderCredentials(String),
    Query(String),
}

/// The place of the token: `attributes.headers['jwt']`, `attributes.queryParams.token`, or
/// `(attributes.headers['authorization'] splitBy ' ')[1]`.
pub(super) fn token_place(text: &str) -> Result<TokenPlace, Obstacle> {
    let obstacle = Obstacle("only a header or a query parameter as a whole, or a header's part behind the first space");
    match parser::parse(unwrapped(text))? {
        Expression::Path(root, selectors) => match (root, selectors.as_slice()) {
            (Root::Headers, [Selector::Name(name)]) => Ok(TokenPlace::Header(name.clone())),
            (Root::Query, [Selector::Name(name)]) => Ok(TokenPlace::Query(name.clone())),
            _ => Err(obstacle),
        },
        Expression::Element(list, 1) => match *list {
            Expression::SplitBy(value, separator) if separator == " " => match *value {
                Expression::Path(Root::Headers, selectors) => match selectors.as_slice() {
                    [Selector::Name(name)] => Ok(TokenPlace::HeaderCredentials(name.clone())),
                    _ => Err(obstacle),
                },
                _ => Err(obstacle),
            },
            _ => Err(obstacle),
        },
        _ => Err(obstacle),
    }
}

/// Whether a value is an expression and no literal.
pub(super) fn is_expression(text: &str) -> bool {
    let text = text.trim();
    text.starts_with("#[") && text.ends_with(']')
}

fn unwrapped(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix("#[").and_then(|rest| rest.strip_suffix(']')).unwrap_or(text)
}

#[cfg(test)]
mod tests;
