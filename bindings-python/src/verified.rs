//! A verified token as a read-only mapping over its claims.

use crate::errors;
use crate::objects;
use jotgate::Member;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyIterator, PyString, PyTuple};
use std::borrow::Cow;
use std::sync::OnceLock;

/// A token that passed. Described in `_native.pyi`.
#[pyclass(frozen, mapping, module = "jotgate")]
pub(crate) struct Verified {
    verified: jotgate::Verified,
    /// Built when claims are read as a whole for the first time, and never handed out.
    claims: OnceLock<Py<PyDict>>,
    /// What the host's `transform` made of the claims, shown in their place.
    shown: Option<Py<PyDict>>,
}

impl From<jotgate::Verified> for Verified {
    fn from(verified: jotgate::Verified) -> Self {
        Self { verified, claims: OnceLock::new(), shown: None }
    }
}

#[pymethods]
impl Verified {
    fn __getitem__<'py>(&self, name: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.claim(name)?.ok_or_else(|| PyKeyError::new_err(name.clone().unbind()))
    }

    #[pyo3(signature = (name, /, default=None))]
    fn get<'py>(
        &self, name: &Bound<'py, PyAny>, default: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        Ok(self.claim(name)?.or(default))
    }

    fn __contains__(&self, name: &Bound<'_, PyAny>) -> PyResult<bool> {
        match &self.shown {
            Some(shown) => shown.bind(name.py()).contains(name),
            None => Ok(self.member(name)?.is_some()),
        }
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(self.shown.as_ref().map_or_else(|| self.verified.members().len(), |shown| shown.bind(py).len()))
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        self.names(py)?.try_iter()
    }

    fn keys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.names(py)?.call_method0("keys")
    }

    fn values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.claims(py)?.call_method0("values")
    }

    fn items<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.claims(py)?.call_method0("items")
    }

    fn __eq__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = other.py();
        let equal = if let Ok(other) = other.cast::<Self>() {
            self.dict(py)?.eq(other.get().dict(py)?)?
        } else if let Ok(other) = other.cast::<PyDict>() {
            self.dict(py)?.eq(other)?
        } else {
            return Ok(py.NotImplemented().into_bound(py));
        };
        Ok(equal.into_pyobject(py)?.to_owned().into_any())
    }

    /// Shows no claim: a verified token may hold personal data, and a repr ends in logs.
    fn __repr__(&self) -> String {
        format!("<jotgate.Verified issuer_index={}>", self.verified.issuer_index())
    }

    #[getter]
    fn claims<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        match &self.shown {
            Some(shown) => Ok(objects::copy_of(shown.bind(py))?.cast_into::<PyDict>()?),
            None => objects::dict_of(py, self.verified.claims()),
        }
    }

    /// The same token with other claims to show.
    fn with_claims(&self, claims: &Bound<'_, PyDict>) -> PyResult<Self> {
        let shown = objects::copy_of(claims)?.cast_into::<PyDict>()?.unbind();
        Ok(Self { verified: self.verified.clone(), claims: OnceLock::new(), shown: Some(shown) })
    }

    #[getter]
    fn header<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        objects::dict_from_json(py, self.verified.header())
    }

    #[getter]
    fn payload<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.verified.payload().as_bytes())
    }

    #[getter]
    fn issuer_index(&self) -> usize {
        self.verified.issuer_index()
    }

    #[getter]
    fn issuer(&self, py: Python<'_>) -> PyResult<Cow<'_, str>> {
        self.present(py, "iss", self.verified.claims().issuer())
    }

    #[getter]
    fn subject(&self, py: Python<'_>) -> PyResult<Cow<'_, str>> {
        self.present(py, "sub", self.verified.claims().subject())
    }

    #[getter]
    fn token_id(&self, py: Python<'_>) -> PyResult<Cow<'_, str>> {
        self.present(py, "jti", self.verified.claims().token_id())
    }

    #[getter]
    fn audience<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.verified.claims().audience())
    }

    #[getter]
    fn scopes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.verified.scopes())
    }

    fn has_scope(&self, scope: &str) -> bool {
        self.verified.has_scope(scope)
    }

    #[getter]
    fn expires_at(&self, py: Python<'_>) -> PyResult<f64> {
        self.present(py, "exp", self.verified.expires_at())
    }

    #[getter]
    fn not_before(&self, py: Python<'_>) -> PyResult<f64> {
        self.present(py, "nbf", self.verified.not_before())
    }

    #[getter]
    fn issued_at(&self, py: Python<'_>) -> PyResult<f64> {
        self.present(py, "iat", self.verified.issued_at())
    }

    /// The claims as an object of the application's own class, which the package makes.
    fn into<'py>(slf: &Bound<'py, Self>, kind: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let py = slf.py();
        let make =
            MAKE.get_or_try_init(py, || PyResult::Ok(py.import("jotgate._into")?.getattr("claims_into")?.unbind()))?;
        make.bind(py).call1((slf, kind))
    }
}

impl Verified {
    pub(crate) fn core(&self) -> &jotgate::Verified {
        &self.verified
    }

    /// What a property shows. One that is not there is an error that can be answered, as where the policy requires it.
    fn present<T>(&self, py: Python<'_>, claim: &'static str, value: Option<T>) -> PyResult<T> {
        value.ok_or_else(|| errors::absent(py, claim, self.verified.issuer_index()))
    }

    /// One claim, as a value of its own: it may be changed, and the next reader gets it as it was.
    fn claim<'py>(&self, name: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = name.py();
        match &self.shown {
            Some(shown) => shown.bind(py).get_item(name)?.map(|value| objects::copy_of(&value)).transpose(),
            None => self.member(name)?.map(|member| objects::value_of(py, member)).transpose(),
        }
    }

    /// The claim of this name. What is no text names none, as in a dict, and what cannot be hashed is a TypeError there.
    fn member(&self, name: &Bound<'_, PyAny>) -> PyResult<Option<Member<'_>>> {
        let Ok(text) = name.cast::<PyString>() else {
            name.hash()?;
            return Ok(None);
        };
        // A lone surrogate stands in no claim.
        Ok(text.to_str().ok().and_then(|text| self.verified.member(text)))
    }

    /// A dict of the names of all claims, with no values that would have to be read.
    fn names<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        match &self.shown {
            Some(shown) => shown.bind(py).copy(),
            None => objects::names_of(py, self.verified.claims()),
        }
    }

    fn dict<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyDict>> {
        self.shown.as_ref().map_or_else(|| self.signed(py), |shown| Ok(shown.bind(py)))
    }

    /// The claims that the issuer signed.
    fn signed<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyDict>> {
        if let Some(claims) = self.claims.get() {
            return Ok(claims.bind(py));
        }
        // Made before it is put in place: initialising in place would release the GIL, and wait to win it back.
        let claims = objects::dict_of(py, self.verified.claims())?.unbind();
        Ok(self.claims.get_or_init(|| claims).bind(py))
    }
}
