//! Literal texts of CEL: either quote, one or three of them, raw behind an `r`, with the escapes of its grammar.

/// Why a text cannot be read.
pub(super) struct Fault {
    pub(super) message: &'static str,
    /// How many bytes are left from where that is; 0 means the text as a whole.
    pub(super) rest: usize,
}

/// The text that `source` begins with, and what comes behind it. The first character is its quote.
pub(super) fn text(source: &str, raw: bool) -> Result<(String, &str), Fault> {
    let (delimiter, single) = delimiter(source);
    let mut rest = source.strip_prefix(delimiter).unwrap_or(source);
    let mut text = String::new();
    loop {
        if let Some(behind) = rest.strip_prefix(delimiter) {
            return Ok((text, behind));
        }
        let mut characters = rest.chars();
        match characters.next() {
            None => return Err(Fault { message: "expected a closing quote for the text", rest: 0 }),
            Some('\n' | '\r') if single => {
                let message = "expected a closing quote before the line ends (three quotes hold lines)";
                return Err(Fault { message, rest: rest.len() });
            }
            Some('\\') if !raw => {
                let Some(character) = escaped(&mut characters) else {
                    return Err(Fault { message: "expected an escape that CEL has", rest: rest.len() });
                };
                text.push(character);
            }
            // The end of a line is a line feed, however the file writes it.
            Some('\r') => {
                text.push('\n');
                if characters.as_str().starts_with('\n') {
                    characters.next();
                }
            }
            Some(character) => text.push(character),
        }
        rest = characters.as_str();
    }
}

/// The quotes around a text, and whether it is of a single line.
fn delimiter(source: &str) -> (&'static str, bool) {
    let delimiters = [("\"\"\"", false), ("'''", false), ("\"", true)];
    delimiters.into_iter().find(|(delimiter, _)| source.starts_with(delimiter)).unwrap_or(("'", true))
}

/// The character that is meant by what follows a backslash.
fn escaped(characters: &mut std::str::Chars<'_>) -> Option<char> {
    let code = match characters.next()? {
        'a' => 7,
        'b' => 8,
        't' => 9,
        'n' => 10,
        'v' => 11,
        'f' => 12,
        'r' => 13,
        same @ ('"' | '\'' | '\\' | '?' | '`') => return Some(same),
        'x' | 'X' => number(characters, 0, 2, 16)?,
        'u' => number(characters, 0, 4, 16)?,
        'U' => number(characters, 0, 8, 16)?,
        first @ '0'..='3' => number(characters, first.to_digit(8)?, 2, 8)?,
        _ => return None,
    };
    char::from_u32(code)
}

/// The number whose first digits are `number`, and which has `digits` more.
fn number(characters: &mut std::str::Chars<'_>, mut number: u32, digits: usize, radix: u32) -> Option<u32> {
    for _ in 0..digits {
        number = number.checked_mul(radix)?.checked_add(characters.next()?.to_digit(radix)?)?;
    }
    Some(number)
}
