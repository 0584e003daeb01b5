//! An expression whose names are resolved.

use super::functions::Function;
use super::value::Value;
use crate::pattern::Pattern;

#[derive(Debug)]
pub(super) enum Tree {
    Literal(Value<'static>),
    Claims,
    /// The claim of the rule.
    Value,
    Header,
    Now,
    Request(RequestPart),
    /// A loop variable, counted from the outermost loop.
    Local(usize),
    List(Box<[Tree]>),
    /// `operand.field`
    Select(Box<Tree>, Box<str>),
    /// `has(operand.field)`
    Has(Box<Tree>, Box<str>),
    /// `operand[index]`
    Index(Box<[Tree; 2]>),
    Not(Box<Tree>),
    Negate(Box<Tree>),
    And(Box<[Tree; 2]>),
    Or(Box<[Tree; 2]>),
    /// `condition ? then : otherwise`
    Conditional(Box<[Tree; 3]>),
    Equal(Box<[Tree; 2]>),
    NotEqual(Box<[Tree; 2]>),
    Compare(Comparison, Box<[Tree; 2]>),
    Arithmetic(Arithmetic, Box<[Tree; 2]>),
    /// `element in container`
    In(Box<[Tree; 2]>),
    /// The receiver is the first argument.
    Call(Function, Box<[Tree]>),
    Matches(Box<Tree>, Pattern),
    Loop(Box<Loop>),
}

/// A comprehension: a list, or the names of an object, and what is evaluated for each of them.
#[derive(Debug)]
pub(super) struct Loop {
    pub(super) kind: LoopKind,
    pub(super) range: Tree,
    /// `None` only for a `map` without a condition.
    pub(super) condition: Option<Tree>,
    /// What a `map` makes of each element.
    pub(super) result: Option<Tree>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LoopKind {
    All,
    Exists,
    ExistsOne,
    /// `filter` and `map`.
    Collect,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum RequestPart {
    Method,
    Path,
    Headers,
    Query,
    Cookies,
}

impl RequestPart {
    pub(super) const ALL: [(&'static str, Self); 5] = [
        ("method", Self::Method),
        ("path", Self::Path),
        ("headers", Self::Headers),
        ("query", Self::Query),
        ("cookies", Self::Cookies),
    ];
}
