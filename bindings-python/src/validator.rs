//! The validator as Python sees it: one call in, a verdict or work for the driver out.

use crate::batch;
use crate::errors;
use crate::explanation::Explanation;
use crate::objects;
use crate::question::{HeaderFields, ask, timestamp};
use crate::request::{Given, Reads, Request};
use crate::verdicts::{Pending, decided};
use crate::verified::Verified;
use crate::work::{self, Work};
use jotgate::{Code, Denial, Question, Report, Requirement, Timestamp, Validator, Verdict};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyFrozenSet, PyList, PyString};
use std::time::Duration;

type ForwardParts = (Vec<String>, Vec<(String, String)>, Option<String>);
pub(crate) type AnswerParts<'py> = (u16, Vec<(&'static str, String)>, Bound<'py, PyBytes>);

/// The core's validator. Described in `_native.pyi`.
///
/// One policy, for life: where another comes in its place, that has a core of its own, made of this one.
#[pyclass(frozen, subclass, module = "jotgate._native")]
pub(crate) struct Core {
    validator: Validator,
    reads: Reads,
}

impl Core {
    pub(crate) fn validator(&self) -> &Validator {
        &self.validator
    }
}

#[pymethods]
impl Core {
    #[new]
    #[pyo3(
        signature = (policy, seed, *, client_lookup=false, revocation_check=false, store=false, before=None, now=None)
    )]
    #[expect(clippy::too_many_arguments, reason = "they have names in Python")]
    fn new(
        py: Python<'_>, policy: &str, seed: u64, client_lookup: bool, revocation_check: bool, store: bool,
        before: Option<&Bound<'_, Self>>, now: Option<f64>,
    ) -> PyResult<Self> {
        let policy = errors::guard(py, || {
            let policy = jotgate::Policy::from_json_with(policy, &jotgate_tools::JavaStores)?;
            let looks_up = before.map_or(client_lookup, |before| before.get().validator.looks_clients_up());
            if looks_up { Ok(policy) } else { policy.without_client_lookup() }
        })?;
        let policy = policy.map_err(|error| errors::policy(py, &error))?;
        if let Some(before) = before {
            let now = timestamp(now)?;
            return errors::guard(py, || {
                let validator = before.get().validator.replaced(policy, now);
                let reads = validator.reads().into();
                Self { validator, reads }
            });
        }
        let mut validator = errors::guard(py, || Validator::new(policy, seed))?;
        if client_lookup {
            validator = validator.with_client_lookup();
        }
        if revocation_check {
            validator = validator.with_revocation_check();
        }
        if store {
            validator = validator.with_store();
        }
        let reads = errors::guard(py, || validator.reads())?.into();
        Ok(Self { validator, reads })
    }

    #[pyo3(signature = (question, now=None, as_of=None))]
    pub(crate) fn validate<'py>(
        &self, question: &Bound<'py, PyAny>, now: Option<f64>, as_of: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let now = timestamp(now)?;
        let told = ask(question, as_of, |question| self.told(question, now))?;
        conclude(question.py(), told, now, || Ok(None))
    }

    /// Like `validate` with what `request` makes, but nothing is made, unless keys are needed first.
    #[pyo3(signature = (method, path, query, headers, now=None, as_of=None))]
    pub(crate) fn validate_request<'py>(
        &self, method: &str, path: &Bound<'py, PyString>, query: &Bound<'py, PyAny>, headers: &Bound<'py, PyAny>,
        now: Option<f64>, as_of: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = path.py();
        Given { method, path, query, headers }.with(&self.reads, |request| {
            let now = timestamp(now)?;
            let question = Question::request(request);
            let question = match as_of {
                Some(as_of) => question.as_of(timestamp(Some(as_of))?),
                None => question,
            };
            let told = errors::guard(py, || self.told(question, now))?;
            conclude(py, told, now, || Py::new(py, Request::from(request)).map(Some))
        })
    }

    /// What each token has come to, and whether work is due. The GIL is released once, while all of them are judged.
    #[pyo3(signature = (tokens, now=None, as_of=None, threads=0))]
    fn validate_many<'py>(
        &self, py: Python<'py>, tokens: Vec<Bound<'py, PyAny>>, now: Option<f64>, as_of: Option<f64>, threads: usize,
    ) -> PyResult<(Bound<'py, PyList>, bool)> {
        let now = timestamp(now)?;
        let as_of = as_of.map(|as_of| timestamp(Some(as_of))).transpose()?;
        let outcomes = batch::judged(py, &self.validator, &tokens, batch::Times { now, as_of }, threads)?;
        Ok((outcomes, errors::guard(py, || self.validator.work_due(now))?))
    }

    #[pyo3(signature = (question, now=None, as_of=None))]
    fn explain(&self, question: &Bound<'_, PyAny>, now: Option<f64>, as_of: Option<f64>) -> PyResult<Explanation> {
        let now = timestamp(now)?;
        ask(question, as_of, |question| self.validator.explain(question, now)).map(Explanation::from)
    }

    /// A request to ask about: of what is given, the parts that the policy reads.
    fn request(
        &self, method: &str, path: &Bound<'_, PyString>, query: &Bound<'_, PyAny>, headers: &Bound<'_, PyAny>,
    ) -> PyResult<Request> {
        Given { method, path, query, headers }.with(&self.reads, |request| Ok(Request::from(request)))
    }

    /// The names of the header fields that the policy reads, in lower case, or None for all; and whether it reads the query.
    fn reads<'py>(&self, py: Python<'py>) -> PyResult<(Option<Bound<'py, PyFrozenSet>>, bool)> {
        let headers = self
            .reads
            .headers
            .as_ref()
            .map(|names| PyFrozenSet::new(py, names.iter().map(|name| &**name)))
            .transpose()?;
        Ok((headers, self.reads.query))
    }

    /// Whether the policy's `forward` changes requests.
    fn forwards(&self, py: Python<'_>) -> PyResult<bool> {
        errors::guard(py, || self.validator.forwards())
    }

    fn forward(
        &self, py: Python<'_>, verified: Option<&Bound<'_, Verified>>, request: &Bound<'_, Request>,
    ) -> PyResult<ForwardParts> {
        let verified = verified.map(|verified| verified.get().core());
        let request = request.get();
        let forward = errors::guard(py, || request.with(|request| self.validator.forward(verified, request)))?;
        Ok((forward.remove, forward.set, forward.query))
    }

    /// The next piece of work for the driver.
    #[pyo3(signature = (now=None))]
    fn poll_work(&self, py: Python<'_>, now: Option<f64>) -> PyResult<Option<Work>> {
        let now = timestamp(now)?;
        errors::guard(py, || self.validator.poll_work(now).map(Work::from))
    }

    #[pyo3(signature = (work_id, status, headers, body, now=None))]
    fn report_fetched(
        &self, py: Python<'_>, work_id: u64, status: u16, headers: HeaderFields<'_>, body: &[u8], now: Option<f64>,
    ) -> PyResult<()> {
        let now = timestamp(now)?;
        let taken = errors::guard(py, || {
            let (id, most) = (work::id(work_id), self.validator.body_limit(work::id(work_id)));
            work::with_answer(status, &headers, body, most, |report| self.validator.report(id, report, now))
        })?;
        taken.map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// Raises ValueError for a text that is of no use, which has been reported nevertheless.
    #[pyo3(signature = (work_id, text, now=None))]
    fn report_loaded(&self, py: Python<'_>, work_id: u64, text: Option<&str>, now: Option<f64>) -> PyResult<()> {
        self.report(py, work_id, Report::Loaded(text), now)
    }

    #[pyo3(signature = (work_id, now=None))]
    fn report_saved(&self, py: Python<'_>, work_id: u64, now: Option<f64>) -> PyResult<()> {
        self.report(py, work_id, Report::Saved, now)
    }

    #[pyo3(signature = (work_id, failure, cause, now=None))]
    fn report_failed(&self, py: Python<'_>, work_id: u64, failure: u32, cause: &str, now: Option<f64>) -> PyResult<()> {
        self.report(py, work_id, work::failed(failure, cause)?, now)
    }

    /// In a child after a fork: what the parent does has to be done here too.
    #[pyo3(signature = (now=None))]
    fn reissue_work(&self, py: Python<'_>, now: Option<f64>) -> PyResult<()> {
        let now = timestamp(now)?;
        errors::guard(py, || self.validator.reissue_work(now))
    }

    #[pyo3(signature = (code, issuer=None, route=None, retry_after=None))]
    fn answer<'py>(
        &self, py: Python<'py>, code: &str, issuer: Option<usize>, route: Option<usize>, retry_after: Option<f64>,
    ) -> PyResult<AnswerParts<'py>> {
        self.answer_of(py, (code, issuer, route, retry_after), None)
    }

    #[pyo3(signature = (now=None))]
    fn health<'py>(&self, py: Python<'py>, now: Option<f64>) -> PyResult<Bound<'py, PyDict>> {
        let now = timestamp(now)?;
        let told = errors::guard(py, || serde_json::to_string(&self.validator.health(now)))?;
        let told = told.map_err(|_| errors::internal(py, "the core's health is no JSON; this is a bug"))?;
        objects::dict_from_json(py, &told)
    }

    /// The oldest event that was not taken yet.
    fn poll_event<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(event) = errors::guard(py, || self.validator.poll_event())? else { return Ok(None) };
        let told = serde_json::to_string(&event);
        let told = told.map_err(|_| errors::internal(py, "the core's event is no JSON; this is a bug"))?;
        objects::dict_from_json(py, &told).map(Some)
    }

    /// A line for the log that was not taken yet.
    fn poll_warning(&self, py: Python<'_>) -> PyResult<Option<String>> {
        errors::guard(py, || self.validator.poll_warning().map(|warning| warning.as_ref().to_owned()))
    }

    /// Has the key sets fetched: `poll_work` gives the work out.
    fn refresh_keys(&self, py: Python<'_>) -> PyResult<()> {
        errors::guard(py, || self.validator.refresh_keys())
    }

    fn export_keys(&self, py: Python<'_>) -> PyResult<String> {
        errors::guard(py, || self.validator.export_keys())
    }

    #[pyo3(signature = (snapshot, now=None))]
    fn import_keys(&self, py: Python<'_>, snapshot: &str, now: Option<f64>) -> PyResult<usize> {
        let now = timestamp(now)?;
        let imported = errors::guard(py, || self.validator.import_keys(snapshot, now))?;
        imported.map_err(|error| PyValueError::new_err(error.to_string()))
    }
}

impl Core {
    /// The answer to a denial of this code, issuer, route and wait, by an endpoint that asks for something itself or by the policy.
    pub(crate) fn answer_of<'py>(
        &self, py: Python<'py>, denied: (&str, Option<usize>, Option<usize>, Option<f64>),
        requirement: Option<&Requirement>,
    ) -> PyResult<AnswerParts<'py>> {
        let (code, issuer, route, retry_after) = denied;
        let mut denial = Denial::new(Code::from_name(code).unwrap_or(Code::InternalError));
        denial.issuer = issuer;
        denial.route = route;
        denial.retry_after = retry_after.map(|wait| Duration::try_from_secs_f64(wait).unwrap_or_default());
        let answer = errors::guard(py, || match requirement {
            Some(requirement) => self.validator.answer_with(&denial, requirement),
            None => self.validator.answer(&denial),
        })?;
        Ok((answer.status, answer.headers, PyBytes::new(py, answer.body.as_bytes())))
    }

    /// The verdict, and whether work is due beside it.
    fn told(&self, question: Question<'_>, now: Timestamp) -> (Verdict, bool) {
        (self.validator.validate(question, now), self.validator.work_due(now))
    }

    fn report(&self, py: Python<'_>, work_id: u64, report: Report<'_>, now: Option<f64>) -> PyResult<()> {
        let now = timestamp(now)?;
        let taken = errors::guard(py, || self.validator.report(work::id(work_id), report, now))?;
        taken.map_err(|error| PyValueError::new_err(error.to_string()))
    }
}

/// The verdict itself where nothing is left to do, None for a request that needs no token; otherwise `Pending`, which
/// carries the verdict if there is one yet, and otherwise what `kept` makes of a request.
fn conclude<'py>(
    py: Python<'py>, (verdict, is_due): (Verdict, bool), now: Timestamp,
    kept: impl FnOnce() -> PyResult<Option<Py<Request>>>,
) -> PyResult<Bound<'py, PyAny>> {
    let outcome = match verdict {
        Verdict::KeysNeeded(needed) => return Ok(Bound::new(py, Pending::before(&needed, kept()?))?.into_any()),
        Verdict::Skipped(_) => Ok(py.None().into_bound(py)),
        Verdict::KeysUnavailable(outcome) => Err(errors::keys_unavailable(py, outcome, now)),
        verdict => decided(py, verdict),
    };
    if is_due { Ok(Bound::new(py, Pending::beside(py, outcome))?.into_any()) } else { outcome }
}
