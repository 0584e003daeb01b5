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

/// The type of a JSON value. The numbers are stable, for interfaces that pass integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ValueKind {
    /// `null`.
    Null = 0,
    /// `true` or `false`.
    Bool = 1,
    /// A number, as any host language can read it up to rounding.
    Number = 2,
    /// A text.
    String = 3,
    /// A list.
    Array = 4,
    /// An object.
    Object = 5,
}

/// What was read of a value: its kind, and what is odd about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Null,
    Bool,
    Number,
    /// A number that no double can hold.
    HugeNumber,
    String,
    EscapedString,
    Array,
    Object,
}

impl Found {
    pub(super) fn kind(self) -> ValueKind {
        match self {
            Self::Null => ValueKind::Null,
            Self::Bool => ValueKind::Bool,
            Self::Number | Self::HugeNumber => ValueKind::Number,
            Self::String | Self::EscapedString => ValueKind::String,
            Self::Array => ValueKind::Array,
            Self::Object => ValueKind::Object,
        }
    }
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
    /// What was found there.
    pub(super) fn of(found: Found, source: &'a str) -> Self {
        match found {
            Found::Null => Self::Null,
            Found::Bool => Self::Bool(source == "true"),
            Found::Number | Found::HugeNumber => Self::Number(source),
            Found::String => Self::String(RawString { quoted: source, escaped: false }),
            Found::EscapedString => Self::String(RawString { quoted: source, escaped: true }),
            Found::Array => Self::Array(source),
            Found::Object => Self::Object(source),
        }
    }

    /// The string's text; `None` for every other type.
    pub(crate) fn as_str(self) -> Option<Cow<'a, str>> {
        match self {
            Self::String(raw) => raw.text(),
            _ => None,
        }
    }

    /// The literal of a number without fraction and exponent; `None` for everything else.
    pub(crate) fn as_integer(self) -> Option<&'a str> {
        match self {
            Self::Number(raw) if raw.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') => Some(raw),
            _ => None,
        }
    }

    /// The value as JSON text.
    pub(crate) fn source(self) -> &'a str {
        match self {
            Self::Null => "null",
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
            Self::Number(text) | Self::Array(text) | Self::Object(text) => text,
            Self::String(raw) => raw.quoted,
        }
    }
}

/// A string with its quotes, escapes as they are written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RawString<'a> {
    quoted: &'a str,
    escaped: bool,
}

impl<'a> RawString<'a> {
    pub(crate) fn is_escaped(self) -> bool {
        self.escaped
    }

    /// The text with its escapes resolved; borrowed when there are none.
    fn text(self) -> Option<Cow<'a, str>> {
        let raw = self.quoted.get(1..self.quoted.len().saturating_sub(1))?;
        if self.escaped { unescape(raw).map(Cow::Owned) } else { Some(Cow::Borrowed(raw)) }
    }
}

/// Resolves the escapes of a string that was read.
pub(super) fn unescape(raw: &str) -> Option<String> {
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
