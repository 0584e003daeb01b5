//! From text to the document: JSON, YAML and TOML, each read so that no two readers see different policies in it.

use super::error::PolicyError;
use super::form::Document;
#[cfg(feature = "markup")]
use crate::markup::{self, MarkupError};
use crate::{json, limits};
use serde_json::Value;

/// How a policy document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// RFC 8259, without duplicate members.
    Json,
    /// YAML 1.2 with the core schema: one document without anchors, aliases, merge keys and tags, and without plain words
    /// and numbers that other versions of YAML read differently, such as `no` and `010`.
    Yaml,
    /// TOML 1.1, without dates and infinities.
    Toml,
}

impl Format {
    /// The format of this name or file extension: `json`, `yaml`, `yml` or `toml`, in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let formats = [("json", Self::Json), ("yaml", Self::Yaml), ("yml", Self::Yaml), ("toml", Self::Toml)];
        formats.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, format)| *format)
    }
}

/// The document as JSON text, which [`Policy::from_json`](crate::Policy::from_json) reads. JSON comes back as it is.
///
/// The text has at most 16 MiB. What the fields of the document mean is not looked at.
///
/// ```
/// use jotgate::{Format, policy_json};
///
/// let json = policy_json("version: 1\nissuers: []", Format::Yaml)?;
/// assert_eq!(json, r#"{"issuers":[],"version":1}"#);
/// let error = policy_json("version: 1\nversion: 1", Format::Yaml).unwrap_err();
/// assert_eq!(error.path(), "line 2, column 1");
/// # Ok::<(), jotgate::PolicyError>(())
/// ```
///
/// # Errors
///
/// The text cannot be read in this format, or is no object. The error's path is a line and a column, or leads to the field.
pub fn policy_json(text: &str, format: Format) -> Result<String, PolicyError> {
    let value = value(text, format)?;
    Ok(if format == Format::Json { text.to_owned() } else { value.to_string() })
}

/// Reads the document.
pub(crate) fn read(text: &str, format: Format) -> Result<Document, PolicyError> {
    let value = value(text, format)?;
    refuse_null(&value, "")?;
    serde_path_to_error::deserialize(value).map_err(explain)
}

fn value(text: &str, format: Format) -> Result<Value, PolicyError> {
    if text.len() > limits::POLICY_BYTES {
        return Err(PolicyError::new("", "the document is longer than 16 MiB"));
    }
    let value = match format {
        Format::Json => read_json(text)?,
        Format::Yaml => read_yaml(text)?,
        Format::Toml => read_toml(text)?,
    };
    if value.is_object() { Ok(value) } else { Err(PolicyError::new("", "the document must be one object")) }
}

/// Strictness comes first, so that no two readers see different policies in it.
fn read_json(text: &str) -> Result<Value, PolicyError> {
    json::object(text, limits::JSON_DEPTH_MAX)
        .map_err(|_| PolicyError::new("", "the document must be one JSON object without duplicate members"))?;
    serde_json::from_str(text).map_err(|_| PolicyError::new("", "the document must be one JSON object"))
}

#[cfg(feature = "markup")]
fn read_yaml(text: &str) -> Result<Value, PolicyError> {
    let mut documents =
        markup::yaml::documents(text, markup::yaml::Words::Refused).map_err(|error| in_markup(&error))?;
    match (documents.pop(), documents.is_empty()) {
        (Some(document), true) => Ok(document),
        _ => Err(PolicyError::new("", "the text must hold one document")),
    }
}

#[cfg(feature = "markup")]
fn read_toml(text: &str) -> Result<Value, PolicyError> {
    markup::toml::read(text).map_err(|error| in_markup(&error))
}

#[cfg(feature = "markup")]
fn in_markup(error: &MarkupError) -> PolicyError {
    PolicyError::new(error.place.as_str(), error.message)
}

#[cfg(not(feature = "markup"))]
fn read_yaml(_: &str) -> Result<Value, PolicyError> {
    Err(PolicyError::new("", "this build reads no YAML").with_hint("enable the feature markup"))
}

#[cfg(not(feature = "markup"))]
fn read_toml(_: &str) -> Result<Value, PolicyError> {
    Err(PolicyError::new("", "this build reads no TOML").with_hint("enable the feature markup"))
}

/// `null` may mean "not set", "none" or "forgot to fill in"; a policy must not leave that open.
fn refuse_null(value: &Value, path: &str) -> Result<(), PolicyError> {
    match value {
        Value::Null => {
            Err(PolicyError::new(path, "null is not a value").with_hint("leave the field out, or say what it must be"))
        }
        Value::Array(elements) => elements
            .iter()
            .enumerate()
            .try_for_each(|(index, element)| refuse_null(element, &format!("{path}[{index}]"))),
        Value::Object(members) => members.iter().try_for_each(|(name, member)| {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            refuse_null(member, &path)
        }),
        _ => Ok(()),
    }
}

/// Turns serde's error into one that leads to the very field.
fn explain(error: serde_path_to_error::Error<serde_json::Error>) -> PolicyError {
    let path = error.path().to_string();
    let path = if path == "." { "" } else { path.as_str() };
    let message = error.inner().to_string();
    let mut quoted = message.split('`').skip(1).step_by(2);
    if message.starts_with("unknown field") || message.starts_with("unknown variant") {
        let unknown = quoted.next().unwrap_or_default();
        let nearest =
            quoted.max_by(|a, b| strsim::jaro_winkler(unknown, a).total_cmp(&strsim::jaro_winkler(unknown, b)));
        let kind = if message.starts_with("unknown field") { "field" } else { "value" };
        let error = PolicyError::new(path, format!("unknown {kind}"));
        return match nearest {
            Some(nearest) => error.with_hint(format!("did you mean {nearest}?")),
            None => error,
        };
    }
    if message.starts_with("missing field") {
        let missing = quoted.next().unwrap_or_default();
        let path = if path.is_empty() { missing.to_owned() } else { format!("{path}.{missing}") };
        return PolicyError::new(path, "this field is required");
    }
    // serde quotes the offending value, which may be a secret: say what was expected and no more.
    let expected = message.rsplit_once("expected ").map_or("a value of another type", |(_, expected)| expected);
    PolicyError::new(path, format!("expected {expected}"))
}
