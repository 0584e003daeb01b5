//! What Python asks: a token, or a request that has one somewhere.

use crate::errors;
use crate::request::Request;
use jotgate::{Question, Timestamp};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use std::borrow::Cow;
use std::time::SystemTime;

pub(crate) type HeaderFields<'py> = Vec<(Bound<'py, PyString>, Bound<'py, PyString>)>;

/// Asks about a token in str or bytes, or about a [`Request`]; `as_of` is the time to judge it for, if that is not now.
pub(crate) fn ask<T>(
    question: &Bound<'_, PyAny>, as_of: Option<f64>, ask: impl FnOnce(Question<'_>) -> T,
) -> PyResult<T> {
    let py = question.py();
    let as_of = as_of.map(|as_of| timestamp(Some(as_of))).transpose()?;
    let at = |question: Question<'_>| ask(as_of.map_or(question, |as_of| question.as_of(as_of)));
    if let Ok(request) = question.cast::<Request>() {
        return errors::guard(py, || request.get().with(|request| at(Question::request(request))));
    }
    let token = token_bytes(question)?;
    errors::guard(py, || at(Question::token(&token)))
}

/// From seconds since the Unix epoch, as `time.time()` gives them; the system's clock where none is given.
pub(crate) fn timestamp(now: Option<f64>) -> PyResult<Timestamp> {
    let Some(seconds) = now else { return Ok(SystemTime::now().into()) };
    if !seconds.is_finite() {
        return Err(PyValueError::new_err("the time must be a finite number of seconds"));
    }
    #[expect(clippy::cast_possible_truncation, reason = "`as` saturates, and so does every use of a Timestamp")]
    Ok(Timestamp::from_millis((seconds * 1000.0).round() as i64))
}

/// The bytes of many tokens, borrowed, each as [`ask`] takes it. One of another type refuses them all, before any is judged.
pub(crate) fn tokens_bytes<'a>(tokens: &'a [Bound<'_, PyAny>]) -> PyResult<Vec<Cow<'a, [u8]>>> {
    let bytes = |(place, token): (usize, &'a Bound<'_, PyAny>)| {
        token_bytes(token).map_err(|error| match token.get_type().name() {
            Ok(found) => PyTypeError::new_err(format!("tokens[{place}] must be str or bytes, not {found}")),
            Err(_) => error,
        })
    };
    tokens.iter().enumerate().map(bytes).collect()
}

/// The token's bytes, borrowed. Text that is no Unicode (a lone surrogate) becomes text that is no token.
fn token_bytes<'a>(token: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, [u8]>> {
    if let Ok(text) = token.cast::<PyString>() {
        return Ok(match text.to_str() {
            Ok(text) => Cow::Borrowed(text.as_bytes()),
            Err(_) => Cow::Owned(text.to_string_lossy().into_owned().into_bytes()),
        });
    }
    match token.cast::<PyBytes>() {
        Ok(bytes) => Ok(Cow::Borrowed(bytes.as_bytes())),
        Err(_) => {
            Err(PyTypeError::new_err(format!("the token must be str or bytes, not {}", token.get_type().name()?)))
        }
    }
}
