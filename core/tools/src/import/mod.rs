//! Policies of gateways, read into ours: what is carried over, what changes on the way, and what cannot come along.
//!
//! Nothing of a source is dropped in silence: each of its parameters ends in a [`Note`]. Where a gateway is vague, the import
//! takes the reading that lets fewer tokens pass.

mod dataweave;
mod files;
mod mulesoft;
mod notes;
mod product;
mod section;
mod wso2;

use crate::limits;
use crate::markup::MarkupError;
use files::Files;
use jotgate::PolicyError;
pub use notes::{Import, Note, NoteKind};
pub use product::Product;
use std::fmt;

/// Reads the policy of a gateway, at most 1 MiB of text, into ours.
///
/// `files` are further files by name, for texts that name others, such as a trust store; what a product's text is and which
/// files it may name, [`Product`] says. Nobody has to give them: a note says what is missing.
///
/// ```
/// use jotgate_tools::{Format, Product, import, policy};
///
/// let import = import(Product::MuleSoft, r#"
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
/// "#, &[])?;
/// assert!(import.complete());
/// let policy = policy(&import.policy.to_string(), Format::Json)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// ```
/// use jotgate_tools::{NoteKind, Product, import};
///
/// let deployment = r#"
/// [truststore]
/// file_name = "client-truststore.jks"
/// password = "changeit"
///
/// [[apim.jwt.issuer]]
/// name = "https://idp.example.com/"
/// "#;
/// let import = import(Product::Wso2, deployment, &[])?;
/// let missing = import.notes.iter().find(|note| note.kind == NoteKind::Cannot).expect("a note");
/// assert_eq!(missing.source, "truststore.file_name");
/// # Ok::<(), jotgate_tools::ImportError>(())
/// ```
///
/// # Errors
///
/// The text is not written as the product's policies are, or no policy, or several, are in it. Everything less is a note.
pub fn import(product: Product, text: &str, files: &[(&str, &[u8])]) -> Result<Import, ImportError> {
    if text.len() > limits::IMPORT_BYTES {
        return Err(ImportError::new("", "the text is longer than 1 MiB"));
    }
    product.read(text, &mut Files::new(files))
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
