//! Names of claims as a policy lists them, for the checks that look claims up by such a list.

use crate::document::PolicyError;
use std::sync::Arc;

/// Names of claims of which the first present one counts: there must be one.
pub(super) fn lookup_names(
    written: Option<Vec<String>>, default: &[&str], path: &str,
) -> Result<Vec<Arc<str>>, PolicyError> {
    let names = claim_names(written, default, path)?;
    if names.is_empty() { Err(PolicyError::new(path, "expected at least one claim")) } else { Ok(names) }
}

/// The names as written, or the default where nothing is. They are shared with the rejections that name them.
pub(super) fn claim_names(
    written: Option<Vec<String>>, default: &[&str], path: &str,
) -> Result<Vec<Arc<str>>, PolicyError> {
    let Some(names) = written else {
        return Ok(default.iter().map(|name| Arc::from(*name)).collect());
    };
    match names.iter().position(String::is_empty) {
        Some(index) => Err(PolicyError::new(format!("{path}[{index}]"), "a claim has a name")),
        None => Ok(names.into_iter().map(Arc::from).collect()),
    }
}
