//! What is called: the macros of CEL, `matches`, and the functions of the table.

use super::lexer::Lexeme;
use super::names::unknown;
use super::state::{Node, Operand, Parser, Result};
use crate::document::PolicyError;
use crate::expression::functions::{Function, Style};
use crate::expression::tree::{Loop, LoopKind, Tree};
use crate::expression::value::Value;
use crate::pattern::Pattern;

/// A function as the table has it: its name, what it does, how it is called, and with how many arguments.
pub(super) type Known = (&'static str, Function, Style, usize);

impl<'p> Parser<'p> {
    /// `has(a.b)` asks whether the member is there, and looks up the rest of the path as usual.
    pub(super) fn has(&self, arguments: Vec<Operand>, at: usize) -> Result<Operand> {
        let mut arguments = arguments.into_iter();
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
    pub(super) fn matches(&self, operand: Operand, pattern: Operand, at: usize) -> Result<Operand> {
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

    /// The loop that a macro of CEL stands for.
    pub(super) fn loop_over(&self, name: &str, range: Node, body: Node, second: Option<Node>) -> Result<Operand> {
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
    pub(super) fn loop_variable(&mut self, name: &str) -> Result<&'p str> {
        let mut brackets = 0_usize;
        // The name itself is an expression too.
        while brackets.saturating_add(1) < self.nesting_left && self.take("(")? {
            brackets = brackets.saturating_add(1);
        }
        let Lexeme::Name(variable) = self.lexeme else {
            return Err(self.expected(&format!("a name: the first argument of {name} is its variable")));
        };
        self.refuse_hidden(variable, self.at)?;
        self.advance()?;
        for _ in 0..brackets {
            self.expect(")")?;
        }
        Ok(variable)
    }

    /// The function of this name in the table.
    pub(super) fn known(&self, name: &str, at: usize) -> Result<&'static Known> {
        let Some(known) = Function::ALL.iter().find(|(known, ..)| *known == name) else {
            let error = self.error(at, format!("unknown function {name}"));
            if DATES.contains(&name) {
                return Err(error.with_hint("dates are numbers of seconds here; compare them with now"));
            }
            let known = Function::ALL.iter().map(|(known, ..)| *known).chain(MACROS).chain(["matches", "has"]);
            return Err(unknown(error, name, known));
        };
        Ok(known)
    }

    pub(super) fn function(
        &self, known: &Known, target: Option<Operand>, arguments: Vec<Operand>, at: usize,
    ) -> Result<Operand> {
        let (name, function, style, count) = known;
        let on_target = target.is_some();
        let written_well = match style {
            Style::Member => on_target,
            Style::Global => !on_target,
            Style::Both => true,
        };
        let arguments: Vec<_> = target.into_iter().chain(arguments).collect();
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

    /// A known name in an unknown form is told with the form that it has.
    pub(super) fn misused(&self, at: usize, usage: &str) -> PolicyError {
        self.error(at, format!("expected {usage}"))
    }
}

pub(super) const MACROS: [&str; 6] = ["all", "exists", "exists_one", "existsOne", "filter", "map"];
const DATES: [&str; 2] = ["timestamp", "duration"];
pub(super) const HAS: &str = "has(claims.name)";
pub(super) const MATCHES: &str = "text.matches('pattern')";
