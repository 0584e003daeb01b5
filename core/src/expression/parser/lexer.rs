//! Tokens of CEL, one at a time.

use super::literal;
use super::source::Source;
use crate::document::PolicyError;
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Lexeme<'p> {
    /// What may name a variable, a member or a function.
    Name(&'p str),
    /// Decimal digits, or hexadecimal ones behind `0x`. A sign before them is a symbol.
    Int(&'p str),
    Double(&'p str),
    /// A literal text, unescaped.
    Text(Arc<str>),
    /// One of [`SYMBOLS`] or [`KEYWORDS`].
    Symbol(&'static str),
    End,
}

pub(super) struct Lexer<'p> {
    source: Source<'p>,
    rest: &'p str,
}

type Result<T> = std::result::Result<T, PolicyError>;

impl<'p> Lexer<'p> {
    pub(super) fn new(source: Source<'p>) -> Self {
        Self { source, rest: source.text }
    }

    /// The next token, and at which byte of the text it begins.
    pub(super) fn next(&mut self) -> Result<(Lexeme<'p>, usize)> {
        self.rest = after_blanks(self.rest);
        let at = self.source.text.len().saturating_sub(self.rest.len());
        let Some(first) = self.rest.bytes().next() else { return Ok((Lexeme::End, at)) };
        let second = self.rest.as_bytes().get(1).copied().unwrap_or_default();
        let token = match first {
            b'0'..=b'9' => self.number(at),
            b'.' if second.is_ascii_digit() => self.number(at),
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => self.word(at),
            b'"' | b'\'' => self.text(at, false),
            _ => self.symbol(at),
        }?;
        Ok((token, at))
    }

    /// The first `length` bytes of what is left, which are then gone.
    fn take(&mut self, length: usize) -> &'p str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn number(&mut self, at: usize) -> Result<Lexeme<'p>> {
        let hexadecimal = self.rest.strip_prefix("0x").map_or(0, |digits| run(digits, |byte| byte.is_ascii_hexdigit()));
        let literal = if hexadecimal > 0 {
            Lexeme::Int(self.take(hexadecimal.saturating_add(2)))
        } else {
            let whole = digits(self.rest);
            let fraction = after(self.rest, whole).strip_prefix('.').map_or(0, digits);
            let mantissa = if fraction > 0 { whole.saturating_add(fraction).saturating_add(1) } else { whole };
            match (fraction, exponent(after(self.rest, mantissa))) {
                (0, 0) => Lexeme::Int(self.take(whole)),
                (_, exponent) => return Ok(Lexeme::Double(self.take(mantissa.saturating_add(exponent)))),
            }
        };
        if self.rest.starts_with(['u', 'U']) {
            return Err(self.unsupported(at));
        }
        Ok(literal)
    }

    /// A name, a keyword, or what stands before the quotes of a text.
    fn word(&mut self, at: usize) -> Result<Lexeme<'p>> {
        let word = self.take(run(self.rest, |byte| byte.is_ascii_alphanumeric() || byte == b'_'));
        if self.rest.starts_with(['"', '\'']) {
            if word.eq_ignore_ascii_case("r") {
                return self.text(at, true);
            }
            if word.eq_ignore_ascii_case("b") || word.eq_ignore_ascii_case("br") {
                return Err(self.unsupported(at));
            }
        }
        let keyword = KEYWORDS.into_iter().find(|keyword| *keyword == word);
        Ok(keyword.map_or(Lexeme::Name(word), Lexeme::Symbol))
    }

    fn text(&mut self, at: usize, raw: bool) -> Result<Lexeme<'p>> {
        let (text, rest) = literal::text(self.rest, raw).map_err(|fault| {
            let inside = self.source.text.len().saturating_sub(fault.rest);
            self.source.error(if fault.rest == 0 { at } else { inside }, fault.message)
        })?;
        self.rest = rest;
        Ok(Lexeme::Text(text.into()))
    }

    fn symbol(&mut self, at: usize) -> Result<Lexeme<'p>> {
        if let Some(symbol) = SYMBOLS.into_iter().find(|symbol| self.rest.starts_with(symbol)) {
            self.take(symbol.len());
            return Ok(Lexeme::Symbol(symbol));
        }
        let error = self.source.error(at, "expected a name, a literal or an operator");
        let hint = HINTS.into_iter().find(|(character, _)| self.rest.starts_with(*character));
        Err(match hint {
            Some((_, hint)) => error.with_hint(hint),
            None => error,
        })
    }

    fn unsupported(&self, at: usize) -> PolicyError {
        let error =
            self.source.error(at, "expected another literal: a token holds neither unsigned integers nor bytes");
        error.with_hint("write 1 for 1u, and 'a' for b'a'")
    }
}

/// A comment ends with its line, and a line with a line feed.
fn after_blanks(text: &str) -> &str {
    let mut rest = text.trim_start_matches(BLANKS);
    while let Some(comment) = rest.strip_prefix("//") {
        let (_, lines) = comment.split_once('\n').unwrap_or_default();
        rest = lines.trim_start_matches(BLANKS);
    }
    rest
}

/// How many bytes `text` begins with that are so.
fn run(text: &str, is_so: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|byte| is_so(*byte)).count()
}

fn digits(text: &str) -> usize {
    run(text, |byte| byte.is_ascii_digit())
}

fn after(text: &str, length: usize) -> &str {
    text.get(length..).unwrap_or_default()
}

/// The length of the exponent that `text` begins with; 0 without digits.
fn exponent(text: &str) -> usize {
    let Some(number) = text.strip_prefix(['e', 'E']) else { return 0 };
    let unsigned = number.strip_prefix(['+', '-']).unwrap_or(number);
    match digits(unsigned) {
        0 => 0,
        digits => text.len().saturating_sub(unsigned.len()).saturating_add(digits),
    }
}

const BLANKS: [char; 5] = [' ', '\t', '\r', '\n', '\u{c}'];
const KEYWORDS: [&str; 4] = ["true", "false", "null", "in"];
/// The longer ones first.
const SYMBOLS: [&str; 24] = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "+", "-", "*", "/", "%", "?", ":", ".", ",", "(", ")", "[", "]",
    "{", "}",
];
/// What people may have meant by a character that begins nothing.
const HINTS: [(char, &str); 4] = [
    ('=', "equality is written =="),
    ('&', "and is written &&"),
    ('|', "or is written ||"),
    ('`', "names with other characters are written  claims['name']"),
];
