//! The words of an expression.

use super::tree::{Obstacle, Result};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Name(String),
    Text(String),
    Number(String),
    /// `(`, `)`, `[`, `]`, `,`, `.`, `$`, `!`, `-`, `==`, `!=`, `<`, `<=`, `>`, `>=`, `->`, `::`, `/`, `*` or `---`.
    Sign(&'static str),
    /// Where a new line begins, which only the header of a script cares about.
    Line,
}

/// Longer ones come first, so that `>=` is not taken for `>`.
const SIGNS: [&str; 20] =
    ["---", "==", "!=", "<=", ">=", "->", "::", "(", ")", "[", "]", ",", ".", "$", "!", "<", ">", "-", "/", "*"];
const BYTES_MAX: usize = 4096;
const TOKENS_MAX: usize = 512;

pub(super) fn tokens(text: &str) -> Result<Vec<Token>> {
    if text.len() > BYTES_MAX {
        return Err(Obstacle("an expression of more than 4096 bytes"));
    }
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if tokens.len() >= TOKENS_MAX {
            return Err(Obstacle("an expression of more than 512 words"));
        }
        if first.is_whitespace() {
            if first == '\n' {
                tokens.push(Token::Line);
            }
            rest = after(rest, first.len_utf8());
        } else if rest.starts_with("//") {
            rest = after(rest, rest.find('\n').unwrap_or(rest.len()));
        } else if first == '\'' || first == '"' {
            let (text, behind) = text_of(after(rest, 1), first)?;
            tokens.push(Token::Text(text));
            rest = behind;
        } else if first.is_ascii_digit() {
            let length = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let (number, behind) = rest.split_at_checked(length).ok_or(NOT_READ)?;
            let leading_zero = number.len() > 1 && number.starts_with('0') && !number.starts_with("0.");
            if leading_zero || number.ends_with('.') || number.matches('.').count() > 1 || behind.starts_with(is_word) {
                return Err(NOT_READ);
            }
            tokens.push(Token::Number(number.to_owned()));
            rest = behind;
        } else if is_word(first) {
            let length = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            let (name, behind) = rest.split_at_checked(length).ok_or(NOT_READ)?;
            tokens.push(Token::Name(name.to_owned()));
            rest = behind;
        } else if rest.starts_with("%dw") {
            tokens.push(Token::Name("%dw".to_owned()));
            rest = after(rest, 3);
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign)).ok_or(NOT_READ)?;
            // `~=` and the selectors `.*`, `..`, `.?` and the like are no signs of ours; `..` is two of them.
            if *sign == "." && rest.starts_with("..") {
                return Err(NOT_READ);
            }
            tokens.push(Token::Sign(sign));
            rest = after(rest, sign.len());
        }
    }
    Ok(tokens)
}

fn after(text: &str, bytes: usize) -> &str {
    text.get(bytes..).unwrap_or_default()
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The text up to the closing quote, and what stands behind it.
fn text_of(rest: &str, quote: char) -> Result<(String, &str)> {
    let mut text = String::new();
    let mut characters = rest.char_indices();
    while let Some((index, c)) = characters.next() {
        match c {
            _ if c == quote => return Ok((text, after(rest, index.saturating_add(1)))),
            '$' => return Err(Obstacle("a text with $ in it may be one that is put together when it is used")),
            '\\' => match characters.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 't')) => text.push('\t'),
                Some((_, escaped @ ('\\' | '\'' | '"' | '$'))) => text.push(escaped),
                _ => return Err(Obstacle("an escape in a text that is not one of \\n \\t \\\\ \\' \\\" \\$")),
            },
            _ => text.push(c),
        }
    }
    Err(Obstacle("a text without its closing quote"))
}

const NOT_READ: Obstacle = Obstacle("not one of the forms that can be carried over");
