//! Evaluates an expression against one token, step by step, until the steps are used up.

use super::no_value::NoValue;
use super::tree::{Arithmetic, Comparison, Loop, LoopKind, RequestPart, Tree};
use super::value::{Fields, Value};
use crate::context::Context;
use crate::json;
use crate::request::Request;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

/// One evaluation. Each node of the tree costs a step, and so does each element that is looked at, and each
/// [`BYTES_PER_STEP`] bytes of text or JSON that are read or written.
pub(super) struct Evaluation<'a> {
    context: &'a Context<'a>,
    value: Option<Value<'a>>,
    locals: Vec<Value<'a>>,
    steps_left: usize,
}

type Result<T> = std::result::Result<T, NoValue>;

impl<'a> Evaluation<'a> {
    pub(super) fn new(context: &'a Context<'a>, value: Option<Value<'a>>, steps: usize) -> Self {
        Self { context, value, locals: Vec::new(), steps_left: steps }
    }

    /// Recursion ends with the tree, whose depth is bounded when it is made.
    pub(super) fn value(&mut self, tree: &'a Tree) -> Result<Value<'a>> {
        self.spend(1)?;
        match tree {
            Tree::Literal(value) => Ok(value.clone()),
            Tree::Claims => Ok(Value::Members(*self.context.payload)),
            Tree::Value => self.value.clone().ok_or(NoValue::Fault),
            Tree::Header => Ok(Value::Object(self.context.header)),
            Tree::Now => Ok(Value::Int(self.context.now.as_millis().div_euclid(1000))),
            // Without a request there is nothing to be true about it.
            Tree::Request(part) => Ok(request_part(*part, self.context.request.ok_or(NoValue::Fault)?)),
            Tree::Local(index) => self.locals.get(*index).cloned().ok_or(NoValue::Fault),
            Tree::List(elements) => {
                elements.iter().map(|element| self.value(element)).collect::<Result<_>>().map(Value::List)
            }
            Tree::Select(operand, name) => {
                let operand = self.value(operand)?;
                self.member(&operand, name)?.ok_or(NoValue::Absent)
            }
            Tree::Has(operand, name) => {
                let operand = self.value(operand)?;
                Ok(Value::Bool(self.member(&operand, name)?.is_some()))
            }
            Tree::Index(operands) => self.index(operands),
            Tree::Not(operand) => match self.value(operand)? {
                Value::Bool(value) => Ok(Value::Bool(!value)),
                _ => Err(NoValue::Fault),
            },
            // The least integer has no positive counterpart: an overflow is a fault, never another number.
            Tree::Negate(operand) => match self.value(operand)? {
                Value::Int(integer) => integer.checked_neg().map(Value::Int).ok_or(NoValue::Fault),
                Value::Double(double) => Ok(Value::Double(-double)),
                _ => Err(NoValue::Fault),
            },
            // Both sides are looked at where the first does not decide: a fault on one side is absorbed by the other, as in CEL.
            Tree::And(operands) => self.decide(operands, false),
            Tree::Or(operands) => self.decide(operands, true),
            Tree::Conditional(branches) => {
                let [condition, then, otherwise] = branches.as_ref();
                let taken = if self.boolean(condition)? { then } else { otherwise };
                self.value(taken)
            }
            Tree::Equal(operands) => self.both(operands).and_then(|(a, b)| self.equal(&a, &b)).map(Value::Bool),
            Tree::NotEqual(operands) => {
                self.both(operands).and_then(|(a, b)| self.equal(&a, &b)).map(|equal| Value::Bool(!equal))
            }
            Tree::Compare(comparison, operands) => self.compare(*comparison, operands),
            Tree::Arithmetic(operation, operands) => self.arithmetic(*operation, operands),
            Tree::In(operands) => self.contained(operands),
            Tree::Call(function, arguments) => {
                let arguments = arguments.iter().map(|argument| self.value(argument)).collect::<Result<Vec<_>>>()?;
                for argument in &arguments {
                    self.pay_for_reading(argument)?;
                }
                let result = function.call(&arguments)?;
                if let Value::List(pieces) = &result {
                    self.spend(pieces.len())?;
                }
                Ok(result)
            }
            Tree::Matches(operand, pattern) => {
                let operand = self.value(operand)?;
                let text = operand.as_text().ok_or(NoValue::Fault)?;
                // Linear in the text, but a byte may cost as many states as the pattern has.
                self.spend(text.len())?;
                Ok(Value::Bool(pattern.matches(text)))
            }
            Tree::Loop(looped) => self.run(looped),
        }
    }

    /// How many steps are left of those that the evaluation was given.
    #[cfg(test)]
    pub(super) fn steps_left(&self) -> usize {
        self.steps_left
    }

    /// Pays for work before it is done. What cannot be paid for ends the evaluation as a whole, and the rule refuses.
    fn spend(&mut self, steps: usize) -> Result<()> {
        match self.steps_left.checked_sub(steps) {
            Some(left) => {
                self.steps_left = left;
                Ok(())
            }
            None => {
                self.steps_left = 0;
                Err(NoValue::Exhausted)
            }
        }
    }

    /// What it costs to look at the whole of a value: its text, its JSON, or its elements.
    ///
    /// Searching the header fields is paid for in loops alone: elsewhere an expression does it as often as it is written,
    /// and must not cost more with fields that it does not name, because hosts may leave those out (see `reads.rs`).
    fn pay_for_reading(&mut self, value: &Value<'_>) -> Result<()> {
        let bytes = value.as_text().map_or_else(|| value.unread_bytes(), str::len);
        let elements = match value {
            Value::List(elements) => elements.len(),
            Value::Members(payload) => payload.places().len(),
            Value::Fields(Fields::Headers | Fields::Cookies, request) if !self.locals.is_empty() => {
                request.headers.len()
            }
            _ => 0,
        };
        self.spend(bytes.div_ceil(BYTES_PER_STEP).saturating_add(elements))
    }

    fn boolean(&mut self, tree: &'a Tree) -> Result<bool> {
        match self.value(tree)? {
            Value::Bool(value) => Ok(value),
            _ => Err(NoValue::Fault),
        }
    }

    fn both(&mut self, operands: &'a [Tree; 2]) -> Result<(Value<'a>, Value<'a>)> {
        let [a, b] = operands;
        Ok((self.value(a)?, self.value(b)?))
    }

    /// `&&` and `||`: an operand that decides does so whatever the other one is, even a fault.
    fn decide(&mut self, operands: &'a [Tree; 2], decisive: bool) -> Result<Value<'a>> {
        let [a, b] = operands;
        let first = self.boolean(a);
        if first == Ok(decisive) || first == Err(NoValue::Exhausted) {
            return first.map(Value::Bool);
        }
        let second = self.boolean(b)?;
        if second == decisive { Ok(Value::Bool(decisive)) } else { first.map(Value::Bool) }
    }

    /// The member of this name; a value that has no members is a fault.
    fn member(&mut self, operand: &Value<'a>, name: &str) -> Result<Option<Value<'a>>> {
        self.pay_for_reading(operand)?;
        match operand {
            Value::Fields(fields, request) => {
                let values = field(*fields, request, name);
                self.spend(values.len())?;
                one_of(values, *fields)
            }
            Value::Members(payload) => Ok(payload.get(name).map(Value::of_json)),
            Value::Object(text) => {
                let table = json::table(text, usize::MAX).map_err(|_| NoValue::Fault)?;
                Ok(table.find(text, name).map(|place| Value::of_json(place.value(text))))
            }
            _ => Err(NoValue::Fault),
        }
    }

    fn index(&mut self, operands: &'a [Tree; 2]) -> Result<Value<'a>> {
        let (operand, index) = self.both(operands)?;
        match (&operand, index) {
            (Value::List(_) | Value::Array(_), Value::Int(index)) => {
                let elements = self.elements(&operand)?.ok_or(NoValue::Fault)?;
                usize::try_from(index).ok().and_then(|index| elements.get(index).cloned()).ok_or(NoValue::Absent)
            }
            (_, index) => {
                let name = index.as_text().ok_or(NoValue::Fault)?;
                self.member(&operand, name)?.ok_or(NoValue::Absent)
            }
        }
    }

    fn contained(&mut self, operands: &'a [Tree; 2]) -> Result<Value<'a>> {
        let (element, container) = self.both(operands)?;
        let Some(elements) = self.elements(&container)? else {
            let found = match (element.as_text(), &element) {
                (Some(name), _) => self.member(&container, name)?.is_some(),
                // They could be names in CEL, but none in JSON has them.
                (None, Value::Bool(_) | Value::Int(_) | Value::Double(_)) if container.members().is_some() => false,
                _ => return Err(NoValue::Fault),
            };
            return Ok(Value::Bool(found));
        };
        for other in elements.iter() {
            if self.equal(&element, other)? {
                return Ok(Value::Bool(true));
            }
        }
        Ok(Value::Bool(false))
    }

    fn elements(&mut self, value: &Value<'a>) -> Result<Option<Arc<[Value<'a>]>>> {
        let unread = value.unread_bytes();
        self.spend(unread.div_ceil(BYTES_PER_STEP))?;
        let elements = value.elements();
        if unread > 0 {
            self.spend(elements.as_ref().map_or(0, |elements| elements.len()))?;
        }
        Ok(elements)
    }

    /// Equal as CEL has it: values of different types are not, but integers and doubles are numbers.
    fn equal(&mut self, a: &Value<'a>, b: &Value<'a>) -> Result<bool> {
        self.spend(1)?;
        if let (Some(a), Some(b)) = (a.as_text(), b.as_text()) {
            self.spend(a.len().min(b.len()).div_ceil(BYTES_PER_STEP))?;
            return Ok(a == b);
        }
        match (a, b) {
            (Value::Null, Value::Null) => Ok(true),
            (Value::Bool(a), Value::Bool(b)) => Ok(a == b),
            (Value::Int(_) | Value::Double(_), Value::Int(_) | Value::Double(_)) => {
                Ok(order(a, b) == Some(Ordering::Equal))
            }
            (Value::List(_) | Value::Array(_), Value::List(_) | Value::Array(_)) => {
                let (Some(a), Some(b)) = (self.elements(a)?, self.elements(b)?) else { return Err(NoValue::Fault) };
                if a.len() != b.len() {
                    return Ok(false);
                }
                for (a, b) in a.iter().zip(b.iter()) {
                    if !self.equal(a, b)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Value::Object(_) | Value::Members(_), Value::Object(_) | Value::Members(_)) => self.equal_objects(a, b),
            (Value::Fields(..), _) | (_, Value::Fields(..)) => Err(NoValue::Fault),
            _ => Ok(false),
        }
    }

    fn equal_objects(&mut self, a: &Value<'a>, b: &Value<'a>) -> Result<bool> {
        self.pay_for_reading(a)?;
        self.pay_for_reading(b)?;
        let (Some(a), Some(b)) = (a.members(), b.members()) else { return Err(NoValue::Fault) };
        if a.len() != b.len() {
            return Ok(false);
        }
        for member in a.iter() {
            // Each name is searched among all others.
            self.spend(b.len())?;
            let Some(other) = b.iter().find(|other| other.name == member.name) else { return Ok(false) };
            if !self.equal(&Value::of_json(member.value), &Value::of_json(other.value))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn compare(&mut self, comparison: Comparison, operands: &'a [Tree; 2]) -> Result<Value<'a>> {
        let (a, b) = self.both(operands)?;
        self.pay_for_reading(&a)?;
        let ordering = order(&a, &b).ok_or(NoValue::Fault)?;
        Ok(Value::Bool(match comparison {
            Comparison::Less => ordering.is_lt(),
            Comparison::LessOrEqual => ordering.is_le(),
            Comparison::Greater => ordering.is_gt(),
            Comparison::GreaterOrEqual => ordering.is_ge(),
        }))
    }

    /// Both operands have the same type: CEL converts none.
    fn arithmetic(&mut self, operation: Arithmetic, operands: &'a [Tree; 2]) -> Result<Value<'a>> {
        let (a, b) = self.both(operands)?;
        match (&a, &b) {
            (Value::Int(a), Value::Int(b)) => match operation {
                Arithmetic::Add => a.checked_add(*b),
                Arithmetic::Subtract => a.checked_sub(*b),
                Arithmetic::Multiply => a.checked_mul(*b),
                Arithmetic::Divide => a.checked_div(*b),
                Arithmetic::Remainder => a.checked_rem(*b),
            }
            .map(Value::Int)
            .ok_or(NoValue::Fault),
            (Value::Double(a), Value::Double(b)) => match operation {
                Arithmetic::Add => Ok(Value::Double(a + b)),
                Arithmetic::Subtract => Ok(Value::Double(a - b)),
                Arithmetic::Multiply => Ok(Value::Double(a * b)),
                Arithmetic::Divide => Ok(Value::Double(a / b)),
                Arithmetic::Remainder => Err(NoValue::Fault),
            },
            _ if matches!(operation, Arithmetic::Add) => self.join(&a, &b),
            _ => Err(NoValue::Fault),
        }
    }

    /// Two texts or two lists, one after the other.
    fn join(&mut self, a: &Value<'a>, b: &Value<'a>) -> Result<Value<'a>> {
        self.pay_for_reading(a)?;
        self.pay_for_reading(b)?;
        if let (Some(a), Some(b)) = (a.as_text(), b.as_text()) {
            return Ok(Value::Made(format!("{a}{b}").into()));
        }
        let (Some(a), Some(b)) = (a.elements(), b.elements()) else { return Err(NoValue::Fault) };
        Ok(Value::List(a.iter().chain(b.iter()).cloned().collect()))
    }

    fn run(&mut self, looped: &'a Loop) -> Result<Value<'a>> {
        let range = self.value(&looped.range)?;
        let elements = match self.elements(&range)? {
            Some(elements) => elements,
            None => {
                let members = range.members().ok_or(NoValue::Fault)?;
                members.iter().map(|member| Value::Made(Arc::from(member.name.as_ref()))).collect()
            }
        };
        let (mut fault, mut hits, mut collected) = (None, 0_usize, Vec::new());
        for element in elements.iter() {
            let held = self.with_local(element.clone(), |evaluation| match &looped.condition {
                Some(condition) => evaluation.boolean(condition),
                None => Ok(true),
            });
            match (looped.kind, held) {
                (LoopKind::All, Ok(false)) => return Ok(Value::Bool(false)),
                (LoopKind::Exists, Ok(true)) => return Ok(Value::Bool(true)),
                // A later element may still decide.
                (LoopKind::All | LoopKind::Exists, Err(stop @ (NoValue::Fault | NoValue::Absent))) => {
                    fault = Some(stop)
                }
                (_, Err(stop)) => return Err(stop),
                (LoopKind::ExistsOne, Ok(true)) => hits = hits.saturating_add(1),
                (LoopKind::Collect, Ok(true)) => collected.push(match &looped.result {
                    Some(result) => self.with_local(element.clone(), |evaluation| evaluation.value(result))?,
                    None => element.clone(),
                }),
                _ => {}
            }
        }
        match (looped.kind, fault) {
            (_, Some(fault)) => Err(fault),
            (LoopKind::All, None) => Ok(Value::Bool(true)),
            (LoopKind::Exists, None) => Ok(Value::Bool(false)),
            (LoopKind::ExistsOne, None) => Ok(Value::Bool(hits == 1)),
            (LoopKind::Collect, None) => Ok(Value::List(collected.into())),
        }
    }

    fn with_local<T>(&mut self, value: Value<'a>, body: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.spend(1)?;
        self.locals.push(value);
        let result = body(self);
        self.locals.pop();
        result
    }
}

fn request_part<'a>(part: RequestPart, request: &'a Request<'a>) -> Value<'a> {
    match part {
        RequestPart::Method => Value::Text(request.method),
        RequestPart::Path => Value::Text(request.path),
        RequestPart::Headers => Value::Fields(Fields::Headers, request),
        RequestPart::Query => Value::Fields(Fields::Query, request),
        RequestPart::Cookies => Value::Fields(Fields::Cookies, request),
    }
}

fn field<'a>(fields: Fields, request: &'a Request<'a>, name: &str) -> Vec<Cow<'a, str>> {
    match fields {
        Fields::Headers => request.header(name).map(Cow::Borrowed).collect(),
        Fields::Query => request.query_values(name).collect(),
        Fields::Cookies => request.cookies(name).map(Cow::Borrowed).collect(),
    }
}

/// A header that is sent in several lines is their list, joined as RFC 9110 section 5.3 has it. A parameter or a cookie
/// that is sent twice has no one value, and whoever reads the request next may take either: that is a fault.
fn one_of<'a>(values: Vec<Cow<'a, str>>, fields: Fields) -> Result<Option<Value<'a>>> {
    match (values.len(), fields) {
        (0 | 1, _) => Ok(values.into_iter().next().map(Value::of_text)),
        (_, Fields::Headers) => Ok(Some(Value::Made(values.join(", ").into()))),
        _ => Err(NoValue::Fault),
    }
}

#[expect(clippy::cast_precision_loss, reason = "only compared with a double, which has no more precision")]
fn order(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Int(a), Value::Double(b)) => (*a as f64).partial_cmp(b),
        (Value::Double(a), Value::Int(b)) => a.partial_cmp(&(*b as f64)),
        (Value::Double(a), Value::Double(b)) => a.partial_cmp(b),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        _ => Some(a.as_text()?.cmp(b.as_text()?)),
    }
}

/// Reading this much JSON takes about as long as evaluating one node.
const BYTES_PER_STEP: usize = 8;
