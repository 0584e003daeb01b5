//! Expressions in CEL, the Common Expression Language, bounded in what a token can make them cost.
//!
//! The text becomes a small tree in which every name is resolved, and that tree is evaluated with a budget of steps: see
//! `core/docs/adr/0002-expressions-are-bounded.md`.

mod evaluate;
mod functions;
mod no_value;
mod parser;
mod reads;
mod tree;
mod value;

use crate::claims::Payload;
use crate::context::Context;
use crate::document::PolicyError;
use crate::json::{self, Table};
use crate::limits;
use crate::request::Request;
use crate::request_parts::RequestParts;
use crate::time::Timestamp;
use evaluate::Evaluation;
use no_value::NoValue;
use parser::{Names, Parser};
use tree::Tree;
use value::Value;

/// An expression that is to give a text has come to something else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoText;

/// An expression that was read and whose names all mean something.
#[derive(Debug)]
pub(crate) struct Expression {
    tree: Tree,
    /// It cannot be true where there is no request.
    needs_request: bool,
    /// It looks at the path, as the request has it.
    reads_path: bool,
}

impl Expression {
    /// `has_value` says whether the rule has a claim, which the expression then knows as `value`.
    pub(crate) fn compile(text: &str, has_value: bool, path: &str) -> Result<Self, PolicyError> {
        Self::parse(text, path, Names::Rule { has_value })
    }

    /// An expression that finds a token, so there are no claims yet: it knows the request alone.
    pub(crate) fn compile_for_requests(text: &str, path: &str) -> Result<Self, PolicyError> {
        Self::parse(text, path, Names::Request)
    }

    fn parse(text: &str, path: &str, names: Names) -> Result<Self, PolicyError> {
        if text.len() > limits::EXPRESSION_BYTES {
            return Err(PolicyError::new(path, format!("at most {} bytes", limits::EXPRESSION_BYTES)));
        }
        // Compiled once, but by whoever loads a policy: what it may hold stays in proportion to what people write.
        if text.bytes().filter(|byte| OPERATORS.contains(byte)).count() > limits::EXPRESSION_OPERATORS {
            return Err(PolicyError::new(path, format!("more than {} operators", limits::EXPRESSION_OPERATORS)));
        }
        let parsed = Parser::new(text, path, names).parse()?;
        Ok(Self { tree: parsed.tree, needs_request: parsed.names_request, reads_path: parsed.names_path })
    }

    /// Whether it names the request, and so cannot be true where there is none.
    pub(crate) fn needs_request(&self) -> bool {
        self.needs_request
    }

    /// Whether what it says depends on how the path is spelled.
    pub(crate) fn reads_path(&self) -> bool {
        self.reads_path
    }

    /// Adds the parts of a request that it reads.
    pub(crate) fn reads(&self, parts: &mut RequestParts) {
        reads::read(&self.tree, false, parts);
    }

    /// Whether the expression is true. An error is not, nor is any other value, nor running out of steps.
    pub(crate) fn holds(&self, context: &Context<'_>, value: Option<json::Value<'_>>, separator: Option<&str>) -> bool {
        if self.needs_request && context.request.is_none() {
            return false;
        }
        let value = value.map(|value| Value::of_claim(value, separator));
        let mut evaluation = Evaluation::new(context, value, limits::EXPRESSION_STEPS);
        matches!(evaluation.value(&self.tree), Ok(Value::Bool(true)))
    }

    /// The text that an expression over requests finds. `None` when it is `null`, or when what it looks for is not there.
    ///
    /// # Errors
    ///
    /// It finds something that is no text, or has no value.
    pub(crate) fn find(&self, request: &Request<'_>) -> Result<Option<String>, NoText> {
        let table = Table::default();
        let payload = Payload::of("{}", &table);
        self.text(&Context { header: "{}", payload: &payload, request: Some(request), now: Timestamp::from_seconds(0) })
    }

    /// The text that an expression gives. `None` when it is `null`, or when what it looks for is not there.
    ///
    /// # Errors
    ///
    /// It gives something that is no text, or has no value.
    pub(crate) fn text(&self, context: &Context<'_>) -> Result<Option<String>, NoText> {
        if self.needs_request && context.request.is_none() {
            return Err(NoText);
        }
        let mut evaluation = Evaluation::new(context, None, limits::EXPRESSION_STEPS);
        match evaluation.value(&self.tree) {
            Ok(Value::Null) | Err(NoValue::Absent) => Ok(None),
            Ok(value) => value.as_text().map(|text| Some(text.to_owned())).ok_or(NoText),
            Err(NoValue::Fault | NoValue::Exhausted) => Err(NoText),
        }
    }
}

const OPERATORS: &[u8] = b"!%&*+-./<=>?[{|";

#[cfg(test)]
mod tests;
