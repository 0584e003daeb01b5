//! Stands in for expressions in builds without the feature `expressions`: a policy that has one does not compile.

use crate::context::Context;
use crate::document::PolicyError;
use crate::json;
use crate::request::Request;
use crate::request_parts::RequestParts;

/// Cannot be made.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NoText {}

/// Cannot be made.
#[derive(Debug)]
pub(crate) enum Expression {}

impl Expression {
    pub(crate) fn compile(_: &str, _: bool, path: &str) -> Result<Self, PolicyError> {
        Err(PolicyError::new(path, "this build has no expressions")
            .with_hint("build the core with its feature  expressions"))
    }

    pub(crate) fn compile_for_requests(_: &str, path: &str) -> Result<Self, PolicyError> {
        Self::compile("", false, path)
    }

    pub(crate) fn needs_request(&self) -> bool {
        match *self {}
    }

    pub(crate) fn reads_path(&self) -> bool {
        match *self {}
    }

    pub(crate) fn reads(&self, _: &mut RequestParts) {
        match *self {}
    }

    pub(crate) fn text(&self, _: &Context<'_>) -> Result<Option<String>, NoText> {
        match *self {}
    }

    pub(crate) fn find(&self, _: &Request<'_>) -> Result<Option<String>, NoText> {
        match *self {}
    }

    pub(crate) fn holds(&self, _: &Context<'_>, _: Option<json::Value<'_>>, _: Option<&str>) -> bool {
        match *self {}
    }
}
