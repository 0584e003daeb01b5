//! Stands in for expressions in builds without the feature `expressions`: a policy that has one does not compile.

use super::PolicyError;
use super::rule::Context;
use crate::json;

/// Cannot be made.
#[derive(Debug)]
pub(crate) enum Expression {}

impl Expression {
    pub(crate) fn compile(_: &str, _: bool, path: &str) -> Result<Self, PolicyError> {
        Err(PolicyError::new(path, "this build has no expressions")
            .with_hint("build the core with its feature  expressions"))
    }

    pub(crate) fn holds(&self, _: &Context<'_>, _: Option<json::Value<'_>>, _: Option<&str>) -> bool {
        match *self {}
    }
}
