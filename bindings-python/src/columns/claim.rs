//! The column of a claim: its value where it has the type that was asked for, and null in every other case.

use super::build::{Bits, Build, Lists, Strings};
use crate::arrow::ArrowArray;
use jotgate::{Member, ValueKind, Verified};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::borrow::Cow;

/// Which claim, and as what.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub(super) name: String,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Text,
    Whole,
    Double,
    Truth,
    /// A NumericDate (RFC 7519 section 2), in microseconds.
    Time,
    /// A list of texts, or one text as a list of one, as `aud` may be either (RFC 7519 section 4.1.3).
    Texts,
    /// Any value, as the text that was signed.
    Json,
}

impl Kind {
    pub(super) fn from_name(name: &str) -> PyResult<Self> {
        Ok(match name {
            "string" => Self::Text,
            "int64" => Self::Whole,
            "float64" => Self::Double,
            "bool" => Self::Truth,
            "timestamp" => Self::Time,
            "list<string>" => Self::Texts,
            "json" => Self::Json,
            _ => return Err(PyValueError::new_err("there is no type of claims of this name")),
        })
    }
}

/// The values of one claim.
#[derive(Debug)]
pub(super) enum Values {
    Text(Build<Strings>),
    Whole(Build<Vec<i64>>),
    Double(Build<Vec<f64>>),
    Truth(Build<Bits>),
    Texts(Build<Lists>),
}

impl Values {
    pub(super) fn of(kind: Kind) -> Self {
        match kind {
            Kind::Text | Kind::Json => Self::Text(Build::default()),
            Kind::Whole | Kind::Time => Self::Whole(Build::default()),
            Kind::Double => Self::Double(Build::default()),
            Kind::Truth => Self::Truth(Build::default()),
            Kind::Texts => Self::Texts(Build::default()),
        }
    }

    /// The claim of a token that passed; null for all others.
    pub(super) fn push(&mut self, claim: &Claim, verified: Option<&Verified>) {
        let member = verified.and_then(|verified| verified.member(&claim.name));
        match self {
            Self::Text(column) if matches!(claim.kind, Kind::Json) => column.push(member.map(|member| member.json())),
            Self::Text(column) => column.push(member.and_then(|member| member.as_str()).as_deref()),
            Self::Whole(column) if matches!(claim.kind, Kind::Time) => column.push(member.and_then(micros)),
            Self::Whole(column) => column.push(member.and_then(whole)),
            Self::Double(column) => column.push(member.and_then(double)),
            Self::Truth(column) => column.push(member.and_then(truth)),
            Self::Texts(column) => column.push(member.and_then(texts).as_deref()),
        }
    }

    /// Puts those of the same claim in later rows behind these.
    pub(super) fn append(&mut self, more: Self) {
        match (self, more) {
            (Self::Text(column), Self::Text(more)) => column.append(more),
            (Self::Whole(column), Self::Whole(more)) => column.append(more),
            (Self::Double(column), Self::Double(more)) => column.append(more),
            (Self::Truth(column), Self::Truth(more)) => column.append(more),
            (Self::Texts(column), Self::Texts(more)) => column.append(more),
            // Both are made of the same list of claims.
            _ => {}
        }
    }

    /// The bytes of texts, which 32 bits have to count.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Text(column) => column.values().size(),
            Self::Texts(column) => column.values().size(),
            Self::Whole(_) | Self::Double(_) | Self::Truth(_) => 0,
        }
    }

    pub(super) fn finish(self) -> ArrowArray {
        match self {
            Self::Text(column) => column.finish(),
            Self::Whole(column) => column.finish(),
            Self::Double(column) => column.finish(),
            Self::Truth(column) => column.finish(),
            Self::Texts(column) => column.finish(),
        }
    }
}

/// A number without a fraction that fits, however it is written: `5`, `5.0` and `0.5e1` are the same.
fn whole(member: Member<'_>) -> Option<i64> {
    if let Ok(whole) = member.json().parse() {
        return Some(whole);
    }
    let double = double(member).filter(|double| double.fract() == 0.0 && double.abs() <= EXACT)?;
    #[expect(clippy::cast_possible_truncation, reason = "it has no fraction, and is far smaller than the largest i64")]
    Some(double as i64)
}

fn double(member: Member<'_>) -> Option<f64> {
    if member.kind() == ValueKind::Number { member.json().parse().ok() } else { None }
}

fn truth(member: Member<'_>) -> Option<bool> {
    if member.kind() == ValueKind::Bool { Some(member.json() == "true") } else { None }
}

fn micros(member: Member<'_>) -> Option<i64> {
    let seconds: Option<i64> = member.json().parse().ok();
    if let Some(seconds) = seconds {
        return seconds.checked_mul(MICROS);
    }
    #[expect(clippy::cast_precision_loss, reason = "a million is exact")]
    let micros = (double(member)? * MICROS as f64).round();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "larger ones are left out, and the years 0 to 9999 are all smaller"
    )]
    (micros.abs() < LARGEST).then_some(micros as i64)
}

fn texts<'a>(member: Member<'a>) -> Option<Vec<Cow<'a, str>>> {
    match member.kind() {
        ValueKind::String => member.as_str().map(|text| vec![text]),
        ValueKind::Array => serde_json::from_str::<Vec<String>>(member.json())
            .ok()
            .map(|texts| texts.into_iter().map(Cow::Owned).collect()),
        _ => None,
    }
}

const MICROS: i64 = 1_000_000;
/// 2^53: up to here a double names one whole number.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// 2^63: below it a whole number fits 64 bits.
const LARGEST: f64 = 9_223_372_036_854_775_808.0;
