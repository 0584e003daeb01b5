//! Names of claims as a policy lists them, for the checks that look claims up by such a list.

use crate::claim_names::{ClaimNames, PolicyName};
use crate::document::PolicyError;

/// Names of claims of which the first present one counts: there must be one.
pub(super) fn lookup_names(
    written: Option<Vec<String>>, default: &[&str], kept: &mut ClaimNames, path: &str,
) -> Result<Vec<PolicyName>, PolicyError> {
    let names = claim_names(written, default, kept, path)?;
    if names.is_empty() { Err(PolicyError::new(path, "expected at least one claim")) } else { Ok(names) }
}

/// The names as written, or the default where nothing is. They are shared with the rejections that name them.
pub(super) fn claim_names(
    written: Option<Vec<String>>, default: &[&str], kept: &mut ClaimNames, path: &str,
) -> Result<Vec<PolicyName>, PolicyError> {
    let Some(names) = written else {
        return Ok(default.iter().map(|name| kept.keep(name)).collect());
    };
    match names.iter().position(String::is_empty) {
        Some(index) => Err(PolicyError::new(format!("{path}[{index}]"), "a claim has a name")),
        None => Ok(names.iter().map(|name| kept.keep(name)).collect()),
    }
}
