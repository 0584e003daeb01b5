//! Where the parser is in its text, and the steps that all parts of the grammar share.

use super::lexer::{Lexeme, Lexer};
use super::source::Source;
use crate::document::PolicyError;
use crate::expression::tree::Tree;
use crate::limits;

/// What an expression can name.
#[derive(Clone, Copy)]
pub(in super::super) enum Names {
    /// Everything, and `value` where the rule has a claim.
    Rule { has_value: bool },
    /// The request alone.
    Request,
}

pub(in super::super) struct Parser<'p> {
    pub(super) source: Source<'p>,
    pub(super) lexer: Lexer<'p>,
    /// What comes next, and at which byte.
    pub(super) lexeme: Lexeme<'p>,
    pub(super) at: usize,
    pub(super) names: Names,
    /// The variables of the loops around the current place, outermost first.
    pub(super) locals: Vec<&'p str>,
    pub(super) names_request: bool,
    pub(super) names_path: bool,
    /// How many expressions may still begin within the current one.
    pub(super) nesting_left: usize,
}

/// What was read from a text.
pub(in super::super) struct Parsed {
    pub(in super::super) tree: Tree,
    /// A part of the request is named somewhere.
    pub(in super::super) names_request: bool,
    /// Its path is.
    pub(in super::super) names_path: bool,
}

/// A tree, and how high it is.
pub(super) struct Node {
    pub(super) tree: Tree,
    pub(super) levels: usize,
}

/// What has been read, before it is known whether a value is wanted.
pub(super) enum Operand {
    Value(Node),
    /// The request as a whole, named at this place. It is no value: what stands behind it has to choose a part.
    Request(usize),
}

pub(super) type Result<T> = std::result::Result<T, PolicyError>;

impl<'p> Parser<'p> {
    pub(in super::super) fn new(text: &'p str, path: &'p str, names: Names) -> Self {
        let source = Source { text, path };
        Self {
            source,
            lexer: Lexer::new(source),
            lexeme: Lexeme::End,
            at: 0,
            names,
            locals: Vec::new(),
            names_request: false,
            names_path: false,
            nesting_left: limits::EXPRESSION_NESTING.saturating_add(1),
        }
    }

    /// The operand as a value, which the request as a whole is not.
    pub(super) fn value(&self, operand: Operand) -> Result<Node> {
        match operand {
            Operand::Value(node) => Ok(node),
            Operand::Request(at) => Err(self.request_as_value(at)),
        }
    }

    /// A tree over others that are so high. Evaluation recurses once a level.
    pub(super) fn above(&self, levels: usize, tree: Tree) -> Result<Node> {
        if levels >= limits::EXPRESSION_DEPTH {
            return Err(self.error(self.at, format!("nested more than {} levels deep", limits::EXPRESSION_DEPTH)));
        }
        Ok(Node { tree, levels: levels.saturating_add(1) })
    }

    pub(super) fn advance(&mut self) -> Result<()> {
        (self.lexeme, self.at) = self.lexer.next()?;
        Ok(())
    }

    /// Whether the symbol comes next; it is then behind.
    pub(super) fn take(&mut self, symbol: &'static str) -> Result<bool> {
        let found = self.lexeme == Lexeme::Symbol(symbol);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    pub(super) fn expect(&mut self, symbol: &'static str) -> Result<()> {
        if self.take(symbol)? { Ok(()) } else { Err(self.expected(symbol)) }
    }

    pub(super) fn expected(&self, what: &str) -> PolicyError {
        self.error(self.at, format!("expected {what}"))
    }

    pub(super) fn error(&self, at: usize, message: impl AsRef<str>) -> PolicyError {
        self.source.error(at, message)
    }

    fn request_as_value(&self, at: usize) -> PolicyError {
        self.error(at, "expected a part of the request: as a whole it is no value").with_hint(PARTS)
    }
}

/// What a hint says where the request as a whole stands.
pub(super) const PARTS: &str = "write request.method, .path, .headers, .query or .cookies";
