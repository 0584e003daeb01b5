//! Values that the text leaves to the gateway's properties.

/// Whether a value is filled in when the gateway starts, from a place that is not in this text.
pub(super) fn is_filled_in_later(text: &str) -> bool {
    text.contains("${") || text.trim_start().starts_with("![") || text.contains("{{")
}

pub(super) const FILLED_IN_LATER: &str =
    "filled in from the gateway's properties, which are not in this text; write the value itself";
