//! Many tokens in one crossing: the GIL is released once, while all of them are judged.

use crate::errors;
use crate::question::tokens_bytes;
use crate::verdicts::{Pending, decided};
use jotgate::{Question, Timestamp, Validator, Verdict};
use pyo3::prelude::*;
use pyo3::types::PyList;

/// The time that it is, and the time that the tokens are judged for, if that is another.
pub(crate) struct Times {
    pub(crate) now: Timestamp,
    pub(crate) as_of: Option<Timestamp>,
}

/// What each token has come to, in their order: the exception itself in place of one that is raised, and [`Pending`] where
/// keys are needed first.
pub(crate) fn judged<'py>(
    py: Python<'py>, validator: &Validator, tokens: &[Bound<'py, PyAny>], times: Times, threads: usize,
) -> PyResult<Bound<'py, PyList>> {
    let Times { now, as_of } = times;
    // Texts and bytes do not change, and `tokens` holds them: their bytes stay where they are without the GIL, too.
    let bytes = tokens_bytes(tokens)?;
    let question = |token| as_of.map_or(Question::token(token), |as_of| Question::token(token).as_of(as_of));
    let questions: Vec<Question<'_>> = bytes.iter().map(|token| question(token)).collect();
    let verdicts = errors::guard(py, || {
        // Nothing that is reached from here waits for a lock that a thread could hold while another one forks.
        py.detach(|| jotgate_host::validate_many(validator, &questions, now, threads))
    })?;
    let outcomes = PyList::empty(py);
    for verdict in verdicts {
        outcomes.append(outcome(py, verdict, now)?)?;
    }
    Ok(outcomes)
}

fn outcome(py: Python<'_>, verdict: Verdict, now: Timestamp) -> PyResult<Bound<'_, PyAny>> {
    let decided = match verdict {
        Verdict::KeysNeeded(needed) => return Ok(Bound::new(py, Pending::before(&needed, None))?.into_any()),
        Verdict::KeysUnavailable(outcome) => Err(errors::keys_unavailable(py, outcome, now)),
        verdict => decided(py, verdict),
    };
    match decided {
        Err(refusal) if errors::is_refusal(py, &refusal)? => Ok(refusal.into_value(py).into_bound(py).into_any()),
        decided => decided,
    }
}
