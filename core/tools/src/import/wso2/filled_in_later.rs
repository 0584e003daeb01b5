//! Values that the text leaves to the server's surroundings.

/// Whether a value is filled in from elsewhere when the server starts.
pub(super) fn is_filled_in_later(text: &str) -> bool {
    ["$env{", "$secret{", "$ref{", "$sys{"].iter().any(|start| text.contains(start))
}

pub(super) const FILLED_IN_LATER: &str =
    "filled in when the server starts, from what is not in this text; write the value itself";
