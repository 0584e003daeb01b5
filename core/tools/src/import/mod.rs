//! Policies of gateways, read into ours: what is carried over, what changes on the way, and what cannot come along.
//!
//! Nothing of a source is dropped in silence: each of its parameters ends in a [`Note`]. Where a gateway is vague, the import
//! takes the reading that lets fewer tokens pass.

mod dataweave;
mod error;
mod files;
mod mulesoft;
mod notes;
mod product;
mod section;
mod templates;
mod wso2;

use crate::limits;
pub use error::ImportError;
use files::Files;
pub use notes::{Import, Note, NoteKind};
pub use product::Product;
use templates::Templates;

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
    import_with(product, text, files, &[])
}

/// Like [`import`], with values for templates of the text, by their names: those of Helm, Jinja and Mustache (`{{ .Values.url }}`),
/// of property files (`${url}`) and of WSO2 (`$env{URL}`).
///
/// A value goes into the string that the template stands in, and cannot change what is around it. A template without a value stays
/// in the document, with a note.
///
/// ```
/// use jotgate_tools::{Product, import_with};
///
/// let text = "[[apim.jwt.issuer]]\nname = \"{{ issuer }}\"\njwks.url = \"https://${host}/jwks\"\n";
/// let values = [("issuer", "https://idp.example.com/"), ("host", "idp.example.com")];
/// let import = import_with(Product::Wso2, text, &[], &values)?;
/// assert!(import.complete());
/// assert_eq!(import.policy["issuers"][0]["keys"]["jwks_uri"], "https://idp.example.com/jwks");
/// # Ok::<(), jotgate_tools::ImportError>(())
/// ```
///
/// # Errors
///
/// As [`import`].
pub fn import_with(
    product: Product, text: &str, files: &[(&str, &[u8])], values: &[(&str, &str)],
) -> Result<Import, ImportError> {
    if text.len() > limits::IMPORT_BYTES {
        return Err(ImportError::new("", "the text is longer than 1 MiB"));
    }
    let (text, templates) = Templates::take_out(text, values)?;
    product.read(&text, &templates, &mut Files::new(files)).map_err(|error| templates.explain(error))
}

#[cfg(test)]
mod tests;
