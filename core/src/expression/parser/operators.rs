//! The operators between two operands, and how tightly each binds.

use super::state::{Node, Parser, Result};
use crate::expression::tree::{Arithmetic, Comparison, Tree};

type Make = fn(Box<[Tree; 2]>) -> Tree;

#[derive(Clone, Copy)]
pub(super) struct Operator {
    symbol: &'static str,
    pub(super) level: u8,
    make: Make,
}

impl Operator {
    pub(super) fn of(symbol: &str) -> Option<Self> {
        OPERATORS.into_iter().find(|operator| operator.symbol == symbol)
    }

    /// `a && b && c` is read at once, because only its middle is known at its end.
    fn is_chain(self) -> bool {
        self.level <= AND
    }
}

/// What stands left of an operator, until what stands right of it has been read.
pub(super) struct Pending {
    pub(super) operator: Operator,
    /// More than one only in a chain.
    pub(super) left: Vec<Node>,
}

impl Pending {
    /// Whether it is complete where an operator of this level follows, or the end: all operators are read from the left.
    pub(super) fn ends_before(&self, level: u8) -> bool {
        self.operator.level > level || self.operator.level == level && !self.operator.is_chain()
    }

    pub(super) fn close(self, last: Node, parser: &Parser<'_>) -> Result<Node> {
        balanced(self.left, last, self.operator.make, parser)
    }
}

/// The tree of a chain, as low as it can be: evaluation recurses once a level.
fn balanced(mut left: Vec<Node>, last: Node, make: Make, parser: &Parser<'_>) -> Result<Node> {
    // Of an odd number of operands one more goes left.
    let half = (left.len() / 2).saturating_add(1).min(left.len());
    let right = left.split_off(half);
    let Some(middle) = left.pop() else { return Ok(last) };
    let first = balanced(left, middle, make, parser)?;
    let second = balanced(right, last, make, parser)?;
    parser.above(first.levels.max(second.levels), make(Box::new([first.tree, second.tree])))
}

/// Below every operator.
pub(super) const LOWEST: u8 = 0;
const OR: u8 = 1;
const AND: u8 = 2;
const RELATION: u8 = 3;
const SUM: u8 = 4;
const PRODUCT: u8 = 5;

const OPERATORS: [Operator; 14] = [
    Operator { symbol: "||", level: OR, make: Tree::Or },
    Operator { symbol: "&&", level: AND, make: Tree::And },
    Operator { symbol: "==", level: RELATION, make: Tree::Equal },
    Operator { symbol: "!=", level: RELATION, make: Tree::NotEqual },
    Operator { symbol: "in", level: RELATION, make: Tree::In },
    Operator { symbol: "<", level: RELATION, make: |operands| Tree::Compare(Comparison::Less, operands) },
    Operator { symbol: "<=", level: RELATION, make: |operands| Tree::Compare(Comparison::LessOrEqual, operands) },
    Operator { symbol: ">", level: RELATION, make: |operands| Tree::Compare(Comparison::Greater, operands) },
    Operator { symbol: ">=", level: RELATION, make: |operands| Tree::Compare(Comparison::GreaterOrEqual, operands) },
    Operator { symbol: "+", level: SUM, make: |operands| Tree::Arithmetic(Arithmetic::Add, operands) },
    Operator { symbol: "-", level: SUM, make: |operands| Tree::Arithmetic(Arithmetic::Subtract, operands) },
    Operator { symbol: "*", level: PRODUCT, make: |operands| Tree::Arithmetic(Arithmetic::Multiply, operands) },
    Operator { symbol: "/", level: PRODUCT, make: |operands| Tree::Arithmetic(Arithmetic::Divide, operands) },
    Operator { symbol: "%", level: PRODUCT, make: |operands| Tree::Arithmetic(Arithmetic::Remainder, operands) },
];
