//! From text to the document.

use super::error::PolicyError;
use super::form::Document;
use super::mending::Mending;
use super::mistakes::Mistakes;
use super::strict::strict_json;

/// Reads the document, with what is wrong in its form. Where that is something, the document holds other values in these
/// places, so that the rest of it can be looked at; it never becomes a policy.
pub(crate) fn read(text: &str) -> Result<(Document, Mistakes), PolicyError> {
    Mending::of(strict_json(text)?).document()
}
