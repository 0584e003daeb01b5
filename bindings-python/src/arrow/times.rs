//! Columns of times: Arrow's timestamps, which count from the Unix epoch in UTC, or numbers of Unix seconds.

use super::foreign::{Foreign, broken};
use jotgate::Timestamp;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

/// A column of times, read in place.
pub(crate) struct Times<'a> {
    length: usize,
    offset: usize,
    validity: Option<&'a [u8]>,
    unit: Unit,
    values: &'a [u8],
}

#[derive(Clone, Copy)]
enum Unit {
    Seconds,
    Millis,
    Micros,
    Nanos,
    /// Seconds as doubles.
    Double,
}

impl<'a> Times<'a> {
    /// Raises TypeError for a column of another type.
    pub(crate) fn of(column: Foreign<'a>) -> PyResult<Self> {
        let unit = match column.format() {
            "l" => Unit::Seconds,
            "g" => Unit::Double,
            format if format.starts_with("tss:") => Unit::Seconds,
            format if format.starts_with("tsm:") => Unit::Millis,
            format if format.starts_with("tsu:") => Unit::Micros,
            format if format.starts_with("tsn:") => Unit::Nanos,
            format => {
                let text = "a column of times must hold timestamps, or Unix seconds as int64 or float64, not values of the \
                            Arrow format";
                return Err(PyTypeError::new_err(format!("{text} {format:?}")));
            }
        };
        let (length, offset) = (column.length()?, column.offset()?);
        let rows = offset.checked_add(length).ok_or_else(broken)?;
        let values = column.buffer(1, rows.checked_mul(WIDTH).ok_or_else(broken)?)?;
        Ok(Self { length, offset, validity: column.validity(rows)?, unit, values })
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Nothing for a row that names no time: null, or a number that is none.
    pub(crate) fn get(&self, row: usize) -> Option<Timestamp> {
        let at = self.offset.checked_add(row).filter(|_| row < self.length)?;
        if self.validity.is_some_and(|bits| bits.get(at / 8).is_none_or(|byte| byte >> (at % 8) & 1 == 0)) {
            return None;
        }
        let value: [u8; WIDTH] = self.values.get(at.checked_mul(WIDTH)?..)?.get(..WIDTH)?.try_into().ok()?;
        let whole = i64::from_ne_bytes(value);
        Some(match self.unit {
            Unit::Seconds => Timestamp::from_seconds(whole),
            Unit::Millis => Timestamp::from_millis(whole),
            Unit::Micros => Timestamp::from_millis(whole.div_euclid(1000)),
            Unit::Nanos => Timestamp::from_millis(whole.div_euclid(1_000_000)),
            Unit::Double => of_seconds(f64::from_ne_bytes(value))?,
        })
    }
}

fn of_seconds(seconds: f64) -> Option<Timestamp> {
    #[expect(clippy::cast_possible_truncation, reason = "`as` saturates, and so does every use of a Timestamp")]
    seconds.is_finite().then(|| Timestamp::from_millis((seconds * 1000.0).round() as i64))
}

/// Bytes of every type of time.
const WIDTH: usize = 8;
