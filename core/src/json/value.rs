//! What JSON holds, as borrowed pieces of the text.

use std::borrow::Cow;

/// The text is not JSON as this reader wants it. It says nothing about what the text held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JsonError;

/// One member of an object.
#[derive(Clone, Debug)]
pub(crate) struct Member<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) value: Value<'a>,
}

/// A value that is known to be well-formed, as a borrowed piece of the text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    /// The literal; it may name a number that no double can hold.
    Number(&'a str),
    String(RawString<'a>),
    /// The whole array, brackets included.
    Array(&'a str),
    /// The whole object, braces included.
    Object(&'a str),
}

impl<'a> Value<'a> {
    /// The string's text; `None` for every other type.
    pub(crate) fn as_str(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::String(raw) => raw.text(),
            _ => None,
        }
    }

    /// A number without fraction and exponent as a string of the same characters; `None` for everything else.
    pub(crate) fn integer_as_text(&self) -> Option<Self> {
        match self {
            Self::Number(raw) if raw.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') => {
                Some(Self::String(RawString { raw, escaped: false }))
            }
            _ => None,
        }
    }

    /// The value as JSON text.
    pub(crate) fn source(&self) -> Cow<'a, str> {
        match self {
            Self::Null => Cow::Borrowed("null"),
            Self::Bool(true) => Cow::Borrowed("true"),
            Self::Bool(false) => Cow::Borrowed("false"),
            Self::Number(text) | Self::Array(text) | Self::Object(text) => Cow::Borrowed(text),
            Self::String(raw) => Cow::Owned(format!("\"{}\"", raw.raw)),
        }
    }

    /// Whether a double can hold the number: every host language reads such a number alike, up to rounding.
    pub(super) fn is_finite(&self) -> bool {
        match self {
            // A literal this short cannot overflow without an exponent.
            Self::Number(text) if text.len() < 300 && !text.bytes().any(|byte| matches!(byte, b'e' | b'E')) => true,
            Self::Number(text) => text.parse::<f64>().is_ok_and(f64::is_finite),
            _ => true,
        }
    }
}

/// What stands between a string's quotes, escapes included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RawString<'a> {
    pub(super) raw: &'a str,
    pub(super) escaped: bool,
}

impl<'a> RawString<'a> {
    /// The text with its escapes resolved; borrowed when there are none.
    pub(super) fn text(self) -> Option<Cow<'a, str>> {
        if self.escaped { unescape(self.raw).map(Cow::Owned) } else { Some(Cow::Borrowed(self.raw)) }
    }
}

/// Resolves the escapes of a string that was read.
fn unescape(raw: &str) -> Option<String> {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((plain, escape)) = rest.split_once('\\') {
        text.push_str(plain);
        let kind = escape.chars().next()?;
        rest = escape.get(1..)?;
        text.push(match kind {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let unit = code_unit(rest)?;
                rest = rest.get(4..)?;
                if (0xd800..0xdc00).contains(&unit) {
                    let low = code_unit(rest.strip_prefix("\\u")?)?;
                    rest = rest.get(6..)?;
                    let high_bits = unit.checked_sub(0xd800)?.checked_mul(0x400)?;
                    char::from_u32(high_bits.checked_add(low.checked_sub(0xdc00)?)?.checked_add(0x1_0000)?)?
                } else {
                    char::from_u32(unit)?
                }
            }
            literal => literal,
        });
    }
    text.push_str(rest);
    Some(text)
}

fn code_unit(text: &str) -> Option<u32> {
    u32::from_str_radix(text.get(..4)?, 16).ok()
}
