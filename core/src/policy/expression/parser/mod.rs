//! Reads CEL straight into a tree in which every name means something. What goes wrong is told with its place.
//!
//! The grammar is the one of the CEL specification. It is read by descent: each bracket costs the stack a fixed number
//! of frames, and operators cost it none.

mod calls;
mod lexer;
mod literal;
mod names;
mod operators;
mod source;

use super::tree::Tree;
use super::value::Value;
use crate::limits;
use crate::policy::PolicyError;
use lexer::{Lexer, Token};
pub(super) use names::Names;
use operators::{LOWEST, Operator, Pending};
use source::Source;
use std::sync::Arc;

pub(super) struct Parser<'p> {
    source: Source<'p>,
    lexer: Lexer<'p>,
    /// What comes next, and at which byte.
    token: Token<'p>,
    at: usize,
    names: Names,
    /// The variables of the loops around the current place, outermost first.
    locals: Vec<&'p str>,
    names_request: bool,
    /// How many expressions may still begin within the current one.
    nesting_left: usize,
}

/// What was read from a text.
pub(super) struct Parsed {
    pub(super) tree: Tree,
    /// A part of the request is named somewhere.
    pub(super) names_request: bool,
}

/// A tree, and how high it is.
struct Node {
    tree: Tree,
    levels: usize,
}

enum Operand {
    Value(Node),
    /// The request as a whole, named at this place. It is no value: what stands behind it has to choose a part.
    Request(usize),
}

type Result<T> = std::result::Result<T, PolicyError>;

impl<'p> Parser<'p> {
    pub(super) fn new(text: &'p str, path: &'p str, names: Names) -> Self {
        let source = Source { text, path };
        Self {
            source,
            lexer: Lexer::new(source),
            token: Token::End,
            at: 0,
            names,
            locals: Vec::new(),
            names_request: false,
            nesting_left: limits::EXPRESSION_NESTING.saturating_add(1),
        }
    }

    pub(super) fn parse(mut self) -> Result<Parsed> {
        self.advance()?;
        let operand = self.expression()?;
        if self.token != Token::End {
            return Err(self.expected("an operator or the end"));
        }
        Ok(Parsed { tree: self.value(operand)?.tree, names_request: self.names_request })
    }

    /// `a ? b : c`, or what has operators that bind tighter.
    fn expression(&mut self) -> Result<Operand> {
        let Some(nesting_left) = self.nesting_left.checked_sub(1) else {
            let most = limits::EXPRESSION_NESTING;
            return Err(self.error(self.at, format!("more than {most} brackets within brackets")));
        };
        self.nesting_left = nesting_left;
        let mut operand = self.operation()?;
        if self.take("?")? {
            operand = self.conditional(operand)?;
        }
        self.nesting_left = nesting_left.saturating_add(1);
        Ok(operand)
    }

    fn conditional(&mut self, condition: Operand) -> Result<Operand> {
        let condition = self.value(condition)?;
        let then = self.operation()?;
        let then = self.value(then)?;
        self.expect(":")?;
        let otherwise = self.expression()?;
        let otherwise = self.value(otherwise)?;
        let levels = condition.levels.max(then.levels).max(otherwise.levels);
        let tree = Tree::Conditional(Box::new([condition.tree, then.tree, otherwise.tree]));
        self.above(levels, tree).map(Operand::Value)
    }

    fn operation(&mut self) -> Result<Operand> {
        let mut pending: Vec<Pending> = Vec::new();
        loop {
            let operand = self.unary()?;
            let operator = match self.token {
                Token::Symbol(symbol) => Operator::of(symbol),
                _ => None,
            };
            if operator.is_none() && pending.is_empty() {
                return Ok(operand);
            }
            let mut node = self.value(operand)?;
            let level = operator.map_or(LOWEST, |operator| operator.level);
            while let Some(before) = pending.pop_if(|before| before.ends_before(level)) {
                node = before.close(node, self)?;
            }
            let Some(operator) = operator else { return Ok(Operand::Value(node)) };
            self.advance()?;
            match pending.last_mut() {
                Some(chain) if chain.operator.level == level => chain.left.push(node),
                _ => pending.push(Pending { operator, left: vec![node] }),
            }
        }
    }

    /// As in the grammar of CEL, signs do not mix, and pairs of them cancel out.
    fn unary(&mut self) -> Result<Operand> {
        if self.token == Token::Symbol("!") {
            return self.signed("!", Tree::Not);
        }
        if self.token == Token::Symbol("-") {
            return self.signed("-", Tree::Negate);
        }
        self.member()
    }

    fn signed(&mut self, sign: &'static str, make: fn(Box<Tree>) -> Tree) -> Result<Operand> {
        let mut signs = 0_usize;
        while self.take(sign)? {
            signs = signs.saturating_add(1);
        }
        if signs == 1 && sign == "-" && matches!(self.token, Token::Int(_) | Token::Double(_)) {
            let number = self.number("-")?;
            return self.suffixes(number);
        }
        let operand = self.member()?;
        if signs % 2 == 0 {
            return Ok(operand);
        }
        let node = self.value(operand)?;
        self.above(node.levels, make(Box::new(node.tree))).map(Operand::Value)
    }

    fn member(&mut self) -> Result<Operand> {
        let operand = self.primary()?;
        self.suffixes(operand)
    }

    fn suffixes(&mut self, mut operand: Operand) -> Result<Operand> {
        loop {
            operand = match self.token {
                Token::Symbol(".") => self.dotted(operand)?,
                Token::Symbol("[") => self.indexed(operand)?,
                Token::Symbol("{") => return Err(self.object()),
                _ => return Ok(operand),
            };
        }
    }

    /// A member, or a function that is called on the operand.
    fn dotted(&mut self, operand: Operand) -> Result<Operand> {
        self.advance()?;
        let (name, at) = match self.token {
            Token::Name(name) => (name, self.at),
            _ => return Err(self.expected("a name")),
        };
        self.advance()?;
        if self.token == Token::Symbol("(") {
            return self.called_on(operand, name, at);
        }
        match operand {
            Operand::Request(_) => self.request_part(name, at),
            Operand::Value(node) => {
                self.above(node.levels, Tree::Select(Box::new(node.tree), name.into())).map(Operand::Value)
            }
        }
    }

    fn indexed(&mut self, operand: Operand) -> Result<Operand> {
        self.advance()?;
        let at = self.at;
        let index = self.expression()?;
        self.expect("]")?;
        match (operand, index) {
            (Operand::Request(_), Operand::Value(Node { tree: Tree::Literal(Value::Made(name)), .. })) => {
                self.request_part(&name, at)
            }
            (operand, index) => {
                let (operand, index) = (self.value(operand)?, self.value(index)?);
                let levels = operand.levels.max(index.levels);
                self.above(levels, Tree::Index(Box::new([operand.tree, index.tree]))).map(Operand::Value)
            }
        }
    }

    fn primary(&mut self) -> Result<Operand> {
        let literal = match self.token {
            Token::Name(name) => return self.named(name),
            Token::Int(_) | Token::Double(_) => return self.number(""),
            Token::Text(ref text) => Value::Made(Arc::clone(text)),
            Token::Symbol("true") => Value::Bool(true),
            Token::Symbol("false") => Value::Bool(false),
            Token::Symbol("null") => Value::Null,
            Token::Symbol("(") => {
                self.advance()?;
                let operand = self.expression()?;
                self.expect(")")?;
                return Ok(operand);
            }
            Token::Symbol("[") => return self.list(),
            Token::Symbol("{") => return Err(self.object()),
            Token::Symbol("-") => {
                self.advance()?;
                return self.number("-");
            }
            Token::Symbol(_) | Token::End => return Err(self.expected("a value")),
        };
        self.advance()?;
        self.above(0, Tree::Literal(literal)).map(Operand::Value)
    }

    /// A variable, or a function that is called on nothing.
    fn named(&mut self, name: &'p str) -> Result<Operand> {
        let at = self.at;
        self.refuse_reserved(name, at)?;
        self.advance()?;
        if self.token == Token::Symbol("(") { self.called(name, at) } else { self.variable(name, at) }
    }

    /// The sign belongs to a literal, so that the least integer can be written.
    fn number(&mut self, sign: &str) -> Result<Operand> {
        let number = match self.token {
            Token::Int(digits) => {
                let (radix, digits) = digits.strip_prefix("0x").map_or((10, digits), |digits| (16, digits));
                i64::from_str_radix(&format!("{sign}{digits}"), radix).ok().map(Value::Int)
            }
            Token::Double(digits) => {
                format!("{sign}{digits}").parse().ok().filter(|double: &f64| double.is_finite()).map(Value::Double)
            }
            _ => return Err(self.expected("a number").with_hint("! and - do not mix without brackets")),
        };
        let Some(number) = number else { return Err(self.error(self.at, "expected a number of at most 64 bits")) };
        self.advance()?;
        self.above(0, Tree::Literal(number)).map(Operand::Value)
    }

    /// A list of literals is made once.
    fn list(&mut self) -> Result<Operand> {
        self.advance()?;
        let mut elements = Vec::new();
        let mut levels = 0;
        while !matches!(self.token, Token::Symbol("]" | ",")) {
            let element = self.expression()?;
            let element = self.value(element)?;
            levels = levels.max(element.levels);
            elements.push(element.tree);
            if self.token != Token::Symbol(",") {
                break;
            }
            self.advance()?;
        }
        // The grammar has a comma before the end, and `[,]`.
        if elements.is_empty() {
            self.take(",")?;
        }
        self.expect("]")?;
        let literals = elements.iter().map(|element| match element {
            Tree::Literal(value) => Some(value.clone()),
            _ => None,
        });
        let tree = match literals.collect::<Option<Arc<[_]>>>() {
            Some(literals) => Tree::Literal(Value::List(literals)),
            None => Tree::List(elements.into()),
        };
        self.above(levels, tree).map(Operand::Value)
    }

    /// The operand as a value, which the request as a whole is not.
    fn value(&self, operand: Operand) -> Result<Node> {
        match operand {
            Operand::Value(node) => Ok(node),
            Operand::Request(at) => Err(self.request_as_value(at)),
        }
    }

    /// A tree over others that are so high. Evaluation recurses once a level.
    fn above(&self, levels: usize, tree: Tree) -> Result<Node> {
        if levels >= limits::EXPRESSION_DEPTH {
            return Err(self.error(self.at, format!("nested more than {} levels deep", limits::EXPRESSION_DEPTH)));
        }
        Ok(Node { tree, levels: levels.saturating_add(1) })
    }

    fn advance(&mut self) -> Result<()> {
        (self.token, self.at) = self.lexer.next()?;
        Ok(())
    }

    /// Whether the symbol comes next; it is then behind.
    fn take(&mut self, symbol: &'static str) -> Result<bool> {
        let found = self.token == Token::Symbol(symbol);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn expect(&mut self, symbol: &'static str) -> Result<()> {
        if self.take(symbol)? { Ok(()) } else { Err(self.expected(symbol)) }
    }

    fn expected(&self, what: &str) -> PolicyError {
        self.error(self.at, format!("expected {what}"))
    }

    fn object(&self) -> PolicyError {
        self.error(self.at, "expected no object: objects cannot be written in an expression")
    }

    fn error(&self, at: usize, message: impl AsRef<str>) -> PolicyError {
        self.source.error(at, message)
    }
}
