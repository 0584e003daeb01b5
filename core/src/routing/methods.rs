//! The methods of a route.

use crate::document::{OneOrMany, PolicyError};

/// Empty for every method.
#[derive(Debug)]
pub(super) struct Methods(Vec<String>);

/// How a route takes a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MethodFit {
    /// As the policy writes it (RFC 9110 section 9.1: methods have case).
    Exact,
    /// `HEAD` where the route names `GET`: servers run the same code for both (RFC 9110 section 9.3.2).
    HeadAsGet,
    /// In lower case, which some frameworks take for the same.
    OtherCase,
}

impl Methods {
    /// `GET|HEAD` or a list.
    pub(super) fn compile(written: Option<OneOrMany>, path: &str) -> Result<Self, PolicyError> {
        let Some(written) = written else { return Ok(Self(Vec::new())) };
        let methods: Vec<String> =
            written.into_vec().iter().flat_map(|methods| methods.split('|')).map(str::to_owned).collect();
        let valid = |method: &String| {
            !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-')
        };
        if !methods.is_empty() && methods.iter().all(valid) {
            Ok(Self(methods))
        } else {
            let error = PolicyError::new(format!("{path}.methods"), "expected methods in upper case");
            Err(error.with_hint("write [GET, HEAD] or GET|HEAD"))
        }
    }

    pub(super) fn fit(&self, method: &str) -> Option<MethodFit> {
        let names = |wanted: &str| self.0.iter().any(|ours| ours == wanted);
        if self.0.is_empty() || names(method) {
            return Some(MethodFit::Exact);
        }
        if method == "HEAD" && names("GET") {
            return Some(MethodFit::HeadAsGet);
        }
        let same = |ours: &String| ours.eq_ignore_ascii_case(method);
        let is_head = method.eq_ignore_ascii_case("HEAD");
        (self.0.iter().any(same) || (is_head && names("GET"))).then_some(MethodFit::OtherCase)
    }

    /// Whether the route is written for `HEAD` itself.
    pub(super) fn name_head(&self) -> bool {
        self.0.iter().any(|method| method == "HEAD")
    }
}
