//! The validator as Python sees it: one call in, a verdict or work for the driver out.

use crate::errors;
use crate::explanation::Explanation;
use crate::fetch::Work;
use crate::objects;
use crate::verified::Verified;
use jotgate::{Code, Denial, FetchFailure, FetchId, FetchResponse, Request, Timestamp, Validator, Verdict};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};
use std::borrow::Cow;
use std::time::{Duration, SystemTime};

pub(crate) type HeaderFields<'py> = Vec<(Bound<'py, PyString>, Bound<'py, PyString>)>;
type ForwardParts = (Vec<String>, Vec<(String, String)>, Option<String>);
type AnswerParts<'py> = (u16, Vec<(&'static str, String)>, Bound<'py, PyBytes>);

/// The core's validator. Described in `_native.pyi`.
#[pyclass(frozen, module = "jotgate._native")]
pub(crate) struct Core {
    validator: Validator,
}

#[pymethods]
impl Core {
    #[new]
    #[pyo3(signature = (policy, seed, *, client_lookup=false))]
    fn new(py: Python<'_>, policy: &str, seed: u64, client_lookup: bool) -> PyResult<Self> {
        let policy = errors::guard(py, || {
            let policy = jotgate_tools::policy(policy, jotgate_tools::Format::Json)?;
            if client_lookup { Ok(policy) } else { policy.without_client_lookup() }
        })?;
        let policy = policy.map_err(|error| errors::policy(py, &error))?;
        let validator = errors::guard(py, || Validator::new(policy, seed))?;
        Ok(Self { validator: if client_lookup { validator.with_client_lookup() } else { validator } })
    }

    #[pyo3(signature = (token, now=None, as_of=None))]
    fn validate<'py>(
        &self, token: &Bound<'py, PyAny>, now: Option<f64>, as_of: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = token.py();
        let (now, as_of) = times(now, as_of)?;
        let token = token_bytes(token)?;
        let verdict = errors::guard(py, || self.validator.validate_as_of(&token, as_of, now))?;
        self.conclude(py, verdict, now)
    }

    #[pyo3(signature = (method, path, query, headers, now=None, as_of=None))]
    #[expect(clippy::too_many_arguments, reason = "the parts of a request, without an object made for each")]
    fn validate_request<'py>(
        &self, py: Python<'py>, method: &str, path: &Bound<'py, PyString>, query: &Bound<'py, PyString>,
        headers: HeaderFields<'py>, now: Option<f64>, as_of: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (now, as_of) = times(now, as_of)?;
        let ask = |request: &Request<'_>| self.validator.validate_request_as_of(request, as_of, now);
        let verdict = errors::guard(py, || with_request(method, path, query, &headers, ask))?;
        self.conclude(py, verdict, now)
    }

    #[pyo3(signature = (token, now=None, as_of=None))]
    fn explain(&self, token: &Bound<'_, PyAny>, now: Option<f64>, as_of: Option<f64>) -> PyResult<Explanation> {
        let (now, as_of) = times(now, as_of)?;
        let bytes = token_bytes(token)?;
        errors::guard(token.py(), || self.validator.explain_as_of(&bytes, as_of, now)).map(Explanation::from)
    }

    #[pyo3(signature = (method, path, query, headers, now=None, as_of=None))]
    #[expect(clippy::too_many_arguments, reason = "the parts of a request, without an object made for each")]
    fn explain_request(
        &self, py: Python<'_>, method: &str, path: &Bound<'_, PyString>, query: &Bound<'_, PyString>,
        headers: HeaderFields<'_>, now: Option<f64>, as_of: Option<f64>,
    ) -> PyResult<Explanation> {
        let (now, as_of) = times(now, as_of)?;
        let ask = |request: &Request<'_>| self.validator.explain_request_as_of(request, as_of, now);
        errors::guard(py, || with_request(method, path, query, &headers, ask)).map(Explanation::from)
    }

    /// Whether the policy's `forward` changes requests.
    fn forwards(&self, py: Python<'_>) -> PyResult<bool> {
        errors::guard(py, || self.validator.forwards())
    }

    #[pyo3(signature = (verified, method, path, query, headers))]
    fn forward(
        &self, py: Python<'_>, verified: Option<&Bound<'_, Verified>>, method: &str, path: &Bound<'_, PyString>,
        query: &Bound<'_, PyString>, headers: HeaderFields<'_>,
    ) -> PyResult<ForwardParts> {
        let verified = verified.map(|verified| verified.get().core());
        let ask = |request: &Request<'_>| self.validator.forward(verified, request);
        let forward = errors::guard(py, || with_request(method, path, query, &headers, ask))?;
        Ok((forward.remove, forward.set, forward.query))
    }

    #[pyo3(signature = (fetch_id, status, headers, body, now=None))]
    fn complete_fetch(
        &self, py: Python<'_>, fetch_id: u64, status: u16, headers: HeaderFields<'_>, body: &[u8], now: Option<f64>,
    ) -> PyResult<()> {
        let now = timestamp(now)?;
        errors::guard(py, || {
            with_fields(&headers, |headers| {
                let response = FetchResponse { status, headers, body };
                self.validator.complete_fetch(FetchId::from_number(fetch_id), response, now);
            });
        })
    }

    #[pyo3(signature = (fetch_id, failure, now=None))]
    fn fail_fetch(&self, py: Python<'_>, fetch_id: u64, failure: &str, now: Option<f64>) -> PyResult<()> {
        let now = timestamp(now)?;
        let failure = failure_named(failure)?;
        errors::guard(py, || self.validator.fail_fetch(FetchId::from_number(fetch_id), failure, now))
    }

    /// Whether a snapshot that another process wrote has ended the fetch.
    #[pyo3(signature = (fetch_id, snapshot, now=None))]
    fn settle_fetch(&self, py: Python<'_>, fetch_id: u64, snapshot: &str, now: Option<f64>) -> PyResult<bool> {
        let now = timestamp(now)?;
        let settled = errors::guard(py, || self.validator.settle_fetch(FetchId::from_number(fetch_id), snapshot, now))?;
        settled.map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// Whether `export_keys` has what other processes lack; asking again says no.
    fn export_due(&self, py: Python<'_>) -> PyResult<bool> {
        errors::guard(py, || self.validator.export_due())
    }

    #[pyo3(signature = (code, issuer=None, route=None, retry_after=None))]
    fn answer<'py>(
        &self, py: Python<'py>, code: &str, issuer: Option<usize>, route: Option<usize>, retry_after: Option<f64>,
    ) -> PyResult<AnswerParts<'py>> {
        let code = Code::from_name(code).unwrap_or(Code::InternalError);
        let retry_after = retry_after.map(|wait| Duration::try_from_secs_f64(wait).unwrap_or_default());
        let mut denial = Denial::new(code);
        denial.issuer = issuer;
        denial.route = route;
        denial.retry_after = retry_after;
        let answer = errors::guard(py, || self.validator.answer(&denial))?;
        Ok((answer.status, answer.headers, PyBytes::new(py, answer.body.as_bytes())))
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

    /// The fetches that a refresh on demand is made of.
    #[pyo3(signature = (now=None))]
    fn refresh_keys(&self, py: Python<'_>, now: Option<f64>) -> PyResult<Work> {
        let now = timestamp(now)?;
        let due = errors::guard(py, || {
            self.validator.refresh_keys();
            std::iter::from_fn(|| self.validator.poll_fetch(now)).collect()
        })?;
        Work::new(py, due, None)
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
    /// The verdict itself where nothing is left to do, None for a request that needs no token; otherwise `Work` that
    /// carries the verdict, if there is one yet.
    fn conclude<'py>(&self, py: Python<'py>, verdict: Verdict, now: Timestamp) -> PyResult<Bound<'py, PyAny>> {
        let outcome = match verdict {
            Verdict::Accepted(verified) => Ok(Bound::new(py, Verified::from(verified))?.into_any()),
            Verdict::Rejected(rejection) => Err(errors::rejection(py, &rejection)),
            Verdict::KeysUnavailable(outcome) => Err(errors::keys_unavailable(py, outcome, now)),
            // It looked at no keys, so it renews none either: the next token does.
            Verdict::Skipped(_) => return Ok(py.None().into_bound(py)),
            Verdict::KeysNeeded(needed) => return Ok(Bound::new(py, Work::new(py, needed.start, None)?)?.into_any()),
            _ => Err(errors::internal(py, "the core gave a verdict that this package does not know")),
        };
        if !errors::guard(py, || self.validator.fetch_due(now))? {
            return outcome;
        }
        let due = errors::guard(py, || std::iter::from_fn(|| self.validator.poll_fetch(now)).collect::<Vec<_>>())?;
        if due.is_empty() {
            return outcome;
        }
        let verdict = outcome.map_or_else(|error| error.into_value(py).into_any(), Bound::unbind);
        Ok(Bound::new(py, Work::new(py, due, Some(verdict))?)?.into_any())
    }
}

/// Asks about a request. Text that is no Unicode keeps its place as replacement characters: it cannot be part of a good
/// token.
fn with_request<T>(
    method: &str, path: &Bound<'_, PyString>, query: &Bound<'_, PyString>,
    headers: &[(Bound<'_, PyString>, Bound<'_, PyString>)], ask: impl FnOnce(&Request<'_>) -> T,
) -> T {
    let (path, query) = (path.to_string_lossy(), query.to_string_lossy());
    with_fields(headers, |headers| ask(&Request { method, path: &path, query: &query, headers }))
}

/// Header fields as the core takes them, borrowed where they are Unicode.
pub(crate) fn with_fields<T>(
    fields: &[(Bound<'_, PyString>, Bound<'_, PyString>)], work: impl FnOnce(&[(&str, &str)]) -> T,
) -> T {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.to_string_lossy(), value.to_string_lossy())).collect();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    work(&fields)
}

pub(crate) fn failure_named(name: &str) -> PyResult<FetchFailure> {
    match name {
        "connection" => Ok(FetchFailure::Connection),
        "timeout" => Ok(FetchFailure::Timeout),
        "too_large" => Ok(FetchFailure::TooLarge),
        "cancelled" => Ok(FetchFailure::Cancelled),
        "callback" => Ok(FetchFailure::Callback),
        _ => Err(PyValueError::new_err("no such fetch failure")),
    }
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

/// The time that it is, and the time that the token is judged for: the same unless the caller asks for another.
fn times(now: Option<f64>, as_of: Option<f64>) -> PyResult<(Timestamp, Timestamp)> {
    let now = timestamp(now)?;
    Ok((now, as_of.map_or(Ok(now), |as_of| timestamp(Some(as_of)))?))
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
