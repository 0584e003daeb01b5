//! A token before it is signed.

use crate::Error;
use crate::document::Object;
use crate::signing::{SigningKey, base64url};
use jotgate::Algorithm;
use serde_json::Value;
use std::sync::Arc;

/// Header, claims, and what is to sign them.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) header: Object,
    pub(crate) claims: Object,
    /// `None` for a token without a signature (RFC 7518 section 3.6).
    pub(crate) signer: Option<(Algorithm, Arc<SigningKey>)>,
}

impl Draft {
    /// The token (RFC 7515 section 3.1).
    pub(crate) fn signed(&self) -> Result<String, Error> {
        let input = self.signing_input();
        let signature = self.signature_of(&input)?;
        Ok(format!("{input}.{signature}"))
    }

    /// A token that somebody has changed: its signature is that over other claims.
    pub(crate) fn tampered(&self) -> Result<String, Error> {
        let mut original = self.clone();
        original.claims.insert("jotgate_testing".to_owned(), Value::Bool(true));
        let signature = original.signature_of(&original.signing_input())?;
        Ok(format!("{}.{signature}", self.signing_input()))
    }

    /// The same with this claim.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// The same without this claim.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// The same with this parameter of the header; `null` takes it out.
    pub(crate) fn with_header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self.header.retain(|_, value| !value.is_null());
        self
    }

    fn signing_input(&self) -> String {
        let (header, claims) = (Value::Object(self.header.clone()), Value::Object(self.claims.clone()));
        format!("{}.{}", base64url(header.to_string().as_bytes()), base64url(claims.to_string().as_bytes()))
    }

    fn signature_of(&self, input: &str) -> Result<String, Error> {
        match &self.signer {
            Some((algorithm, key)) => Ok(base64url(&key.sign(*algorithm, input.as_bytes())?)),
            None => Ok(String::new()),
        }
    }
}
