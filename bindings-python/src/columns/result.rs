//! What came of the tokens, as columns.

use super::build::{Build, Strings};
use super::claim::{Claim, Kind, Values};
use super::outcome::Outcome;
use super::piece::Piece;
use crate::arrow::capsule_of;
use crate::errors;
use jotgate::Code;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use std::mem;

/// The columns of verdicts and claims while they grow. Described in `_native.pyi`.
#[pyclass(module = "jotgate._native")]
pub(crate) struct Columns {
    claims: Vec<Claim>,
    grown: Grown,
}

#[pymethods]
impl Columns {
    #[new]
    fn new(claims: Vec<(String, String)>) -> PyResult<Self> {
        let claim = |(name, kind): (String, String)| Ok(Claim { name, kind: Kind::from_name(&kind)? });
        let claims = claims.into_iter().map(claim).collect::<PyResult<Vec<_>>>()?;
        let grown = Grown::new(&claims);
        Ok(Self { claims, grown })
    }

    /// Puts the rows of a piece behind the others, and says how many bytes the largest column of texts has.
    #[pyo3(signature = (piece, threads=0))]
    fn append(&mut self, py: Python<'_>, piece: &Bound<'_, Piece>, threads: usize) -> PyResult<usize> {
        let piece = piece.borrow();
        let (claims, blocks) = (&self.claims, piece.outcomes().chunks(BLOCK).collect::<Vec<_>>());
        let grown = errors::guard(py, || {
            py.detach(|| jotgate_host::spread(&blocks, threads, |block| Some(Grown::of(claims, block)), || None))
        })?;
        for more in grown {
            self.grown.append(more.ok_or_else(|| errors::internal(py, "reading claims panicked; this is a bug"))?);
        }
        Ok(self.grown.size())
    }

    /// The columns so far, each as the capsule of an array: verdict, code, claim, issuer, and the claims that were chosen.
    fn take<'py>(&mut self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyCapsule>>> {
        let Grown { verdict, code, claim, issuer, claims } = mem::replace(&mut self.grown, Grown::new(&self.claims));
        let arrays = [verdict.finish(), code.finish(), claim.finish(), issuer.finish()];
        let claims = claims.into_iter().map(Values::finish);
        arrays.into_iter().chain(claims).map(|array| capsule_of(py, array)).collect()
    }
}

struct Grown {
    verdict: Build<Strings>,
    code: Build<Strings>,
    claim: Build<Strings>,
    issuer: Build<Vec<i64>>,
    claims: Vec<Values>,
}

impl Grown {
    fn new(claims: &[Claim]) -> Self {
        Self {
            verdict: Build::default(),
            code: Build::default(),
            claim: Build::default(),
            issuer: Build::default(),
            claims: claims.iter().map(|claim| Values::of(claim.kind)).collect(),
        }
    }

    fn of(claims: &[Claim], block: &[Outcome]) -> Self {
        let mut grown = Self::new(claims);
        for outcome in block {
            let shown = outcome.shown();
            grown.verdict.push(shown.verdict);
            grown.code.push(shown.code.map(Code::name));
            grown.claim.push(shown.claim);
            grown.issuer.push(shown.issuer.and_then(|issuer| i64::try_from(issuer).ok()));
            for (values, claim) in grown.claims.iter_mut().zip(claims) {
                values.push(claim, outcome.verified());
            }
        }
        grown
    }

    fn append(&mut self, more: Self) {
        self.verdict.append(more.verdict);
        self.code.append(more.code);
        self.claim.append(more.claim);
        self.issuer.append(more.issuer);
        for (values, more) in self.claims.iter_mut().zip(more.claims) {
            values.append(more);
        }
    }

    fn size(&self) -> usize {
        let fixed = [&self.verdict, &self.code, &self.claim].map(|column| column.values().size());
        fixed.into_iter().chain(self.claims.iter().map(Values::size)).max().unwrap_or(0)
    }
}

/// Rows whose claims are read together: a multiple of 8, so that their bits end with a byte.
const BLOCK: usize = 64;
