//! From words to a tree. Where DataWeave's own rules of precedence are easily misread, brackets are asked for.

use super::lexer::{self, Token};
use super::tree::{Comparison, Expression, Obstacle, Quantifier, Result, Root, Selector};

const DEPTH_MAX: usize = 24;

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    /// The names of the elements of the loops around the current place, outermost first; empty for `$`.
    elements: Vec<String>,
    depth: usize,
}

pub(super) fn parse(text: &str) -> Result<Expression> {
    let tokens = without_header(lexer::tokens(text)?)?;
    let mut parser = Parser { tokens: tokens.into_iter().peekable(), elements: Vec::new(), depth: 0 };
    let expression = parser.expression()?;
    match parser.tokens.next() {
        None => Ok(expression),
        Some(_) => Err(NOT_READ),
    }
}

/// The header of a script may say its version, its output, and that it uses the functions on lists.
fn without_header(tokens: Vec<Token>) -> Result<Vec<Token>> {
    let Some(end) = tokens.iter().position(|token| *token == Token::Sign("---")) else {
        let starts_a_header = matches!(tokens.first(), Some(Token::Name(name)) if name == "%dw" || name == "import");
        return if starts_a_header { Err(NOT_READ) } else { Ok(without_lines(tokens)) };
    };
    let mut body = tokens;
    let header: Vec<Token> = body.drain(..=end).collect();
    let word = |token: &Token| match token {
        Token::Name(name) => matches!(
            name.as_str(),
            "%dw"
                | "output"
                | "application"
                | "json"
                | "java"
                | "import"
                | "from"
                | "dw"
                | "core"
                | "Arrays"
                | "some"
                | "every"
        ),
        Token::Number(number) => number == "2.0",
        Token::Sign(sign) => matches!(*sign, "::" | "," | "/" | "*" | "---"),
        Token::Line => true,
        Token::Text(_) => false,
    };
    if header.iter().all(word) {
        Ok(without_lines(body))
    } else {
        Err(Obstacle("a script whose header does more than import some and every"))
    }
}

fn without_lines(tokens: Vec<Token>) -> Vec<Token> {
    tokens.into_iter().filter(|token| *token != Token::Line).collect()
}

impl Parser {
    fn expression(&mut self) -> Result<Expression> {
        if self.depth >= DEPTH_MAX {
            return Err(Obstacle("brackets nested too deeply"));
        }
        self.depth = self.depth.saturating_add(1);
        let mut left = self.conjunction()?;
        while self.takes_name("or") {
            left = Expression::Or(Box::new([left, self.conjunction()?]));
        }
        self.depth = self.depth.saturating_sub(1);
        Ok(left)
    }

    fn conjunction(&mut self) -> Result<Expression> {
        let mut left = self.negation()?;
        while self.takes_name("and") {
            left = Expression::And(Box::new([left, self.negation()?]));
        }
        Ok(left)
    }

    /// `not` reaches over everything behind it, `!` over the next operand; brackets make that visible.
    fn negation(&mut self) -> Result<Expression> {
        if self.takes_name("not") {
            if self.peeked_sign() != Some("(") {
                return Err(Obstacle("not without brackets around what it negates"));
            }
            let operand = self.operand()?;
            return match self.tokens.peek() {
                None | Some(Token::Sign(")" | "," | "]")) => Ok(Expression::Not(Box::new(operand))),
                Some(_) => Err(Obstacle("something behind not (…); put brackets around not and what it negates")),
            };
        }
        if self.takes_sign("!") {
            let operand = self.operand()?;
            return match self.tokens.peek() {
                None | Some(Token::Sign(")" | "," | "]")) => Ok(Expression::Not(Box::new(operand))),
                Some(Token::Name(name)) if name == "and" || name == "or" => Ok(Expression::Not(Box::new(operand))),
                Some(_) => Err(Obstacle("! without brackets around what it negates")),
            };
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Expression> {
        let left = self.functions()?;
        let Some(comparison) = self.peeked_sign().and_then(comparison_of) else { return Ok(left) };
        self.tokens.next();
        let right = self.functions()?;
        if self.peeked_sign().and_then(comparison_of).is_some() {
            return Err(Obstacle("two comparisons in a row; put brackets around one"));
        }
        Ok(Expression::Compare(comparison, Box::new([left, right])))
    }

    /// Functions between their operands: `a contains b`, `a some (…)`.
    fn functions(&mut self) -> Result<Expression> {
        let mut left = self.operand()?;
        while let Some(Token::Name(name)) = self.tokens.peek() {
            let name = name.clone();
            if matches!(name.as_str(), "and" | "or") {
                break;
            }
            self.tokens.next();
            left = match name.as_str() {
                "contains" => Expression::Contains(Box::new([left, self.operand()?])),
                "startsWith" => Expression::StartsWith(Box::new([left, self.operand()?])),
                "endsWith" => Expression::EndsWith(Box::new([left, self.operand()?])),
                "default" => Expression::Default(Box::new(left), Box::new(self.operand()?)),
                "splitBy" => split(left, self.operand()?)?,
                "some" => self.quantified(Quantifier::Some, left)?,
                "every" => self.quantified(Quantifier::Every, left)?,
                _ => return Err(Obstacle("a function that cannot be carried over")),
            };
        }
        Ok(left)
    }

    /// What `some` and `every` ask of the elements: `($ == 'a')`, `((s) -> s == 'a')` or `(s) -> s == 'a'`.
    fn quantified(&mut self, quantifier: Quantifier, list: Expression) -> Result<Expression> {
        let condition = match self.parameter()? {
            Some(name) => self.body(name)?,
            None => {
                self.sign("(")?;
                let name = self.parameter()?.unwrap_or_default();
                let body = self.body(name)?;
                self.sign(")")?;
                body
            }
        };
        Ok(Expression::Each(quantifier, Box::new([list, condition])))
    }

    /// The name in `(name) ->`, which is then behind us; `None`, with nothing taken, when there is no such thing.
    fn parameter(&mut self) -> Result<Option<String>> {
        let mut ahead = self.tokens.clone();
        match (ahead.next(), ahead.next(), ahead.next(), ahead.next()) {
            (Some(Token::Sign("(")), Some(Token::Name(name)), Some(Token::Sign(")")), Some(Token::Sign("->"))) => {
                if is_reserved(&name) {
                    return Err(NOT_READ);
                }
                self.tokens = ahead;
                Ok(Some(name))
            }
            _ => Ok(None),
        }
    }

    fn body(&mut self, element: String) -> Result<Expression> {
        self.elements.push(element);
        let body = self.expression();
        self.elements.pop();
        body
    }

    /// An operand with its selectors.
    fn operand(&mut self) -> Result<Expression> {
        let mut operand = self.primary()?;
        loop {
            let selector = if self.takes_sign(".") {
                match self.tokens.next() {
                    Some(Token::Name(name) | Token::Text(name)) => Selector::Name(name),
                    _ => return Err(Obstacle("a selector that cannot be carried over")),
                }
            } else if self.takes_sign("[") {
                let selector = match self.tokens.next() {
                    Some(Token::Text(name)) => Selector::Name(name),
                    Some(Token::Number(number)) => Selector::Index(number.parse().map_err(|_| NOT_READ)?),
                    _ => return Err(Obstacle("a selector that cannot be carried over")),
                };
                self.sign("]")?;
                selector
            } else {
                return Ok(operand);
            };
            operand = select(operand, selector)?;
        }
    }

    fn primary(&mut self) -> Result<Expression> {
        match self.tokens.next().ok_or(Obstacle("an expression that ends too early"))? {
            Token::Text(text) => Ok(Expression::Text(text)),
            Token::Number(number) => Ok(Expression::Number(number)),
            Token::Sign("-") => match self.tokens.next() {
                Some(Token::Number(number)) => Ok(Expression::Number(format!("-{number}"))),
                _ => Err(NOT_READ),
            },
            Token::Sign("(") => {
                let inner = self.expression()?;
                self.sign(")")?;
                Ok(inner)
            }
            Token::Sign("[") => self.list("]").map(Expression::List),
            Token::Sign("$") => match self.elements.iter().rposition(String::is_empty) {
                Some(depth) => Ok(Expression::Path(Root::Element(depth), Vec::new())),
                None => Err(NOT_READ),
            },
            Token::Name(name) => self.named(name),
            _ => Err(NOT_READ),
        }
    }

    fn named(&mut self, name: String) -> Result<Expression> {
        if let Some(depth) = self.elements.iter().rposition(|element| *element == name) {
            return Ok(Expression::Path(Root::Element(depth), Vec::new()));
        }
        match name.as_str() {
            "true" => return Ok(Expression::Boolean(true)),
            "false" => return Ok(Expression::Boolean(false)),
            "null" => return Ok(Expression::Null),
            "vars" => return self.below(&[("claimSet", Root::Claims)]),
            "attributes" => {
                return self.below(&[
                    ("headers", Root::Headers),
                    ("queryParams", Root::Query),
                    ("method", Root::Method),
                    ("requestPath", Root::Path),
                ]);
            }
            // The module of the functions on lists may stand before them.
            "dw" => {
                for part in ["core", "Arrays"] {
                    self.sign("::")?;
                    self.name(part)?;
                }
                self.sign("::")?;
                return match self.tokens.next() {
                    Some(Token::Name(name)) if name == "some" || name == "every" => self.named(name),
                    _ => Err(Obstacle("a function that cannot be carried over")),
                };
            }
            _ => {}
        }
        if self.peeked_sign() != Some("(") {
            return Err(Obstacle("a variable other than vars.claimSet and attributes"));
        }
        self.called(&name)
    }

    fn called(&mut self, name: &str) -> Result<Expression> {
        self.sign("(")?;
        if name == "some" || name == "every" {
            let quantifier = if name == "some" { Quantifier::Some } else { Quantifier::Every };
            let list = self.expression()?;
            self.sign(",")?;
            let name = self.parameter()?.unwrap_or_default();
            let condition = self.body(name)?;
            self.sign(")")?;
            return Ok(Expression::Each(quantifier, Box::new([list, condition])));
        }
        let mut arguments = self.list(")")?;
        let (second, first) = (arguments.pop(), arguments.pop());
        match (name, first, second) {
            ("lower", None, Some(value)) => Ok(Expression::Lower(Box::new(value))),
            ("sizeOf", None, Some(value)) => Ok(Expression::SizeOf(Box::new(value))),
            ("isEmpty", None, Some(value)) => Ok(Expression::IsEmpty(Box::new(value))),
            ("contains", Some(a), Some(b)) if arguments.is_empty() => Ok(Expression::Contains(Box::new([a, b]))),
            ("startsWith", Some(a), Some(b)) if arguments.is_empty() => Ok(Expression::StartsWith(Box::new([a, b]))),
            ("endsWith", Some(a), Some(b)) if arguments.is_empty() => Ok(Expression::EndsWith(Box::new([a, b]))),
            ("splitBy", Some(a), Some(b)) if arguments.is_empty() => split(a, b),
            _ => Err(Obstacle("a function that cannot be carried over")),
        }
    }

    /// `vars` and `attributes` mean something only with the name behind them.
    fn below(&mut self, roots: &[(&str, Root)]) -> Result<Expression> {
        self.sign(".")?;
        match self.tokens.next() {
            Some(Token::Name(name)) => roots.iter().find(|(known, _)| *known == name),
            _ => None,
        }
        .map(|(_, root)| Expression::Path(*root, Vec::new()))
        .ok_or(Obstacle(
            "a variable other than vars.claimSet, attributes.headers, .queryParams, .method and .requestPath",
        ))
    }

    /// Expressions with commas between them, up to the closing sign.
    fn list(&mut self, close: &'static str) -> Result<Vec<Expression>> {
        let mut elements = Vec::new();
        if self.takes_sign(close) {
            return Ok(elements);
        }
        loop {
            elements.push(self.expression()?);
            if self.takes_sign(close) {
                return Ok(elements);
            }
            self.sign(",")?;
        }
    }

    fn peeked_sign(&mut self) -> Option<&'static str> {
        match self.tokens.peek() {
            Some(Token::Sign(sign)) => Some(sign),
            _ => None,
        }
    }

    fn takes_sign(&mut self, sign: &str) -> bool {
        self.tokens.next_if(|token| matches!(token, Token::Sign(found) if *found == sign)).is_some()
    }

    fn takes_name(&mut self, name: &str) -> bool {
        self.tokens.next_if(|token| matches!(token, Token::Name(found) if found == name)).is_some()
    }

    fn sign(&mut self, sign: &str) -> Result<()> {
        if self.takes_sign(sign) { Ok(()) } else { Err(NOT_READ) }
    }

    fn name(&mut self, name: &str) -> Result<()> {
        if self.takes_name(name) { Ok(()) } else { Err(NOT_READ) }
    }
}

fn select(operand: Expression, selector: Selector) -> Result<Expression> {
    match (operand, selector) {
        (Expression::Path(root, mut selectors), selector) => {
            selectors.push(selector);
            Ok(Expression::Path(root, selectors))
        }
        (list @ Expression::SplitBy(..), Selector::Index(index)) => Ok(Expression::Element(Box::new(list), index)),
        _ => Err(Obstacle("a selector that cannot be carried over")),
    }
}

fn split(value: Expression, separator: Expression) -> Result<Expression> {
    match separator {
        Expression::Text(separator) if !separator.is_empty() => Ok(Expression::SplitBy(Box::new(value), separator)),
        _ => Err(Obstacle("splitBy with anything but a text")),
    }
}

fn comparison_of(sign: &str) -> Option<Comparison> {
    Some(match sign {
        "==" => Comparison::Equal,
        "!=" => Comparison::NotEqual,
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        ">=" => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

fn is_reserved(name: &str) -> bool {
    matches!(name, "true" | "false" | "null" | "vars" | "attributes" | "and" | "or" | "not" | "dw")
}

const NOT_READ: Obstacle = Obstacle("not one of the forms that can be carried over");
