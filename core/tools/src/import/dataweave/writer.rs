//! From the tree to CEL.
//!
//! In DataWeave a claim that is not there is `null`; in CEL it is an error. So negations are first pushed down to the
//! comparisons. Above them only `&&`, `||` and loops are left, where an error ends as a refusal, which is what a false
//! comparison with `null` comes to as well; and a comparison that `null` makes true says so itself.

use super::tree::{Comparison, Expression, Obstacle, Quantifier, Result, Root, Selector};

pub(super) fn condition(expression: &Expression) -> Result<String> {
    boolean(expression, true, 0)
}

/// The condition, or its negation. `depth` counts the loops around it.
fn boolean(expression: &Expression, positive: bool, depth: usize) -> Result<String> {
    match expression {
        Expression::Boolean(value) => Ok((*value == positive).to_string()),
        Expression::Not(operand) => boolean(operand, !positive, depth),
        Expression::And(_) | Expression::Or(_) => {
            let is_and = matches!(expression, Expression::And(_));
            let mut operands = Vec::new();
            chain(expression, is_and, &mut operands);
            let operands =
                operands.iter().map(|operand| boolean(operand, positive, depth)).collect::<Result<Vec<_>>>()?;
            Ok(format!("({})", operands.join(if is_and == positive { " && " } else { " || " })))
        }
        Expression::Path(Root::Claims | Root::Element(_), _) => {
            let value = value(expression)?;
            Ok(if positive { value } else { format!("!{value}") })
        }
        Expression::Compare(comparison, operands) => compare(*comparison, operands, positive),
        Expression::Contains(operands) => {
            let [container, element] = operands.as_ref();
            let (written, element) = (value(container)?, value(element)?);
            if is_list(container) {
                return Ok(if positive {
                    format!("{element} in {written}")
                } else {
                    format!("!({element} in {written})")
                });
            }
            // The claim may be a list or a text; the wrong one of both is an error, which the other one outweighs.
            Ok(if positive {
                format!("({element} in {written} || {written}.contains({element}))")
            } else {
                let absent = absence(container).map(|absent| format!("{absent} || ")).unwrap_or_default();
                format!("({absent}!({element} in {written}) || !{written}.contains({element}))")
            })
        }
        Expression::StartsWith(operands) => member_call("startsWith", operands, positive),
        Expression::EndsWith(operands) => member_call("endsWith", operands, positive),
        Expression::IsEmpty(operand) => {
            let value = value(operand)?;
            let missing = absence(operand);
            Ok(match (positive, missing) {
                (true, Some(missing)) => format!("({missing} || size({value}) == 0)"),
                (true, None) => format!("size({value}) == 0"),
                (false, _) => format!("size({value}) != 0"),
            })
        }
        Expression::Each(quantifier, parts) => {
            let [list, condition] = parts.as_ref();
            let exists = (*quantifier == Quantifier::Some) == positive;
            let name = if exists { "exists" } else { "all" };
            let condition = boolean(condition, positive, depth.saturating_add(1))?;
            Ok(format!("{}.{name}({}, {condition})", value(list)?, element_name(depth)))
        }
        _ => Err(Obstacle("a value where a condition should stand")),
    }
}

/// The operands of a chain such as `a or b or c`, which needs no brackets within brackets.
fn chain<'e>(expression: &'e Expression, is_and: bool, operands: &mut Vec<&'e Expression>) {
    match (expression, is_and) {
        (Expression::And(pair), true) | (Expression::Or(pair), false) => {
            pair.iter().for_each(|operand| chain(operand, is_and, operands));
        }
        _ => operands.push(expression),
    }
}

fn member_call(name: &str, operands: &[Expression; 2], positive: bool) -> Result<String> {
    let [text, part] = operands;
    let sign = if positive { "" } else { "!" };
    Ok(format!("{sign}{}.{name}({})", value(text)?, value(part)?))
}

fn compare(comparison: Comparison, operands: &[Expression; 2], positive: bool) -> Result<String> {
    let [a, b] = operands;
    let equal = match comparison {
        Comparison::Equal => positive,
        Comparison::NotEqual => !positive,
        _ => {
            let sign = if positive { sign(comparison) } else { opposite(comparison) };
            return Ok(format!("{} {sign} {}", value(a)?, value(b)?));
        }
    };
    let (path, other) = if matches!(a, Expression::Path(..)) { (a, b) } else { (b, a) };
    let missing = absence(path).filter(|_| is_literal(other));
    let (left, right) = (value(a)?, value(b)?);
    Ok(match (equal, missing, matches!(other, Expression::Null)) {
        (true, Some(missing), true) => format!("({missing} || {left} == {right})"),
        (false, Some(missing), false) => format!("({missing} || {left} != {right})"),
        (true, ..) => format!("{left} == {right}"),
        (false, ..) => format!("{left} != {right}"),
    })
}

fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "==",
        Comparison::NotEqual => "!=",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
    }
}

fn opposite(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "!=",
        Comparison::NotEqual => "==",
        Comparison::Less => ">=",
        Comparison::LessOrEqual => ">",
        Comparison::Greater => "<=",
        Comparison::GreaterOrEqual => "<",
    }
}

fn is_literal(expression: &Expression) -> bool {
    match expression {
        Expression::Null | Expression::Boolean(_) | Expression::Number(_) | Expression::Text(_) => true,
        Expression::List(elements) => elements.iter().all(is_literal),
        _ => false,
    }
}

fn is_list(expression: &Expression) -> bool {
    matches!(expression, Expression::List(_) | Expression::SplitBy(..))
}

/// The condition that a path leads nowhere; `None` for what is always there, or where CEL has no words for it.
fn absence(expression: &Expression) -> Option<String> {
    let Expression::Path(root, selectors) = expression else { return None };
    let mut place = root_name(*root);
    let mut conditions = Vec::new();
    for selector in selectors {
        let Selector::Name(name) = selector else { return None };
        conditions.push(if is_identifier(name) && !matches!(root, Root::Headers | Root::Query) {
            format!("!has({place}.{name})")
        } else {
            format!("!({} in {place})", quoted(name))
        });
        place = member(&place, selector);
    }
    (!conditions.is_empty()).then(|| conditions.join(" || "))
}

fn value(expression: &Expression) -> Result<String> {
    Ok(match expression {
        Expression::Null => "null".to_owned(),
        Expression::Boolean(value) => value.to_string(),
        Expression::Number(number) => number.clone(),
        Expression::Text(text) => quoted(text),
        Expression::List(elements) => {
            format!("[{}]", elements.iter().map(value).collect::<Result<Vec<_>>>()?.join(", "))
        }
        Expression::Path(Root::Claims | Root::Headers | Root::Query, selectors) if selectors.is_empty() => {
            return Err(Obstacle("all claims, headers or parameters at once"));
        }
        Expression::Path(root, selectors) => {
            selectors.iter().fold(root_name(*root), |place, selector| member(&place, selector))
        }
        Expression::Element(list, index) => format!("{}[{index}]", value(list)?),
        Expression::SplitBy(text, separator) => format!("{}.split({})", value(text)?, quoted(separator)),
        Expression::Lower(text) => format!("{}.lowerAscii()", value(text)?),
        Expression::SizeOf(list) => format!("size({})", value(list)?),
        Expression::Default(first, second) => {
            let present = value(first)?;
            let Some(missing) = absence(first) else { return Err(Obstacle("default behind what is no claim")) };
            format!("({missing} || {present} == null ? {} : {present})", value(second)?)
        }
        _ => return Err(Obstacle("a condition where a value should stand")),
    })
}

fn root_name(root: Root) -> String {
    match root {
        Root::Claims => "claims".to_owned(),
        Root::Headers => "request.headers".to_owned(),
        Root::Query => "request.query".to_owned(),
        Root::Method => "request.method".to_owned(),
        Root::Path => "request.path".to_owned(),
        Root::Element(depth) => element_name(depth),
    }
}

/// The variable of the loop of this depth.
fn element_name(depth: usize) -> String {
    format!("e{}", depth.saturating_add(1))
}

fn member(place: &str, selector: &Selector) -> String {
    match selector {
        Selector::Name(name) if is_identifier(name) && !place.starts_with("request.") => format!("{place}.{name}"),
        Selector::Name(name) => format!("{place}[{}]", quoted(name)),
        Selector::Index(index) => format!("{place}[{index}]"),
    }
}

/// Whether CEL takes the name behind a dot.
fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !RESERVED.contains(&name)
}

/// A literal text of CEL.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("'");
    for c in text.chars() {
        match c {
            '\\' | '\'' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('\'');
    quoted
}

const RESERVED: [&str; 21] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "namespace",
    "null",
    "package",
    "return",
    "true",
    "var",
    "void",
    "while",
];
