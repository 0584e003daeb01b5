//! The grammar of CEL by descent: whatever has an expression inside of it.

use super::calls::{HAS, MACROS, MATCHES};
use super::lexer::Lexeme;
use super::operators::{LOWEST, Operator, Pending};
use super::state::{Node, Operand, Parsed, Parser, Result};
use crate::document::PolicyError;
use crate::expression::tree::Tree;
use crate::expression::value::Value;
use crate::limits;
use std::sync::Arc;

impl<'p> Parser<'p> {
    pub(in super::super) fn parse(mut self) -> Result<Parsed> {
        self.advance()?;
        let operand = self.expression()?;
        if self.lexeme != Lexeme::End {
            return Err(self.expected("an operator or the end"));
        }
        Ok(Parsed { tree: self.value(operand)?.tree, names_request: self.names_request, names_path: self.names_path })
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

    /// Only the last branch may hold another conditional without brackets: they are read from the right.
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

    /// Operands and the operators between them, without recursion: a long chain of operators must not end the stack.
    fn operation(&mut self) -> Result<Operand> {
        let mut pending: Vec<Pending> = Vec::new();
        loop {
            let operand = self.unary()?;
            let operator = match self.lexeme {
                Lexeme::Symbol(symbol) => Operator::of(symbol),
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
        if self.lexeme == Lexeme::Symbol("!") {
            return self.signed("!", Tree::Not);
        }
        if self.lexeme == Lexeme::Symbol("-") {
            return self.signed("-", Tree::Negate);
        }
        self.member()
    }

    fn signed(&mut self, sign: &'static str, make: fn(Box<Tree>) -> Tree) -> Result<Operand> {
        let mut signs = 0_usize;
        while self.take(sign)? {
            signs = signs.saturating_add(1);
        }
        if signs == 1 && sign == "-" && matches!(self.lexeme, Lexeme::Int(_) | Lexeme::Double(_)) {
            let number = self.number("-")?;
            return self.suffixes(number);
        }
        let operand = self.member()?;
        if signs.is_multiple_of(2) {
            return Ok(operand);
        }
        let node = self.value(operand)?;
        self.above(node.levels, make(Box::new(node.tree))).map(Operand::Value)
    }

    fn member(&mut self) -> Result<Operand> {
        let operand = self.primary()?;
        self.suffixes(operand)
    }

    /// Members, elements and calls behind an operand, in their order.
    fn suffixes(&mut self, mut operand: Operand) -> Result<Operand> {
        loop {
            operand = match self.lexeme {
                Lexeme::Symbol(".") => self.dotted(operand)?,
                Lexeme::Symbol("[") => self.indexed(operand)?,
                Lexeme::Symbol("{") => return Err(self.object()),
                _ => return Ok(operand),
            };
        }
    }

    /// A member, or a function that is called on the operand.
    fn dotted(&mut self, operand: Operand) -> Result<Operand> {
        self.advance()?;
        let (name, at) = match self.lexeme {
            Lexeme::Name(name) => (name, self.at),
            _ => return Err(self.expected("a name")),
        };
        self.advance()?;
        if self.lexeme == Lexeme::Symbol("(") {
            return self.called_on(operand, name, at);
        }
        match operand {
            Operand::Request(_) => self.request_part(name, at),
            Operand::Value(node) => {
                self.above(node.levels, Tree::Select(Box::new(node.tree), name.into())).map(Operand::Value)
            }
        }
    }

    /// `a['b']` names a part of the request as `a.b` does, and nothing else can.
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

    /// What has no operator: a literal, a name, a list, or an expression in brackets.
    fn primary(&mut self) -> Result<Operand> {
        let literal = match self.lexeme {
            Lexeme::Name(name) => return self.named(name),
            Lexeme::Int(_) | Lexeme::Double(_) => return self.number(""),
            Lexeme::Text(ref text) => Value::Made(Arc::clone(text)),
            Lexeme::Symbol("true") => Value::Bool(true),
            Lexeme::Symbol("false") => Value::Bool(false),
            Lexeme::Symbol("null") => Value::Null,
            Lexeme::Symbol("(") => {
                self.advance()?;
                let operand = self.expression()?;
                self.expect(")")?;
                return Ok(operand);
            }
            Lexeme::Symbol("[") => return self.list(),
            Lexeme::Symbol("{") => return Err(self.object()),
            Lexeme::Symbol("-") => {
                self.advance()?;
                return self.number("-");
            }
            Lexeme::Symbol(_) | Lexeme::End => return Err(self.expected("a value")),
        };
        self.advance()?;
        self.above(0, Tree::Literal(literal)).map(Operand::Value)
    }

    /// A variable, or a function that is called on nothing.
    fn named(&mut self, name: &'p str) -> Result<Operand> {
        let at = self.at;
        self.refuse_reserved(name, at)?;
        self.advance()?;
        if self.lexeme == Lexeme::Symbol("(") { self.called(name, at) } else { self.variable(name, at) }
    }

    /// The sign belongs to a literal, so that the least integer can be written.
    fn number(&mut self, sign: &str) -> Result<Operand> {
        let number = match self.lexeme {
            Lexeme::Int(digits) => {
                let (radix, digits) = digits.strip_prefix("0x").map_or((10, digits), |digits| (16, digits));
                i64::from_str_radix(&format!("{sign}{digits}"), radix).ok().map(Value::Int)
            }
            Lexeme::Double(digits) => {
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
        while !matches!(self.lexeme, Lexeme::Symbol("]" | ",")) {
            let element = self.expression()?;
            let element = self.value(element)?;
            levels = levels.max(element.levels);
            elements.push(element.tree);
            if self.lexeme != Lexeme::Symbol(",") {
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

    /// `name(…)`, at its bracket. A name that means nothing is told before what is in the brackets.
    fn called(&mut self, name: &str, at: usize) -> Result<Operand> {
        match name {
            "has" => {
                let arguments = self.arguments()?;
                self.has(arguments, at)
            }
            "matches" => {
                let mut arguments = self.arguments()?.into_iter();
                match (arguments.next(), arguments.next(), arguments.next()) {
                    (Some(operand), Some(pattern), None) => self.matches(operand, pattern, at),
                    _ => Err(self.misused(at, MATCHES)),
                }
            }
            _ if MACROS.contains(&name) => Err(self.misused(at, &format!("list.{name}(variable, expression)"))),
            _ => self.function_called(name, at, None),
        }
    }

    /// `operand.name(…)`, at its bracket.
    fn called_on(&mut self, operand: Operand, name: &'p str, at: usize) -> Result<Operand> {
        match name {
            "has" => Err(self.misused(at, HAS)),
            "matches" => {
                let mut arguments = self.arguments()?.into_iter();
                match (arguments.next(), arguments.next()) {
                    (Some(pattern), None) => self.matches(operand, pattern, at),
                    _ => Err(self.misused(at, MATCHES)),
                }
            }
            _ if MACROS.contains(&name) => self.looped(name, at, operand),
            _ => self.function_called(name, at, Some(operand)),
        }
    }

    fn function_called(&mut self, name: &str, at: usize, target: Option<Operand>) -> Result<Operand> {
        let known = self.known(name, at)?;
        let arguments = self.arguments()?;
        self.function(known, target, arguments, at)
    }

    /// `range.all(variable, …)` and its kin, at the bracket.
    fn looped(&mut self, name: &str, at: usize, range: Operand) -> Result<Operand> {
        let range = self.value(range)?;
        self.advance()?;
        let variable = self.loop_variable(name)?;
        if self.lexeme != Lexeme::Symbol(",") {
            return Err(self.misused(at, &format!("list.{name}(variable, expression)")));
        }
        self.advance()?;
        self.locals.push(variable);
        let body = self.expression()?;
        let body = self.value(body)?;
        let second = if name == "map" && self.take(",")? {
            let result = self.expression()?;
            Some(self.value(result)?)
        } else {
            None
        };
        self.locals.pop();
        self.expect(")")?;
        self.loop_over(name, range, body, second)
    }

    /// What stands between two brackets, the first of which comes next.
    /// Each argument is an expression with all that belongs to it.
    fn arguments(&mut self) -> Result<Vec<Operand>> {
        self.expect("(")?;
        let mut arguments = Vec::new();
        if self.take(")")? {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.expression()?);
            if !self.take(",")? {
                self.expect(")")?;
                return Ok(arguments);
            }
        }
    }

    fn object(&self) -> PolicyError {
        self.error(self.at, "expected no object: objects cannot be written in an expression")
    }
}
