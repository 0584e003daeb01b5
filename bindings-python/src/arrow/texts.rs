//! Columns of texts or bytes, in every layout that Arrow has for them.

use super::foreign::{Foreign, broken};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

/// A column of texts, read in place.
pub(crate) struct Texts<'a> {
    length: usize,
    offset: usize,
    validity: Option<&'a [u8]>,
    layout: Layout<'a>,
}

/// What stands in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text<'a> {
    Null,
    Bytes(&'a [u8]),
    /// Nothing that the column holds: its producer has broken a promise.
    Broken,
}

enum Layout<'a> {
    /// The type whose values are all null.
    Nulls,
    /// Where each text begins and ends, in numbers of so many bytes.
    Offsets { width: usize, offsets: &'a [u8], data: &'a [u8] },
    /// Short texts in place, and where in which buffer the long ones are.
    Views { views: &'a [u8], data: Vec<&'a [u8]> },
    /// Which of the values, in numbers of so many bytes.
    Dictionary { width: usize, indices: &'a [u8], values: Box<Texts<'a>> },
}

impl<'a> Texts<'a> {
    /// Raises TypeError for a column of another type.
    pub(crate) fn of(column: Foreign<'a>) -> PyResult<Self> {
        let (length, offset) = (column.length()?, column.offset()?);
        let rows = offset.checked_add(length).ok_or_else(broken)?;
        let layout = match (column.dictionary(), column.format()) {
            (Some(values), format) => {
                let width = index_width(format).ok_or_else(broken)?;
                let indices = column.buffer(1, bytes(rows, width)?)?;
                Layout::Dictionary { width, indices, values: Box::new(Texts::of(values)?) }
            }
            (None, "n") => return Ok(Self { length, offset, validity: None, layout: Layout::Nulls }),
            (None, "u" | "z") => offsets(column, length, rows, 4)?,
            (None, "U" | "Z") => offsets(column, length, rows, 8)?,
            (None, "vu" | "vz") => views(column, rows)?,
            (None, format) => {
                let text =
                    format!("a column of tokens must hold texts or bytes, not values of the Arrow format {format:?}");
                return Err(PyTypeError::new_err(text));
            }
        };
        Ok(Self { length, offset, validity: column.validity(rows)?, layout })
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    pub(crate) fn get(&self, row: usize) -> Text<'a> {
        let at = self.offset.saturating_add(row);
        if row >= self.length {
            return Text::Broken;
        }
        if self.validity.is_some_and(|bits| bits.get(at / 8).is_none_or(|byte| byte >> (at % 8) & 1 == 0)) {
            return Text::Null;
        }
        match &self.layout {
            Layout::Nulls => Text::Null,
            Layout::Offsets { width, offsets, data } => found(between(offsets, *width, at, data)),
            Layout::Views { views, data } => found(viewed(views, at, data)),
            Layout::Dictionary { width, indices, values } => match number(indices, *width, at) {
                Some(index) => values.get(index),
                None => Text::Broken,
            },
        }
    }
}

fn found(text: Option<&[u8]>) -> Text<'_> {
    text.map_or(Text::Broken, Text::Bytes)
}

fn offsets(column: Foreign<'_>, length: usize, rows: usize, width: usize) -> PyResult<Layout<'_>> {
    if length == 0 {
        // An empty array may leave its buffers out.
        return Ok(Layout::Nulls);
    }
    let offsets = column.buffer(1, bytes(rows.checked_add(1).ok_or_else(broken)?, width)?)?;
    // They have a sign, although none may be below zero.
    let end =
        number(offsets, width, rows).filter(|end| width == 8 || i32::try_from(*end).is_ok()).ok_or_else(broken)?;
    Ok(Layout::Offsets { width, offsets, data: column.buffer(2, end)? })
}

/// The last buffer says how long those are that hold the long texts.
fn views(column: Foreign<'_>, rows: usize) -> PyResult<Layout<'_>> {
    let last = column.buffers()?.checked_sub(1).ok_or_else(broken)?;
    let count = last.checked_sub(2).ok_or_else(broken)?;
    let lengths = column.buffer(last, bytes(count, 8)?)?;
    let buffer = |place: usize| column.buffer(2 + place, number(lengths, 8, place).ok_or_else(broken)?);
    let data = (0..count).map(buffer).collect::<PyResult<_>>()?;
    Ok(Layout::Views { views: column.buffer(1, bytes(rows, VIEW)?)?, data })
}

fn between<'a>(offsets: &[u8], width: usize, at: usize, data: &'a [u8]) -> Option<&'a [u8]> {
    data.get(number(offsets, width, at)?..number(offsets, width, at.checked_add(1)?)?)
}

/// A view is a length, and then the text itself, or its first four bytes, the number of its buffer and the place in it.
fn viewed<'a>(views: &'a [u8], at: usize, data: &[&'a [u8]]) -> Option<&'a [u8]> {
    let view = views.get(at.checked_mul(VIEW)?..)?.get(..VIEW)?;
    let length = number(view, 4, 0)?;
    if length <= IN_PLACE {
        return view.get(4..)?.get(..length);
    }
    let start = number(view, 4, 3)?;
    data.get(number(view, 4, 2)?)?.get(start..start.checked_add(length)?)
}

/// The number at this place among those of so many bytes; none below zero is one.
fn number(numbers: &[u8], width: usize, place: usize) -> Option<usize> {
    let start = place.checked_mul(width)?;
    let found = numbers.get(start..start.checked_add(width)?)?;
    match *found {
        [a] => Some(a.into()),
        [a, b] => Some(u16::from_ne_bytes([a, b]).into()),
        [a, b, c, d] => usize::try_from(u32::from_ne_bytes([a, b, c, d])).ok(),
        [a, b, c, d, e, f, g, h] => usize::try_from(u64::from_ne_bytes([a, b, c, d, e, f, g, h])).ok(),
        _ => None,
    }
}

/// Read without a sign: one that is negative is larger than every dictionary.
fn index_width(format: &str) -> Option<usize> {
    match format {
        "c" | "C" => Some(1),
        "s" | "S" => Some(2),
        "i" | "I" => Some(4),
        "l" | "L" => Some(8),
        _ => None,
    }
}

fn bytes(count: usize, width: usize) -> PyResult<usize> {
    count.checked_mul(width).ok_or_else(broken)
}

/// Bytes of a view, and of the longest text that stands in one.
const VIEW: usize = 16;
const IN_PLACE: usize = 12;
