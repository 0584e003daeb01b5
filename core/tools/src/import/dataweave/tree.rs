//! What an expression says, once it is read.

use std::fmt;

/// What keeps an expression from being carried over; a fixed text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) struct Obstacle(pub(super) &'static str);

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this DataWeave cannot be carried over: {}; write it in CEL", self.0)
    }
}

pub(super) type Result<T> = std::result::Result<T, Obstacle>;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    Null,
    Boolean(bool),
    /// As it is written: digits with at most one dot, perhaps a sign.
    Number(String),
    Text(String),
    List(Vec<Expression>),
    Path(Root, Vec<Selector>),
    /// An element of a list that is no path.
    Element(Box<Expression>, u32),
    And(Box<[Expression; 2]>),
    Or(Box<[Expression; 2]>),
    Not(Box<Expression>),
    Compare(Comparison, Box<[Expression; 2]>),
    Contains(Box<[Expression; 2]>),
    StartsWith(Box<[Expression; 2]>),
    EndsWith(Box<[Expression; 2]>),
    /// A text and what stands between its pieces.
    SplitBy(Box<Expression>, String),
    Lower(Box<Expression>),
    SizeOf(Box<Expression>),
    IsEmpty(Box<Expression>),
    Default(Box<Expression>, Box<Expression>),
    /// `some` and `every`: the list, and the condition on its elements.
    Each(Quantifier, Box<[Expression; 2]>),
}

/// What a path begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Root {
    /// `vars.claimSet`
    Claims,
    /// `attributes.headers`
    Headers,
    /// `attributes.queryParams`
    Query,
    /// `attributes.method`
    Method,
    /// `attributes.requestPath`
    Path,
    /// The element that the loop of this depth is at.
    Element(usize),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Selector {
    Name(String),
    Index(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantifier {
    Some,
    Every,
}
