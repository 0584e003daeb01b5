//! What is called: the macros of CEL, `matches`, and the functions of the table.

use super::lexer::Token;
use super::names::unknown;
use super::{Node, Operand, Parser, Result};
use crate::policy::PolicyError;
use crate::policy::expression::functions::{Function, Style};
use crate::policy::expression::tree::{Loop, LoopKind, Tree};
use crate::policy::expression::value::Value;
use crate::policy::pattern::Pattern;

impl<'p> Parser<'p> {
    /// `name(…)`, at its bracket. A name that means nothing is told before what is in the brackets.
    pub(super) fn called(&mut self, name: &str, at: usize) -> Result<Operand> {
        match name {
            "has" => self.has(at),
            "matches" => {
                let mut arguments = self.arguments()?.into_iter();
                match (arguments.next(), arguments.next(), arguments.next()) {
                    (Some(operand), Some(pattern), None) => self.matches(operand, pattern, at),
                    _ => Err(self.misused(at, MATCHES)),
                }
            }
            _ if MACROS.contains(&name) => Err(self.misused(at, &format!("list.{name}(variable, expression)"))),
            _ => self.function(name, at, None),
        }
    }

    /// `operand.name(…)`, at its bracket.
    pub(super) fn called_on(&mut self, operand: Operand, name: &'p str, at: usize) -> Result<Operand> {
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
            _ => self.function(name, at, Some(operand)),
        }
    }

    fn has(&mut self, at: usize) -> Result<Operand> {
        let mut arguments = self.arguments()?.into_iter();
        match (arguments.next(), arguments.next()) {
            // Its levels stay the same.
            (Some(Operand::Value(Node { tree: Tree::Select(operand, name), levels })), None) => {
                Ok(Operand::Value(Node { tree: Tree::Has(operand, name), levels }))
            }
            _ => Err(self
                .error(at, format!("expected {HAS}: has() asks for a member"))
                .with_hint("for other names write  'name' in claims")),
        }
    }

    /// The pattern is a literal, so that it is compiled, and its size bounded, when the policy is.
    fn matches(&mut self, operand: Operand, pattern: Operand, at: usize) -> Result<Operand> {
        let operand = self.value(operand)?;
        let Operand::Value(Node { tree: Tree::Literal(Value::Made(pattern)), .. }) = pattern else {
            return Err(self.error(at, "expected a literal text as the pattern of matches()"));
        };
        let pattern = Pattern::anywhere(&pattern, self.source.path).map_err(|error| {
            let placed = self.error(at, error.message());
            match error.hint() {
                Some(hint) => placed.with_hint(hint),
                None => placed,
            }
        })?;
        self.above(operand.levels, Tree::Matches(Box::new(operand.tree), pattern)).map(Operand::Value)
    }

    /// `range.all(variable, …)` and its kin, at the bracket.
    fn looped(&mut self, name: &str, at: usize, range: Operand) -> Result<Operand> {
        let range = self.value(range)?;
        self.advance()?;
        let variable = self.loop_variable(name)?;
        if self.token != Token::Symbol(",") {
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

        let (kind, condition, result) = match (name, second) {
            ("all", _) => (LoopKind::All, Some(body), None),
            ("exists", _) => (LoopKind::Exists, Some(body), None),
            ("filter", _) => (LoopKind::Collect, Some(body), None),
            ("map", None) => (LoopKind::Collect, None, Some(body)),
            ("map", result) => (LoopKind::Collect, Some(body), result),
            _ => (LoopKind::ExistsOne, Some(body), None),
        };
        let levels = |node: &Option<Node>| node.as_ref().map_or(0, |node| node.levels);
        let highest = range.levels.max(levels(&condition)).max(levels(&result));
        let [condition, result] = [condition, result].map(|node| node.map(|node| node.tree));
        let looped = Loop { kind, range: range.tree, condition, result };
        self.above(highest, Tree::Loop(Box::new(looped))).map(Operand::Value)
    }

    /// The variable may stand in brackets, as every name may in CEL.
    fn loop_variable(&mut self, name: &str) -> Result<&'p str> {
        let mut brackets = 0_usize;
        // The name itself is an expression too.
        while brackets.saturating_add(1) < self.nesting_left && self.take("(")? {
            brackets = brackets.saturating_add(1);
        }
        let Token::Name(variable) = self.token else {
            return Err(self.expected(&format!("a name: the first argument of {name} is its variable")));
        };
        self.refuse_hidden(variable, self.at)?;
        self.advance()?;
        for _ in 0..brackets {
            self.expect(")")?;
        }
        Ok(variable)
    }

    fn function(&mut self, name: &str, at: usize, target: Option<Operand>) -> Result<Operand> {
        let Some((_, function, style, count)) = Function::ALL.iter().find(|(known, ..)| *known == name) else {
            let error = self.error(at, format!("unknown function {name}"));
            if DATES.contains(&name) {
                return Err(error.with_hint("dates are numbers of seconds here; compare them with now"));
            }
            let known = Function::ALL.iter().map(|(known, ..)| *known).chain(MACROS).chain(["matches", "has"]);
            return Err(unknown(error, name, known));
        };
        let written_well = match style {
            Style::Member => target.is_some(),
            Style::Global => target.is_none(),
            Style::Both => true,
        };
        let arguments: Vec<_> = target.into_iter().chain(self.arguments()?).collect();
        if !written_well || arguments.len() != *count {
            let usage = match (style, count) {
                (Style::Member, 1) => format!("text.{name}()"),
                (Style::Member, _) => format!("text.{name}(other)"),
                _ => format!("{name}(value)"),
            };
            return Err(self.misused(at, &usage));
        }
        let arguments = arguments.into_iter().map(|argument| self.value(argument)).collect::<Result<Vec<_>>>()?;
        let levels = arguments.iter().map(|argument| argument.levels).max().unwrap_or_default();
        let arguments = arguments.into_iter().map(|argument| argument.tree).collect();
        self.above(levels, Tree::Call(*function, arguments)).map(Operand::Value)
    }

    /// What stands between two brackets, the first of which comes next.
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

    fn misused(&self, at: usize, usage: &str) -> PolicyError {
        self.error(at, format!("expected {usage}"))
    }
}

const MACROS: [&str; 6] = ["all", "exists", "exists_one", "existsOne", "filter", "map"];
const DATES: [&str; 2] = ["timestamp", "duration"];
const HAS: &str = "has(claims.name)";
const MATCHES: &str = "text.matches('pattern')";
