//! What is called for each token and each request: answered without a line of Python, where the core alone has a say.

use crate::request::Query;
use crate::validator::Core;
use crate::verified::Verified;
use arc_swap::ArcSwapOption;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The base of `jotgate.Validator`. Described in `_native.pyi`.
///
/// A call of a Python function, and of those that it would call in turn, costs as much as the whole verdict on an HMAC token.
#[pyclass(subclass, frozen, name = "Validator", module = "jotgate._native")]
pub(crate) struct Front {
    /// That of the policy that holds now. Every question takes one core and keeps it.
    core: ArcSwapOption<Py<Core>>,
    /// Whether the core's verdict is all there is to a validation: no clock, hook or listener of the application has a part in it.
    alone: AtomicBool,
}

#[pymethods]
impl Front {
    /// Takes whatever the constructor of the class in Python takes.
    #[new]
    #[pyo3(signature = (*_arguments, **_options))]
    fn new(_arguments: &Bound<'_, PyTuple>, _options: Option<&Bound<'_, PyDict>>) -> Self {
        Self { core: ArcSwapOption::empty(), alone: AtomicBool::new(false) }
    }

    /// Whom to ask, and whether anybody else has a say.
    fn _begin(&self, core: Py<Core>, alone: bool) {
        self._follow(core);
        self.alone.store(alone, Ordering::Relaxed);
    }

    /// From now on this core is asked.
    fn _follow(&self, core: Py<Core>) {
        self.core.store(Some(Arc::new(core)));
    }

    /// The core that is asked now.
    #[getter]
    fn _core(&self, py: Python<'_>) -> Option<Py<Core>> {
        self.core.load().as_ref().map(|core| core.clone_ref(py))
    }

    /// From now on somebody else has a say.
    fn _accompany(&self) {
        self.alone.store(false, Ordering::Relaxed);
    }

    /// Validates one token; blocks while keys that are needed are fetched.
    ///
    /// It cannot wait on the thread of an event loop that is fetching them: there it raises `KeysUnavailable`.
    /// `as_of` judges the token for another time, in seconds since the Unix epoch, with the keys of today: for audits
    /// and replays. Raises `InvalidToken` (always one of its subclasses), `KeysUnavailable`, or TypeError for a token
    /// that is neither str nor bytes. With `into` it gives the claims as an object of that class: see `Verified.into`.
    #[pyo3(signature = (token, *, as_of=None, into=None))]
    fn validate<'py>(
        slf: &Bound<'py, Self>, token: &Bound<'py, PyAny>, as_of: Option<f64>, into: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if let Some(kind) = into {
            return Self::validate(slf, token, as_of, None)?.call_method1("into", (kind,));
        }
        let current = slf.get().core.load();
        let Some(core) = current.as_ref().filter(|_| slf.get().is_alone()) else {
            return slf.call_method1("_judge", (token, as_of));
        };
        let verdict = core.get().validate(token, None, as_of)?;
        match verdict.is_exact_instance_of::<Verified>() {
            true => Ok(verdict),
            false => slf.call_method1("_judge", (token, as_of, &**core, verdict)),
        }
    }

    /// Validates the token that an HTTP request carries, found as the policy says; blocks like `validate`.
    ///
    /// Returns None for a request that needs no token by the policy's `routes`; a policy without `routes` has none.
    /// `path` is the path as it stands in the request line, escapes and all, and `query` the raw query string without
    /// its question mark. Raises what `validate` raises, `MissingTokenError` or
    /// `MultipleTokensError`, and `UnmatchedRequestError` or `AmbiguousTargetError` for a request that the policy lets
    /// come no further.
    #[pyo3(
        signature = (method, path, query=Query(None), headers=None, *, as_of=None),
        text_signature = "($self, method, path, query='', headers=(), *, as_of=None)"
    )]
    fn validate_request<'py>(
        slf: &Bound<'py, Self>, method: &Bound<'py, PyString>, path: &Bound<'py, PyString>, query: Query<'py>,
        headers: Option<&Bound<'py, PyAny>>, as_of: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let query = query.0.unwrap_or_else(|| PyString::new(py, "").into_any());
        let none = py.None().into_bound(py);
        let headers = headers.unwrap_or(&none);
        let current = slf.get().core.load();
        let Some(core) = current.as_ref().filter(|_| slf.get().is_alone()) else {
            return slf.call_method1("_judge_request", (method, path, query, headers, as_of));
        };
        let verdict = core.get().validate_request(method.to_str()?, path, &query, headers, None, as_of)?;
        match verdict.is_exact_instance_of::<Verified>() || verdict.is_none() {
            true => Ok(verdict),
            false => slf.call_method1("_judge_request", (method, path, query, headers, as_of, &**core, verdict)),
        }
    }
}

impl Front {
    /// Whether nobody else has a say.
    fn is_alone(&self) -> bool {
        self.alone.load(Ordering::Relaxed)
    }
}
