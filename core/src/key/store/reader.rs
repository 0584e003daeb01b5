//! What a reader of trust stores is given and gives back.

use crate::limits;
use std::fmt;

/// A reader of trust stores in formats that the core does not know: bytes in, certificates out, without I/O.
///
/// [`Policy::from_json_with`](crate::Policy::from_json_with) calls it for each `keys.trust_store` that is not PEM, once,
/// before the policy is compiled. The crate `jotgate-tools` has one.
pub trait TrustStores {
    /// The certificates that have an alias, in the order of the store.
    ///
    /// The bytes are at most 2 MiB. A reader stops at more than [`NamedCertificate::MOST`] entries, which are refused.
    ///
    /// # Errors
    ///
    /// The store is of another format, is damaged, or its password is wrong.
    fn read(&self, store: &TrustStoreContent<'_>) -> Result<Vec<NamedCertificate>, TrustStoreError>;
}

/// A trust store as it stands in a policy.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct TrustStoreContent<'s> {
    /// How it is written.
    pub format: TrustStoreFormat,
    /// The file.
    pub bytes: &'s [u8],
    /// What it was protected with, where the policy says so.
    pub password: Option<&'s str>,
}

/// How a trust store is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrustStoreFormat {
    /// The key store of Java before version 9.
    Jks,
    /// RFC 7292, which Java writes since version 9.
    Pkcs12,
}

/// A certificate and its name in a trust store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedCertificate {
    /// The name, in any case: it is the key id of tokens, and compares without regard to case.
    pub alias: String,
    /// The certificate in DER. What cannot be used is skipped, as in a key set.
    pub der: Vec<u8>,
}

impl NamedCertificate {
    /// How many a store may have.
    pub const MOST: usize = limits::STORE_ENTRIES_MAX;
}

/// Why a trust store cannot be read, by the field of the policy that has to change. The texts are fixed words: they hold
/// nothing of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustStoreError {
    /// `type`: the bytes are of another format.
    Type(&'static str),
    /// `base64`: the bytes are damaged or of no use.
    Content(&'static str),
    /// `password`: it is missing or wrong.
    Password(&'static str),
}

impl fmt::Display for TrustStoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Type(reason) | Self::Content(reason) | Self::Password(reason)) = self;
        f.write_str(reason)
    }
}

impl std::error::Error for TrustStoreError {}

/// Never shows the password, nor what it protects.
impl fmt::Debug for TrustStoreContent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustStoreContent").field("format", &self.format).finish_non_exhaustive()
    }
}

/// Where no reader was handed in.
pub(crate) struct NoTrustStores;

impl TrustStores for NoTrustStores {
    fn read(&self, _: &TrustStoreContent<'_>) -> Result<Vec<NamedCertificate>, TrustStoreError> {
        Err(TrustStoreError::Type(
            "the core reads certificates in PEM alone; read the policy with jotgate_tools::policy, or hand a reader of stores to Policy::from_json_with",
        ))
    }
}
