//! Trust stores of Java and PKCS #12, turned into certificates before a policy is compiled. What an alias means and which
//! certificate is of use, the core says.

mod elements;
mod errors;
mod hash;
mod jks;
mod magic;
mod password;
mod pkcs12;

use hash::StoreHash;
use jotgate::{NamedCertificate, TrustStoreContent, TrustStoreError, TrustStoreFormat, TrustStores};

/// The reader of trust stores that [`policy`](crate::policy) hands to the core: JKS and PKCS #12, as keytool and OpenSSL
/// have written them.
///
/// ```
/// let document = r#"{"version": 1, "issuers": [{
///     "issuer": "https://idp.example.com/",
///     "audience": "https://api.example.com",
///     "keys": { "trust_store": { "type": "jks", "base64": "/u3+7QAAAAIAAAAA", "password": "changeit" } }
/// }]}"#;
/// let error = jotgate::Policy::from_json_with(document, &jotgate_tools::JavaStores).unwrap_err();
/// assert_eq!(error.path(), "issuers[0].keys.trust_store.base64");
/// assert_eq!(error.message(), "the Java key store is damaged or cut short");
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct JavaStores;

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> Vec<u8> {
    StoreHash::Sha256.digest(&[bytes])
}

impl TrustStores for JavaStores {
    fn read(&self, store: &TrustStoreContent<'_>) -> Result<Vec<NamedCertificate>, TrustStoreError> {
        match store.format {
            TrustStoreFormat::Jks => jks::read(store.bytes, store.password),
            TrustStoreFormat::Pkcs12 => pkcs12::read(store.bytes, store.password),
            _ => Err(TrustStoreError::Type("expected jks, pkcs12 or pem")),
        }
    }
}
