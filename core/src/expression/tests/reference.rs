//! What the `cel` crate, an implementation by others, reads in a text: its syntax tree, brought to our own form with the
//! same rules of what means something. Only tests have it.

use super::super::functions::{Function, Style};
use super::super::parser::Names;
use super::super::tree::{Arithmetic, Comparison, Loop, LoopKind, RequestPart, Tree};
use super::super::value::Value;
use crate::document::PolicyError;
use crate::likeness::nearest;
use crate::limits;
use crate::pattern::Pattern;
use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr, LiteralValue, SelectExpr, operators};
use std::sync::Arc;

/// The tree, and whether it names a part of the request.
pub(super) fn read(text: &str, names: Names) -> Result<(Tree, bool)> {
    let parser = cel::Env::default().with_optional_support(false).parser();
    let most = u16::try_from(limits::EXPRESSION_NESTING).expect("a small number");
    let parsed = parser.max_recursion_depth(most).parse(text);
    let parsed = parsed.map_err(|errors| PolicyError::new("", errors.to_string()))?;
    let mut lowering = Lowering::new("", names);
    let tree = lowering.tree(&parsed, limits::EXPRESSION_DEPTH)?;
    Ok((tree, lowering.names_request))
}

struct Lowering<'p> {
    path: &'p str,
    names: Names,
    /// The variables of the loops around the current place, outermost first.
    locals: Vec<&'p str>,
    names_request: bool,
}

type Result<T> = std::result::Result<T, PolicyError>;

impl<'p> Lowering<'p> {
    fn new(path: &'p str, names: Names) -> Self {
        Self { path, names, locals: Vec::new(), names_request: false }
    }

    /// `depth` is how many levels the tree may still have: evaluation recurses once a level.
    fn tree(&mut self, node: &'p IdedExpr, depth: usize) -> Result<Tree> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(self.error(format!("nested more than {} levels deep", limits::EXPRESSION_DEPTH)));
        };
        match &node.expr {
            Expr::Literal(literal) => self.literal(literal).map(Tree::Literal),
            Expr::Ident(name) => self.variable(name),
            Expr::Select(select) => self.select(select, depth),
            Expr::List(list) => self.list(&list.elements, depth),
            Expr::Call(call) => self.call(call, depth),
            Expr::Map(_) | Expr::Struct(_) | Expr::Comprehension(_) | Expr::Unspecified => {
                Err(self.error("objects cannot be written in an expression"))
            }
        }
    }

    fn error(&self, message: impl Into<String>) -> PolicyError {
        PolicyError::new(self.path, message)
    }

    fn literal(&self, literal: &LiteralValue) -> Result<Value<'static>> {
        match literal {
            LiteralValue::Null => Ok(Value::Null),
            LiteralValue::Boolean(value) => Ok(Value::Bool(*value.inner())),
            LiteralValue::Int(integer) => Ok(Value::Int(*integer.inner())),
            LiteralValue::Double(double) => Ok(Value::Double(*double.inner())),
            LiteralValue::String(text) => Ok(Value::Made(Arc::from(text.inner()))),
            LiteralValue::UInt(_) | LiteralValue::Bytes(_) => Err(self
                .error("a token holds neither unsigned integers nor bytes")
                .with_hint("write 1 for 1u, and 'a' for b'a'")),
        }
    }

    fn variable(&mut self, name: &str) -> Result<Tree> {
        if let Some(index) = self.locals.iter().rposition(|local| *local == name) {
            return Ok(Tree::Local(index));
        }
        let has_value = match self.names {
            Names::Rule { has_value } => has_value,
            Names::Request if name != "request" && VARIABLES.contains(&name) => {
                return Err(self
                    .error(format!("there is no {name} before there is a token"))
                    .with_hint("write request.method, .path, .headers, .query or .cookies"));
            }
            Names::Request => false,
        };
        match name {
            "claims" => Ok(Tree::Claims),
            "header" => Ok(Tree::Header),
            "now" => Ok(Tree::Now),
            "value" if has_value => Ok(Tree::Value),
            "value" => Err(self
                .error("value is the rule's claim, and this rule has none")
                .with_hint("add  claim, or write  claims.name")),
            "request" => Err(self
                .error("a request is looked at by its parts")
                .with_hint("write request.method, .path, .headers, .query or .cookies")),
            _ => {
                let names = VARIABLES.iter().chain(&self.locals).copied();
                Err(unknown(self.error(format!("unknown variable {name}")), name, names))
            }
        }
    }

    fn select(&mut self, select: &'p SelectExpr, depth: usize) -> Result<Tree> {
        if self.is_request(&select.operand) {
            return self.request_part(&select.field);
        }
        Ok(Tree::Select(Box::new(self.tree(&select.operand, depth)?), select.field.as_str().into()))
    }

    fn is_request(&self, node: &IdedExpr) -> bool {
        matches!(&node.expr, Expr::Ident(name) if name == "request")
    }

    fn request_part(&mut self, name: &str) -> Result<Tree> {
        self.names_request = true;
        match RequestPart::ALL.iter().find(|(part, _)| *part == name) {
            Some((_, part)) => Ok(Tree::Request(*part)),
            None => {
                let names = RequestPart::ALL.iter().map(|(part, _)| *part);
                Err(unknown(self.error(format!("a request has no {name}")), name, names))
            }
        }
    }

    /// A list of literals is made once.
    fn list(&mut self, elements: &'p [IdedExpr], depth: usize) -> Result<Tree> {
        let elements = elements.iter().map(|element| self.tree(element, depth)).collect::<Result<Vec<_>>>()?;
        let literals = elements.iter().map(|element| match element {
            Tree::Literal(value) => Some(value.clone()),
            _ => None,
        });
        Ok(match literals.collect::<Option<Arc<[_]>>>() {
            Some(literals) => Tree::Literal(Value::List(literals)),
            None => Tree::List(elements.into()),
        })
    }

    fn call(&mut self, call: &'p CallExpr, depth: usize) -> Result<Tree> {
        let name = call.func_name.as_str();
        if let (Some(make), [a, b]) = (binary(name), call.args.as_slice()) {
            return self.pair(a, b, depth).map(make);
        }
        match (name, call.target.as_deref(), call.args.as_slice()) {
            (operators::HAS, None, [argument]) => self.has(argument, depth),
            (operators::CONDITIONAL, None, [a, b, c]) => {
                Ok(Tree::Conditional(Box::new([self.tree(a, depth)?, self.tree(b, depth)?, self.tree(c, depth)?])))
            }
            (operators::LOGICAL_NOT, None, [operand]) => Ok(Tree::Not(Box::new(self.tree(operand, depth)?))),
            (operators::NEGATE, None, [operand]) => Ok(Tree::Negate(Box::new(self.tree(operand, depth)?))),
            (operators::INDEX, None, [operand, index]) if self.is_request(operand) => match &index.expr {
                Expr::Literal(LiteralValue::String(name)) => self.request_part(name.inner()),
                _ => self.variable("request"),
            },
            (operators::INDEX, None, [a, b]) => self.pair(a, b, depth).map(Tree::Index),
            ("matches", Some(operand), [pattern]) | ("matches", None, [operand, pattern]) => {
                self.matches(operand, pattern, depth)
            }
            (_, Some(range), [variable, rest @ ..]) if is_macro(name) => {
                self.looped(name, range, variable, rest, depth)
            }
            (_, target, arguments) => self.function(name, target, arguments, depth),
        }
    }

    fn pair(&mut self, a: &'p IdedExpr, b: &'p IdedExpr, depth: usize) -> Result<Box<[Tree; 2]>> {
        Ok(Box::new([self.tree(a, depth)?, self.tree(b, depth)?]))
    }

    fn has(&mut self, argument: &'p IdedExpr, depth: usize) -> Result<Tree> {
        match &argument.expr {
            Expr::Select(select) if !self.is_request(&select.operand) => {
                Ok(Tree::Has(Box::new(self.tree(&select.operand, depth)?), select.field.as_str().into()))
            }
            _ => Err(self
                .error("has() asks for a member, as in has(claims.name)")
                .with_hint("for other names write  'name' in claims")),
        }
    }

    /// The pattern is a literal, so that it is compiled, and its size bounded, when the policy is.
    fn matches(&mut self, operand: &'p IdedExpr, pattern: &IdedExpr, depth: usize) -> Result<Tree> {
        let Expr::Literal(LiteralValue::String(pattern)) = &pattern.expr else {
            return Err(self.error("the pattern of matches() is a literal text"));
        };
        let pattern = Pattern::anywhere(pattern.inner(), self.path)?;
        Ok(Tree::Matches(Box::new(self.tree(operand, depth)?), pattern))
    }

    fn looped(
        &mut self, name: &str, range: &'p IdedExpr, variable: &'p IdedExpr, rest: &'p [IdedExpr], depth: usize,
    ) -> Result<Tree> {
        let (kind, condition, result) = match (name, rest) {
            ("all", [condition]) => (LoopKind::All, Some(condition), None),
            ("exists", [condition]) => (LoopKind::Exists, Some(condition), None),
            ("exists_one" | "existsOne", [condition]) => (LoopKind::ExistsOne, Some(condition), None),
            ("filter", [condition]) => (LoopKind::Collect, Some(condition), None),
            ("map", [result]) => (LoopKind::Collect, None, Some(result)),
            ("map", [condition, result]) => (LoopKind::Collect, Some(condition), Some(result)),
            _ => return Err(self.error(format!("{name} has a variable and what is evaluated for each element"))),
        };
        // The crate takes `.x` for the name of a variable; the specification has a name there, and so have we.
        let Some(variable) = name_of(variable) else {
            return Err(self.error(format!("the first argument of {name} is the name of a variable")));
        };
        if VARIABLES.contains(&variable) || self.locals.contains(&variable) {
            return Err(self.error(format!("the variable {variable} hides another one")));
        }
        let range = self.tree(range, depth)?;
        self.locals.push(variable);
        let condition = condition.map(|condition| self.tree(condition, depth)).transpose();
        let result = result.map(|result| self.tree(result, depth)).transpose();
        self.locals.pop();
        Ok(Tree::Loop(Box::new(Loop { kind, range, condition: condition?, result: result? })))
    }

    fn function(
        &mut self, name: &str, target: Option<&'p IdedExpr>, arguments: &'p [IdedExpr], depth: usize,
    ) -> Result<Tree> {
        let Some((_, function, style, count)) = Function::ALL.iter().find(|(known, ..)| *known == name) else {
            let error = self.error(format!("unknown function {name}"));
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
        let arguments: Vec<_> = target.into_iter().chain(arguments).collect();
        if !written_well || arguments.len() != *count {
            let usage = match (style, count) {
                (Style::Member, 1) => format!("text.{name}()"),
                (Style::Member, _) => format!("text.{name}(other)"),
                _ => format!("{name}(value)"),
            };
            return Err(self.error(format!("{name} is written {usage}")));
        }
        let arguments = arguments.into_iter().map(|argument| self.tree(argument, depth)).collect::<Result<_>>()?;
        Ok(Tree::Call(*function, arguments))
    }
}

fn name_of(node: &IdedExpr) -> Option<&str> {
    match &node.expr {
        Expr::Ident(name) if !name.starts_with('.') => Some(name),
        _ => None,
    }
}

fn is_macro(name: &str) -> bool {
    MACROS.contains(&name)
}

type MakeBinary = fn(Box<[Tree; 2]>) -> Tree;

/// What makes a node of two operands.
fn binary(name: &str) -> Option<MakeBinary> {
    Some(match name {
        operators::LOGICAL_AND => Tree::And,
        operators::LOGICAL_OR => Tree::Or,
        operators::EQUALS => Tree::Equal,
        operators::NOT_EQUALS => Tree::NotEqual,
        operators::IN => Tree::In,
        operators::LESS => |operands| Tree::Compare(Comparison::Less, operands),
        operators::LESS_EQUALS => |operands| Tree::Compare(Comparison::LessOrEqual, operands),
        operators::GREATER => |operands| Tree::Compare(Comparison::Greater, operands),
        operators::GREATER_EQUALS => |operands| Tree::Compare(Comparison::GreaterOrEqual, operands),
        operators::ADD => |operands| Tree::Arithmetic(Arithmetic::Add, operands),
        operators::SUBSTRACT => |operands| Tree::Arithmetic(Arithmetic::Subtract, operands),
        operators::MULTIPLY => |operands| Tree::Arithmetic(Arithmetic::Multiply, operands),
        operators::DIVIDE => |operands| Tree::Arithmetic(Arithmetic::Divide, operands),
        operators::MODULO => |operands| Tree::Arithmetic(Arithmetic::Remainder, operands),
        _ => return None,
    })
}

/// Adds the known name that is most like the one that is not.
fn unknown<'n>(error: PolicyError, name: &str, known: impl Iterator<Item = &'n str>) -> PolicyError {
    match nearest(name, known) {
        Some((nearest, _)) => error.with_hint(format!("did you mean {nearest}?")),
        None => error,
    }
}

const VARIABLES: [&str; 5] = ["claims", "value", "header", "request", "now"];
const MACROS: [&str; 6] = ["all", "exists", "exists_one", "existsOne", "filter", "map"];
const DATES: [&str; 2] = ["timestamp", "duration"];
