//! From text to the document.

use super::error::PolicyError;
use super::mending::Mending;
use super::mistakes::Mistakes;
use super::references::{ReferenceFailure, fill};
use super::strict::strict_json;
use serde::de::DeserializeOwned;

/// Reads a document of this form, with what is wrong in its form. Where that is something, the document holds other values in these
/// places, so that the rest of it can be looked at; nothing is made of it.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<(T, Mistakes), PolicyError> {
    Mending::of(strict_json(text)?, Vec::new()).document()
}

/// The same for a document with texts that lie elsewhere: what is not there is told with what else is wrong.
pub(crate) fn read_filled<T: DeserializeOwned>(
    text: &str, read: &[Result<Vec<u8>, ReferenceFailure>],
) -> Result<(T, Mistakes), PolicyError> {
    let mut value = strict_json(text)?;
    let missing = fill(&mut value, read);
    Mending::of(value, missing).document()
}
