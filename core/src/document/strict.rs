//! JSON, read so that no two readers see different documents in it.

use super::error::PolicyError;
use super::unicode::lone_escape;
use crate::{json, limits};
use serde_json::Value;

/// One JSON object as a value, read as strictly as a policy is: at most 16 MiB and 64 levels, no member twice, and nothing
/// on which JSON readers differ.
///
/// For programs that read documents beside the policy, or make one: what the fields mean is not looked at.
///
/// ```
/// assert_eq!(jotgate::strict_json(r#"{"version": 1}"#)?["version"], 1);
/// assert!(jotgate::strict_json(r#"{"version": 1, "version": 2}"#).is_err());
/// # Ok::<(), jotgate::PolicyError>(())
/// ```
///
/// # Errors
///
/// The text is no such object.
pub fn strict_json(text: &str) -> Result<Value, PolicyError> {
    if text.len() > limits::POLICY_BYTES {
        return Err(PolicyError::new("", "the document is longer than 16 MiB"));
    }
    // Strictness comes first: serde takes the last of two members.
    json::object(text, limits::JSON_DEPTH_MAX).map_err(|_| {
        let general = || PolicyError::new("", "the document must be one JSON object without duplicate members");
        lone_escape(text).unwrap_or_else(general)
    })?;
    serde_json::from_str(text).map_err(|_| PolicyError::new("", "the document must be one JSON object"))
}
