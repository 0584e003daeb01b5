//! From text to the document.

use super::error::PolicyError;
use super::mending::Mending;
use super::mistakes::Mistakes;
use super::strict::strict_json;
use serde::de::DeserializeOwned;

/// Reads a document of this form, with what is wrong in its form. Where that is something, the document holds other values in these
/// places, so that the rest of it can be looked at; nothing is made of it.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<(T, Mistakes), PolicyError> {
    Mending::of(strict_json(text)?).document()
}
