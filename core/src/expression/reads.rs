//! Which parts of a request an expression reads.
//!
//! A header field that is looked up by a literal name, outside of every loop, is read alone. Whatever else is done with the
//! fields reads them all: the name may come from a claim, and a look-up in a loop is paid for by the number of fields (see
//! `Evaluation::pay_for_reading`), so that leaving some out could change what the expression comes to.

use super::tree::{Loop, RequestPart, Tree};
use super::value::Value;
use crate::request_parts::RequestParts;

/// Adds what the tree reads. Recursion ends with the tree, whose depth is bounded when it is made.
pub(super) fn read(tree: &Tree, in_loop: bool, parts: &mut RequestParts) {
    let mut all = |trees: &[Tree]| trees.iter().for_each(|tree| read(tree, in_loop, parts));
    match tree {
        Tree::Literal(_) | Tree::Claims | Tree::Value | Tree::Header | Tree::Now | Tree::Local(_) => {}
        Tree::Request(part) => whole(*part, parts),
        Tree::Select(operand, name) | Tree::Has(operand, name) => look_up(operand, Some(name), in_loop, parts),
        Tree::Index(operands) => {
            let [operand, index] = operands.as_ref();
            look_up(operand, literal(index), in_loop, parts);
            read(index, in_loop, parts);
        }
        Tree::In(operands) => {
            let [element, container] = operands.as_ref();
            look_up(container, literal(element), in_loop, parts);
            read(element, in_loop, parts);
        }
        Tree::Not(operand) | Tree::Negate(operand) | Tree::Matches(operand, _) => read(operand, in_loop, parts),
        Tree::And(operands) | Tree::Or(operands) | Tree::Equal(operands) | Tree::NotEqual(operands) => {
            all(operands.as_ref());
        }
        Tree::Compare(_, operands) | Tree::Arithmetic(_, operands) => all(operands.as_ref()),
        Tree::Conditional(branches) => all(branches.as_ref()),
        Tree::List(elements) | Tree::Call(_, elements) => all(elements),
        Tree::Loop(looped) => {
            let Loop { kind: _, range, condition, result } = looped.as_ref();
            read(range, in_loop, parts);
            [condition, result].into_iter().flatten().for_each(|body| read(body, true, parts));
        }
    }
}

/// A name that is looked up in something, where it stands in the expression itself.
fn look_up(container: &Tree, name: Option<&str>, in_loop: bool, parts: &mut RequestParts) {
    match (container, name) {
        (Tree::Request(RequestPart::Headers), Some(name)) if !in_loop => parts.read_header(name),
        (Tree::Request(RequestPart::Cookies), Some(_)) if !in_loop => parts.read_cookies(),
        _ => read(container, in_loop, parts),
    }
}

/// A part that the expression may do anything with.
fn whole(part: RequestPart, parts: &mut RequestParts) {
    match part {
        RequestPart::Method | RequestPart::Path => {}
        RequestPart::Headers | RequestPart::Cookies => parts.read_headers(),
        RequestPart::Query => parts.read_query(),
    }
}

fn literal(tree: &Tree) -> Option<&str> {
    match tree {
        Tree::Literal(Value::Made(text)) => Some(text),
        _ => None,
    }
}
