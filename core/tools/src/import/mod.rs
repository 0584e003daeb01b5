//! Policies of gateways, read into ours: what is carried over, what changes on the way, and what cannot come along.
//!
//! Nothing of a source is dropped in silence: each of its parameters ends in a [`Note`]. Where a gateway is vague, the import
//! takes the reading that lets fewer tokens pass.

mod dataweave;
mod mulesoft;
mod notes;
mod section;
mod wso2;

use crate::limits;
use crate::markup::MarkupError;
use jotgate::PolicyError;
pub use notes::{Import, Note, NoteKind};
use std::fmt;

/// Reads a JWT validation policy of MuleSoft: the YAML of Flex Gateway (`PolicyBinding`, or an `ApiInstance` with the policy
/// in it) or the JSON of API Manager (one policy, or a list with one JWT policy in it). At most 1 MiB.
///
/// MuleSoft checks no issuer, so the document says `issuer: any`, and its client ids are looked up by the host
/// (`client_id.allowed: host`) unless the source skips that.
///
/// ```
/// let import = jotgate_tools::import_mulesoft(r#"
/// apiVersion: gateway.mulesoft.com/v1alpha1
/// kind: PolicyBinding
/// metadata:
///   name: jwt
/// spec:
///   targetRef:
///     name: orders
///   policyRef:
///     name: jwt-validation-flex
///   config:
///     signingMethod: rsa
///     signingKeyLength: 256
///     jwtKeyOrigin: jwks
///     jwksUrl: https://idp.example.com/jwks
///     skipClientIdValidation: true
///     mandatoryExpClaim: true
/// "#)?;
/// assert!(import.complete());
/// let policy = jotgate_tools::policy(&import.policy.to_string(), jotgate_tools::Format::Json)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The text is neither strict YAML nor strict JSON, or holds no JWT policy, or several. Everything less is a note.
pub fn import_mulesoft(text: &str) -> Result<Import, ImportError> {
    bounded(text)?;
    mulesoft::import(text)
}

/// Reads the issuers of a `deployment.toml` of WSO2 API Manager, and what else of it is about tokens. At most 1 MiB.
///
/// An issuer without `jwks.url` is verified by certificates of the trust store, which is a file beside this one: see
/// [`Import::with_trust_store`].
///
/// ```
/// let import = jotgate_tools::import_wso2(r#"
/// [[apim.jwt.issuer]]
/// name = "https://idp.example.com/"
/// jwks.url = "https://idp.example.com/jwks"
/// "#)?;
/// assert!(import.complete());
/// assert_eq!(import.policy["issuers"][0]["keys"]["jwks_uri"], "https://idp.example.com/jwks");
/// # Ok::<(), jotgate_tools::ImportError>(())
/// ```
///
/// # Errors
///
/// The text is no TOML, or names no issuer. Everything less is a note.
pub fn import_wso2(text: &str) -> Result<Import, ImportError> {
    bounded(text)?;
    wso2::import(text)
}

fn bounded(text: &str) -> Result<(), ImportError> {
    if text.len() > limits::IMPORT_BYTES {
        return Err(ImportError::new("", "the text is longer than 1 MiB"));
    }
    Ok(())
}

/// A text that no policy can be read from. It never holds a value of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    path: String,
    message: String,
    hint: Option<String>,
}

impl ImportError {
    fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into(), hint: None }
    }

    fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// Where the mistake is: a path in the source or a line of it; empty for the text as a whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it, where there is something to say.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl From<MarkupError> for ImportError {
    fn from(error: MarkupError) -> Self {
        Self::new(error.place, error.message)
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ImportError {}

/// What a policy error says, as a sentence of a note.
fn told(error: &PolicyError) -> String {
    match error.hint() {
        Some(hint) => format!("{} ({hint})", error.message()),
        None => error.message().to_owned(),
    }
}

#[cfg(test)]
mod tests;
