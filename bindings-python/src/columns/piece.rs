//! Some rows of a column, from the first question to the last answer.

use super::column::Column;
use super::outcome::{Asking, Outcome};
use crate::errors;
use crate::question::timestamp;
use crate::validator::Core;
use crate::verdicts::Undecided;
use crate::verified::Verified;
use jotgate::{Code, Timestamp};
use pyo3::prelude::*;
use std::mem;

type Open<'py> = (usize, Bound<'py, PyAny>);

/// Rows of a column that are judged together. Described in `_native.pyi`.
#[pyclass(module = "jotgate._native")]
pub(crate) struct Piece {
    column: Py<Column>,
    first: usize,
    outcomes: Vec<Outcome>,
    /// The time of the last question.
    now: Option<Timestamp>,
}

#[pymethods]
impl Piece {
    #[new]
    fn new(column: Py<Column>, first: usize, end: usize) -> Self {
        let mut outcomes = Vec::new();
        outcomes.resize_with(end.saturating_sub(first), || Outcome::Unasked);
        Self { column, first, outcomes, now: None }
    }

    /// Asks about all rows that have no verdict, and says whether work is due. The GIL is released once, while they are judged.
    #[pyo3(signature = (core, now=None, threads=0))]
    fn ask(&mut self, py: Python<'_>, core: &Bound<'_, Core>, now: Option<f64>, threads: usize) -> PyResult<bool> {
        let (validator, now) = (core.get().validator(), timestamp(now)?);
        let column = self.column.bind(py).get();
        let asking = Asking { validator, now, scheme: column.scheme() };
        let (first, outcomes) = (self.first, &mut self.outcomes);
        let open: Vec<usize> =
            (0..outcomes.len()).filter(|row| outcomes.get(*row).is_some_and(Outcome::is_open)).collect();
        let judged = column.read(py, |rows| {
            let judge = |row: &usize| {
                let row = first.saturating_add(*row);
                Outcome::of(rows.text(row), rows.as_of(row), asking)
            };
            // Nothing that is reached from here waits for a lock that a thread could hold while another one forks.
            errors::guard(py, || py.detach(|| jotgate_host::spread(&open, threads, judge, Outcome::internal_error)))
        })??;
        for (row, outcome) in open.iter().zip(judged) {
            if let Some(place) = outcomes.get_mut(*row) {
                *place = outcome;
            }
        }
        self.now = Some(now);
        errors::guard(py, || validator.work_due(now))
    }

    #[getter]
    fn open_rows(&self) -> usize {
        self.outcomes.iter().filter(|outcome| outcome.is_open()).count()
    }

    /// What the rows without a verdict wait for, each of it once, and for how long at most.
    fn pending(&self) -> Vec<(Vec<u64>, f64)> {
        let mut found: Vec<(Vec<u64>, f64)> = Vec::new();
        for outcome in &self.outcomes {
            let Outcome::Needed(needed) = outcome else { continue };
            let same =
                |(ids, _): &(Vec<u64>, f64)| ids.iter().copied().eq(needed.wait_for.iter().map(|id| id.number()));
            if !found.iter().any(same) {
                let ids = needed.wait_for.iter().map(|id| id.number()).collect();
                found.push((ids, needed.patience.as_secs_f64()));
            }
        }
        found
    }

    /// Asks no more about the rows that wait for this work.
    #[expect(clippy::needless_pass_by_value, reason = "what Python passes is owned")]
    fn leave_out(&mut self, ids: Vec<u64>) {
        for outcome in &mut self.outcomes {
            if let Outcome::Needed(needed) = outcome
                && ids.iter().copied().eq(needed.wait_for.iter().map(|id| id.number()))
            {
                *outcome = Outcome::OutOfReach;
            }
        }
    }

    /// The rows, in their order, about which the application is asked; with `refusals` also why the others were refused.
    fn attention<'py>(&mut self, py: Python<'py>, refusals: bool) -> PyResult<Vec<Open<'py>>> {
        let now = self.now.map_or_else(|| timestamp(None), Ok)?;
        let mut found = Vec::new();
        for (row, outcome) in self.outcomes.iter_mut().enumerate() {
            if matches!(outcome, Outcome::Undecided(_))
                && let Outcome::Undecided(undecided) = mem::replace(outcome, Outcome::Asked)
            {
                found.push((row, Bound::new(py, Undecided::from(undecided))?.into_any()));
            } else if refusals && let Some(error) = refusal(py, outcome, now) {
                found.push((row, error.into_value(py).into_bound(py).into_any()));
            }
        }
        Ok(found)
    }

    /// The application's answer about a row: the token passes.
    fn accept(&mut self, row: usize, verified: &Bound<'_, Verified>) {
        if let Some(outcome) = self.outcomes.get_mut(row) {
            *outcome = Outcome::Accepted(verified.get().core().clone());
        }
    }

    /// The application's answer about a row: the token does not.
    fn refuse(&mut self, row: usize, code: &str, claim: Option<String>, issuer: Option<usize>) {
        if let Some(outcome) = self.outcomes.get_mut(row) {
            let code = Code::from_name(code).unwrap_or(Code::InternalError);
            *outcome = Outcome::Refused { code, claim, issuer };
        }
    }
}

impl Piece {
    pub(super) fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }
}

fn refusal(py: Python<'_>, outcome: &Outcome, now: Timestamp) -> Option<PyErr> {
    match outcome {
        Outcome::Rejected(rejection) => Some(errors::rejection(py, rejection)),
        Outcome::Unavailable(outcome) => Some(errors::keys_unavailable(py, outcome.clone(), now)),
        Outcome::OutOfReach => Some(errors::out_of_reach(py, now)),
        Outcome::Refused { code: Code::MissingToken, .. } => Some(errors::no_credentials(py)),
        Outcome::Refused { .. } => Some(errors::internal(py, "the validation panicked; this is a bug")),
        _ => None,
    }
}
