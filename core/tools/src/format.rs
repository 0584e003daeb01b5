//! A policy document in any of its spellings: JSON, YAML and TOML, each read so that no two readers see different policies in
//! it.

use crate::markup::places::Places;
use crate::markup::{MarkupError, toml, yaml};
use crate::store::JavaStores;
use jotgate::{Policy, PolicyError, Reference, ReferenceFailure, fill_references, references, strict_json};
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
    /// All of them, by their numbers.
    pub const ALL: [Self; 3] = [Self::Json, Self::Yaml, Self::Toml];

    /// The name, such as `yaml`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Yaml => "yaml",
            Self::Toml => "toml",
        }
    }

    /// The format of this name or file extension: `json`, `yaml`, `yml` or `toml`, in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let name = if name.eq_ignore_ascii_case("yml") { "yaml" } else { name };
        Self::ALL.into_iter().find(|format| format.name().eq_ignore_ascii_case(name))
    }

    /// The number in interfaces that have no names, from 1 on. It never changes.
    #[must_use]
    pub fn number(self) -> u32 {
        match self {
            Self::Json => 1,
            Self::Yaml => 2,
            Self::Toml => 3,
        }
    }

    /// The format of this number.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.number() == number)
    }
}

/// Reads a policy from text of at most 16 MiB in any format, its trust stores included.
///
/// ```
/// use jotgate_tools::{Format, policy};
///
/// let text = "
/// version = 1
///
/// [[issuers]]
/// issuer = 'https://idp.example.com/'
/// audience = 'https://api.example.com'
/// keys = { jwks_uri = 'https://idp.example.com/jwks' }
/// ";
/// assert!(policy(text, Format::Toml).is_ok());
/// let error = policy(&text.replace("audience", "audiense"), Format::Toml).unwrap_err();
/// assert_eq!(error.path(), "issuers[0].audiense");
/// assert_eq!(error.hint(), Some("did you mean audience?"));
/// assert_eq!(error.problems().next().and_then(|problem| problem.line()), Some(6));
/// ```
///
/// # Errors
///
/// As [`policy_json`] for the text, and as [`Policy::from_json_with`] for what it says.
pub fn policy(text: &str, format: Format) -> Result<Policy, PolicyError> {
    let made = match format {
        Format::Json => Policy::from_json_with(text, &JavaStores),
        Format::Yaml | Format::Toml => Policy::from_json_with(&policy_json(text, format)?, &JavaStores),
    };
    made.map_err(|error| located(error, text, format))
}

/// Reads a policy as [`policy`] does, and what it leaves to the host: `read` gets each `{ env: NAME }` and `{ file: PATH }` of the
/// document, and gives the bytes.
///
/// # Errors
///
/// As [`policy`], or a text is not there or not what it should be.
pub fn policy_with(
    text: &str, format: Format, read: impl FnMut(&Reference) -> Result<Vec<u8>, ReferenceFailure>,
) -> Result<Policy, PolicyError> {
    let document = policy_json(text, format)?;
    let filled = references(&document).and_then(|wanted| {
        let texts: Vec<_> = wanted.iter().map(read).collect();
        fill_references(&document, &texts)
    });
    let made = filled.and_then(|document| Policy::from_json_with(&document, &JavaStores));
    made.map_err(|error| located(error, text, format))
}

/// The error with the lines and columns of its paths in the text of the document.
///
/// For hosts that make a policy of the JSON that [`policy_json`] gave: [`policy`] says the places by itself.
#[must_use]
pub fn located(error: PolicyError, text: &str, format: Format) -> PolicyError {
    let places = places_in(text, format);
    error.located(|path| places.find(path))
}

/// The lines and columns, from 1 on, of paths such as `issuers[0].audience` in the text of a document; for a field that is not
/// there, of the object that lacks it.
#[must_use]
pub fn places(text: &str, format: Format, paths: &[impl AsRef<str>]) -> Vec<Option<(u32, u32)>> {
    let places = places_in(text, format);
    paths.iter().map(|path| places.find(path.as_ref())).collect()
}

fn places_in(text: &str, format: Format) -> Places<'_> {
    match format {
        Format::Json => Places::of_json(text),
        Format::Yaml => Places::of_yaml(text),
        Format::Toml => Places::of_toml(text),
    }
}

/// The document as JSON text, which [`policy`] and hosts in other languages read. JSON comes back as it is.
///
/// The text has at most 16 MiB. What the fields of the document mean is not looked at.
///
/// ```
/// use jotgate_tools::{Format, policy_json};
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
    if text.len() > Policy::MOST_BYTES {
        return Err(PolicyError::new("", "the document is longer than 16 MiB"));
    }
    let value = match format {
        Format::Json => return strict_json(text).map(|_| text.to_owned()),
        Format::Yaml => read_yaml(text)?,
        Format::Toml => toml::read(text).map_err(|error| located(in_markup(&error), text, format))?,
    };
    if value.is_object() { Ok(value.to_string()) } else { Err(PolicyError::new("", "the document must be one object")) }
}

fn read_yaml(text: &str) -> Result<Value, PolicyError> {
    let mut documents = yaml::documents(text, yaml::Words::Refused).map_err(|error| in_markup(&error))?;
    match (documents.pop(), documents.is_empty()) {
        (Some(document), true) => Ok(document),
        _ => Err(PolicyError::new("", "the text must hold one document")),
    }
}

fn in_markup(error: &MarkupError) -> PolicyError {
    PolicyError::new(error.place.as_str(), error.message).located(|_| error.line)
}
